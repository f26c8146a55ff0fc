"""Periods and the ones before them, counted on a calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from xltrack.analysis.period import Period, choose_period, parse_period, period_of
from xltrack.errors import UsageError


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("kind", "text", "start", "end"),
    [
        ("week", "2024-W20", "2024-05-13", "2024-05-19"),
        ("week", "2020-W53", "2020-12-28", "2021-01-03"),
        ("month", "2024-02", "2024-02-01", "2024-02-29"),
        ("month", "2024-12", "2024-12-01", "2024-12-31"),
        ("quarter", "2024-Q2", "2024-04-01", "2024-06-30"),
        ("quarter", "2024-Q4", "2024-10-01", "2024-12-31"),
    ],
)
def test_a_period_spans_its_calendar_days(kind: str, text: str, start: str, end: str) -> None:
    period = parse_period(kind, text)  # type: ignore[arg-type]
    assert (period.start, period.end) == (day(start), day(end))
    assert period.label == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("week", "2024-W54"),
        ("week", "W20"),
        ("month", "2024-13"),
        ("month", "2024/05"),
        ("quarter", "2024-Q5"),
    ],
)
def test_a_period_that_does_not_exist_is_a_usage_error(kind: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_period(kind, text)  # type: ignore[arg-type]
    assert caught.value.reason == f"bad_{kind}"


@pytest.mark.parametrize(
    ("kind", "text", "as_of", "start", "end"),
    [
        ("month", "2024-05", "2024-06-30", "2024-04-01", "2024-04-30"),
        ("month", "2024-05", "2024-05-31", "2024-04-01", "2024-04-30"),
        ("month", "2024-05", "2024-05-10", "2024-04-01", "2024-04-10"),
        ("month", "2024-03", "2024-03-30", "2024-02-01", "2024-02-29"),
        ("week", "2024-W20", "2024-05-15", "2024-05-06", "2024-05-08"),
        ("quarter", "2024-Q1", "2024-12-31", "2023-10-01", "2023-12-31"),
    ],
)
def test_the_period_before_is_the_calendar_unit_cut_to_the_days_elapsed(
    kind: str, text: str, as_of: str, start: str, end: str
) -> None:
    before = parse_period(kind, text).previous(day(as_of))  # type: ignore[arg-type]
    assert (before.start, before.end) == (day(start), day(end))


def test_the_period_before_a_range_is_as_long() -> None:
    period = Period("range", day("2024-05-10"), day("2024-05-16"))
    before = period.previous(day("2024-12-31"))
    assert (before.start, before.end) == (day("2024-05-03"), day("2024-05-09"))


@pytest.mark.parametrize(
    ("kind", "text", "months", "start"),
    [
        ("month", "2024-05", 12, "2023-06-01"),
        ("quarter", "2024-Q2", 12, "2023-07-01"),
        ("week", "2024-W20", 12, "2023-05-20"),
        ("month", "2024-05", 1, "2024-05-01"),
    ],
)
def test_the_window_ends_with_the_period(kind: str, text: str, months: int, start: str) -> None:
    period = parse_period(kind, text)  # type: ignore[arg-type]
    assert period.window(months) == (day(start), period.end)


def test_the_quarter_of_a_day() -> None:
    assert period_of("quarter", day("2024-11-30")).label == "2024-Q4"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"month": "2024-05", "week": "2024-W20"}, "several_periods"),
        ({"month": "2024-05", "end": dt.date(2024, 5, 1)}, "several_periods"),
        ({"start": dt.date(2024, 5, 1)}, "half_a_range"),
        ({"start": dt.date(2024, 5, 2), "end": dt.date(2024, 5, 1)}, "range_backwards"),
    ],
)
def test_periods_that_contradict_each_other_are_refused(
    options: dict[str, object], reason: str
) -> None:
    with pytest.raises(UsageError) as caught:
        choose_period(**options)  # type: ignore[arg-type]
    assert caught.value.reason == reason


def test_no_period_is_no_period() -> None:
    assert choose_period() is None
