"""Lost reasons, owners, trend and overview against counts made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from xltrack.analysis.losses import lost_reasons
from xltrack.analysis.overview import overview
from xltrack.analysis.owners import owners
from xltrack.analysis.period import parse_period
from xltrack.analysis.scope import Scope
from xltrack.analysis.trend import trend_by_month, trend_by_quarter
from xltrack.template import Settings
from xltrack.template.settings import Owner, Target

MakeScope = Callable[..., Scope]
MAY = parse_period("month", "2024-05")

LEADS: list[dict[str, Any]] = [
    # won in May, 20 and 30 days after they came
    {
        "stage": "成交",
        "amount": 30,
        "owner": "张三",
        "acquired_on": "2024-04-11",
        "closed_on": "2024-05-01",
    },
    {
        "stage": "成交",
        "amount": 10,
        "owner": "李四",
        "acquired_on": "2024-04-10",
        "closed_on": "2024-05-10",
    },
    # won in April, the day presumed from the expected close
    {
        "stage": "成交",
        "amount": 50,
        "owner": "张三",
        "acquired_on": "2024-03-01",
        "expected_close": "2024-04-20",
    },
    # lost in May, the day presumed from the last contact
    {
        "stage": "方案对比",
        "lost_reason": "价格高",
        "amount": 8,
        "owner": "张三",
        "channel": "转介绍",
        "acquired_on": "2024-05-02",
        "latest_follow_up": "2024-05-12:太贵",
    },
    {
        "stage": "商务谈判",
        "lost_reason": "价格过高",
        "amount": 2,
        "owner": "李四",
        "channel": "官网注册",
        "acquired_on": "2024-05-03",
        "closed_on": "2024-05-20",
    },
    # lost, nothing tells when
    {"stage": "初识", "lost_reason": "需求变更", "owner": "李四", "acquired_on": "2024-05-04"},
    # open
    {"stage": "初识", "amount": 5, "owner": "张三", "priority": "高", "acquired_on": "2024-05-20"},
    {
        "stage": "商务谈判",
        "amount": 20,
        "owner": None,
        "priority": "高",
        "acquired_on": "2024-05-21",
        "latest_follow_up": "2024-05-30:报价",
    },
]


def metrics(scope: Scope) -> dict[str, float]:
    frame = overview(scope).frame
    return dict(zip(frame["metric"], frame["value"], strict=True))


def test_reasons_join_synonyms_and_name_where_and_whence(scope: MakeScope) -> None:
    table = lost_reasons(scope(LEADS))
    assert table.frame.to_numpy().tolist() == [
        ["价格过高", 2, pytest.approx(2 / 3), 10, "方案对比", "官网注册"],
        ["需求变更", 1, pytest.approx(1 / 3), 0, "初识", None],
    ]
    assert (table.base, table.left_out, table.presumed) == ("closed", 0, 1)


def test_reasons_of_a_period_leave_out_losses_without_a_day(scope: MakeScope) -> None:
    table = lost_reasons(scope(LEADS, period=MAY))
    assert table.frame["reason"].tolist() == ["价格过高"]
    assert table.left_out == 1


def test_a_free_reason_is_a_reason(scope: MakeScope) -> None:
    frame = lost_reasons(scope([{"stage": "初识", "lost_reason": "老板换人"}])).frame
    assert frame["reason"].tolist() == ["老板换人"]


def test_a_won_lead_is_won_whatever_reason_is_filled(scope: MakeScope) -> None:
    values = metrics(scope([{"stage": "成交", "amount": 3, "lost_reason": "价格过高"}]))
    assert (values["won"], values["lost"], values["revenue"]) == (1, 0, 3)


def test_without_a_period_everything_counts(scope: MakeScope) -> None:
    values = metrics(scope(LEADS))
    assert {
        key: values[key] for key in ("leads", "open", "won", "lost", "revenue", "pipeline")
    } == {
        "leads": 8,
        "open": 2,
        "won": 3,
        "lost": 3,
        "revenue": 90,
        "pipeline": 25,
    }
    assert values["win_rate"] == pytest.approx(3 / 6)
    assert values["conversion"] == pytest.approx(3 / 8)
    assert values["average_deal"] == pytest.approx(30)
    assert values["win_rate_by_value"] == pytest.approx(90 / 100)
    assert values["sales_cycle_days"] == 30  # median of 20, 30 and 50
    assert (values["overdue"], values["not_contacted"]) == (1, 1)


def test_expected_amounts_are_no_revenue(scope: MakeScope) -> None:
    values = metrics(scope([{"stage": "商务谈判", "amount": 32}]))
    assert (values["revenue"], values["pipeline"]) == (0, 32)


def test_a_column_of_expected_amounts_takes_over_for_what_is_not_won(scope: MakeScope) -> None:
    rows = [
        {"stage": "成交", "amount": 30, "expected_amount": 99},
        {"stage": "初识", "amount": 7, "expected_amount": 40},
    ]
    values = metrics(scope(rows))
    assert (values["revenue"], values["pipeline"]) == (30, 40)


def test_a_month_counts_by_close_day_beside_the_month_before(scope: MakeScope) -> None:
    frame = overview(scope(LEADS, period=MAY)).frame.set_index("metric")
    assert list(frame.loc["won", ["value", "previous", "change"]]) == [2, 1, 1]
    assert list(frame.loc["revenue", ["value", "previous", "change"]]) == [40, 50, -10]
    assert list(frame.loc["new_leads", ["value", "previous"]]) == [5, 2]
    assert frame.loc["leads", "value"] == 8
    assert frame.loc["open", ["previous", "change"]].isna().all()
    assert overview(scope(LEADS, period=MAY)).presumed == 1


def test_each_figure_says_its_base(scope: MakeScope) -> None:
    bases = overview(scope(LEADS)).frame.set_index("metric")["base"]
    assert (bases["conversion"], bases["win_rate"], bases["pipeline"]) == (
        "cohort",
        "closed",
        "state",
    )


def test_rates_of_nothing_are_null_not_zero(scope: MakeScope) -> None:
    values = metrics(scope([]))
    for rate in ("win_rate", "conversion", "average_deal", "win_rate_by_value", "sales_cycle_days"):
        assert values[rate] != values[rate]
    assert values["leads"] == 0


def test_leads_acquired_later_are_left_out_and_counted(scope: MakeScope) -> None:
    made = scope(LEADS, as_of=dt.date(2024, 5, 20))
    assert metrics(made)["leads"] == 7
    assert overview(made).left_out == 1


def test_targets_give_attainment_gap_and_the_leads_it_takes(
    scope: MakeScope, settings: Settings
) -> None:
    aimed = replace(settings, targets=(Target("2024-05", "", 100), Target("2024-05", "张三", 60)))
    values = metrics(scope(LEADS, period=MAY, base=aimed))
    assert (values["target"], values["gap"]) == (100, 60)
    assert values["attainment"] == pytest.approx(0.4)
    assert values["leads_needed"] == 8  # 60 / 20 a deal / (3 of 8) = 8


def test_owners_targets_add_up_where_the_team_has_none(
    scope: MakeScope, settings: Settings
) -> None:
    aimed = replace(
        settings, targets=(Target("2024-05", "张三", 60), Target("2024-05", "李四", 20))
    )
    assert metrics(scope(LEADS, period=MAY, base=aimed))["target"] == 80


def test_owners_count_for_who_owns_the_lead_now(scope: MakeScope, settings: Settings) -> None:
    staff = replace(
        settings,
        owners=(Owner("张三", True, "华东"), Owner("王五", False, "华南", "张三")),
        targets=(Target("2024-05", "张三", 60),),
    )
    frame = owners(scope(LEADS, period=MAY, base=staff)).frame
    table = frame.set_index(frame["owner"].fillna("?"))
    assert table.index.tolist() == ["张三", "李四", "?", "王五"]
    assert list(table.loc["张三", ["leads", "open", "won", "lost", "revenue"]]) == [
        4,
        1,
        1,
        1,
        30,
    ]
    assert table.loc["张三", "attainment"] == pytest.approx(0.5)
    assert list(table.loc["李四", ["won", "lost", "revenue"]]) == [1, 1, 10]
    assert table["active"].tolist() == [True, None, None, False]
    assert table["pipeline"].tolist() == [5, 0, 20, 0]


def test_months_in_between_are_there_with_zeros(scope: MakeScope) -> None:
    rows = [
        {"stage": "成交", "amount": 9, "acquired_on": "2024-01-05", "closed_on": "2024-04-02"},
        {"stage": "初识", "acquired_on": "2024-05-30"},
        {"stage": "初识", "lead_id": "A7"},
    ]
    table = trend_by_month(scope(rows))
    assert table.frame["period"].tolist() == [f"2024-0{month}" for month in range(1, 6)]
    assert table.frame["new_leads"].tolist() == [1, 0, 0, 0, 1]
    assert table.frame["won"].tolist() == [0, 0, 0, 1, 0]
    assert table.frame["revenue"].tolist() == [0, 0, 0, 9, 0]
    assert table.frame["conversion"].fillna(-1).tolist() == [1, -1, -1, -1, 0]
    assert table.frame["immature"].tolist() == [False, False, False, False, True]
    assert table.left_out == 1


def test_quarters_are_named_by_year_and_number(scope: MakeScope) -> None:
    frame = trend_by_quarter(scope(LEADS)).frame
    assert frame["period"].tolist() == ["2024-Q1", "2024-Q2"]
    assert frame["revenue"].tolist() == [0, 90]


def test_a_mistyped_year_does_not_fill_the_table_with_empty_months(scope: MakeScope) -> None:
    rows = [{"stage": "初识", "acquired_on": day} for day in ("1924-05-01", "2024-05-01")]
    assert trend_by_month(scope(rows)).frame["period"].tolist() == ["1924-05", "2024-05"]
