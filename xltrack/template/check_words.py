"""The words and limits that the rules of the checks go by, as declared in ``checks.toml``."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import msgspec

from xltrack.template.declared import Declared
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir

Words = tuple[str, ...]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Outliers(Declared, frozen=True, kw_only=True):
    """When an amount looks as if it were in another unit."""

    least_leads: int
    factor: Positive
    gap: Positive


class Contacts(Declared, frozen=True, kw_only=True):
    """When a lead of the lowest priority is contacted too often."""

    least: int
    share_of_interval: Positive


class Names(Declared, frozen=True, kw_only=True):
    """How customers' names are compared beyond what reading takes for the same.

    ``telling`` characters make two names different however alike the rest is.
    """

    regions: Words
    region_endings: Words
    telling: str
    longest_abbreviation: int
    shortest_typo: int


class CheckWords(Declared, frozen=True, kw_only=True):
    """Everything ``checks.toml`` declares.

    ``placeholders`` fill a cell and say nothing; ``around_items`` are what people write around the
    item of a list; ``patterns`` among the others are regular expressions.
    """

    placeholders: Words
    around_items: Words
    negations: Words
    next_action: Words
    methods: Words
    subjective: Words
    compound_surnames: Words
    high_budget: Positive
    outliers: Outliers
    contacts: Contacts
    names: Names


@cache
def load_check_words() -> CheckWords:
    """The shipped words and limits, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "checks.toml"
    return typed(read_toml(path), CheckWords, path)
