from __future__ import annotations

from pathlib import Path

import pytest

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.opc import open_package
from xltrack.sheetml.workbook import DefinedName, quoted, read_workbook, sheet_of_reference
from xltrack.sheetml.workbook_edit import EditedWorkbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = (
    f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{R}"><x:workbookPr/>'
    '<x:bookViews><x:workbookView firstSheet="1" activeTab="2"/></x:bookViews><x:sheets>'
    '<x:sheet name="A" sheetId="4" r:id="rId1"/><x:sheet name="B" sheetId="9" r:id="rId2"/>'
    '<x:sheet name="C" sheetId="2" state="hidden" r:id="rId3"/></x:sheets><x:definedNames>'
    '<x:definedName name="All">A!$A$1</x:definedName>'
    '<x:definedName name="Mine" localSheetId="1">B!$A$1</x:definedName>'
    '<x:definedName name="Mine" localSheetId="2">C!$A$1</x:definedName></x:definedNames>'
    '<x:calcPr calcId="1"/><x:customWorkbookViews>'
    '<x:customWorkbookView name="v" activeSheetId="9"/></x:customWorkbookViews></x:workbook>'
)


@pytest.fixture
def book() -> EditedWorkbook:
    return EditedWorkbook(BOOK.encode(), Path("b.xlsx"), "xl/workbook.xml")


def text(book: EditedWorkbook) -> str:
    changed = book.changed()
    assert changed is not None
    return changed.decode()


@pytest.mark.parametrize(
    ("reference", "sheet"),
    [
        ("Sheet1!$A$1", "Sheet1"),
        ("'It''s (2)'!$A$1", "It's (2)"),
        ("总览!$A$1", "总览"),
        ("$总览.!$A$1", "总览"),
        ("'总览'!#REF!", "总览"),
        ("#REF!$A$1", None),
        ("#REF!", None),
        ("SUM(A1)", None),
        ("[1]Sheet1!$A$1", None),
        ("", None),
    ],
)
def test_the_sheet_of_a_reference(reference: str, sheet: str | None) -> None:
    assert sheet_of_reference(reference) == sheet


@pytest.mark.parametrize("name", ["a", "it's", "总 览", "'", "a!b", "[x]"])
def test_a_quoted_name_is_read_back(name: str) -> None:
    assert sheet_of_reference(f"{quoted(name)}!$A$1") == name


def test_a_workbook_is_read(team: Path) -> None:
    workbook = read_workbook(open_package(team))
    assert [sheet.name for sheet in workbook.sheets] == ["线索跟踪表", "Notes"]
    assert workbook.sheets[1].part == "xl/worksheets/sheet2.xml"
    assert DefinedName("Total", "Notes!$A$1", None, hidden=False) in workbook.names
    assert DefinedName("_xlnm.Print_Titles", "Notes!$1:$1", 1, hidden=False) in workbook.names
    assert (workbook.strict, workbook.date_1904, workbook.reserved) == (False, False, False)


def test_another_document_is_no_workbook(team: Path, tamper: object) -> None:
    assert callable(tamper)
    tamper(team, {"xl/workbook.xml": b"<document/>"})
    with pytest.raises(UnreadableWorkbook) as caught:
        read_workbook(open_package(team))
    assert caught.value.reason is Reason.NOT_A_WORKBOOK


def test_a_new_sheet_comes_last_with_a_free_id(book: EditedWorkbook) -> None:
    book.add_sheet("新", "rId7", "veryHidden")
    assert book.sheet_names() == ["A", "B", "C", "新"]
    assert '<x:sheet name="新" sheetId="10" state="veryHidden" r:id="rId7"/>' in text(book)


def test_local_names_and_the_active_sheet_follow_when_a_sheet_goes(book: EditedWorkbook) -> None:
    book.remove_sheets({"A"})
    changed = text(book)
    assert 'name="Mine" localSheetId="0">B!' in changed
    assert 'name="Mine" localSheetId="1">C!' in changed
    assert 'firstSheet="0" activeTab="1"' in changed
    assert 'activeSheetId="9"' in changed


def test_what_pointed_at_a_sheet_that_goes_points_at_another(book: EditedWorkbook) -> None:
    book.remove_sheets({"B", "C"})
    changed = text(book)
    assert "Mine" not in changed
    assert 'firstSheet="0" activeTab="0"' in changed
    assert 'activeSheetId="4"' in changed


def test_setting_the_names_that_are_there_changes_nothing(book: EditedWorkbook) -> None:
    book.set_names([DefinedName("mine", "B!$A$1", 1, hidden=False)], {("mine", 1)})
    assert book.changed() is None


def test_names_are_replaced_in_place_added_last_and_dropped(book: EditedWorkbook) -> None:
    wanted = [DefinedName("All", "B!$B$2", None, hidden=True), DefinedName("N", "1", 0, False)]
    book.set_names(wanted, {("mine", 1)})
    changed = text(book)
    assert changed.index('name="All" hidden="1">B!$B$2') < changed.index("Mine")
    assert changed.count("Mine") == 1
    assert '<x:definedName name="N" localSheetId="0">1</x:definedName></x:definedNames>' in changed


def test_the_last_name_takes_its_section_with_it(book: EditedWorkbook) -> None:
    book.set_names([], {("all", None), ("mine", 1), ("mine", 2)})
    assert "definedName" not in text(book)


def test_new_sections_stand_where_the_schema_wants_them() -> None:
    bare = f'<workbook xmlns="{MAIN}"><bookViews/><sheets/><extLst/></workbook>'
    book = EditedWorkbook(bare.encode(), Path("b"), "p")
    book.recalculate_on_load()
    book.set_names([DefinedName("a", "1", None, hidden=False)], set())
    changed = text(book)
    order = [changed.index(tag) for tag in ("<sheets", "<definedNames", "<calcPr", "<extLst")]
    assert order == sorted(order)


def test_recalculation_is_asked_for_once(book: EditedWorkbook) -> None:
    book.recalculate_on_load()
    first = text(book)
    assert '<x:calcPr calcId="1" fullCalcOnLoad="1"/>' in first
    book.recalculate_on_load()
    assert text(book) == first


def test_only_a_hidden_sheet_is_hidden_again(book: EditedWorkbook) -> None:
    book.hide_again("B")
    assert book.changed() is None
    book.hide_again("C")
    assert 'name="C" sheetId="2" state="veryHidden"' in text(book)
