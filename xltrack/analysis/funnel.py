"""The stage funnel, as a whole and by the week, month or quarter a lead was acquired in."""

from __future__ import annotations

import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, ratio, share

UNITS = {"week": "W-SUN", "month": "M", "quarter": "Q"}


def funnel(scope: Scope) -> Table:
    """How far the leads of the cohort came.

    Columns: stage (text, Settings order), current, open, lost, reached (int), step_conversion
    (reached here and at the next stage; null at the last), decided_conversion (of the leads that
    went on or were lost here, those that went on; null at the last), from_start (fraction),
    bottleneck (bool).
    Left out: leads of the cohort without a stage of the funnel, and leads with no known day of
    acquisition where there is a window.
    Source: guide, step 3.
    """
    stages = scope.settings.funnel
    index = scope.facts["index"]
    counted = scope.cohort & index.notna()
    at = index[counted].astype(int)
    outcome = scope.facts.loc[counted, "outcome"]
    numbers = range(1, len(stages) + 1)

    def count(which: pd.Series) -> pd.Series:
        return at[which].value_counts().reindex(numbers, fill_value=0)

    current = count(pd.Series(True, index=at.index))
    frame = pd.DataFrame(
        {
            "stage": [stage.name for stage in stages],
            "current": current.to_numpy(),
            "open": count(outcome == "open").to_numpy(),
            "lost": count(outcome == "lost").to_numpy(),
            "reached": current[::-1].cumsum()[::-1].to_numpy(),
        }
    )
    following = frame["reached"].shift(-1)
    decided = following + frame["lost"]
    frame["step_conversion"] = ratio(following, frame["reached"])
    frame["decided_conversion"] = ratio(following, decided)
    frame["from_start"] = ratio(frame["reached"], pd.Series(frame["reached"].iloc[0], frame.index))
    enough = frame["decided_conversion"].where(decided >= scope.settings.parameters.minimum_sample)
    frame["bottleneck"] = (enough < 1) & (enough == enough.min())
    unplaced = int((scope.cohort & index.isna()).sum())
    return Table(frame, "cohort", unplaced + scope.undated)


def funnel_by(scope: Scope, unit: str) -> Table:
    """The funnel of the leads acquired in each week, month or quarter of the cohort.

    Columns: period (ISO Monday date, YYYY-MM or YYYY-Qn), leads (int), then for each stage
    ``reached:<stage>`` (int) and, but for the last, ``step_conversion:<stage>`` (fraction, null
    where nobody reached the stage). Oldest first; periods without leads have no row.
    Left out: leads without a stage of the funnel, without a known month, or, by week, without a
    known day.
    Source: guide, steps 3 and 5.
    """
    stages = [stage.name for stage in scope.settings.funnel]
    day = scope.facts["acquired_on" if unit == "week" else "acquired_from"]
    counted = scope.cohort & day.notna() & scope.facts["index"].notna()
    period = day[counted].dt.to_period(UNITS[unit])
    index = scope.facts.loc[counted, "index"].astype(int)
    current = (
        pd.crosstab(period, index)
        .reindex(columns=range(1, len(stages) + 1), fill_value=0)
        .sort_index()
    )
    reached = current.iloc[:, ::-1].cumsum(axis=1).iloc[:, ::-1]
    frame = pd.DataFrame(
        {"period": period_labels(current.index, unit), "leads": reached[1].to_numpy()}
    )
    for number, stage in enumerate(stages, start=1):
        frame[f"reached:{stage}"] = reached[number].to_numpy()
        if number < len(stages):
            step = ratio(reached[number + 1], reached[number])
            frame[f"step_conversion:{stage}"] = step.to_numpy()
    left_out = int((scope.cohort & ~counted).sum()) + scope.undated
    return Table(frame, "cohort", left_out)


def period_labels(periods: pd.Index, unit: str) -> list[str]:
    """How the periods of a table are written.

    >>> period_labels(pd.PeriodIndex(["2024-05-15"], freq="W-SUN"), "week")
    ['2024-05-13']
    """
    if unit == "week":
        return [f"{period.start_time:%Y-%m-%d}" for period in periods]
    if unit == "month":
        return [f"{period.start_time:%Y-%m}" for period in periods]
    return [f"{period.year}-Q{period.quarter}" for period in periods]


def funnel_by_week(scope: Scope) -> Table:
    """The funnel by week of acquisition; see :func:`funnel_by`."""
    return funnel_by(scope, "week")


def funnel_by_month(scope: Scope) -> Table:
    """The funnel by month of acquisition; see :func:`funnel_by`."""
    return funnel_by(scope, "month")


def funnel_by_quarter(scope: Scope) -> Table:
    """The funnel by quarter of acquisition; see :func:`funnel_by`."""
    return funnel_by(scope, "quarter")


def stage_weights(scope: Scope) -> pd.Series:
    """Chance of winning by stage index, from all closed leads; null while nothing is closed.

    Weight of stage k = (won + m·p) / (closed(k) + m): closed(k) = closed leads that reached k,
    p = the overall win rate, m = the minimum sample.
    """
    closed = scope.facts.loc[scope.facts["outcome"] != "open", ["index", "outcome"]]
    won = int((closed["outcome"] == "won").sum())
    m, p = scope.settings.parameters.minimum_sample, share(won, len(closed))
    numbers = range(1, len(scope.settings.funnel) + 1)
    reached = pd.Series({k: int((closed["index"] >= k).sum()) for k in numbers}, dtype="float64")
    return ratio(pd.Series(won + m * p, reached.index), reached + m)
