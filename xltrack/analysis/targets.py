"""What the team and each owner set out to win."""

from __future__ import annotations

import datetime as dt

from xltrack.analysis.period import Period, period_of
from xltrack.template import Settings


def target_of(settings: Settings, period: Period | None, owner: str = "") -> float:
    """Sum of the monthly targets of a period, in the workbook's unit; ``owner`` empty = the team.

    Where the team has no target of its own in a month, those of its owners add up to it. Null
    without a period, for one that is not made of whole months, and where no target is set.
    """
    months = _whole_months(period)
    by_month = {
        month: [
            target for target in settings.targets if target.month == month and target.amount > 0
        ]
        for month in months
    }
    total, known = 0.0, False
    for targets in by_month.values():
        own = [target.amount for target in targets if target.owner == owner]
        if not own and not owner:
            own = [target.amount for target in targets]
        total, known = total + sum(own), known or bool(own)
    return total if known else float("nan")


def _whole_months(period: Period | None) -> list[str]:
    """Months that make up the period exactly, else none."""
    if period is None or period.start.day != 1:
        return []
    months, day = [], period.start
    while day <= period.end:
        month = period_of("month", day)
        if month.end > period.end:
            return []
        months.append(month.label)
        day = month.end + dt.timedelta(days=1)
    return months
