"""The funnel against counts made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xltrack.analysis.funnel import funnel, funnel_by_month, funnel_by_week, stage_weights
from xltrack.analysis.period import parse_period
from xltrack.analysis.scope import Scope

MakeScope = Callable[..., Scope]


def rows(**counts: int) -> list[dict[str, Any]]:
    """Leads by stage; ``_lost`` behind a stage's name for those lost there."""
    names = {
        "new": "初识",
        "interested": "意向明确",
        "comparing": "方案对比",
        "talks": "商务谈判",
        "won": "成交",
    }
    built: list[dict[str, Any]] = []
    for key, count in counts.items():
        stage, _, lost = key.partition("_")
        lead = {
            "stage": names[stage],
            "lost_reason": "价格过高" if lost else "—",
            "acquired_on": "2024-05-06",
        }
        built += [dict(lead) for _ in range(count)]
    return built


def test_each_stage_counts_all_who_came_that_far(scope: MakeScope) -> None:
    table = funnel(scope(rows(new=4, new_lost=2, interested=3, comparing_lost=1, talks=2, won=3)))
    frame = table.frame.set_index("stage")
    assert frame["reached"].tolist() == [15, 9, 6, 5, 3]
    assert frame["current"].tolist() == [6, 3, 1, 2, 3]
    assert frame["open"].tolist() == [4, 3, 0, 2, 0]
    assert frame["lost"].tolist() == [2, 0, 1, 0, 0]
    assert table.base == "cohort"


def test_conversions_divide_what_they_say(scope: MakeScope) -> None:
    frame = funnel(
        scope(rows(new=4, new_lost=2, interested=3, comparing_lost=1, talks=2, won=3))
    ).frame
    assert frame["step_conversion"].iloc[0] == pytest.approx(9 / 15)
    assert frame["decided_conversion"].iloc[0] == pytest.approx(9 / 11)
    assert frame["from_start"].tolist() == pytest.approx([1, 9 / 15, 6 / 15, 5 / 15, 3 / 15])
    assert frame[["step_conversion", "decided_conversion"]].iloc[-1].isna().all()


def test_the_bottleneck_is_the_worst_step_with_enough_leads(scope: MakeScope) -> None:
    leads = rows(new_lost=5, interested_lost=5, comparing_lost=2, won=3)
    # decided: 10 of 15, 5 of 10, 3 of 5 (too few), 3 of 3 (too few)
    assert funnel(scope(leads, minimum_sample=10)).frame["bottleneck"].tolist() == [
        False,
        True,
        False,
        False,
        False,
    ]


def test_all_of_a_tie_are_bottlenecks(scope: MakeScope) -> None:
    leads = rows(new_lost=8, interested_lost=4, comparing_lost=0, won=4)
    # decided: 8 of 16 and 4 of 8
    assert funnel(scope(leads, minimum_sample=5)).frame["bottleneck"].tolist()[:2] == [True, True]


def test_a_step_without_losses_is_no_bottleneck(scope: MakeScope) -> None:
    assert not funnel(scope(rows(won=30), minimum_sample=5)).frame["bottleneck"].any()


def test_leads_without_a_known_stage_are_left_out_and_counted(scope: MakeScope) -> None:
    leads = [*rows(new=2), {"stage": None}, {"stage": "谈恋爱"}]
    table = funnel(scope(leads))
    assert (table.frame["reached"].iloc[0], table.left_out) == (2, 2)


def test_an_empty_workbook_has_a_funnel_of_zeros(scope: MakeScope) -> None:
    frame = funnel(scope([])).frame
    assert frame["reached"].tolist() == [0, 0, 0, 0, 0]
    assert frame["from_start"].isna().all()


def test_weeks_are_named_by_their_monday_and_need_a_day(scope: MakeScope) -> None:
    leads = [
        {"stage": "成交", "acquired_on": "2024-05-05"},  # a Sunday
        {"stage": "初识", "acquired_on": "2024-05-06"},  # the Monday after
        {"stage": "初识", "lead_id": "LX202405009"},
    ]
    table = funnel_by_week(scope(leads))
    assert table.frame["period"].tolist() == ["2024-04-29", "2024-05-06"]
    assert table.frame["reached:成交"].tolist() == [1, 0]
    assert table.left_out == 1


def test_months_take_the_month_of_the_id(scope: MakeScope) -> None:
    leads = [
        {"stage": "意向明确", "acquired_on": "2024-04-30"},
        {"stage": "初识", "lead_id": "LX202404009"},
    ]
    frame = funnel_by_month(scope(leads)).frame
    assert frame["period"].tolist() == ["2024-04"]
    assert frame["leads"].tolist() == [2]
    assert frame["step_conversion:初识"].tolist() == [0.5]


def test_a_period_counts_the_leads_of_its_window(scope: MakeScope) -> None:
    leads = [
        {"stage": "初识", "acquired_on": "2023-05-31"},
        {"stage": "初识", "acquired_on": "2023-06-01"},
        {"stage": "初识", "acquired_on": "2024-05-31"},
        {"stage": "初识"},
    ]
    table = funnel(scope(leads, period=parse_period("month", "2024-05")))
    assert (table.frame["reached"].iloc[0], table.left_out) == (2, 1)


def test_stage_weights_shrink_towards_the_win_rate(scope: MakeScope) -> None:
    # 6 won, 4 lost at 初识: p = 0.6, m = 10
    weights = stage_weights(scope(rows(won=6, new_lost=4), minimum_sample=10))
    assert weights.tolist() == pytest.approx([12 / 20, 12 / 16, 12 / 16, 12 / 16, 12 / 16])


def test_stage_weights_are_null_while_nothing_is_closed(scope: MakeScope) -> None:
    assert stage_weights(scope(rows(new=3))).isna().all()
