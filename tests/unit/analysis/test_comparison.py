"""Periods a year before, and findings counted without keeping them."""

from __future__ import annotations

import datetime as dt

import pytest

from xltrack.analysis.period import parse_period
from xltrack.findings import Finding
from xltrack.leads.finding_counts import FindingCounts

LATER = dt.date(2030, 1, 1)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("month", "2024-02", ("2023-02-01", "2023-02-28")),
        ("month", "2025-02", ("2024-02-01", "2024-02-29")),
        ("quarter", "2024-Q1", ("2023-01-01", "2023-03-31")),
        ("week", "2024-W20", ("2023-05-15", "2023-05-21")),
        ("week", "2020-W53", ("2019-12-23", "2019-12-29")),  # 2019 had 52 weeks
        ("week", "2021-W01", ("2019-12-30", "2020-01-05")),
    ],
)
def test_the_same_period_a_year_before(kind: str, text: str, expected: tuple[str, str]) -> None:
    period = parse_period(kind, text).year_before(LATER)  # type: ignore[arg-type]
    assert (str(period.start), str(period.end)) == expected


def test_a_running_month_is_compared_with_as_many_days() -> None:
    period = parse_period("month", "2024-03").year_before(dt.date(2024, 3, 10))
    assert (str(period.start), str(period.end)) == ("2023-03-01", "2023-03-10")


def test_a_lead_counts_once_for_each_code() -> None:
    found = [
        Finding("V110", "a", "s", "A2", lead_id="1"),
        Finding("V110", "a", "s", "C2", lead_id="1"),
        Finding("V110", "b", "s", "A2", lead_id="1"),
        Finding("V152", "a", "s", "A2", lead_id="1"),
        Finding("F005", "a", "s", "A1"),
    ]
    counts = FindingCounts.of(found)
    assert counts.by_code == {
        ("V110", "error"): (3, 2),
        ("V152", "warning"): (1, 1),
        ("F005", "warning"): (1, 0),
    }
    assert counts.plus(counts).by_code["V110", "error"] == (6, 4)
    assert (counts.severity("error"), counts.severity("warning")) == (3, 2)
