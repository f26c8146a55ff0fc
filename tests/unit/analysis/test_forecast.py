"""Forecast, targets and cohorts against counts made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from xltrack.analysis.forecast import cohort, forecast, targets
from xltrack.analysis.scope import Scope
from xltrack.template import Settings
from xltrack.template.settings import Target

MakeScope = Callable[..., Scope]

OPEN: list[dict[str, Any]] = [
    {"stage": "初识", "amount": 10, "expected_close": "2024-05-30"},  # the day before
    {"stage": "初识", "amount": 20, "expected_close": "2024-05-31"},
    {"stage": "商务谈判", "amount": 30, "expected_close": "2024-07-15"},
    {"stage": "初识", "amount": None, "expected_close": "2024-07-01"},
    {"stage": "初识", "amount": 5},
]
CLOSED: list[dict[str, Any]] = [
    *({"stage": "成交", "amount": 1} for _ in range(6)),
    *({"stage": "初识", "lost_reason": "价格过高", "amount": 9} for _ in range(4)),
]


def test_open_leads_by_the_month_they_are_expected_in(scope: MakeScope) -> None:
    table = forecast(scope(OPEN))
    assert table.frame["month"].tolist() == ["overdue", "2024-05", "2024-07", "none"]
    assert table.frame["leads"].tolist() == [1, 1, 2, 1]
    assert table.frame["pipeline"].tolist() == [10, 20, 30, 5]
    assert table.frame["weighted_pipeline"].isna().all()
    assert table.base == "state"


def test_amounts_weigh_by_the_chance_of_their_stage(scope: MakeScope) -> None:
    # 6 won, 4 lost at the first stage, m = 10: 12/20 at the first, 12/16 at the others
    frame = forecast(scope([*OPEN, *CLOSED])).frame.set_index("month")
    assert frame["weighted_pipeline"].tolist() == pytest.approx([6, 12, 22.5, 3])


def test_closed_leads_are_not_expected(scope: MakeScope) -> None:
    assert forecast(scope(CLOSED)).frame.empty


def test_targets_stand_beside_what_was_won_in_their_month(
    scope: MakeScope, settings: Settings
) -> None:
    aimed = replace(
        settings,
        targets=(
            Target("2024-05", "张三", 40),
            Target("2024-05", "", 100),
            Target("2024-06", "", 80),
        ),
    )
    leads = [
        {"stage": "成交", "amount": 30, "owner": "张三", "closed_on": "2024-05-02"},
        {"stage": "成交", "amount": 20, "owner": "李四", "closed_on": "2024-05-31"},
        {"stage": "成交", "amount": 9, "owner": "李四"},
    ]
    table = targets(scope(leads, base=aimed))
    assert table.frame.to_numpy().tolist() == [
        ["2024-05", None, 100, 50, 0.5, 50],
        ["2024-05", "张三", 40, 30, 0.75, 10],
        ["2024-06", None, 80, 0, 0, 80],
    ]
    assert table.left_out == 1


def test_a_cohort_counts_its_wins_as_months_pass(scope: MakeScope) -> None:
    leads = [
        {"stage": "成交", "acquired_on": "2024-03-05", "closed_on": "2024-03-30"},
        {"stage": "成交", "acquired_on": "2024-03-06", "closed_on": "2024-05-01"},
        {"stage": "初识", "acquired_on": "2024-03-07"},
        {"stage": "初识", "acquired_on": "2024-03-08"},
        {"stage": "成交", "acquired_on": "2024-05-10", "closed_on": "2024-05-20"},
        {"stage": "成交", "lead_id": "LX202405007"},  # won, nothing tells when
    ]
    table = cohort(scope(leads))
    assert list(table.frame.columns) == ["month", "leads", "after:0", "after:1", "after:2"]
    rows = table.frame.astype("object").where(table.frame.notna(), None).to_numpy().tolist()
    assert rows == [
        ["2024-03", 4, 0.25, 0.25, 0.5],
        ["2024-05", 2, 0.5, None, None],
    ]
    assert table.left_out == 1


def test_cohorts_of_nothing(scope: MakeScope) -> None:
    assert list(cohort(scope([])).frame.columns) == ["month", "leads"]


def test_a_month_that_is_not_over_counts_up_to_the_as_of_day(scope: MakeScope) -> None:
    leads = [{"stage": "成交", "acquired_on": "2024-05-10", "closed_on": "2024-05-12"}]
    frame = cohort(scope(leads, as_of=dt.date(2024, 5, 15))).frame
    assert frame["after:0"].tolist() == [1.0]
