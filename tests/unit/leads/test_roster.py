"""Who should submit, and whose a file is."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from xltrack.errors import UnreadableWorkbook, UsageError
from xltrack.leads.roster import Entry, entry_of, read_roster

NORTH, SOUTH = Entry("一组", "北京", "BJ"), Entry("二组", "广州", "广州")


@pytest.mark.parametrize(
    "text",
    [
        "组别,提交人,文件名关键词\n一组,北京,BJ\n二组,广州,\n",
        "文件名含,团队,姓名\nBJ,一组,北京\n,二组,广州\n",
        "Team,Submitter,File-name word\n一组,北京,BJ\n二组,广州,广州\n",
        "一组,北京,BJ\n\n二组,广州,\n,,\n",
        "组别\t提交人\t关键词\n一组\t北京\tBJ\n二组\t广州\t广州\n二组\t广州\t广州\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_texts_with_its_columns_in_any_order(
    tmp_path: Path, text: str, encoding: str
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding=encoding)
    assert read_roster(path) == (NORTH, SOUTH)


def test_the_first_sheet_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单")
        for row, cells in enumerate([["姓名", "组别", "文件名"], ["北京", "一组", "BJ"]]):
            sheet.write_row(row, 0, cells)
        book.add_worksheet("其他").write(0, 0, "姓名")
    assert read_roster(path) == (NORTH,)


@pytest.mark.parametrize("content", [b"", b"\n,,\n", "组别,提交人\n".encode()])
def test_nobody_on_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_roster(path)
    assert caught.value.reason == "empty_roster"


@pytest.mark.parametrize("content", [b"\xff\xff\x80\x80", b'"a\x00b\r'])
def test_a_text_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        read_roster(path)


def test_a_workbook_that_is_none_or_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "roster.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(UnreadableWorkbook):
        read_roster(tmp_path / "roster.xlsx")
    with pytest.raises(UnreadableWorkbook):
        read_roster(tmp_path / "none.xlsx")
    with pytest.raises(UsageError):
        read_roster(tmp_path / "none.csv")


def test_a_file_is_of_the_longest_word_in_its_name_whatever_its_width() -> None:
    other = Entry("一组", "北京西", "bj西")
    assert entry_of("5月_ＢＪ西 线索.xlsx", [NORTH, other]) == other
    assert entry_of("5月_bj.xlsx", [NORTH, other]) == NORTH
    assert entry_of("广东.xlsx", [NORTH, SOUTH]) is None
