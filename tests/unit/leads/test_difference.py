"""What changed between two workbooks: hand-made pairs, counted by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from xltrack.leads import LeadBook, read_book
from xltrack.leads.difference import Difference, difference
from xltrack.template import load_template

HEADER = [
    "线索编号",
    "客户名称",
    "跟进阶段",
    "负责人",
    "成交金额(万)",
    "未成交原因",
    "电话",
    "区域",
    "代号",
]
ONE = ["LX202405001", "甲公司", "初识", "张三", 5, None, "13800000001", "华东", "a"]


@pytest.fixture
def compare(write: Any) -> Any:
    def compared(before: list[Any], after: list[Any], header: list[str] = HEADER) -> Difference:
        old: Path = write([HEADER, *before], "before.xlsx")
        new: Path = write([header, *after], "after.xlsx")
        template = load_template()
        return difference(read_book(old, template=template), read_book(new, template=template))

    return compared


def told(found: Difference) -> list[tuple[Any, ...]]:
    frame = found.changes
    return list(
        frame[["change", "lead_id", "field", "old", "new"]].itertuples(index=False, name=None)
    )


def changed(**values: object) -> list[object]:
    names = ["lead_id", "customer", "stage", "owner", "amount", "reason", "phone", "region", "code"]
    return [values.get(name, old) for name, old in zip(names, ONE, strict=True)]


def test_equal_workbooks_have_no_changes(compare: Any) -> None:
    found = compare([ONE], [ONE])
    assert found.changes.empty
    assert found.counts["same"] == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"stage": "方案对比"}, ("moved_on", "stage", "初识", "方案对比")),
        ({"stage": "成交"}, ("won", "stage", "初识", "成交")),
        ({"reason": "价格过高"}, ("lost", "lost_reason", "初识", "价格过高")),
        ({"owner": "李四"}, ("owner", "owner", "张三", "李四")),
        ({"amount": 8}, ("amount", "amount", 5.0, 8.0)),
        ({"amount": None}, ("amount", "amount", 5.0, None)),
        ({"region": None}, ("field", "region", "华东", None)),
        ({"code": "b"}, ("field", "代号", "a", "b")),
        ({"stage": "自定"}, ("stage", "stage", "初识", "自定")),
    ],
)
def test_one_value_changed(
    compare: Any, values: dict[str, object], expected: tuple[Any, ...]
) -> None:
    found = compare([ONE], [changed(**values)])
    kind, field, old, new = expected
    assert told(found) == [(kind, "LX202405001", field, old, new)]
    assert found.counts[kind] == 1
    assert found.counts["same"] == 0


def test_the_way_back_is_told_as_such(compare: Any) -> None:
    later = changed(stage="方案对比")
    assert [row[0] for row in told(compare([later], [ONE]))] == ["moved_back"]
    lost = changed(reason="价格过高")
    assert told(compare([lost], [ONE])) == [("reopened", "LX202405001", "stage", "初识", "初识")]


def test_a_private_value_is_told_as_changed_and_nowhere_shown(compare: Any) -> None:
    found = compare([ONE], [changed(phone="13900000002")])
    assert told(found) == [("field", "LX202405001", "contact_details", None, None)]
    assert found.changes["private"].tolist() == [True]
    assert "1390000" not in str(found.as_dict())
    assert "1380000" not in str(found.as_dict())


def test_the_same_id_with_another_customer_is_another_lead(compare: Any) -> None:
    found = compare([ONE], [changed(customer="乙公司")])
    assert [(row[0], row[1]) for row in told(found)] == [
        ("added", "LX202405001"),
        ("gone", "LX202405001"),
    ]


def test_the_same_customer_may_be_written_differently(compare: Any) -> None:
    found = compare([ONE], [changed(customer="甲 公司")])
    assert [row[0] for row in told(found)] == ["field"]


def test_rows_of_one_lead_are_one_lead(compare: Any) -> None:
    assert compare([ONE], [ONE, ONE]).counts == compare([ONE], [ONE]).counts


def test_leads_without_an_id_are_known_by_their_customer(compare: Any) -> None:
    nameless = changed(lead_id=None)
    found = compare([ONE, nameless], [changed(lead_id=None, owner="李四"), ONE])
    assert told(found) == [("owner", None, "owner", "张三", "李四")]


def test_ids_in_full_width_do_not_stop_it(compare: Any) -> None:
    wide = changed(lead_id="LX\uff12\uff10\uff12\uff14\uff10\uff15\uff10\uff10\uff11")
    assert compare([ONE, wide], [ONE, wide]).changes.empty


def test_columns_that_only_one_has_are_named_and_not_compared(compare: Any) -> None:
    header = [*HEADER[:7], "行业", "代号"]
    found = compare([ONE], [ONE], header)
    assert found.changes.empty
    assert found.columns_added == ("industry",)
    assert found.columns_gone == ("region",)


def test_amounts_are_compared_in_one_unit(write: Any) -> None:
    template = load_template()
    header = ["线索编号", "客户名称", "跟进阶段", "负责人", "成交金额", "预算"]
    settings = [["参数", "值"], ["金额单位", "元"]]
    row = ["LX1", "甲公司", "初识", "张三"]
    old = write({"线索跟踪表": [header, [*row, 50_000, 80_000]], "设置": settings}, "old.xlsx")
    new = write([header, [*row, 5, 8]], "new.xlsx")
    found = difference(read_book(old, template=template), read_book(new, template=template))
    assert found.changes.empty


def test_days_are_told_as_days(write: Any) -> None:
    template = load_template()
    header = ["线索编号", "客户名称", "跟进阶段", "负责人", "预计成交时间"]
    row = ["LX1", "甲公司", "初识", "张三"]

    def book(name: str, day: dt.date) -> LeadBook:
        return read_book(write([header, [*row, day]], name), template=template)

    found = difference(book("a.xlsx", dt.date(2024, 5, 1)), book("b.xlsx", dt.date(2024, 6, 1)))
    assert told(found) == [("field", "LX1", "expected_close", "2024-05-01", "2024-06-01")]
