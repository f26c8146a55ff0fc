"""What is read out of free text about the market, as declared in ``templates/market.toml``."""

from __future__ import annotations

from functools import cache

from xltrack.template.declared import Declared
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class CompetitorWords(Declared, frozen=True, kw_only=True):
    """Words before a competitor's name, words for what it does, and how near they stand."""

    markers: tuple[str, ...]
    moves: tuple[str, ...]
    near: int


class Market(Declared, frozen=True, kw_only=True):
    """Everything ``templates/market.toml`` declares."""

    competitors: CompetitorWords


@cache
def load_market() -> Market:
    """The shipped lists, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "market.toml"
    return typed(read_toml(path), Market, path)
