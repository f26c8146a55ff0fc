"""Won and lost leads that contradict themselves, or whose end nobody dated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xltrack.checks.dates import day_texts
from xltrack.checks.examined import Examined
from xltrack.checks.rule import Hits, positions, rule


@rule("V140", fields=("lost_reason", "stage"))
def won_and_lost(examined: Examined) -> Iterator[Hits]:
    """Won, and yet a lost reason is filled."""
    yield Hits("lost_reason", positions(examined.is_won & examined.facts["reason"].notna()))


@rule("V141", fields=("amount", "stage"))
def won_without_amount(examined: Examined) -> Iterator[Hits]:
    """Won without an amount."""
    empty = ~examined.filled("amount") & ~examined.is_unreadable("amount")
    at = positions(examined.is_won & empty & examined.has_column("amount"))
    yield Hits("amount", at, [""] * len(at))


@rule("V142", fields=("closed_on", "stage"))
def presumed_close(examined: Examined) -> Iterator[Hits]:
    """Won or lost without a close day of its own: the day is presumed, or unknown."""
    facts, leads = examined.facts, examined.leads
    closed = examined.is_won | examined.is_lost
    unknown = facts["close_presumed"] | facts["close_day"].isna()
    at = positions(closed & unknown & ~examined.is_unreadable("closed_on"))
    if not len(at):
        return
    from_close = examined.is_won & leads["expected_close"].notna()
    known = facts["close_day"].notna().to_numpy()
    basis = np.select([~known, from_close], ["nothing", "expected_close"], "last_contact")[at]
    params = [
        {"day": day or "—", "basis": str(word)}
        for day, word in zip(day_texts(facts["close_day"], at), basis.tolist(), strict=True)
    ]
    yield Hits("closed_on", at, [""] * len(at), params=params)


@rule("V144", fields=("lost_reason", "expected_close"))
def lost_before_its_time(examined: Examined) -> Iterator[Hits]:
    """Lost by its reason, and yet the expected close still lies ahead."""
    days = examined.leads["expected_close"]
    ahead = (days > pd.Timestamp(examined.as_of)).to_numpy()
    at = positions(examined.is_lost & examined.facts["reason"].notna() & ahead)
    params = [{"close": day} for day in day_texts(days, at)]
    yield Hits("lost_reason", at, params=params)
