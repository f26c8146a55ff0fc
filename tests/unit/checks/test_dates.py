"""Days that cannot be, have passed, or came too late."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

D = dt.date


@pytest.mark.parametrize(
    ("field", "day", "limit"),
    [
        ("acquired_on", D(1999, 12, 31), "early"),
        ("expected_close", D(1905, 7, 1), "early"),
        ("closed_on", D(2024, 6, 1), "late"),
        ("entered_at", dt.datetime(2024, 6, 1, 8), "late"),
        ("next_follow_up", D(1900, 1, 1), "early"),
    ],
)
def test_a_day_out_of_range(
    findings: Any, clean: Any, field: str, day: dt.date, limit: str
) -> None:
    found = [f for f in findings(clean(0, **{field: day})) if f.code == "V122"]
    assert [(f.field, f.params["limit"]) for f in found] == [(field, limit)]


@pytest.mark.parametrize(
    ("field", "day"),
    [
        ("acquired_on", D(2024, 5, 31)),
        ("expected_close", D(2030, 1, 1)),
        ("next_follow_up", D(2024, 6, 30)),
        ("entered_at", dt.datetime(2024, 5, 3, 23, 59)),
    ],
)
def test_days_within_range(one: Any, field: str, day: dt.date) -> None:
    assert one(**{field: day}) == []


@pytest.mark.parametrize(
    ("log", "value"),
    [
        ("2024-06-01 电话:已报价;下一步:确认", "2024-06-01"),
        ("1999-05-10 电话:已报价;下一步:确认", "1999-05-10"),
        ("2024-05-30 电话:已报价;下一步:确认\n2024-06-03 电话:约见;下一步:签约", "2024-06-03"),
    ],
)
def test_a_contact_out_of_range(findings: Any, clean: Any, log: str, value: str) -> None:
    found = findings(clean(0, latest_follow_up=log, next_follow_up=D(2024, 6, 5)))
    assert [(f.code, f.value) for f in found if f.code == "V122"] == [("V122", value)]


def test_a_contact_of_last_year_without_its_year_is_not_ahead(check: Any, clean: Any) -> None:
    lead = clean(0, latest_follow_up="12月30日 电话:已报价;下一步:确认")
    later = {"next_follow_up": D(2024, 6, 20)}
    assert check({**lead, **later}) == []


@pytest.mark.parametrize(
    ("close", "passed"), [(D(2024, 5, 30), True), (D(2024, 5, 31), False), (None, False)]
)
def test_expected_close_of_an_open_lead(one: Any, at: Any, close: Any, passed: bool) -> None:
    found = one(stage="意向明确", expected_close=close)
    assert found == ([at("V143", "expected_close")] if passed else [])


def test_expected_close_of_a_closed_lead_may_have_passed(one: Any) -> None:
    won = {"stage": "成交", "closed_on": D(2024, 5, 20), "expected_close": D(2024, 5, 1)}
    assert one(**won) == []


@pytest.mark.parametrize(
    ("entered", "late"),
    [
        (dt.datetime(2024, 5, 2, 9), False),
        (dt.datetime(2024, 5, 3, 23, 59), False),
        (dt.datetime(2024, 5, 4, 0, 0), True),
        (dt.datetime(2024, 5, 10, 9), True),
    ],
)
def test_entry_within_the_limit(one: Any, at: Any, entered: dt.datetime, late: bool) -> None:
    found = one(acquired_on=D(2024, 5, 2), entered_at=entered)
    assert found == ([at("V181", "entered_at")] if late else [])


def test_the_limit_of_entry_is_that_of_settings(one: Any) -> None:
    late = {"acquired_on": D(2024, 5, 2), "entered_at": dt.datetime(2024, 5, 4, 9)}
    assert one({"entry_limit_hours": 48}, **late) == []
