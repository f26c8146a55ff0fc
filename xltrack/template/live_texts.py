"""What is said in a workbook that is open in Excel, as declared in ``templates/live.toml``."""

from __future__ import annotations

from functools import cache

from xltrack.template.declared import Declared, Text
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class LiveTexts(Declared, frozen=True, kw_only=True):
    """``status``: sentences for the status bar; ``failure``: those on the sheet ``sheet``."""

    sheet: Text
    status: dict[str, Text]
    failure: dict[str, Text]


@cache
def load_live_texts() -> LiveTexts:
    """The shipped texts, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "live.toml"
    return typed(read_toml(path), LiveTexts, path)
