"""Fields that a stage requires."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from xltrack.findings import Finding

NEW = {"stage": "初识", "latest_follow_up": None, "acquired_on": dt.date(2024, 5, 31)}


@pytest.mark.parametrize(
    "field", ["channel", "customer", "contact", "contact_details", "need", "priority", "stage"]
)
def test_what_every_lead_needs(one: Any, at: Any, field: str) -> None:
    assert one(**{field: None}) == [at("V110", field)]


@pytest.mark.parametrize(
    ("stage", "field", "required"),
    [
        ("初识", "latest_follow_up", False),
        ("意向明确", "latest_follow_up", True),
        ("意向明确", "expected_close", False),
        ("方案对比", "expected_close", True),
        ("商务谈判", "amount", False),
    ],
)
def test_what_a_stage_needs(one: Any, at: Any, stage: str, field: str, required: bool) -> None:
    empty = {"stage": stage, "acquired_on": dt.date(2024, 5, 31), field: None}
    assert one(**empty) == ([at("V110", field)] if required else [])


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("need", "同上"),
        ("customer", "未知"),
        ("contact", " — "),
        ("contact_details", "无"),
        ("channel", "—"),
        ("need", "T B D".replace(" ", "")),
    ],
)
def test_a_cell_that_says_nothing_is_empty(one: Any, at: Any, field: str, text: str) -> None:
    assert at("V110", field) in one(**{field: text})
    assert {code for code, *_ in one(**{field: text})} <= {"V110", "V191"}


@pytest.mark.parametrize("text", ["无锡仓库搬迁", "同上海分公司一致的方案", "待定制的系统"])
def test_a_text_that_begins_like_nothing_is_none(one: Any, text: str) -> None:
    assert one(need=text) == []


def test_a_lost_lead_needs_what_its_stage_needed(one: Any, at: Any) -> None:
    lost = {"lost_reason": "价格过高", "closed_on": dt.date(2024, 5, 30), "expected_close": None}
    assert one(stage="意向明确", **lost) == []
    assert one(stage="意向明确", **{**lost, "need": None}) == [at("V110", "need")]


def test_what_has_no_column_is_not_missing_in_every_row(one: Any) -> None:
    assert one({"without": ["need"]}, need=None) == []


def test_a_cell_that_could_not_be_read_is_not_empty(one: Any) -> None:
    unread = Finding("V120", "leads.xlsx", "线索跟踪表", "K2", "", "expected_close", "2024-02-30")
    found = one({"findings": [unread]}, expected_close=None)
    assert [code for code, *_ in found] == ["V120"]


def test_a_won_lead_needs_an_amount_by_a_code_of_its_own(one: Any, at: Any) -> None:
    won = {"stage": "成交", "closed_on": dt.date(2024, 5, 30), "amount": None}
    assert one(**won) == [at("V141", "amount")]
