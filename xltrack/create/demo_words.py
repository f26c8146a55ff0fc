"""Words and weights of the demonstration, as declared in ``templates/demo.toml``."""

from __future__ import annotations

from functools import cache

from xltrack.template import Text, template_dir
from xltrack.template.declared import Declared, Texts
from xltrack.template.layers import read_toml, typed


class ChannelProfile(Declared, frozen=True, kw_only=True):
    """How the leads of a channel fare: chance of each step, size, days in a stage."""

    weight: float = 1
    steps: tuple[float, ...] = (0.7, 0.6, 0.55, 0.5)
    amount: float = 1
    days: float = 9
    details: tuple[Text, ...] = ()


class DemoOwner(Declared, frozen=True, kw_only=True):
    """A salesperson that does not exist."""

    owner: Text
    group: Text
    active: bool = True
    successor: Text | None = None


class DemoCompetitor(Declared, frozen=True, kw_only=True):
    """A competitor that does not exist."""

    competitor: Text
    synonyms: Text
    talking_points: Text


class DemoHoliday(Declared, frozen=True, kw_only=True):
    """A public holiday by month and day."""

    month: int
    day: int
    note: Text


class DemoTargets(Declared, frozen=True, kw_only=True):
    """How a month's target follows from its leads."""

    per_lead: float


class CustomerNames(Declared, frozen=True, kw_only=True):
    """Parts of company names."""

    pattern: Text
    places: Texts
    heads: Texts
    tails: Texts
    suffixes: Texts


class Industry(Declared, frozen=True, kw_only=True):
    """An industry: its share, its odds, what its companies' names end in."""

    industry: Text
    odds: float
    weight: float
    trades: Texts


class People(Declared, frozen=True, kw_only=True):
    """Contacts and what is said of their companies."""

    phone: Text
    wechat: Text
    mail: Text
    surnames: Texts
    titles: Texts
    deciders: Texts
    regions: Texts
    sizes: tuple[str, ...]


class Need(Declared, frozen=True, kw_only=True):
    """A need and the range of its budget in 万."""

    budget: tuple[float, float]
    text: Text


class BudgetText(Declared, frozen=True, kw_only=True):
    """How a budget is said."""

    text: Text


class Said(Declared, frozen=True, kw_only=True):
    """What customers say, and what the salesperson does next."""

    feedback: Texts
    next: Texts | None = None


class FollowUpWords(Declared, frozen=True, kw_only=True):
    """How a follow-up is written down."""

    pattern: Text
    closed_pattern: Text
    methods: Texts
    stages: tuple[Said, ...]
    won: Said
    lost: Said


class NoteWords(Declared, frozen=True, kw_only=True):
    """Market notes."""

    plain: Texts
    competitor: Texts


class Habits(Declared, frozen=True, kw_only=True):
    """Shares of leads with gaps and slips."""

    clean_above: int
    same_lead_twice: float
    same_id_other_customer: float
    no_owner: float
    no_acquired_on: float
    no_follow_up: float
    no_closed_on: float
    text_date: float
    amount_with_unit: float
    bare_other: float


class DemoWords(Declared, frozen=True, kw_only=True):
    """Everything ``templates/demo.toml`` declares; channels and reasons by their Chinese name."""

    channels: dict[str, ChannelProfile]
    lost_reasons: dict[str, float]
    owners: tuple[DemoOwner, ...]
    competitors: tuple[DemoCompetitor, ...]
    targets: DemoTargets
    holidays: tuple[DemoHoliday, ...]
    customer: CustomerNames
    industries: tuple[Industry, ...]
    people: People
    needs: tuple[Need, ...]
    budget: BudgetText
    follow_up: FollowUpWords
    notes: NoteWords
    habits: Habits


@cache
def demo_words() -> DemoWords:
    """The shipped words, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "demo.toml"
    return typed(read_toml(path), DemoWords, path)
