"""What is read out of free text about the market, as declared in ``templates/market.toml``."""

from __future__ import annotations

from functools import cache, cached_property

from xltrack.template.declared import Declared, Some, Text
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class CompetitorWords(Declared, frozen=True, kw_only=True):
    """Words before a competitor's name, words for what it does, and how near they stand."""

    markers: tuple[str, ...]
    moves: tuple[str, ...]
    near: int


class Bands(Declared, frozen=True, kw_only=True):
    """Bounds between bands, ascending: of amounts in 万, and of people in a company."""

    money: tuple[float, ...]
    company_size: tuple[float, ...]


class OpenEnded(Declared, frozen=True, kw_only=True):
    """Words beside a number that stands for all below it."""

    below: tuple[str, ...]


class Comparable(Declared, frozen=True, kw_only=True):
    """How many different values a column of the team's own may have to compare customers by it."""

    numbers: Some
    texts: Some
    leads_per_text: Some


class BudgetWords(Declared, frozen=True, kw_only=True):
    """Words that announce a budget, those on the way to its amount, and what is no money."""

    words: tuple[str, ...]
    between: tuple[str, ...]
    behind: tuple[str, ...]
    counted: tuple[str, ...]


class Industry(Declared, frozen=True, kw_only=True):
    """An industry and the words in a customer's name that say it."""

    name: Text
    words: tuple[str, ...]


class Combined(Declared, frozen=True, kw_only=True):
    """Titles made of two words each."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    glue: str


class DecisionMakers(Declared, frozen=True, kw_only=True, dict=True):
    """Titles that say who decides."""

    titles: tuple[str, ...]
    combined: tuple[Combined, ...]

    @cached_property
    def all(self) -> tuple[str, ...]:
        """Every title, those made of two words too."""
        made = (
            f"{first}{each.glue}{second}"
            for each in self.combined
            for first in each.first
            for second in each.second
        )
        return tuple(dict.fromkeys((*self.titles, *made)))


class Market(Declared, frozen=True, kw_only=True):
    """Everything ``templates/market.toml`` declares."""

    competitors: CompetitorWords
    bands: Bands
    open_ended: OpenEnded
    comparable: Comparable
    budget: BudgetWords
    industries: tuple[Industry, ...]
    decision_makers: DecisionMakers


@cache
def load_market() -> Market:
    """The shipped lists, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "market.toml"
    return typed(read_toml(path), Market, path)
