"""The journal's sheet before other programs: validators, LibreOffice, a person who deletes it."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from xltrack.leads import read_book
from xltrack.leads.journal import Journal
from xltrack.leads.journal_reading import KEY
from xltrack.leads.journal_sheet import journal_sheet
from xltrack.leads.journal_text import encoded
from xltrack.sheetml import ownership
from xltrack.template import load_template
from xltrack.writeback import ReadySheet, graft, open_target, save

MON, TUE, WED = (dt.date(2024, 5, day) for day in (6, 7, 8))
HEADERS = ["线索编号", "客户名称", "来源渠道", "跟进阶段", "负责人", "预算/金额(万)", "未成交原因"]
HOSTILE = "=SUM(A1) @|~\\ <&> _x0041_ \U0001f600"
NAME = "阶段日志"


def write(path: Path, stage: str, owner: str, leads: int = 3000) -> None:
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    sheet = book.add_worksheet("线索跟踪表")
    sheet.write_row(0, 0, HEADERS)
    for number in range(leads):
        first = [f"LX2024{number:05d}", f"客户{number}有限公司", "官网注册"]
        sheet.write_row(number + 1, 0, [*first, stage if number % 3 else "初识", owner, number / 4])
    book.close()


def read(path: Path) -> Any:
    return read_book(path, template=load_template())


def note(path: Path, author: Any, day: dt.date) -> Journal:
    """As a refresh does: what is seen goes into the journal, a sheet beside it."""
    book = read(path)
    journal: Journal = book.journal.updated(book.leads, book.settings, day)
    target = open_target(path)
    same = journal is book.journal and KEY in target.owned
    markup = None if same else journal_sheet(journal, book.lang, inline=target.inline_strings)
    called = target.sheet_name("overview", "总览")
    scratch = author([called], target.body_font)
    ready = {KEY: ReadySheet(NAME, markup)}
    save(graft(target, scratch, {called: "overview"}, ready=ready), backup=False)
    return journal


def with_leads_of(path: Path, other: Path) -> Path:
    """The journal of one workbook and the leads of another in one."""
    book: Any = openpyxl.load_workbook(path)
    leads: Any = openpyxl.load_workbook(other)
    for row in leads["线索跟踪表"].iter_rows(min_row=2):
        for cell in row:
            book["线索跟踪表"].cell(cell.row, cell.column, cell.value)
    book.save(path)
    return path


@pytest.fixture
def noted(tmp_path: Path, author: Any) -> Path:
    """A workbook whose journal has 3,000 leads, 2,000 of them with two changes."""
    path, later = tmp_path / "team.xlsx", tmp_path / "later.xlsx"
    write(path, "意向明确", "张三")
    note(path, author, MON)
    write(later, "方案对比", HOSTILE)
    with_leads_of(path, later)
    journal = note(path, author, TUE)
    assert len(journal.changes) == 5000
    return path


def test_a_refresh_without_a_change_leaves_the_bytes(noted: Path, author: Any) -> None:
    before = noted.read_bytes()
    note(noted, author, WED)
    assert noted.read_bytes() == before


@pytest.mark.office
def test_the_journal_survives_libreoffice(noted: Path, author: Any, office: Any) -> None:
    before = encoded(read(noted).journal)
    saved = noted.with_name("saved.xlsx")
    assert "error" not in office(noted, (), saved)
    book = read(saved)
    assert book.journal.skipped == 0
    assert encoded(book.journal) == before
    assert NAME not in {source.sheet for source in book.sources}
    note(saved, author, WED)
    states = {sheet.title: sheet.sheet_state for sheet in openpyxl.load_workbook(saved)}
    assert states[NAME] == "veryHidden"
    again = saved.read_bytes()
    note(saved, author, WED)
    assert saved.read_bytes() == again


@pytest.mark.office
def test_a_deleted_journal_begins_again(noted: Path, author: Any, office: Any) -> None:
    saved = noted.with_name("saved.xlsx")
    assert "error" not in office(noted, [["delete", NAME]], saved)
    assert not read(saved).journal
    assert note(saved, author, WED).since == WED
    assert KEY in ownership(open_target(saved).package).owned


def test_what_openpyxl_saves_is_read(noted: Path) -> None:
    before = encoded(read(noted).journal)
    book = openpyxl.load_workbook(noted)
    book.save(noted)
    assert encoded(read(noted).journal) == before


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    path = tmp_path / "fresh.xlsx"
    write(path, "意向明确", HOSTILE, 300)
    return path


def test_the_open_xml_sdk_has_no_new_message(fresh: Path, author: Any, sdk: Any) -> None:
    before = sdk(fresh)
    note(fresh, author, MON)
    assert sdk(fresh) - before == Counter()


def test_openxml_audit_has_no_new_message(fresh: Path, author: Any, require: Any) -> None:
    require(importlib.util.find_spec("openxml_audit"), "openxml-audit is not installed")
    audit = importlib.import_module("openxml_audit")

    def messages() -> Counter[tuple[str, str]]:
        found = audit.OpenXmlValidator().validate(str(fresh)).errors
        return Counter((error.part_uri or "", error.description) for error in found)

    before = messages()
    note(fresh, author, MON)
    assert messages() - before == Counter()
