"""Tables, document properties, the calculation chain, and the linter of workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xltrack.opc import open_package
from xltrack.sheetml import lint
from xltrack.sheetml.calculation import chain_mentions, sheets_with_formulas
from xltrack.sheetml.properties import EditedProperties
from xltrack.sheetml.tables import Table, adapt_table, read_tables

TITLES = (
    '<Properties xmlns="e" xmlns:vt="v"><HeadingPairs><vt:vector size="4" baseType="variant">'
    "<vt:variant><vt:lpstr>工作表</vt:lpstr></vt:variant><vt:variant><vt:i4>2</vt:i4></vt:variant>"
    "<vt:variant><vt:lpstr>Named Ranges</vt:lpstr></vt:variant><vt:variant><vt:i4>1</vt:i4>"
    '</vt:variant></vt:vector></HeadingPairs><TitlesOfParts><vt:vector size="3" baseType="lpstr">'
    "<vt:lpstr>A</vt:lpstr><vt:lpstr>B</vt:lpstr><vt:lpstr>Total</vt:lpstr></vt:vector>"
    "</TitlesOfParts></Properties>"
)


def retitled(before: list[str], after: list[str]) -> str | None:
    properties = EditedProperties(TITLES.encode(), Path("b"), "docProps/app.xml")
    properties.retitle(before, after)
    changed = properties.changed()
    return changed.decode() if changed else None


def test_the_list_of_sheets_is_replaced_and_the_rest_stays() -> None:
    changed = retitled(["A", "B"], ["A", "B", "新"])
    assert changed is not None
    assert "<vt:i4>3</vt:i4>" in changed
    assert 'size="4" baseType="lpstr"' in changed
    assert "<vt:lpstr>新</vt:lpstr><vt:lpstr>Total</vt:lpstr>" in changed


def test_a_list_that_says_something_else_is_left_alone() -> None:
    assert retitled(["A", "C"], ["A"]) is None
    assert retitled(["A", "B"], ["A", "B"]) is None


def test_tables_are_read(team: Path) -> None:
    expected = Table("xl/tables/table1.xml", 1, "Leads", "A1:C4")
    assert read_tables(open_package(team)) == [expected]
    assert read_tables(open_package(team), without={"xl/tables/table1.xml"}) == []


def test_a_table_gets_its_id_and_its_formats() -> None:
    table = (
        b'<table id="1"><tableColumns><tableColumn id="1" dataDxfId="0"/></tableColumns></table>'
    )
    adapted = adapt_table(table, 9, (5,))
    assert b'<table id="9">' in adapted
    assert b'<tableColumn id="1" dataDxfId="5"/>' in adapted


def test_the_chain_names_sheets_by_id(team: Path, tamper: Any) -> None:
    chain = b'<calcChain><c r="A1" i="2"/><c r="A2"/><c r="A3" i=\'11\'/></calcChain>'
    tamper(team, {"xl/calcChain.xml": chain})
    package = open_package(team)
    assert sheets_with_formulas(package, "xl/calcChain.xml") == {2, 11}
    assert chain_mentions(package, "xl/calcChain.xml", [11])
    assert not chain_mentions(package, "xl/calcChain.xml", [1])


def test_a_sound_workbook_has_no_problems(team: Path) -> None:
    assert lint(open_package(team), ["Notes"]) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "what"),
    [
        ("xl/workbook.xml", b'name="Notes"', 'name="线索跟踪表"'.encode(), "sheet name"),
        ("xl/workbook.xml", b'sheetId="2"', b'sheetId="1"', "sheet id"),
        ("xl/workbook.xml", b'r:id="rId2"', b'r:id="rId1"', "sheet relationship"),
        ("xl/workbook.xml", b'localSheetId="1"', b'localSheetId="7"', "belongs to no sheet"),
        ("xl/workbook.xml", b'name="Notes"', b'name="' + b"n" * 32 + b'"', "too long"),
        ("xl/workbook.xml", b'name="Total"', b'name="_xlnm.Print_Titles" localSheetId="1"', "name"),
        ("xl/styles.xml", b'<cellXfs count="', b'<cellXfs count="4', "cellXfs says 4"),
        ("xl/worksheets/sheet2.xml", b'<c r="A1"', b'<c r="A1" s="9"', "cell format 9"),
    ],
)
def test_lint_finds_each_kind_of_problem(
    team: Path, tamper: Any, part: str, old: bytes, new: bytes, what: str
) -> None:
    tamper(team, {part: lambda data: data.replace(old, new)})
    found = lint(open_package(team), ["Notes"])
    assert any(what in problem.what for problem in found), found


def test_lint_finds_hidden_sheets_only(team: Path, tamper: Any) -> None:
    hide = {"xl/workbook.xml": lambda data: data.replace(b" sheetId=", b' state="hidden" sheetId=')}
    tamper(team, hide)
    assert [p.what for p in lint(open_package(team))] == ["no sheet is visible"]
