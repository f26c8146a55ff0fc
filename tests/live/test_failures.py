"""What a person is told where a button cannot do its work, and what the log says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import xlsxwriter
import xlwings

import xltrack
import xltrack.live
from tests.live.conftest import Open
from xltrack.errors import UsageError
from xltrack.live.telling import log_file

pytestmark = pytest.mark.office

PRIVATE = "13812345678"


@pytest.fixture
def no_leads(tmp_path: Path) -> Path:
    path = tmp_path / "名单.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, ["姓名", "电话"])
        sheet.write_row(1, 0, ["甲", PRIVATE])
    return path


def test_a_workbook_without_leads_is_told_so_in_a_cell(opened: Open, no_leads: Path) -> None:
    book = opened(no_leads)
    xltrack.live.refresh()
    assert book.sheets.active.name == "运行消息"
    message = book.sheets["运行消息"].range("A1").value
    assert message.startswith("名单.xlsx 中没有找到线索表的表头")
    assert str(log_file()) in book.sheets["运行消息"].range("A3").value
    assert "A1" in str(book.app.status_bar)
    assert book.app.screen_updating is True
    assert book.sheets["名单"].range("A2:B2").value == ["甲", PRIVATE]
    log = log_file().read_text(encoding="utf-8")
    assert "UnreadableWorkbook no_lead_header" in log
    assert PRIVATE not in log
    assert "甲" not in log


def test_the_message_goes_with_the_next_run_that_succeeds(opened: Open, no_leads: Path) -> None:
    book = opened(no_leads)
    xltrack.live.check()
    xltrack.live.check()
    assert [sheet.name for sheet in book.sheets] == ["名单", "运行消息"]
    header = ["线索编号", "客户名称", "跟进阶段", "负责人"]
    book.sheets["名单"].range("A1").value = [header, ["A1", "甲", "初识", "王"]]
    xltrack.live.refresh()
    names = [sheet.name for sheet in book.sheets]
    assert "运行消息" not in names
    assert "总览" in names
    assert not [name for name in book.names if "_xlt_message" in name.name]


def test_an_error_of_the_program_is_one_sentence_and_the_log_quotes_no_cell(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"could not convert {PRIVATE}")

    book = opened(xltrack.demo(tmp_path / "leads.xlsx", leads=5))
    monkeypatch.setattr("xltrack.live.work.draw_report", fail)
    xltrack.live.refresh()
    message = book.sheets["运行消息"].range("A1").value
    assert "ValueError" in message
    assert PRIVATE not in message
    log = log_file().read_text(encoding="utf-8")
    assert "ValueError" in log
    assert "work.py" in log
    assert PRIVATE not in log


def test_a_workbook_that_takes_no_sheet_is_told_in_a_box(opened: Open, no_leads: Path) -> None:
    book = opened(no_leads)
    book.impl.doc.protect("")
    xltrack.live.refresh()
    assert [sheet.name for sheet in book.sheets] == ["名单"]
    assert book.app.impl.boxes[-1].startswith("名单.xlsx 中没有找到线索表的表头")


def test_workbooks_are_found_by_name_and_others_named(opened: Open, no_leads: Path) -> None:
    opened(no_leads)
    with pytest.raises(UsageError) as told:
        xltrack.live.refresh_open("other.xlsx")
    assert (told.value.reason, told.value.detail) == ("not_open", "other.xlsx、名单.xlsx")
    with pytest.raises(xltrack.UnreadableWorkbook):
        xltrack.live.refresh_open("名单")


def test_without_excel_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlwings.engines, "active", None)
    with pytest.raises(UsageError, match="no_excel"):
        xltrack.live.refresh_open()
    with pytest.raises(UsageError, match="not_from_excel"):
        xltrack.live.refresh()


def test_a_copy_of_a_workbook_is_left_alone(opened: Open, tmp_path: Path) -> None:
    path = xltrack.demo(tmp_path / "leads.xlsx", leads=5)
    other = Path(shutil.copy(path, tmp_path / "other.xlsx"))
    first, second = opened(path), opened(other)
    assert xltrack.live.refresh_open("leads.xlsx").workbook == "leads.xlsx"
    assert "总览" in [sheet.name for sheet in first.sheets]
    assert "总览" not in [sheet.name for sheet in second.sheets]
