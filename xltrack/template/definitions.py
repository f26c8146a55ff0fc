"""What each metric means, as declared in ``templates/definitions.toml``."""

from __future__ import annotations

from functools import cache
from typing import Literal

from xltrack.template.declared import Declared, Text
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class Definition(Declared, frozen=True, kw_only=True):
    """A metric: which leads it counts on, what it means, its formula and where that is from."""

    base: Literal["cohort", "closed", "state"]
    definition: Text
    formula: Text
    source: Text


class Definitions(Declared, frozen=True, kw_only=True):
    """Everything ``templates/definitions.toml`` declares, in the order it is shown."""

    metrics: dict[str, Definition]


@cache
def load_definitions() -> Definitions:
    """The shipped definitions, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "definitions.toml"
    return typed(read_toml(path), Definitions, path)
