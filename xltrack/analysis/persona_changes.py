"""What changed in the profile of large wins since the quarter before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from xltrack.analysis.dimensions import Dimension
from xltrack.analysis.period import period_of
from xltrack.analysis.persona import customer_dimensions, persona_summary
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table


def persona_changes(scope: Scope, compared: Sequence[Dimension], own: Mapping[str, bool]) -> Table:
    """The traits of large wins now and at the end of the quarter before.

    Then: the leads acquired up to that day, those counted as won that were won by then. Numbers
    are cut at the same bounds for both: those of all leads looked at.

    Columns: dimension, value, revenue_share, n (as in :func:`.persona.persona_summary`),
    previous_value (text), previous_share (float), previous_n (float) (null where no large win said
    it then), changed (bool; false where one of both is unknown).
    Source: guide, step 5.
    """
    earlier = _as_known_on(scope, quarter_end_before(scope.as_of))
    counted = earlier.cohort.reindex(scope.cohort.index, fill_value=False)
    either = scope.cohort | counted
    if (either & ~scope.cohort).any():
        whole = replace(scope, leads=scope.leads[either], facts=scope.facts[either], period=None)
        compared = customer_dimensions(whole, own)
    cohorts = scope.cohort[either].to_numpy(), counted[either].to_numpy()
    now, then = (
        persona_summary(look, [each.of(cohort) for each in compared])
        for look, cohort in zip((scope, earlier), cohorts, strict=True)
    )
    before = then.frame[["dimension", "value", "revenue_share", "n"]].rename(
        columns={"value": "previous_value", "revenue_share": "previous_share", "n": "previous_n"}
    )
    frame = now.frame[["dimension", "value", "revenue_share", "n"]].merge(
        before, on="dimension", how="left"
    )
    frame["previous_share"] = frame["previous_share"].astype("float64")
    frame["previous_n"] = frame["previous_n"].astype("float64")
    frame["previous_value"] = frame["previous_value"].astype("object")
    frame["previous_value"] = frame["previous_value"].where(frame["previous_value"].notna(), None)
    known = frame["previous_value"].notna()
    frame["changed"] = known & (frame["previous_value"] != frame["value"])
    return Table(frame, "cohort", now.left_out)


def quarter_end_before(day: dt.date) -> dt.date:
    """The last day of the quarter before that of ``day``.

    >>> quarter_end_before(dt.date(2024, 5, 31))
    datetime.date(2024, 3, 31)
    """
    return period_of("quarter", day).start - dt.timedelta(days=1)


def _as_known_on(scope: Scope, day: dt.date) -> Scope:
    """The scope as it was at the end of ``day``: leads there were, and what was closed by then."""
    there = ~(scope.facts["acquired_from"] > pd.Timestamp(day))
    facts = scope.facts[there].copy()
    facts.loc[facts["close_day"] > pd.Timestamp(day), "outcome"] = "open"
    period = None if scope.period is None else period_of("quarter", day)
    return replace(scope, leads=scope.leads[there], facts=facts, as_of=day, period=period)
