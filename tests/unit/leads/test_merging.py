"""Copies of a workbook made one: hand-made pairs, decided by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xltrack
from xltrack.errors import Reason, Refused, UsageError

HEADER = [
    "线索编号",
    "客户名称",
    "跟进阶段",
    "负责人",
    "成交金额(万)",
    "跟进记录(最新)",
    "联系方式",
    "区域2",
    "住址",
]
AS_OF = dt.date(2024, 6, 30)
Rows = list[list[object]]


def lead(**values: object) -> list[object]:
    usual = {
        "id": "LX202405001",
        "customer": "甲公司",
        "stage": "初识",
        "owner": "张三",
        "amount": 5,
        "log": "2024-05-01:来电",
        "contact": "13800000001",
        "own": "东",
        "home": "北京市朝阳区1号",
    }
    return list((usual | values).values())


@pytest.fixture
def merged(write: Any, tmp_path: Path) -> Any:
    """Merges workbooks of rows, by name; gives the outcome and the rows of the new workbook."""

    def make(*books: tuple[str, Rows], **options: Any) -> tuple[Any, list[tuple[Any, ...]]]:
        paths = [write([HEADER, *rows], name) for name, rows in books]
        out = tmp_path / "out.xlsx"
        found = xltrack.merge(paths, output=out, as_of=AS_OF, force=True, **options)
        book = openpyxl.load_workbook(out)
        names = [cell.value for cell in book["线索跟踪表"][1]]
        places = [names.index(header) for header in HEADER]
        rows = [
            tuple(row[place] for place in places)
            for row in book["线索跟踪表"].iter_rows(min_row=2, values_only=True)
            if any(row)
        ]
        return found, rows

    return make


def told(found: Any) -> list[tuple[Any, ...]]:
    return [
        (row["kind"], row["field"], row["kept"], row["other"])
        for row in found.conflicts.to_dict("records")
    ]


def test_equal_copies_are_one_workbook_without_conflicts(merged: Any) -> None:
    found, rows = merged(("a.xlsx", [lead()]), ("b.xlsx", [lead()]))
    assert rows == [tuple(lead())]
    assert (found.rows, found.leads, len(found.conflicts)) == (2, 1, 0)


def test_the_latest_follow_up_counts(merged: Any) -> None:
    later = lead(owner="李四", log="2024-05-09:报价")
    found, rows = merged(("a.xlsx", [lead()]), ("b.xlsx", [later]))
    assert rows == [tuple(later)]
    assert ("later", "owner", "李四", "张三") in told(found)
    assert found.undecided == 0


def test_then_the_furthest_stage(merged: Any) -> None:
    further = lead(stage="方案对比", amount=9)
    found, rows = merged(("a.xlsx", [lead()]), ("b.xlsx", [further]))
    assert rows == [tuple(further)]
    assert set(told(found)) == {
        ("further", "stage", "方案对比", "初识"),
        ("further", "amount", "9", "5"),
    }


def test_then_the_first_by_name_and_that_is_to_be_checked(merged: Any) -> None:
    found, rows = merged(("b.xlsx", [lead(owner="李四")]), ("a.xlsx", [lead()]))
    assert rows == [tuple(lead())]
    assert told(found) == [("undecided", "owner", "张三", "李四")]


def test_an_empty_cell_of_the_row_that_counts_stays_empty_and_is_told(merged: Any) -> None:
    later = lead(amount=None, log="2024-05-09:报价")
    found, rows = merged(("a.xlsx", [lead()]), ("b.xlsx", [later]))
    assert rows == [tuple(later)]
    assert ("later", "amount", "", "5") in told(found)


def test_a_private_value_that_differs_is_told_without_values(merged: Any, tmp_path: Path) -> None:
    found, _ = merged(("a.xlsx", [lead()]), ("b.xlsx", [lead(contact="13900000002")]))
    assert told(found) == [("undecided", "contact_details", "", "")]
    notes = openpyxl.load_workbook(tmp_path / "out.xlsx")["合并说明"]
    said = str([cell.value for row in notes.iter_rows() for cell in row])
    assert "1380000" not in said
    assert "1390000" not in said


def test_one_id_with_two_customers_is_two_leads_and_told(merged: Any) -> None:
    other = lead(customer="乙公司")
    found, rows = merged(("a.xlsx", [lead()]), ("b.xlsx", [other]))
    assert rows == [tuple(lead()), tuple(other)]
    assert told(found) == [("other_customer", "customer", "甲公司", "乙公司")]


def test_rows_without_an_id_stay_unless_another_copy_has_the_very_same(merged: Any) -> None:
    nameless, changed = lead(id=None), lead(id=None, owner="李四")
    found, rows = merged(
        ("a.xlsx", [nameless, nameless]), ("b.xlsx", [nameless, changed, nameless])
    )
    assert rows == [tuple(nameless), tuple(nameless), tuple(changed)]
    assert [row[0] for row in told(found)] == ["identical", "identical"]


def test_cells_that_could_not_be_read_keep_what_they_say(merged: Any) -> None:
    odd = lead(amount="待定")
    _, rows = merged(("a.xlsx", [odd]), ("b.xlsx", [lead(id="LX202405002", customer="乙公司")]))
    assert rows[0] == tuple(odd)


def test_columns_that_only_one_copy_has_are_kept(write: Any, tmp_path: Path) -> None:
    one = write([[*HEADER, "来源人"], [*lead(), "王五"]], "a.xlsx")
    two = write([HEADER, lead(log="2024-05-09:报价")], "b.xlsx")
    found = xltrack.merge([one, two], output=tmp_path / "out.xlsx", as_of=AS_OF)
    leads = xltrack.read(tmp_path / "out.xlsx").leads
    assert leads["来源人"].tolist() == ["王五"]
    assert leads["latest_follow_up"].tolist() == ["2024-05-09:报价"]
    assert "来源人" not in set(found.conflicts["field"])


def test_amounts_come_in_the_unit_of_the_first(write: Any, tmp_path: Path) -> None:
    header = ["线索编号", "客户名称", "跟进阶段", "负责人", "成交金额", "预算"]
    targets = [["月份", "负责人", "目标额(万)"], ["2024-05", "张三", 300_000]]
    yuan = {"设置": [["参数", "值"], ["金额单位", "元"], [], *targets]}
    one = write([header, ["LX1", "甲", "初识", "张三", 5, 8]], "a.xlsx")
    two = write({"线索": [header, ["LX2", "乙", "初识", "张三", 70_000, 90_000]], **yuan}, "b.xlsx")
    found = xltrack.merge([one, two], output=tmp_path / "out.xlsx", as_of=AS_OF)
    merged = xltrack.read(tmp_path / "out.xlsx")
    assert merged.leads["amount"].tolist() == [5, 7]
    assert merged.leads["budget"].tolist() == [8, 9]
    assert [target.amount for target in merged.settings.targets] == [30]
    assert [note.entry for note in found.settings_notes] == ["2024-05 张三", "amount_unit"]


def test_several_currencies_are_refused(write: Any, tmp_path: Path) -> None:
    dollars = {"设置": [["参数", "值"], ["币种", "USD"]]}
    one = write([HEADER, lead()], "a.xlsx")
    two = write({"线索": [HEADER, lead()], **dollars}, "b.xlsx")
    with pytest.raises(UsageError, match="currencies_differ"):
        xltrack.merge([one, two], output=tmp_path / "out.xlsx")


def test_what_cannot_be_merged_is_refused_before_any_work(write: Any, tmp_path: Path) -> None:
    one, two = write([HEADER, lead()], "a.xlsx"), write([HEADER, lead()], "b.xlsx")
    for paths, output, reason in (
        ([one], "out.xlsx", "merge_needs_two"),
        ([one, two], "b.xlsx", "merge_over_input"),
        ([one, two], "out.csv", "needs_xlsx"),
    ):
        with pytest.raises(UsageError, match=reason):
            xltrack.merge(paths, output=tmp_path / output, force=True)
    (tmp_path / "out.xlsx").write_bytes(b"somebody's")
    with pytest.raises(Refused) as refused:
        xltrack.merge([one, two], output=tmp_path / "out.xlsx")
    assert refused.value.reason is Reason.EXISTS
    assert (tmp_path / "out.xlsx").read_bytes() == b"somebody's"


def test_settings_of_the_first_with_what_others_add(write: Any, tmp_path: Path) -> None:
    stages = [["阶段", "类型"], ["初识", "进行中"], ["演示", "进行中"], ["成交", "成交"]]
    plain = [["阶段", "类型"], ["初识", "进行中"], ["报价", "进行中"], ["成交", "成交"]]
    one = write({"线索": [HEADER, lead()], "设置": plain}, "a.xlsx")
    two = write(
        {"线索": [HEADER, lead(id="LX2", stage="演示")], "设置": stages, "通讯录": [["x"]]},
        "b.xlsx",
    )
    found = xltrack.merge([two, one], output=tmp_path / "out.xlsx", as_of=AS_OF)
    settings = xltrack.read(tmp_path / "out.xlsx").settings
    assert [stage.name for stage in settings.stages] == ["初识", "演示", "报价", "成交"]
    assert [(n.kind, n.table, n.entry) for n in found.settings_notes] == [
        ("setting_added", "stages", "演示")
    ]
    assert found.not_carried == (("b.xlsx", "通讯录"),)


def test_the_settings_come_through_a_merge_as_they_were(tmp_path: Path) -> None:
    one = xltrack.demo(tmp_path / "a.xlsx", leads=30)
    two = xltrack.demo(tmp_path / "b.xlsx", leads=30)
    found = xltrack.merge([one, two], output=tmp_path / "out.xlsx", as_of=AS_OF)
    assert found.settings_notes == ()
    assert xltrack.read(tmp_path / "out.xlsx").settings == xltrack.read(one).settings


def test_a_merge_can_be_refreshed_checked_and_merged_again(tmp_path: Path) -> None:
    one = xltrack.demo(tmp_path / "a.xlsx", leads=30)
    two = xltrack.demo(tmp_path / "b.xlsx", leads=30, seed=2)
    for path in (one, two):
        xltrack.refresh(path)
    out = tmp_path / "out.xlsx"
    xltrack.merge([one, two], output=out, as_of=AS_OF)
    book = xltrack.read(out)
    assert bool(book.journal)
    assert len(book.journal.states) == len(
        set(zip(book.leads["lead_id"].dropna(), book.leads["customer"], strict=False))
    )
    assert xltrack.refresh(out).leads == len(book.leads)
    again = xltrack.merge([out, one], output=tmp_path / "again.xlsx", as_of=AS_OF)
    assert again.leads == len(book.leads)
    assert xltrack.diff(out, tmp_path / "again.xlsx").changes.empty
