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
ROWS = [
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


def ours(book: xlwings.Book) -> list[xlwings.ConditionalFormat]:
    rules = book.sheets["线索跟踪表"].used_range.conditional_formats
    return [rule for rule in rules if "xltrack" in (rule.formula or "")]


def marked(book: xlwings.Book) -> set[str]:
    return {
        cell.replace("$", "")
        for rule in ours(book)
        for cell in rule.impl.of.Range.getRangeAddressesAsString().split(";")
    }


def test_findings_are_listed_with_links_and_their_cells_marked(book: xlwings.Book) -> None:
    sheet = book.sheets["线索跟踪表"]
    sheet.range("A3").color = (0, 176, 80)
    team_rules = len(list(sheet.used_range.conditional_formats))
    xltrack.live.check()
    assert book.sheets.active.name == sheet.name
    expected = {(f.severity, f.cell) for f in xltrack_findings(book) if f.cell.isalnum()}
    assert ("error", "A3") in expected
    cells = {place.rpartition(".")[2] for place in marked(book)}
    singles = {cell for cell in cells if ":" not in cell}
    assert "A3" in singles or any(cell.startswith("A2:") for cell in cells)
    assert sheet.range("A3").color == (0, 176, 80)
    assert len(list(sheet.used_range.conditional_formats)) > team_rules
    listed = book.sheets["数据校验"]
    rows = listed.used_range.options(ndim=2).value
    links = [
        listed.range((number + 1, 1)).formula
        for number, row in enumerate(rows)
        if str(row[0]).startswith("线索跟踪表 A3")
    ]
    assert links
    assert all(link.startswith("=HYPERLINK(\"#'线索跟踪表'!A3\"") for link in links)


def xltrack_findings(book: xlwings.Book) -> list[xltrack.Finding]:
    copy = Path(book.fullname).with_name("copy.xlsx")
    url = copy.as_uri()
    option = book.impl.doc.Args[0]
    option.Name, option.Value = "FilterName", "Calc MS Excel 2007 XML"
    book.impl.doc.storeToURL(url, (option,))
    return [f for each in xltrack.check([copy]).workbooks for f in each.findings]


def test_once_more_with_nothing_changed_takes_the_marks_away(book: xlwings.Book) -> None:
    sheet = book.sheets["线索跟踪表"]
    before = len(list(sheet.used_range.conditional_formats))
    xltrack.live.check()
    assert ours(book)
    xltrack.live.check()
    assert ours(book) == []
    assert len(list(sheet.used_range.conditional_formats)) == before
    assert "清除" in book.app.status_bar
    xltrack.live.check()
    assert ours(book)
    assert xltrack.live.clear_highlights() > 0
    assert ours(book) == []


def test_marks_follow_what_was_corrected(book: xlwings.Book) -> None:
    xltrack.live.check()
    before = marked(book)
    book.sheets["线索跟踪表"].range("A3").value = "LX-002"
    xltrack.live.check()
    assert ours(book)
    assert marked(book) != before


def test_a_refresh_makes_no_marks_but_brings_them_up_to_date(book: xlwings.Book) -> None:
    xltrack.live.refresh()
    assert ours(book) == []
    xltrack.live.check()
    before = marked(book)
    book.sheets["线索跟踪表"].range("A3").value = "LX-002"
    xltrack.live.refresh()
    assert ours(book)
    assert marked(book) != before
