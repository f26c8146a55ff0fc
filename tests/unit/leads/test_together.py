"""Reading workbooks together comes to what reading each by itself comes to."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xltrack
from xltrack.errors import Reason
from xltrack.leads import merge_books, read_book
from xltrack.leads.named import Named
from xltrack.leads.together import Together, read_together
from xltrack.template import Template

Write = Callable[..., Path]
HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人"]
DAY = dt.date(2024, 5, 10)
SETTINGS = [["设置"], ["负责人", "在岗"], ["张三", "是"]]

WORKBOOKS: Mapping[str, Any] = {
    "plain": [[*HEADER, "获取时间", "成交金额(万)"], ["LX202405001", "甲", "初识", "张三", DAY, 3]],
    "dirty": [
        [*HEADER, "获取时间", "成交金额(万)"],
        ["LX202405001", "乙", "初识", "张三", "5月10日", "32万"],
        ["LX202405002", "丙", "初识", "张三", "2024-02-30", -5],
        [None, None, None, None, None, None],
        ["合计", None, None, None, None, 27],
        ["LX202405003", "丁", "初识", " 李四 ", 45422, "—"],
    ],
    "blank": [[*HEADER, "获取时间", "成交金额(万)"], ["LX202405009", "戊", "初识", "王五"]],
    "shifted": [["标题"], [], HEADER, ["LX202405001", "己", "初识", "张三"]],
    "yuan": [
        [*HEADER, "获取时间", "成交金额(元)"],
        ["LX202405001", "庚", "初识", "张三", DAY, 30_000],
    ],
    "own number": [[*HEADER, "人数"], ["LX202405001", "辛", "初识", "张三", 12]],
    "own text": [[*HEADER, "人数"], ["LX202405001", "壬", "初识", "张三", "十二"]],
    "own date": [[*HEADER, "人数"], ["LX202405001", "癸", "初识", "张三", DAY]],
    "private": [[*HEADER, "手机"], ["LX202405001", "子", "初识", "张三", "13812345678"]],
    "english": [
        ["Lead ID", "Customer", "Stage", "Owner"],
        ["LX202405001", "Acme", "New", "Wei"],
    ],
    "two sheets": {
        "一": [HEADER, ["LX202405001", "丑", "初识", "张三"]],
        "二": [[*HEADER, "获取时间"], ["LX202405002", "寅", "初识", "李四", DAY]],
    },
    "empty": [HEADER],
    "settings": {"线索": [HEADER, ["LX202405001", "卯", "初识", "张三"]], "设置": SETTINGS},
}


def named(path: Path) -> Named:
    return Named(path, path.name)


def together(paths: list[Path], template: Template) -> Together:
    return read_together([named(path) for path in paths], template=template)


def assert_same_as_each_by_itself(paths: list[Path], template: Template) -> None:
    """Compare each book that was read together with the merge of its workbooks' own books."""
    read = together(paths, template)
    assert read.errors == {}
    seen = []
    for book in read.books:
        own = list(dict.fromkeys(source.path for source in book.sources))
        merged = merge_books([read_book(p, template=template, allow_empty=True) for p in own])
        pd.testing.assert_frame_equal(book.rows, merged.rows)
        left = dataclasses.replace(book, rows=None)  # type: ignore[arg-type]
        right = dataclasses.replace(merged, rows=None, journal_texts=book.journal_texts)  # type: ignore[arg-type]
        assert left == right
        seen += own
    assert sorted(seen) == sorted(paths)


@pytest.fixture
def paths(write: Write) -> list[Path]:
    return [write(sheets, name=f"{name}.xlsx") for name, sheets in WORKBOOKS.items()]


def test_all_kinds_together(paths: list[Path], template: Template) -> None:
    assert_same_as_each_by_itself(paths, template)


@pytest.mark.parametrize("one", list(WORKBOOKS))
@pytest.mark.parametrize("other", ["plain", "dirty", "own number", "two sheets"])
def test_two_kinds_together(write: Write, template: Template, one: str, other: str) -> None:
    first = write(WORKBOOKS[one], name="1.xlsx")
    second = write(WORKBOOKS[other], name="2.xlsx")
    assert_same_as_each_by_itself([first, second], template)
    assert_same_as_each_by_itself([second, first], template)


def test_demos_become_one_book(tmp_path: Path, template: Template) -> None:
    paths = [xltrack.demo(tmp_path / f"{n}.xlsx", leads=60, seed=n) for n in range(4)]
    assert len(together(paths, template).books) == 1
    assert_same_as_each_by_itself(paths, template)


def test_other_settings_are_another_book(write: Write, template: Template) -> None:
    paths = [write(WORKBOOKS[name], name=f"{name}.xlsx") for name in ("plain", "settings", "blank")]
    files = [[s.workbook for s in book.sources] for book in together(paths, template).books]
    assert files == [["plain.xlsx", "blank.xlsx"], ["settings.xlsx"]]


def test_a_workbook_that_cannot_be_read_is_named_and_the_others_are_read(
    write: Write, template: Template, tmp_path: Path
) -> None:
    good = write(WORKBOOKS["plain"], name="good.xlsx")
    nothing = write([["a", "b"]], name="nothing.xlsx")
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(good.read_bytes()[:3_000])
    read = together([damaged, good, nothing, tmp_path / "missing.xlsx"], template)
    assert [source.workbook for book in read.books for source in book.sources] == ["good.xlsx"]
    assert {path.name: error.reason for path, error in read.errors.items()} == {
        "damaged.xlsx": Reason.DAMAGED,
        "nothing.xlsx": Reason.NO_LEAD_HEADER,
        "missing.xlsx": Reason.MISSING,
    }


def test_names_of_workbooks_are_those_given(write: Write, template: Template) -> None:
    path = write(WORKBOOKS["dirty"])
    (book,) = read_together([Named(path, "b/leads.xlsx")], template=template).books
    assert set(book.rows["file"]) == {"b/leads.xlsx"}
    assert {finding.workbook for finding in book.findings} == {"b/leads.xlsx"}
