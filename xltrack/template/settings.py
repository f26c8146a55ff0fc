"""What a team sets: its channels, stages, cadences, reasons, people and parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xltrack.template.declared import StageKind
from xltrack.text import Lang, fold, split_list


@dataclass(frozen=True)
class Channel:
    """A source channel and the words that mean it."""

    name: str
    synonyms: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Stage:
    """A stage of the funnel, or a side track (lost, paused); ``limit_days`` 0 = no limit."""

    name: str
    kind: StageKind = "open"
    limit_days: float = 0
    definition: str = ""
    measure: str = ""


@dataclass(frozen=True)
class Priority:
    """A priority and the days between two follow-ups."""

    name: str
    interval_days: float = 7
    note: str = ""


@dataclass(frozen=True)
class LostReason:
    """A reason for losing, the words that mean it, and what to do about it."""

    name: str
    synonyms: tuple[str, ...] = ()
    measure: str = ""


@dataclass(frozen=True)
class Owner:
    """A person who follows leads up; ``successor`` takes over when ``active`` is false."""

    name: str
    active: bool = True
    group: str = ""
    successor: str = ""


@dataclass(frozen=True)
class Competitor:
    """A competitor, the words that mean it, and what to answer."""

    name: str
    synonyms: tuple[str, ...] = ()
    talking_points: str = ""


@dataclass(frozen=True)
class Target:
    """A month's target; ``owner`` empty = the whole team. ``amount`` in the workbook's unit."""

    month: str
    owner: str
    amount: float


@dataclass(frozen=True)
class Pivot:
    """A pivot of the team's own, by ids or headers."""

    title: str
    rows: str
    columns: str
    value: str
    aggregate: str


@dataclass(frozen=True)
class Parameters:
    """Single values; the ids are those of ``[[parameters]]`` in the template."""

    settings_version: int = 1
    id_prefix: str = "LX"
    currency: str = "CNY"
    amount_unit: str = "万"
    minimum_sample: int = 10
    maturity_days: int = 30
    window_months: int = 12
    entry_limit_hours: float = 24
    first_contact_hours: float = 24
    due_soon_days: int = 2
    shift_to_working_days: bool = False
    sheets: str = ""
    no_loss_marks: str = ""
    checks: str = ""

    @property
    def first_contact_days(self) -> int:
        """The first-contact limit in whole days, at least one."""
        return max(1, round(self.first_contact_hours / 24))


@dataclass(frozen=True)
class SettingsProblem:
    """A value on the Settings sheet that could not be used; the default stands instead."""

    table: str
    column: str
    value: str


@dataclass(frozen=True)
class Settings:
    """Everything a team sets, in the language of its workbook."""

    lang: Lang
    channels: tuple[Channel, ...]
    stages: tuple[Stage, ...]
    priorities: tuple[Priority, ...]
    lost_reasons: tuple[LostReason, ...]
    owners: tuple[Owner, ...] = ()
    competitors: tuple[Competitor, ...] = ()
    targets: tuple[Target, ...] = ()
    pivots: tuple[Pivot, ...] = ()
    holidays: tuple[dt.date, ...] = ()
    parameters: Parameters = Parameters()
    problems: tuple[SettingsProblem, ...] = field(default=(), compare=False)

    @cached_property
    def funnel(self) -> tuple[Stage, ...]:
        """The stages a lead passes in order: those in progress and won."""
        return tuple(stage for stage in self.stages if stage.kind in ("open", "won"))

    @cached_property
    def no_loss_marks(self) -> frozenset[str]:
        """Folded marks that mean "not lost" in the reason and "none" in an amount."""
        return frozenset(fold(mark) for mark in split_list(self.parameters.no_loss_marks))


def lookup(entries: Iterable[Any]) -> dict[str, str]:
    """Name of each entry by its folded name and synonyms; names go before synonyms."""
    listed = list(entries)
    words = {fold(entry.name): entry.name for entry in reversed(listed)}
    for entry in listed:
        for synonym in getattr(entry, "synonyms", ()):
            words.setdefault(fold(synonym), entry.name)
    return words
