"""The buttons of a workbook, as declared in ``templates/button.toml``."""

from __future__ import annotations

from functools import cache

from xltrack.template.declared import Declared, Text
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class Button(Declared, frozen=True, kw_only=True):
    """A button: the macro it is bound to, the Python command of that macro, its caption."""

    macro: str
    command: str
    caption: Text
    fill: str


class Buttons(Declared, frozen=True, kw_only=True):
    """Everything ``templates/button.toml`` declares; sizes in pixels, the width by language."""

    module: str
    width: dict[str, int]
    height: int
    gap: int
    header_points: float
    text: str
    buttons: tuple[Button, ...]
    failed: Text
    interpreters: dict[str, str]


@cache
def load_buttons() -> Buttons:
    """The declared buttons, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "button.toml"
    return typed(read_toml(path), Buttons, path)
