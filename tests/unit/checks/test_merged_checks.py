"""The checks of leads from several workbooks at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xltrack
from xltrack.checks import check_book, check_merged
from xltrack.leads import LeadBook, merge_books

Book = Callable[..., LeadBook]
DAY = dt.date(2024, 5, 31)


def test_one_workbook_is_checked_as_ever(book: Book, clean: Any) -> None:
    alone = book([clean(0), clean(1, owner=None)])
    found = check_merged(alone, as_of=DAY)
    assert found == check_book(alone, as_of=DAY)
    assert {finding.code for finding in found} == {"V160"}


def test_what_several_show_stands_behind_the_rest_of_their_workbook(book: Book, clean: Any) -> None:
    one = book([clean(0), clean(1, owner=None)], name="b.xlsx")
    other = book([clean(2), clean(3, lead_id="LX202405001", owner=None)], name="a.xlsx")
    last = book([clean(5, owner=None)], name="c.xlsx")
    found = check_merged(merge_books([one, other, last]), as_of=DAY)
    assert [(finding.workbook, finding.code, finding.cell) for finding in found] == [
        ("b.xlsx", "V160", "J3"),
        ("a.xlsx", "V160", "J3"),
        ("a.xlsx", "V104", "A3"),
        ("c.xlsx", "V160", "J2"),
    ]


def test_other_settings_are_named(book: Book, clean: Any) -> None:
    one, other = book([clean(0)], name="a.xlsx"), book([clean(1)], name="b.xlsx")
    in_yuan = replace(other.settings.parameters, amount_unit="元")
    other = replace(other, settings=replace(other.settings, parameters=in_yuan))
    (finding,) = check_merged(merge_books([one, other]), as_of=DAY)
    assert (finding.code, finding.workbook) == ("F011", "b.xlsx")
    assert finding.params == {"differences": "金额单位 元 \u2260 万"}
    off = replace(one.settings.parameters, checks="F011=off")
    quiet = replace(one, settings=replace(one.settings, parameters=off))
    assert check_merged(merge_books([quiet, other]), as_of=DAY) == ()


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_a_board_over_several_workbooks_says_so(tmp_path: Path) -> None:
    teams = [xltrack.demo(tmp_path / f"{n}.xlsx", leads=40, seed=n) for n in (1, 2)]
    board = xltrack.new(tmp_path / "board.xlsx")
    xltrack.refresh(board, from_leads=teams, as_of=DAY)
    sheet = openpyxl.load_workbook(board)["数据校验"]
    listed = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    single = {each.code for each in xltrack.check(teams[0], as_of=DAY).findings}
    together = {each.code for each in xltrack.check(teams, as_of=DAY).findings}
    assert "V104" in together - single
    assert "V104" in listed
