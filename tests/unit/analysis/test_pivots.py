"""Pivots against counts made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from xltrack.analysis.period import parse_period
from xltrack.analysis.pivots import distinct, parse_pivot, pivot
from xltrack.analysis.scope import Scope
from xltrack.analysis.tables import analyze_book
from xltrack.errors import UsageError
from xltrack.leads.book import LeadBook
from xltrack.template import Settings, SettingsProblem
from xltrack.template.settings import Pivot

MakeScope = Callable[..., Scope]
OWN = {"客户等级": False, "客户邮箱": True}
LEADS: list[dict[str, Any]] = [
    {"region": "华东", "stage": "成交", "amount": 10, "客户等级": "A", "客户邮箱": "a@b.cn"},
    {"region": "华东", "stage": "初识", "amount": 30, "客户等级": "B", "客户邮箱": "c@b.cn"},
    {"region": "华东", "stage": "初识", "amount": None, "客户等级": "B", "客户邮箱": None},
    {"region": "华南", "stage": "成交", "amount": 5, "客户等级": "A", "客户邮箱": None},
    {"region": None, "stage": None, "amount": 2, "客户等级": None, "客户邮箱": None},
]


def rows(scope: Scope, text: str) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of a pivot, nothing as None."""
    frame = pivot(scope, parse_pivot(text), OWN).frame
    plain = frame.astype("object").where(frame.notna(), None)
    return list(frame.columns), plain.to_numpy().tolist()


def test_leads_are_counted_by_one_column(scope: MakeScope) -> None:
    assert rows(scope(LEADS), "rows=region") == (
        ["row:region", "count"],
        [["华东", 3], ["华南", 1], [None, 1], ["total", 5]],
    )


def test_two_columns_cross_with_totals_on_both_sides(scope: MakeScope) -> None:
    columns, body = rows(scope(LEADS), "rows=region,columns=stage,value=amount,agg=sum")
    assert columns == ["row:region", "sum:初识", "sum:成交", "sum:—", "sum"]
    assert body == [
        ["华东", 30, 10, 0, 40],
        ["华南", 0, 5, 0, 5],
        [None, 0, 0, 2, 2],
        ["total", 30, 15, 2, 47],
    ]


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("count", [2, 1, 1, 4]),
        ("mean", [20, 5, 2, 47 / 4]),
        ("median", [20, 5, 2, 7.5]),
    ],
)
def test_aggregates_look_at_the_leads_that_have_a_value(
    scope: MakeScope, aggregate: str, expected: list[float]
) -> None:
    _, body = rows(scope(LEADS), f"rows=region,value=amount,agg={aggregate}")
    assert [row[-1] for row in body] == expected


def test_conversion_stands_beside_its_counts(scope: MakeScope) -> None:
    assert rows(scope(LEADS), "rows=region,agg=conversion") == (
        ["row:region", "leads", "won", "conversion"],
        [["华东", 3, 1, 1 / 3], ["华南", 1, 1, 1], [None, 1, 0, 0], ["total", 5, 2, 0.4]],
    )


def test_totals_are_of_the_leads_and_not_of_the_cells(scope: MakeScope) -> None:
    columns, body = rows(scope(LEADS), "rows=region,columns=客户等级,agg=conversion")
    assert columns == [
        "row:region",
        "conversion:A",
        "conversion:B",
        "conversion:—",
        "conversion",
    ]
    assert body[0] == ["华东", 1, 0, None, 1 / 3]
    assert body[-1] == ["total", 1, 0, 0, 0.4]


def test_won_leads_are_counted(scope: MakeScope) -> None:
    assert rows(scope(LEADS), "rows=客户等级,agg=won") == (
        ["row:客户等级", "won"],
        [["A", 2], ["B", 0], [None, 0], ["total", 2]],
    )


def test_days_count_by_month_and_amounts_by_band(scope: MakeScope) -> None:
    leads = [
        {"acquired_on": "2024-04-30", "amount": 5},
        {"acquired_on": "2024-03-01", "amount": 4.9},
        {"lead_id": "LX202403001", "amount": 100},
    ]
    made = scope(leads)
    assert rows(made, "rows=acquired_on")[1] == [["2024-03", 2], ["2024-04", 1], ["total", 3]]
    assert rows(made, "rows=amount")[1] == [
        ["1-5", 1],
        ["5-10", 1],
        [">=100", 1],
        ["total", 3],
    ]


def test_stages_stand_in_the_order_of_settings(scope: MakeScope) -> None:
    leads = [{"stage": stage} for stage in ("成交", "初识", "商务谈判", "初识")]
    assert [row[0] for row in rows(scope(leads), "rows=stage")[1]] == [
        "初识",
        "商务谈判",
        "成交",
        "total",
    ]


def test_a_period_looks_at_the_leads_of_its_window(scope: MakeScope) -> None:
    leads = [{"region": "华东", "acquired_on": day} for day in ("2023-05-31", "2023-06-01")]
    made = scope([*leads, {"region": "华东"}], period=parse_period("month", "2024-05"))
    table = pivot(made, parse_pivot("rows=region"), {})
    assert table.frame["count"].tolist() == [1, 1]
    assert table.left_out == 1  # nothing tells when it was acquired


