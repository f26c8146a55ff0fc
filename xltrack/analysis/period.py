"""Reporting periods: a week, month, quarter or any range of days, and the one before it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from xltrack.errors import UsageError

PeriodKind = Literal["week", "month", "quarter", "range"]

_FORMS: dict[PeriodKind, re.Pattern[str]] = {
    "week": re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE),
    "month": re.compile(r"(\d{4})-(\d{1,2})"),
    "quarter": re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE),
}


@dataclass(frozen=True)
class Period:
    """Days from ``start`` to ``end``, both included."""

    kind: PeriodKind
    start: dt.date
    end: dt.date

    @property
    def label(self) -> str:
        """How the period is written: 2024-W20, 2024-05, 2024-Q2 or two days.

        >>> parse_period("quarter", "2024-Q2").label
        '2024-Q2'
        """
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.kind == "month":
            return f"{self.start:%Y-%m}"
        if self.kind == "quarter":
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        return f"{self.start}..{self.end}"

    def previous(self, as_of: dt.date) -> Period:
        """The calendar unit before, cut to the days elapsed while this one still runs.

        For a range of days: as many days before it.

        >>> parse_period("month", "2024-05").previous(dt.date(2024, 5, 10)).end
        datetime.date(2024, 4, 10)
        """
        before = self.start - dt.timedelta(days=1)
        if self.kind == "range":
            return Period("range", self.start - (self.end - before), before)
        whole = period_of(self.kind, before)
        if as_of >= self.end:
            return whole
        elapsed = max(0, (as_of - self.start).days)
        return Period(
            self.kind, whole.start, min(whole.end, whole.start + dt.timedelta(days=elapsed))
        )

    def year_before(self, as_of: dt.date) -> Period:
        """The same week, month or quarter a year earlier, cut to the days elapsed while this runs.

        Of week 53 in a year that has none, week 52. For a range of days: a year earlier.

        >>> parse_period("month", "2024-02").year_before(dt.date(2024, 2, 10)).end
        datetime.date(2023, 2, 10)
        """
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            last = dt.date(year - 1, 12, 28).isocalendar().week
            whole = period_of("week", dt.date.fromisocalendar(year - 1, min(week, last), 1))
        elif self.kind == "range":
            return Period("range", _months_before(self.start, 12), _months_before(self.end, 12))
        else:
            whole = period_of(self.kind, _months_before(self.start, 12))
        if as_of >= self.end:
            return whole
        elapsed = dt.timedelta(days=max(0, (as_of - self.start).days))
        return Period(self.kind, whole.start, min(whole.end, whole.start + elapsed))

    def following(self) -> Period:
        """The calendar unit after; for a range of days, as many days after it.

        >>> parse_period("month", "2024-05").following().label
        '2024-06'
        """
        after = self.end + dt.timedelta(days=1)
        if self.kind == "range":
            return Period("range", after, after + (self.end - self.start))
        return period_of(self.kind, after)

    def window(self, months: int) -> tuple[dt.date, dt.date]:
        """First and last day of the ``months`` that end with this period.

        >>> parse_period("month", "2024-05").window(12)[0]
        datetime.date(2023, 6, 1)
        """
        return _months_before(self.end + dt.timedelta(days=1), months), self.end


def period_of(kind: PeriodKind, day: dt.date) -> Period:
    """The week, month or quarter a day lies in."""
    if kind == "week":
        start = day - dt.timedelta(days=day.weekday())
        return Period(kind, start, start + dt.timedelta(days=6))
    length = 3 if kind == "quarter" else 1
    start = day.replace(month=(day.month - 1) // length * length + 1, day=1)
    return Period(kind, start, _months_before(start, -length) - dt.timedelta(days=1))


def parse_period(kind: PeriodKind, text: str) -> Period:
    """A period as it is typed: 2024-W20, 2024-05, 2024-Q2.

    Raises:
        UsageError: not of that form, or no such week or month.
    """
    match = _FORMS[kind].fullmatch(text.strip())
    if match is None:
        raise UsageError(f"bad_{kind}", text)
    year, number = int(match[1]), int(match[2])
    try:
        if kind == "week":
            return period_of(kind, dt.date.fromisocalendar(year, number, 1))
        month = number * 3 - 2 if kind == "quarter" else number
        return period_of(kind, dt.date(year, month, 1))
    except ValueError as error:
        raise UsageError(f"bad_{kind}", text) from error


def choose_period(
    week: str | None = None,
    month: str | None = None,
    quarter: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> Period | None:
    """The one period that was asked for, if any.

    Raises:
        UsageError: more than one, half a range, or a range that ends before it starts.
    """
    asked = {"week": week, "month": month, "quarter": quarter}
    named = [(kind, text) for kind, text in asked.items() if text is not None]
    if len(named) + (start is not None or end is not None) > 1:
        raise UsageError("several_periods")
    if named:
        kind, text = named[0]
        return parse_period(kind, text)  # type: ignore[arg-type]
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise UsageError("half_a_range")
    if end < start:
        raise UsageError("range_backwards", f"{start}..{end}")
    return Period("range", start, end)


def _months_before(day: dt.date, months: int) -> dt.date:
    """The same day of the month ``months`` earlier, at most that month's last day."""
    count = day.year * 12 + day.month - 1 - months
    first = dt.date(count // 12, count % 12 + 1, 1)
    following = dt.date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))
