"""How long the stage journal may become, and what is left of its oldest days."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xltrack.leads.journal_frames import counts_frame

if TYPE_CHECKING:
    from xltrack.leads.journal import Journal

MOST_CHANGES = 200_000
"""Change rows that are kept; past them the oldest days are compacted to monthly counts."""

MOST_GONE = 200_000
"""Leads that are kept though they are gone; past them those that went first are forgotten."""


def compacted(journal: Journal, most: int = MOST_CHANGES, most_gone: int = MOST_GONE) -> Journal:
    """The journal without its oldest days where it has become too long.

    Of these days only counts by month are kept; so are no leads that were gone by then, where
    there are more than ``most_gone`` of them.
    """
    gone_on = journal.states["gone_on"]
    forgotten_to = _last_beyond(gone_on[gone_on.notna()], most_gone)
    days = [_last_beyond(journal.changes["day"], most), forgotten_to]
    last = max((day for day in days if day is not None), default=None)
    if last is None:
        return journal
    old = journal.changes["day"] <= last
    counted = replace(
        journal,
        changes=journal.changes[~old].reset_index(drop=True),
        counts=_with_counts(journal.counts, journal.changes[old]),
        compacted_to=last.date(),
    )
    return counted if forgotten_to is None else _without(counted, gone_on <= forgotten_to)


def _last_beyond(days: pd.Series[pd.Timestamp], most: int) -> pd.Timestamp | None:
    """The day up to which days are too many, None where there are no more than ``most``."""
    if len(days) <= most:
        return None
    return pd.Timestamp(np.sort(days.to_numpy())[len(days) - most - 1])


def _with_counts(counts: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    months = changes["day"].dt.strftime("%Y-%m").rename("month")
    more = changes.groupby([months, changes["field"].astype("str")]).size().rename("changes")
    both = pd.concat([counts, more.reset_index()])
    return counts_frame(both.groupby(["month", "field"], as_index=False).sum())


def _without(journal: Journal, leads: pd.Series[bool]) -> Journal:
    """The journal without some leads; there is no change of theirs any more."""
    kept = ~leads.to_numpy()
    moved = np.cumsum(kept) - 1
    lead = moved[journal.changes["lead"].to_numpy()].astype(np.int32)
    return replace(
        journal,
        states=journal.states[kept].reset_index(drop=True),
        changes=journal.changes.assign(lead=lead),
    )
