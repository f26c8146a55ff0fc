"""A check of an open workbook: the list of findings, and cells marked over the team's colours."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwings

import xltrack
import xltrack.live
from tests.live.conftest import Open

pytestmark = pytest.mark.office

HEADER = ["线索编号", "客户名称", "来源渠道", "跟进阶段", "负责人", "成交金额(万)"]
ROWS: list[list[object]] = [
    ["LX-001", "甲公司", "官网注册", "初识", "王芳", 5],
    ["LX-001", "乙公司", "官网注册", "初识", "王芳", "五十"],
    ["LX-003", "丙公司", "官网注册", "初识", "王芳", 7],
]


@pytest.fixture
def book(opened: Open, tmp_path: Path) -> xlwings.Book:
    path = xltrack.new(tmp_path / "leads.xlsx", rows=20)
    book = opened(path)
    sheet = book.sheets["线索跟踪表"]
    labels = sheet.range("A1").resize(1, sheet.used_range.last_cell.column).value
    for number, values in enumerate(ROWS, start=2):
        for label, value in zip(HEADER, values, strict=True):
            sheet.range((number, labels.index(label) + 1)).value = value
    return book


def press(book: xlwings.Book) -> None:
    """Press the button of a workbook and see that it did its work."""
    xltrack.live.check()
    told = [sheet.range("A1:A3").value for sheet in book.sheets if sheet.name == "运行消息"]
    assert told == []


def ours(book: xlwings.Book) -> list[xlwings.ConditionalFormat]:
    rules = book.sheets["线索跟踪表"].used_range.conditional_formats
    return [rule for rule in rules if "xltrack" in (rule.formula or "")]


def marked(book: xlwings.Book) -> set[tuple[int, int]]:
    """Rows and columns of the cells that are marked, 1-based."""
    return {
        (row + 1, column + 1)
        for rule in ours(book)
        for at in rule.impl.of.Range.RangeAddresses
        for row in range(at.StartRow, at.EndRow + 1)
        for column in range(at.StartColumn, at.EndColumn + 1)
    }


def test_findings_are_listed_with_links_and_their_cells_marked(book: xlwings.Book) -> None:
    sheet = book.sheets["线索跟踪表"]
    sheet.range("A3").color = (0, 176, 80)
    team_rules = len(list(sheet.used_range.conditional_formats))
    press(book)
    assert book.sheets.active.name == sheet.name
    expected = {
        tuple(sheet.range(finding.cell).impl.box[:2])
        for finding in findings_of(book)
        if finding.severity != "info" and finding.cell and ":" not in finding.cell
    }
    amount = sheet.range("L3")
    assert (amount.row - 1, amount.column - 1) in expected
    assert marked(book) == {(row + 1, column + 1) for row, column in expected}
    assert sheet.range("A3").color == (0, 176, 80)
    assert len(list(sheet.used_range.conditional_formats)) > team_rules
    listed = book.sheets["数据校验"]
    rows = listed.used_range.options(ndim=2).value
    links = [
        str(listed.range((number + 1, 1)).formula)
        for number, row in enumerate(rows)
        if str(row[0]).startswith("线索跟踪表 L3")
    ]
    assert links
    assert all(link.startswith("=HYPERLINK(\"#'线索跟踪表'!L3\"") for link in links)


def findings_of(book: xlwings.Book) -> list[xltrack.Finding]:
    copy = Path(book.fullname).with_name("copy.xlsx")
    url = copy.as_uri()
    option = book.impl.doc.Args[0]
    option.Name, option.Value = "FilterName", "Calc MS Excel 2007 XML"
    book.impl.doc.storeToURL(url, (option,))
    return [f for each in xltrack.check([copy]).workbooks for f in each.findings]


def test_once_more_with_nothing_changed_takes_the_marks_away(book: xlwings.Book) -> None:
    sheet = book.sheets["线索跟踪表"]
    before = len(list(sheet.used_range.conditional_formats))
    press(book)
    assert ours(book)
    press(book)
    assert ours(book) == []
    assert len(list(sheet.used_range.conditional_formats)) == before
    assert "清除" in str(book.app.status_bar)
    press(book)
    assert ours(book)
    assert xltrack.live.clear_highlights() > 0
    assert ours(book) == []


def test_marks_follow_what_was_corrected(book: xlwings.Book) -> None:
    press(book)
    before = marked(book)
    book.sheets["线索跟踪表"].range("L3").value = 50
    press(book)
    assert ours(book)
    assert marked(book) != before


def test_a_refresh_makes_no_marks_but_brings_them_up_to_date(book: xlwings.Book) -> None:
    xltrack.live.refresh()
    assert ours(book) == []
    press(book)
    before = marked(book)
    book.sheets["线索跟踪表"].range("L3").value = 50
    xltrack.live.refresh()
    assert ours(book)
    assert marked(book) != before
