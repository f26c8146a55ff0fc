"""New leads, wins and losses over time."""

from __future__ import annotations

import pandas as pd

from xltrack.analysis.funnel import UNITS, period_labels
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, ratio

LONGEST = 240  # periods shown in a row; beyond, a mistyped year would fill the table with zeros


def trend_by_month(scope: Scope) -> Table:
    """What came in and what was closed, month by month; see :func:`trend_by`."""
    return trend_by(scope, "month")


def trend_by_quarter(scope: Scope) -> Table:
    """What came in and what was closed, quarter by quarter; see :func:`trend_by`."""
    return trend_by(scope, "quarter")


def trend_by(scope: Scope, unit: str) -> Table:
    """Every month or quarter from the first to the last with a lead, within the window.

    Columns: period (YYYY-MM or YYYY-Qn), new_leads (int, by day of acquisition), won, lost (int),
    revenue (by close day, in the workbook's unit), conversion (won of the leads acquired in that
    period, as of the as-of day), immature (bool, most of those leads are younger than the
    maturity). Oldest first, months without leads included.
    Left out: leads whose month of acquisition is unknown, and closed leads without a close day.
    Source: guide, steps 4 and 5.
    """
    facts = scope.facts
    won, lost = facts["outcome"] == "won", facts["outcome"] == "lost"
    acquired = _periods(facts["acquired_from"], scope, unit)
    closed = _periods(facts["close_day"], scope, unit)
    maturity = pd.Timedelta(days=scope.settings.parameters.maturity_days)
    young = pd.Timestamp(scope.as_of) - facts["acquired_to"] < maturity

    cohort = _sums({"new_leads": 1, "won_of_new": won, "young": young}, acquired)
    results = _sums({"won": won, "lost": lost, "revenue": facts["value"].where(won)}, closed)
    frame = cohort.join(results, how="outer").sort_index()
    if 1 < len(frame) < LONGEST:
        every = pd.period_range(frame.index[0], frame.index[-1], freq=UNITS[unit])
        frame = frame.reindex(every if len(every) <= LONGEST else frame.index)
    frame = frame.fillna(0.0).astype(
        {"new_leads": "int64", "won": "int64", "lost": "int64", "revenue": "float64"}
    )
    frame["conversion"] = ratio(frame["won_of_new"], frame["new_leads"])
    frame["immature"] = frame["young"] > frame["new_leads"] / 2
    frame["period"] = period_labels(frame.index, unit)
    columns = ["period", "new_leads", "won", "lost", "revenue", "conversion", "immature"]
    left_out = int(facts["acquired_from"].isna().sum())
    left_out += int(((won | lost) & facts["close_day"].isna()).sum())
    presumed = int((facts["close_presumed"] & closed.notna()).sum())
    return Table(frame[columns].reset_index(drop=True), "mixed", left_out, presumed)


def _periods(day: pd.Series, scope: Scope, unit: str) -> pd.Series:
    """The period of each day, null outside the window."""
    if scope.period is not None:
        start, end = scope.period.window(scope.settings.parameters.window_months)
        day = day.where(day.between(pd.Timestamp(start), pd.Timestamp(end)))
    periods: pd.Series = day.dt.to_period(UNITS[unit])
    return periods


def _sums(columns: dict[str, object], period: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame(columns, index=period.index)
    return frame[period.notna()].groupby(period[period.notna()]).sum()
