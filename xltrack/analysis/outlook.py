"""What the next week, month or quarter may bring, and what it would take."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from xltrack.analysis.funnel import stage_weights
from xltrack.analysis.period import Period
from xltrack.analysis.scope import Scope
from xltrack.analysis.targets import target_of


@dataclass(frozen=True)
class Outlook:
    """The period after the one looked at, as the open leads show it on the as-of day.

    Attributes:
        period: the week, month or quarter after.
        leads: open leads whose expected close lies in it.
        pipeline: their amounts, in the workbook's unit.
        weighted_pipeline: amount × chance of winning; null while nothing is closed.
        target: of the team; null where none is set.
        gap: target − weighted amount; null where either is, 0 where nothing is missing.
        leads_needed: gap ÷ average deal ÷ conversion, rounded up, with the average deal of the
            period looked at and the conversion of its window; null where they are not known.
        late: open leads whose expected close has passed.
        undated: open leads without one.
    """

    period: Period
    leads: int
    pipeline: float
    weighted_pipeline: float
    target: float
    gap: float
    leads_needed: float
    late: int
    undated: int


def outlook(scope: Scope, average_deal: float, conversion: float) -> Outlook | None:
    """The outlook on the period after the scope's, none without a period."""
    if scope.period is None:
        return None
    period = scope.period.following()
    facts = scope.facts.loc[scope.state, ["index", "value"]]
    expected = scope.leads.loc[facts.index, "expected_close"].astype("datetime64[s]")
    weights = stage_weights(scope)
    ahead = expected.between(pd.Timestamp(period.start), pd.Timestamp(period.end))
    inside = facts[ahead]
    weighted = float((inside["value"] * inside["index"].map(weights)).sum())
    if weights.isna().all():
        weighted = math.nan
    target = target_of(scope.settings, period)
    gap = target - weighted
    gap = gap if math.isnan(gap) else max(0.0, gap)
    per_lead = average_deal * conversion
    return Outlook(
        period,
        len(inside),
        float(inside["value"].sum()),
        weighted,
        target,
        gap,
        math.ceil(gap / per_lead) if per_lead > 0 and not math.isnan(gap) else math.nan,
        int((expected < pd.Timestamp(scope.as_of)).sum()),
        int(expected.isna().sum()),
    )
