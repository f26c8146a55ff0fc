"""Won and lost leads."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

D = dt.date
WON = {"stage": "成交", "closed_on": D(2024, 5, 20), "expected_close": D(2024, 5, 20)}
LOST = {"lost_reason": "价格过高", "closed_on": D(2024, 5, 20), "expected_close": D(2024, 5, 20)}


def test_clean_endings(one: Any) -> None:
    assert one(**WON) == []
    assert one(**LOST) == []


def test_won_and_lost_at_once(one: Any, at: Any) -> None:
    assert one(**WON, lost_reason="价格过高") == [at("V140", "lost_reason")]


@pytest.mark.parametrize("mark", ["—", "-", "/", "无"])
def test_a_mark_is_no_reason(one: Any, mark: str) -> None:
    assert one(**WON, lost_reason=mark) == []


def test_won_without_an_amount(one: Any, at: Any) -> None:
    assert one(**WON, amount=None) == [at("V141", "amount")]


def test_won_for_nothing_is_an_amount(one: Any) -> None:
    assert one(**WON, amount=0.0) == []


@pytest.mark.parametrize(
    ("lead", "basis", "day"),
    [
        ({**WON, "closed_on": None}, "expected_close", "2024-05-20"),
        ({**WON, "closed_on": None, "expected_close": None}, "last_contact", "2024-05-30"),
        ({**LOST, "closed_on": None}, "last_contact", "2024-05-30"),
    ],
)
def test_a_presumed_close_day(findings: Any, clean: Any, lead: Any, basis: str, day: str) -> None:
    found = [f for f in findings(clean(0, **lead)) if f.code == "V142"]
    assert [(f.field, f.params) for f in found] == [("closed_on", {"basis": basis, "day": day})]


def test_a_close_day_that_nothing_tells(findings: Any, clean: Any) -> None:
    lead = clean(
        0, stage="初识", lost_reason="价格过高", latest_follow_up=None, expected_close=None
    )
    found = [f for f in findings(lead) if f.code == "V142"]
    assert [f.params for f in found] == [{"basis": "nothing", "day": "—"}]


def test_without_a_column_of_close_days_the_stage_says_so(one: Any, at: Any) -> None:
    found = one({"without": ["closed_on"]}, **{**WON, "closed_on": None})
    assert found == [at("V142", "stage")]


@pytest.mark.parametrize(("close", "ahead"), [(D(2024, 6, 1), True), (D(2024, 5, 31), False)])
def test_lost_before_its_time(one: Any, at: Any, close: dt.date, ahead: bool) -> None:
    found = one(**{**LOST, "expected_close": close})
    assert found == ([at("V144", "lost_reason")] if ahead else [])
