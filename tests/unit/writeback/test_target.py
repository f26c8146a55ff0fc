from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import Reason, Refused, UnreadableWorkbook, XltrackError
from xltrack.writeback import clean, graft, open_target, save


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode(), 1)

    return change


def reason(path: Path, **options: Any) -> Reason:
    before = path.read_bytes()
    with pytest.raises(XltrackError) as caught:
        open_target(path, **options)
    assert path.read_bytes() == before
    assert isinstance(caught.value, (Refused, UnreadableWorkbook))
    return caught.value.reason


FINAL = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="_MarkAsFinal">'
    "<vt:bool>true</vt:bool></property></Properties>"
)
CUSTOM = (
    '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/custom-properties" Target="docProps/custom.xml"/></Relationships>'
)
SIGNATURE = (
    '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/package/2006/relationships/'
    'digital-signature/origin" Target="_xmlsignatures/origin.sigs"/></Relationships>'
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {
                "xl/workbook.xml": replaced(
                    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    "http://purl.oclc.org/ooxml/spreadsheetml/main",
                )
            },
            Reason.STRICT,
        ),
        (
            {"xl/workbook.xml": replaced("<workbookPr", '<workbookPr date1904="1"')},
            Reason.DATE_1904,
        ),
        (
            {
                "_rels/.rels": replaced("</Relationships>", SIGNATURE),
                "_xmlsignatures/origin.sigs": b"",
            },
            Reason.SIGNED,
        ),
        (
            {
                "_rels/.rels": replaced("</Relationships>", CUSTOM),
                "docProps/custom.xml": FINAL.encode(),
            },
            Reason.MARKED_FINAL,
        ),
        (
            {
                "xl/workbook.xml": replaced(
                    "<workbookPr", '<fileSharing readOnlyRecommended="1"/><workbookPr'
                )
            },
            Reason.WRITE_PROTECTED,
        ),
        (
            {
                "xl/workbook.xml": replaced(
                    "<workbookPr", '<fileSharing reservationPassword="CBEB"/><workbookPr'
                )
            },
            Reason.WRITE_PROTECTED,
        ),
        (
            {
                "[Content_Types].xml": replaced(
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
                )
            },
            Reason.BINARY_XLSB,
        ),
        (
            {
                "xl/styles.xml": lambda data: (
                    data.decode().replace("UTF-8", "UTF-16").encode("utf-16")
                )
            },
            Reason.UTF16_PART,
        ),
    ],
)
def test_what_must_not_be_written_to_is_refused(
    team: Path, tamper: Any, changes: dict[str, Any], expected: Reason
) -> None:
    assert reason(tamper(team, changes)) is expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Reason.LEGACY_XLS),
        ("leads.csv", "线索编号,客户\n".encode(), Reason.PLAIN_TEXT),
        ("note.xlsx", b"hello", Reason.NOT_A_WORKBOOK),
    ],
)
def test_other_formats_are_refused(
    tmp_path: Path, name: str, content: bytes, expected: Reason
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert reason(path) is expected


@pytest.mark.parametrize("owner", ["~$team.xlsx", ".~team.xlsx", ".~lock.team.xlsx#"])
def test_a_workbook_that_is_open_elsewhere_is_refused(team: Path, owner: str) -> None:
    team.with_name(owner).write_bytes(b"somebody")
    assert reason(team) is Reason.OPEN_ELSEWHERE
    assert open_target(team, in_place=False).path == team


def test_the_owner_file_of_another_workbook_is_no_obstacle(team: Path) -> None:
    team.with_name("~$am.xlsx").write_bytes(b"somebody")
    assert open_target(team).owned == {}


def test_who_asks_for_it_may_go_on(team: Path, tamper: Any) -> None:
    signed = {"_rels/.rels": replaced("</Relationships>", SIGNATURE)}
    tamper(team, {**signed, "_xmlsignatures/origin.sigs": b"s"})
    target = open_target(team, break_signature=True)
    assert target.owned == {}
    recommended = replaced("<workbookPr", '<fileSharing readOnlyRecommended="1"/><workbookPr')
    tamper(team, {"xl/workbook.xml": recommended})
    assert open_target(team, break_signature=True, force=True).owned == {}


def test_names_of_sheets_are_free_short_and_kept(team: Path, author: Any) -> None:
    target = open_target(team)
    assert target.sheet_name("overview", "总览") == "总览"
    assert target.sheet_name("notes", "NOTES") == "NOTES (2)"
    assert target.sheet_name("other", "总览") == "总览 (2)"
    assert target.sheet_name("overview", "总览") == "总览"
    long = target.sheet_name("long", "长" * 40)
    assert long == "长" * 31
    assert target.sheet_name("long2", "长" * 40) == "长" * 27 + " (2)"
    assert target.sheet_name("emoji", "🙂" * 20) == "🙂" * 15

    save(graft(target, author(["NOTES (2)"]), {"NOTES (2)": "notes"}))
    again = open_target(team)
    assert again.owned == {"notes": "NOTES (2)"}
    assert again.sheet_name("notes", "Notes") == "NOTES (2)"


def test_names_of_tables_are_free(team: Path, author: Any) -> None:
    target = open_target(team)
    assert target.table_name("Own") == "Own"
    assert target.table_name("leads") == "leads_2"
    assert target.table_name("TOTAL") == "TOTAL_2"
    save(graft(target, author(["a"], table="Own"), {"a": "a"}))
    assert open_target(team).table_name("Own") == "Own"


def test_the_body_font_is_the_workbooks(team: Path, tamper: Any) -> None:
    assert open_target(team).body_font == ("Calibri", 11.0)
    tamper(team, {"xl/styles.xml": replaced('<name val="Calibri"/>', '<name val="宋体"/>')})
    assert open_target(team).body_font == ("宋体", 11.0)


def test_a_workbook_without_a_visible_sheet_is_not_made(tmp_path: Path, author: Any) -> None:
    path = tmp_path / "board.xlsx"
    path.write_bytes(author(["only"]))
    board = open_target(path)
    save(graft(board, author(["own"]), {"own": "own"}))
    with zipfile.ZipFile(path) as archive:
        assert b"_xlt_own" in archive.read("xl/workbook.xml")
    hidden = path.with_name("hidden.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(hidden, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, data.replace(b'name="only"', b'name="only" state="hidden"'))
    with pytest.raises(Refused) as caught:
        clean(open_target(hidden))
    assert caught.value.reason is Reason.NO_SHEET_LEFT
