"""Which leads count for which figures: the three bases, never mixed in one ratio."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import pandas as pd

from xltrack.analysis.period import Period
from xltrack.leads.facts import lead_facts
from xltrack.leads.journal import Journal
from xltrack.leads.journal_history import History
from xltrack.template import Settings

Base = Literal["cohort", "closed", "state", "mixed"]
Mask = pd.Series  # of bool, aligned with the leads


@dataclass(frozen=True, eq=False)
class Scope:
    """The leads known on the as-of day, what follows from them, and the period looked at.

    ``cohort``: leads acquired in the window that ends with the period (all without a period).
    ``closed``: leads won or lost in the period by close day (all closed ones without a period).
    ``state``: open leads as of the as-of day.
    """

    leads: pd.DataFrame
    facts: pd.DataFrame
    settings: Settings
    as_of: dt.date
    period: Period | None
    future: int  # leads acquired after the as-of day: left out of everything
    journal: Journal | None = None

    @cached_property
    def cohort(self) -> Mask:
        """Leads acquired in the window."""
        if self.period is None:
            return self.everything
        return self.acquired_in(*self.period.window(self.settings.parameters.window_months))

    @cached_property
    def new(self) -> Mask:
        """Leads acquired in the period itself."""
        if self.period is None:
            return self.everything
        return self.acquired_in(self.period.start, self.period.end)

    @cached_property
    def closed(self) -> Mask:
        """Leads won or lost in the period."""
        closed = self.facts["outcome"] != "open"
        if self.period is None:
            return closed
        day = self.facts["close_day"]
        return closed & day.between(pd.Timestamp(self.period.start), pd.Timestamp(self.period.end))

    @cached_property
    def state(self) -> Mask:
        """Open leads."""
        return self.facts["outcome"] == "open"

    @cached_property
    def history(self) -> History | None:
        """What the journal tells up to the as-of day; none without a journal."""
        return History(self.journal, self.settings, self.as_of) if self.journal else None

    @property
    def everything(self) -> Mask:
        """All leads known on the as-of day."""
        return pd.Series(True, index=self.facts.index)

    def acquired_in(self, start: dt.date, end: dt.date) -> Mask:
        """Leads surely acquired between two days; one of a known month needs the whole month."""
        return (self.facts["acquired_from"] >= pd.Timestamp(start)) & (
            self.facts["acquired_to"] <= pd.Timestamp(end)
        )

    @property
    def undated(self) -> int:
        """Leads that a window leaves out because nothing tells when they were acquired."""
        return 0 if self.period is None else int(self.facts["acquired_from"].isna().sum())

    @property
    def unclosed(self) -> int:
        """Won or lost leads that a period leaves out because nothing tells when they closed."""
        if self.period is None:
            return 0
        return int(((self.facts["outcome"] != "open") & self.facts["close_day"].isna()).sum())

    @property
    def presumed(self) -> int:
        """Closed leads of the period whose close day is presumed."""
        return int((self.closed & self.facts["close_presumed"]).sum())

    def before(self) -> Scope | None:
        """The same leads looked at over the preceding period; none without a period."""
        if self.period is None:
            return None
        return replace(self, period=self.period.previous(self.as_of))


def scope_of(
    leads: pd.DataFrame,
    settings: Settings,
    as_of: dt.date,
    period: Period | None = None,
    journal: Journal | None = None,
    facts: pd.DataFrame | None = None,
) -> Scope:
    """The scope of an analysis; leads acquired after the as-of day are left out and counted."""
    if facts is None:
        facts = lead_facts(leads, settings, as_of, journal)
    future = facts["acquired_from"] > pd.Timestamp(as_of)
    if future.any():
        leads, facts = leads[~future], facts[~future]
    return Scope(leads, facts, settings, as_of, period, int(future.sum()), journal)
