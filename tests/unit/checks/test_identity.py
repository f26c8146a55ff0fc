"""Lead ids: planted cases and near misses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from xltrack.checks.free_ids import FreeIds
from xltrack.checks.ids import id_months


@pytest.mark.parametrize("lead_id", ["LX202405001", "LX2024051234", "LX-HD-202405001"])
def test_documented_ids_are_fine(one: Any, lead_id: str) -> None:
    assert one(lead_id=lead_id) == []


@pytest.mark.parametrize(
    "lead_id",
    ["202405001", "LX2024051", "LX202413001", "LY202405001", "LX2024-05-001", "LX202405001A"],
)
def test_an_id_of_another_form(one: Any, at: Any, lead_id: str) -> None:
    assert one(lead_id=lead_id) == [at("V102", "lead_id")]


def test_an_id_is_judged_by_the_prefix_of_settings(one: Any, at: Any) -> None:
    assert one({"id_prefix": "HD-"}, lead_id="HD-202405001") == []
    assert one({"id_prefix": "HD-"}, lead_id="LX202405001") == [at("V102", "lead_id")]


@pytest.mark.parametrize("lead_id", ["lx202405001", "LX 202405001", "LX202405 001"])
def test_case_and_spaces_of_an_id_are_corrected(findings: Any, clean: Any, lead_id: str) -> None:
    (found,) = findings(clean(0, lead_id=lead_id))
    assert (found.code, found.corrected) == ("V102", "LX202405001")


def test_a_full_width_id_is_no_wrong_form(findings: Any, clean: Any) -> None:
    full = "LX202405001".translate({ord(c): ord(c) + 0xFEE0 for c in "LX0123456789"})
    (found,) = findings(clean(0, lead_id=full))
    assert (found.code, found.field, found.corrected) == ("V191", "lead_id", "LX202405001")


def test_a_missing_id_is_offered_a_free_one(findings: Any, clean: Any) -> None:
    rows = [clean(0), clean(6), clean(2, lead_id=None), clean(3, lead_id=None)]
    found = findings(*rows)
    assert [(f.code, f.cell, f.corrected) for f in found] == [
        ("V101", "A4", "LX202405008"),
        ("V101", "A5", "LX202405009"),
    ]


def test_the_id_of_a_lead_without_a_day_is_only_suggested(findings: Any, clean: Any) -> None:
    (found,) = findings(clean(0, lead_id=None, acquired_on=None))
    assert (found.code, found.corrected, found.params["free_id"]) == ("V101", None, "LX202405001")


def test_ids_are_not_missing_where_there_is_no_column(one: Any) -> None:
    assert one({"without": ["lead_id"]}, lead_id=None) == []


@pytest.mark.parametrize(
    ("acquired", "other"),
    [((2024, 5, 1), False), ((2024, 5, 31), False), ((2024, 4, 30), True), ((2023, 5, 2), True)],
)
def test_the_month_of_the_id(one: Any, at: Any, acquired: tuple[int, ...], other: bool) -> None:
    found = one(acquired_on=dt.date(*acquired))
    assert found == ([at("V105", "lead_id")] if other else [])


def test_without_a_day_the_month_is_not_compared(one: Any) -> None:
    assert one(acquired_on=None) == []


def test_the_same_lead_twice_names_the_row_that_counts(findings: Any, clean: Any) -> None:
    older = clean(0, latest_follow_up="2024-05-29 电话:再联系;下一步:报价")
    (found,) = findings(older, clean(0))
    assert (found.code, found.cell) == ("V103", "A2")
    assert found.params == {"counts": "线索跟踪表!A3", "reason": "follow_up"}


@pytest.mark.parametrize(
    ("first", "second", "cell", "reason"),
    [
        ({"stage": "方案对比"}, {}, "A2", "stage"),
        ({}, {"stage": "方案对比"}, "A3", "stage"),
        ({}, {}, "A3", "first"),
    ],
)
def test_which_row_of_a_lead_counts(
    findings: Any, clean: Any, first: Any, second: Any, cell: str, reason: str
) -> None:
    (found,) = findings(clean(0, **first), clean(0, **second))
    assert (found.code, found.cell, found.params["reason"]) == ("V103", cell, reason)


def test_the_same_lead_in_other_writing_is_the_same(check: Any, clean: Any) -> None:
    rows = clean(0), clean(0, lead_id="lx202405001", customer="云帆物流 有限公司")
    assert check(*rows) == [("V103", "A3", "lead_id")]


def test_an_id_of_two_customers(findings: Any, clean: Any) -> None:
    (found,) = findings(clean(0), clean(1, lead_id="LX202405001"), clean(2))
    assert (found.code, found.cell, found.corrected) == ("V104", "A3", None)
    assert found.params == {"other": "线索跟踪表!A2", "free_id": "LX202405004"}


def test_an_id_of_three_rows_is_told_apart(check: Any, clean: Any) -> None:
    rows = clean(0), clean(0), clean(1, lead_id="LX202405001")
    assert check(*rows) == [("V103", "A3", "lead_id"), ("V104", "A4", "lead_id")]


def test_two_leads_without_an_id_are_not_one(check: Any, clean: Any) -> None:
    assert [code for code, *_ in check(clean(0, lead_id=None), clean(0, lead_id=None))] == [
        "V101",
        "V101",
    ]


def test_free_ids_keep_the_width_of_the_month() -> None:
    free = FreeIds(pa.array(["LX2024050007", "lx202405012", None, "LX202406001"]), 3)
    assert [free.of("LX202405"), free.of("LX202405"), free.of("LX202407")] == [
        "LX2024050013",
        "LX2024050014",
        "LX202407001",
    ]
    assert free.like("A7") == ""


def test_months_of_ids() -> None:
    months = id_months(pa.array(["LX-HD-202412017", "LX202413001", None]))
    assert months.tolist() == [2024 * 12 + 11, -1, -1]
