"""Owned sheets that come as ready markup: placed, replaced, left as they are, taken out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xltrack.opc import open_package, package_from_bytes
from xltrack.sheetml import lint, ownership
from xltrack.sheetml.workbook import read_workbook
from xltrack.writeback import (
    Edit,
    ReadySheet,
    clean,
    graft,
    open_target,
    save,
    write_standalone,
)

NAME = "阶段日志"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def markup(text: str) -> bytes:
    cell = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    return f"{HEAD}{cell}</sheetData></worksheet>".encode()


def grafted(path: Path, author: Any, content: bytes | None, name: str = NAME) -> Edit:
    target = open_target(path)
    called = target.sheet_name("a", "a")
    ready = {"journal": ReadySheet(name, content)}
    return graft(target, author([called], target.body_font, charts=0), {called: "a"}, ready=ready)


def refresh(path: Path, author: Any, content: bytes | None) -> None:
    save(grafted(path, author, content), backup=False)


def state(path: Path) -> str:
    sheet = read_workbook(open_package(path)).sheet(NAME)
    assert sheet is not None
    return sheet.state


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_new_one_comes_last_owned_and_very_hidden(team: Path, author: Any) -> None:
    edit = grafted(team, author, markup("one"))
    package = package_from_bytes(edit.to_bytes(), "out")
    assert ownership(package).owned == {"a": "a", "journal": NAME}
    assert lint(package, ["a", NAME]) == []
    book = openpyxl.load_workbook(io.BytesIO(edit.to_bytes()))
    assert book.sheetnames == ["线索跟踪表", "Notes", "a", NAME]
    assert (book[NAME]["A1"].value, book[NAME].sheet_state) == ("one", "veryHidden")


def test_the_same_markup_changes_nothing(team: Path, author: Any) -> None:
    refresh(team, author, markup("one"))
    before = team.read_bytes()
    refresh(team, author, markup("one"))
    assert team.read_bytes() == before


def test_other_markup_replaces_the_part_alone(team: Path, author: Any) -> None:
    refresh(team, author, markup("one"))
    edit = grafted(team, author, markup("two"))
    assert {name: data for name, data in edit.overlay.items() if data is not None} == {
        "xl/worksheets/sheet4.xml": markup("two")
    }


def test_one_that_stays_keeps_its_bytes_and_is_hidden_again(team: Path, author: Any) -> None:
    refresh(team, author, markup("one"))
    book = parts(team)
    shown = book["xl/workbook.xml"].replace(b'state="veryHidden"', b'state="hidden"')
    with zipfile.ZipFile(team, "w") as archive:
        for name, data in book.items():
            archive.writestr(name, shown if name == "xl/workbook.xml" else data)
    refresh(team, author, None)
    assert state(team) == "veryHidden"
    assert parts(team)["xl/worksheets/sheet4.xml"] == markup("one")


def test_one_that_a_person_made_visible_stays_visible(team: Path, author: Any, tamper: Any) -> None:
    refresh(team, author, markup("one"))
    visible = {"xl/workbook.xml": lambda data: data.replace(b' state="veryHidden"', b"")}
    tamper(team, visible)
    refresh(team, author, markup("two"))
    assert state(team) == "visible"


def test_a_sheet_of_the_teams_with_that_name_is_left_alone(team: Path, author: Any) -> None:
    edit = grafted(team, author, markup("one"), name="Notes")
    book = openpyxl.load_workbook(io.BytesIO(edit.to_bytes()))
    assert book.sheetnames[-1] == "Notes (2)"
    assert book["Notes"]["A1"].value == "=SUM(线索跟踪表!B2:B3)"


def test_cleaning_takes_it_out_and_leaves_the_team_what_it_had(team: Path, author: Any) -> None:
    before = parts(team)
    refresh(team, author, markup("one"))
    save(clean(open_target(team)), backup=False)
    after = parts(team)
    assert after.keys() == before.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {
        *("[Content_Types].xml", "docProps/app.xml", "xl/styles.xml"),
        *("xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
    }
    assert ownership(open_package(team)).owned == {}


def test_a_workbook_of_its_own_keeps_it(team: Path, author: Any, tmp_path: Path) -> None:
    place = tmp_path / "beside.xlsx"
    ready = {"journal": ReadySheet(NAME, markup("one"))}
    write_standalone(team, place, author(["a"], charts=0), {"a": "a"}, ready=ready)
    assert ownership(open_package(place)).owned == {"a": "a", "journal": NAME}
    assert state(place) == "veryHidden"


def test_there_must_be_one_to_leave_as_it_is(team: Path, author: Any) -> None:
    with pytest.raises(ValueError, match="no sheet of journal"):
        grafted(team, author, None)
