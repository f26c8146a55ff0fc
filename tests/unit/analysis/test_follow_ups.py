"""Who must be called: due days and overdue days, counted on a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from xltrack.analysis.follow_ups import follow_ups
from xltrack.analysis.scope import Scope
from xltrack.template import Settings, Stage

MakeScope = Callable[..., Scope]
OPEN = {"lead_id": "LX202405001", "stage": "初识", "priority": "高", "acquired_on": "2024-05-01"}


def one(
    scope: MakeScope, as_of: str, /, *, base: Settings | None = None, **lead: Any
) -> tuple[Any, ...] | None:
    """(due, days overdue, status) of one lead, or None when it is not on the list."""
    options: dict[str, Any] = {"base": base} if base else {}
    parameters = {key: lead.pop(key) for key in list(lead) if key == "shift_to_working_days"}
    made = scope([OPEN | lead], dt.date.fromisoformat(as_of), **options, **parameters)
    frame = follow_ups(made).frame
    if frame.empty:
        return None
    row = frame.iloc[0]
    due = None if row["due"] is None or row["due"] != row["due"] else f"{row['due']:%Y-%m-%d}"
    days = None if row["days_overdue"] != row["days_overdue"] else int(row["days_overdue"])
    return due, days, row["status"]


@pytest.mark.parametrize(
    ("priority", "as_of", "expected"),
    [
        ("高", "2024-05-13", ("2024-05-13", 0, "due")),
        ("高", "2024-05-14", ("2024-05-13", 1, "overdue")),
        ("高", "2024-05-12", ("2024-05-13", -1, "due_soon")),
        ("高", "2024-05-11", ("2024-05-13", -2, "due_soon")),
        ("高", "2024-05-10", None),
        ("中", "2024-05-18", ("2024-05-17", 1, "overdue")),
        ("低", "2024-05-30", ("2024-05-24", 6, "overdue")),
    ],
)
def test_due_is_the_last_contact_and_the_interval_of_the_priority(
    scope: MakeScope, priority: str, as_of: str, expected: tuple[Any, ...] | None
) -> None:
    log = "2024-05-10 14:30 电话:感兴趣"
    assert one(scope, as_of, priority=priority, latest_follow_up=log) == expected


def test_an_agreed_day_after_the_last_contact_counts_instead(scope: MakeScope) -> None:
    lead: dict[str, Any] = {"latest_follow_up": "2024-05-10:谈", "next_follow_up": "2024-05-20"}
    assert one(scope, "2024-05-21", **lead) == ("2024-05-20", 1, "overdue")


def test_an_agreed_day_that_the_last_contact_has_passed_does_not_count(scope: MakeScope) -> None:
    lead: dict[str, Any] = {"latest_follow_up": "2024-05-10:谈", "next_follow_up": "2024-05-10"}
    assert one(scope, "2024-05-14", **lead) == ("2024-05-13", 1, "overdue")


def test_a_contact_after_the_as_of_day_has_not_happened_yet(scope: MakeScope) -> None:
    lead: dict[str, Any] = {"latest_follow_up": "2024-05-10:谈\n2024-05-25:再谈"}
    assert one(scope, "2024-05-14", **lead) == ("2024-05-13", 1, "overdue")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2024-05-01", ("2024-05-02", -1, "due_soon")),
        ("2024-05-02", ("2024-05-02", 0, "not_contacted")),
        ("2024-05-09", ("2024-05-02", 7, "not_contacted")),
    ],
)
def test_a_lead_never_contacted_is_due_a_day_after_it_came(
    scope: MakeScope, as_of: str, expected: tuple[Any, ...]
) -> None:
    assert one(scope, as_of) == expected


def test_without_any_date_nothing_is_overdue(scope: MakeScope) -> None:
    assert one(scope, "2024-05-31", acquired_on=None) == (None, None, "no_date")


@pytest.mark.parametrize("lead", [{"stage": "成交"}, {"lost_reason": "价格过高"}])
def test_closed_leads_are_not_on_the_list(scope: MakeScope, lead: dict[str, Any]) -> None:
    assert one(scope, "2024-05-31", **lead) is None


@pytest.mark.parametrize("mark", ["—", "-", "/", "无", " － "])
def test_a_no_loss_mark_is_no_loss(scope: MakeScope, mark: str) -> None:
    assert one(scope, "2024-05-09", lost_reason=mark) == ("2024-05-02", 7, "not_contacted")


def test_paused_leads_are_never_overdue(scope: MakeScope, settings: Settings) -> None:
    paused = replace(settings, stages=(*settings.stages, Stage("暂停", "paused")))
    assert one(scope, "2024-05-31", base=paused, stage="暂停") is None


def test_due_days_move_to_working_days_where_that_is_set(
    scope: MakeScope, settings: Settings
) -> None:
    # 2024-05-11 is a Saturday; Monday the 13th is made a holiday
    free = replace(settings, holidays=(dt.date(2024, 5, 13),))
    log = "2024-05-08:谈"
    moved = one(scope, "2024-05-15", base=free, latest_follow_up=log, shift_to_working_days=True)
    assert moved == ("2024-05-14", 1, "overdue")


def test_the_list_starts_with_high_priority_then_the_latest(scope: MakeScope) -> None:
    rows = [
        OPEN | {"lead_id": "A", "priority": "低"},
        OPEN | {"lead_id": "B", "priority": "高", "latest_follow_up": "2024-05-20:谈"},
        OPEN | {"lead_id": "C", "priority": "高"},
        OPEN | {"lead_id": "D", "priority": None},
        OPEN | {"lead_id": "E", "priority": "高"},
    ]
    assert follow_ups(scope(rows)).frame["lead_id"].tolist() == ["C", "E", "B", "A", "D"]


def test_each_row_knows_where_its_lead_stands(scope: MakeScope) -> None:
    row = follow_ups(scope([OPEN | {"stage": "成交"}, OPEN])).frame.iloc[0]
    assert (row["file"], row["sheet"], row["row"]) == ("leads.xlsx", "线索跟踪表", 3)


def test_a_priority_with_a_word_more_is_followed_up_as_it_is_meant(scope: MakeScope) -> None:
    lead = {
        "lead_id": "LX202405001",
        "stage": "初识",
        "priority": "高优先级",
        "latest_follow_up": "2024-05-20:电话",
    }
    row = follow_ups(scope([lead], as_of=dt.date(2024, 5, 31))).frame.iloc[0]
    assert (row["priority"], row["days_overdue"]) == ("高", 8)  # 3 days after the 20th
