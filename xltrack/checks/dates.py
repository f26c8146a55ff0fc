"""Days that cannot be, have passed, or came too late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from xltrack.checks.examined import Examined
from xltrack.checks.logs import logs_of
from xltrack.checks.rule import Hits, Params, Positions, positions, rule

FIRST_DAY = dt.date(2000, 1, 1)
"""Days before it are slips of the keyboard or of the date system."""

_PAST_ONLY = ("acquired_on", "closed_on", "entered_at")
_ANY_DAY = ("expected_close", "next_follow_up")


@rule("V122", fields=(*_PAST_ONLY, *_ANY_DAY, "latest_follow_up"))
def out_of_range(examined: Examined) -> Iterator[Hits]:
    """A day before 2000, or one after today on which something is said to have happened."""
    first, after = pd.Timestamp(FIRST_DAY), pd.Timestamp(examined.as_of) + pd.Timedelta(days=1)
    for field in (*_PAST_ONLY, *_ANY_DAY):
        days = examined.leads[field]
        early = (days < first).to_numpy()
        late = (days >= after).to_numpy() if field in _PAST_ONLY else np.zeros_like(early)
        at = positions(early | late)
        if len(at):
            reasons = [{"limit": "early" if early[each] else "late"} for each in at]
            yield Hits(field, at, day_texts(days, at), params=reasons)
    outside: list[int] = []
    values, params = [], []
    for position, day in logs_of(examined).days_out_of(FIRST_DAY, examined.as_of):
        outside.append(position)
        values.append(day.isoformat())
        params.append({"limit": "early" if day < FIRST_DAY else "late"})
    yield Hits("latest_follow_up", np.array(outside, dtype=np.intp), values, params=params)


@rule("V143", fields=("expected_close",))
def close_passed(examined: Examined) -> Iterator[Hits]:
    """An open lead whose expected close lies before today."""
    days = examined.leads["expected_close"]
    today = pd.Timestamp(examined.as_of)
    at = positions(examined.is_open & ~examined.is_paused & (days < today).to_numpy())
    late = (today - days.take(at)).dt.days.tolist()
    yield Hits("expected_close", at, day_texts(days, at), params=[{"days": str(n)} for n in late])


@rule("V181", fields=("entered_at", "acquired_on", "lead_id"))
def entered_late(examined: Examined) -> Iterator[Hits]:
    """Entered later than the limit after the day the lead was acquired on.

    Of the acquisition only the day is known, so the limit ends with the day it falls on. Without a
    time of entry the day counts on which a refresh first saw the lead.
    """
    acquired = examined.leads["acquired_on"]
    hours = examined.settings.parameters.entry_limit_hours
    limit = acquired + pd.Timedelta(days=max(1, round(hours / 24)) + 1)
    entered = examined.leads["entered_at"]
    entered = entered.fillna(pd.Series(examined.first_seen, index=entered.index))
    at = positions((entered >= limit).to_numpy())
    if len(at):
        days = (entered.dt.normalize() - acquired).take(at).dt.days
        params: list[Params] = [
            {"acquired": day, "days": str(late)}
            for day, late in zip(day_texts(acquired, at), days.tolist(), strict=True)
        ]
        yield Hits("entered_at", at, day_texts(entered, at), params=params)


def day_texts(days: pd.Series[pd.Timestamp], at: Positions) -> list[str]:
    """The days at some positions as texts, empty where there is none."""
    texts = np.datetime_as_string(days.to_numpy()[at].astype("datetime64[D]"))
    return ["" if text == "NaT" else text for text in texts.tolist()]
