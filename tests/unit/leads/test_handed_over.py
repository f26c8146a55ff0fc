"""Leads of cells that another program hands over, against those of the same cells in a file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import xltrack
from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.leads import read_book
from xltrack.leads.handed_over import SheetCells, book_of_cells
from xltrack.leads.made_sheets import made_titles
from xltrack.template import load_template

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "成交金额(万)", "获取时间"]


def handed_over(path: Path) -> list[SheetCells]:
    """The cells as another reader has them."""
    book = openpyxl.load_workbook(path, data_only=True)
    return [
        SheetCells(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)])
        for sheet in book.worksheets
    ]


def test_the_same_cells_are_the_same_leads(tmp_path: Path) -> None:
    path = xltrack.demo(tmp_path / "demo.xlsx", leads=300)
    template = load_template()
    filed = read_book(path, template=template)
    book = book_of_cells(path, path.name, handed_over(path), template)
    assert len(book.rows) > 290
    pd.testing.assert_frame_equal(book.rows, filed.rows)
    assert book.settings == filed.settings
    assert book.findings == filed.findings
    assert book.sources == filed.sources
    assert book.lang == filed.lang


def test_errors_and_merged_ranges_are_findings() -> None:
    rows: list[list[object]] = [
        list(HEADER),
        ["A1", "甲公司", "初识", "王", None, dt.datetime(2024, 5, 6)],
        ["A2", "乙公司", "初识", "王", 7.0, dt.datetime(2024, 5, 7)],
    ]
    asked: list[tuple[int, int]] = []

    def merged(first: int, last: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        asked.append((first, last))
        return [((2, 3), (3, 3))]

    cells = SheetCells("线索", rows, {(2, 5): "#DIV/0!"}, merged)
    book = book_of_cells(Path("a.xlsx"), "a.xlsx", [cells], load_template())
    found = {(finding.code, finding.cell, finding.value) for finding in book.findings}
    assert {("F007", "E2", "#DIV/0!"), ("F008", "C2:C3", "")} <= found
    assert asked == [(2, 3)]


def test_the_board_is_passed_over_unless_nothing_else_has_leads() -> None:
    name, title = next(iter(made_titles(load_template()).items()))
    leads: list[list[object]] = [list(HEADER), ["A1", "甲公司", "初识", "王", 5.0, None]]
    board = SheetCells(name, [[title], *leads])
    template = load_template()
    both = book_of_cells(Path("a.xlsx"), "a.xlsx", [board, SheetCells("线索", leads)], template)
    assert [source.sheet for source in both.sources] == ["线索"]
    alone = book_of_cells(Path("a.xlsx"), "a.xlsx", [board], template)
    assert [source.sheet for source in alone.sources] == [name]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["姓名", "电话"], ["甲", "1"]], Reason.NO_LEAD_HEADER),
        ([HEADER], Reason.NO_LEADS),
        ([], Reason.NO_LEAD_HEADER),
    ],
)
def test_cells_without_leads_are_told_so(rows: list[list[object]], reason: Reason) -> None:
    with pytest.raises(UnreadableWorkbook) as told:
        book_of_cells(Path("a.xlsx"), "a.xlsx", [SheetCells("表", rows)], load_template())
    assert told.value.reason == reason
