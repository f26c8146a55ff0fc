"""Traits of customers against counts made by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from xltrack.analysis.persona import customer_dimensions, persona, persona_summary
from xltrack.analysis.scope import Scope

MakeScope = Callable[..., Scope]
WON: dict[str, Any] = {"stage": "成交"}
OPEN: dict[str, Any] = {"stage": "初识"}


def traits(scope: Scope, dimension: str, own: dict[str, bool] | None = None) -> list[list[Any]]:
    """value, leads, won of one dimension."""
    frame = persona(scope, customer_dimensions(scope, own or {})).frame
    kept = frame[frame["dimension"] == dimension]
    return kept[["value", "leads", "won"]].to_numpy().tolist()


def test_figures_of_a_trait(scope: MakeScope) -> None:
    leads = [
        *(WON | {"region": "华东", "amount": amount} for amount in (10, 20, None)),
        *(OPEN | {"region": "华东", "amount": 99} for _ in range(3)),
        WON | {"region": "华南", "amount": 10},
        *(OPEN | {"region": "华南"} for _ in range(9)),
    ]
    made = scope(leads)
    table = persona(made, customer_dimensions(made, {}))
    frame = table.frame.set_index("value")
    assert frame.index.tolist() == ["华南", "华东"]  # 10 leads, 6 leads
    east = frame.loc["华东"]
    assert (east["leads"], east["won"], east["revenue"]) == (6, 3, 30)
    assert east["conversion"] == pytest.approx(3 / 6)
    assert east["lift"] == pytest.approx((3 / 6) / (4 / 16))
    assert east["average_deal"] == 15  # two of the three have an amount
    assert east["revenue_share"] == pytest.approx(30 / 40)
    assert not east["derived"]
    assert table.base == "cohort"


def test_leads_that_say_nothing_are_a_row_so_that_sums_are_totals(scope: MakeScope) -> None:
    made = scope([WON | {"region": "华东"}, OPEN | {"region": None}, OPEN | {"region": "—"}])
    assert traits(made, "region") == [["华东", 1, 1], [None, 2, 0]]


def test_dimensions_without_any_value_are_not_there(scope: MakeScope) -> None:
    made = scope([OPEN | {"customer": "云帆科技", "contact": "王总", "priority": "高"}])
    frame = persona(made, customer_dimensions(made, {})).frame
    assert frame["dimension"].tolist() == ["priority"]
    assert frame["lift"].isna().all()  # nothing is won


def test_bands_hold_their_lower_bound_and_stand_in_order(scope: MakeScope) -> None:
    budgets = (100, 1, 0.99, 5, 4.99, 20, 19, 99.9, 50)
    made = scope([OPEN | {"budget": budget} for budget in budgets])
    assert [row[:2] for row in traits(made, "budget")] == [
        ["<1", 1],
        ["1-5", 2],
        ["5-10", 1],
        ["10-20", 1],
        ["20-50", 1],
        ["50-100", 2],
        [">=100", 1],
    ]


def test_bands_are_in_wan_whatever_the_unit_of_the_workbook(scope: MakeScope) -> None:
    made = scope([OPEN | {"budget": 300_000}], amount_unit="元")
    assert traits(made, "budget") == [["20-50", 1, 0]]


def test_sizes_given_as_numbers_and_as_bands_come_together(scope: MakeScope) -> None:
    sizes = ("120", "50-200", "1000人以上", "小微", "49")
    made = scope([OPEN | {"company_size": size} for size in sizes])
    assert [row[:2] for row in traits(made, "company_size")] == [
        ["<50", 1],
        ["50-200", 2],
        [">=1000", 1],
        ["小微", 1],
    ]


def test_empty_columns_are_read_out_of_the_texts_and_say_so(scope: MakeScope) -> None:
    lead = OPEN | {"customer": "青屿制造有限公司", "contact": "王采购经理", "need": "预算5-8万"}
    made = scope([lead, OPEN | {"customer": "云帆科技", "contact": "王总", "need": "服务器"}])
    frame = persona(made, customer_dimensions(made, {})).frame
    said = frame[frame["value"].notna()].set_index("dimension")
    assert said["value"].to_dict() == {
        "industry": "制造",
        "decision_maker": "采购经理",
        "budget": "5-10",
    }
    assert said["derived"].all()
    assert frame["leads"].tolist() == [1, 1, 1, 1, 1, 1]


def test_a_column_that_somebody_filled_is_left_as_it_is(scope: MakeScope) -> None:
    rows = [OPEN | {"customer": "第一医院", "industry": None}, OPEN | {"industry": "医疗行业"}]
    made = scope(rows)
    frame = persona(made, customer_dimensions(made, {})).frame
    assert traits(made, "industry") == [["医疗行业", 1, 0], [None, 1, 0]]
    assert not frame["derived"].any()


def test_a_column_of_the_teams_own_is_compared(scope: MakeScope) -> None:
    rows = [OPEN | {"客户等级": level} for level in ("A", "A", "B", "B", "B")]
    assert traits(scope(rows), "客户等级", {"客户等级": False}) == [["B", 3, 0], ["A", 2, 0]]


@pytest.mark.parametrize(
    ("values", "private"),
    [
        (["A", "A", "B", "B"], True),
        (["甲", "乙", "丙", "丁"], False),  # a name each
        ([f"组{number // 2}" for number in range(62)], False),  # 31 different texts
        ([1, 2, 3, 4], False),  # a running number
    ],
)
def test_some_columns_of_the_teams_own_are_not(
    scope: MakeScope, values: list[Any], private: bool
) -> None:
    made = scope([OPEN | {"自有": value} for value in values])
    assert customer_dimensions(made, {"自有": private}) == []


def test_few_numbers_stand_for_themselves(scope: MakeScope) -> None:
    made = scope([OPEN | {"拜访次数": times} for times in (2, 10, 2, 0.5)])
    assert traits(made, "拜访次数", {"拜访次数": False}) == [
        ["0.5", 1, 0],
        ["2", 2, 0],
        ["10", 1, 0],
    ]


def test_many_numbers_are_cut_at_their_quartiles(scope: MakeScope) -> None:
    # 16 numbers 10, 20 … 160: the quartiles are the 4th, 8th and 12th
    made = scope([OPEN | {"门店数": number * 10} for number in range(1, 17)])
    assert [row[:2] for row in traits(made, "门店数", {"门店数": False})] == [
        ["<40", 3],
        ["40-80", 4],
        ["80-120", 4],
        [">=120", 5],
    ]


def test_people_in_the_decision_are_compared(scope: MakeScope) -> None:
    made = scope([OPEN | {"decision_chain": people} for people in (3, 1, 3)])
    assert traits(made, "decision_chain") == [["1", 1, 0], ["3", 2, 0]]


def summary(scope: Scope) -> list[list[Any]]:
    frame = persona_summary(scope, customer_dimensions(scope, {})).frame
    return frame.to_numpy().tolist()


def test_the_profile_is_that_of_large_wins(scope: MakeScope) -> None:
    leads = [
        *(WON | {"region": "华东", "amount": 1} for _ in range(6)),
        *(WON | {"region": "华南", "amount": 20} for _ in range(5)),
        *(WON | {"region": "华北", "amount": 40} for _ in range(2)),
        WON | {"region": "华中"},
    ]
    # the median of 13 amounts is 20: seven large wins, worth 180
    share = pytest.approx(100 / 180)
    assert summary(scope(leads)) == [["region", "华南", 5, 100, share, 7, True, False]]


def test_eight_large_wins_are_enough(scope: MakeScope) -> None:
    made = scope([WON | {"region": "华东", "amount": 20} for _ in range(8)])
    assert summary(made) == [["region", "华东", 8, 160, 1, 8, False, False]]


def test_large_wins_that_say_nothing_make_the_sample_smaller(scope: MakeScope) -> None:
    leads = [WON | {"amount": 20, "region": None} for _ in range(8)]
    leads[0]["region"] = "华东"
    assert summary(scope(leads)) == [["region", "华东", 1, 20, 20 / 160, 1, True, False]]


def test_more_wins_decide_a_tie(scope: MakeScope) -> None:
    leads = [WON | {"region": "华东", "amount": 40}]
    leads += [WON | {"region": "华南", "amount": 20} for _ in range(2)]
    assert summary(scope(leads))[0][:3] == ["region", "华南", 2]


def test_nothing_won_is_an_empty_profile(scope: MakeScope) -> None:
    made = scope([OPEN | {"region": "华东"}])
    assert summary(made) == []
    assert math.isnan(persona(made, customer_dimensions(made, {})).frame["lift"].iloc[0])


def test_no_leads_at_all(scope: MakeScope) -> None:
    made = scope([])
    assert persona(made, customer_dimensions(made, {})).frame.empty
    assert summary(made) == []