@pytest.mark.parametrize("name", ["region", "区域", "Region", "区 域", "大区"])
def test_a_column_goes_by_id_header_or_alias(scope: MakeScope, name: str) -> None:
    assert rows(scope(LEADS), f"rows={name}")[0][0] == "row:region"


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        ("rows=星座", "unknown_column", "星座"),
        ("rows=电话", "private_column", "电话"),
        ("rows=contact_details", "private_column", "contact_details"),
        ("rows=客户邮箱", "private_column", "客户邮箱"),
        ("rows=region,columns=客户邮箱", "private_column", "客户邮箱"),
        ("rows=region,value=客户邮箱,agg=count", "private_column", "客户邮箱"),
        ("rows=region,value=客户等级,agg=sum", "value_not_a_number", "客户等级"),
        ("rows=region,agg=mean", "value_not_a_number", "region · mean"),
    ],
)
def test_what_cannot_be_pivoted_is_said(
    scope: MakeScope, text: str, reason: str, detail: str
) -> None:
    with pytest.raises(UsageError) as raised:
        pivot(scope(LEADS), parse_pivot(text), OWN)
    assert (raised.value.reason, raised.value.detail) == (reason, detail)


def test_names_do_not_stand_across(scope: MakeScope) -> None:
    made = scope([{"customer": f"客户{number}"} for number in range(101)])
    with pytest.raises(UsageError) as raised:
        pivot(made, parse_pivot("rows=stage,columns=customer"), {})
    assert (raised.value.reason, raised.value.detail) == ("pivot_too_wide", "customer")
    assert len(pivot(made, parse_pivot("rows=customer"), {}).frame) == 102


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "rows=region,columns=stage,value=amount,agg=sum",
            Pivot("region × stage · sum amount", "region", "stage", "amount", "sum"),
        ),
        (
            " 行=区域\uff0c值 = 成交金额(万)",
            Pivot("区域 · sum 成交金额(万)", "区域", "", "成交金额(万)", "sum"),
        ),
        (
            "rows=城市,省份,agg=转化率",
            Pivot("城市,省份 · conversion", "城市,省份", "", "", "conversion"),
        ),
        (
            "title=大区,rows=region,aggregate=average,value=amount",
            Pivot("大区", "region", "", "amount", "mean"),
        ),
    ],
)
def test_a_pivot_as_it_is_typed(text: str, expected: Pivot) -> None:
    assert parse_pivot(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "bad_pivot"),
        ("region", "bad_pivot"),
        ("columns=stage", "bad_pivot"),
        ("rows=", "bad_pivot"),
        ("rows=region,rows=stage", "bad_pivot"),
        ("colour=red,rows=region", "bad_pivot"),
        ("rows=region,agg=most", "unknown_aggregate"),
    ],
)
def test_what_is_no_pivot(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_pivot(text)
    assert raised.value.reason == reason


def book(scope: Scope, settings: Settings) -> LeadBook:
    return LeadBook(scope.leads, OWN, "zh", settings, (), ())


def test_settings_that_make_no_sense_leave_a_note_and_no_table(
    scope: MakeScope, settings: Settings
) -> None:
    wanted = (
        Pivot("区域转化率", "区域", "", "", "转化率"),
        Pivot("星座", "星座", "", "", ""),
        Pivot("私密", "区域", "客户邮箱", "", ""),
        Pivot("空行", "", "", "", ""),
        Pivot("乱", "区域", "", "", "最多"),
    )
    made = scope(LEADS)
    analysis = analyze_book(book(made, replace(settings, pivots=wanted)), as_of=made.as_of)
    assert [name for name in analysis if name.startswith("pivot:")] == ["pivot:区域转化率"]
    assert analysis.base["pivot:区域转化率"] == "cohort"
    assert analysis.settings.problems == (
        SettingsProblem("pivots", "rows", "星座"),
        SettingsProblem("pivots", "columns", "客户邮箱"),
        SettingsProblem("pivots", "title", "空行"),
        SettingsProblem("pivots", "aggregate", "最多"),
    )


def test_pivots_that_are_asked_for_have_to_make_sense(scope: MakeScope, settings: Settings) -> None:
    made = scope(LEADS)
    leads = book(made, settings)
    asked = [parse_pivot("rows=region,title=区域")]
    analysis = analyze_book(leads, as_of=made.as_of, tables=["funnel"], pivots=asked)
    assert list(analysis) == ["funnel", "pivot:区域"]
    with pytest.raises(UsageError, match="unknown_column"):
        analyze_book(leads, as_of=made.as_of, tables=[], pivots=[parse_pivot("rows=星座")])
    with pytest.raises(UsageError, match="unknown_table"):
        analyze_book(leads, as_of=made.as_of, tables=["pivot:大区"])


def test_a_second_pivot_of_one_title_gets_a_number() -> None:
    same = Pivot("区域", "region", "", "", "count")
    assert [each.title for each in distinct([same, same, same])] == ["区域", "区域 (2)", "区域 (3)"]


def test_a_pivot_of_nothing(scope: MakeScope) -> None:
    frame = pivot(scope([]), parse_pivot("rows=region,columns=stage,agg=conversion"), {}).frame
    expected = pd.DataFrame({"row:region": ["total"], "conversion": [float("nan")]}, dtype="object")
    pd.testing.assert_frame_equal(frame.astype("object"), expected)
