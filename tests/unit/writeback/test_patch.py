"""Single cells of the team's own sheets: formats, formulas that depend on them, what is refused."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from xltrack.errors import PackageError, Reason, Refused
from xltrack.sheetml.splice import Obstacle
from xltrack.writeback import Edit, Fate, graft, open_target, save
from xltrack.writeback.patch import Formats, patch

LEADS = "线索跟踪表"
Cells = dict[str, Any]


def patched(path: Path, cells: Cells, sheet: str = LEADS, **options: Any) -> Edit:
    return patch(open_target(path), {sheet: cells}, **options)


def values(path: Path, sheet: str = LEADS) -> Any:
    return openpyxl.load_workbook(path)[sheet]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Cells of many formats in a workbook without formulas."""
    path = tmp_path / "plain.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("a")
    sheet.write("A1", "x", book.add_format({"bold": True}))
    sheet.write("A2", "x", book.add_format({"num_format": "yyyy/m/d", "italic": True}))
    sheet.write("A3", "2024.5.10", book.add_format({"num_format": "@"}))
    sheet.write("A4", "7", book.add_format({"quote_prefix": True, "num_format": "0.00"}))
    sheet.write("A5", 3, book.add_format({"num_format": '0"d"'}))
    sheet.merge_range("C1:D2", "m")
    book.close()
    return path


def test_only_the_sheet_changes_where_formats_show_what_cells_hold(plain: Path) -> None:
    edit = patched(plain, {"A1": "y", "A2": dt.date(2024, 5, 10), "A5": 4}, "a")
    assert set(edit.overlay) == {"xl/worksheets/sheet1.xml"}
    assert edit.edited == {"xl/worksheets/sheet1.xml"}
    receipt = save(edit, backup=False)
    assert [part.fate for part in receipt.edited] == [Fate.EDITED]
    assert receipt.changed_parts == receipt.added == receipt.removed == ()
    sheet = values(plain, "a")
    assert sheet["A1"].value == "y"
    assert sheet["A1"].font.bold
    assert sheet["A2"].value == dt.datetime(2024, 5, 10)
    assert sheet["A2"].number_format == "yyyy/m/d"
    assert sheet["A5"].value == 4


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("A1", dt.date(2024, 5, 10), "yyyy-mm-dd"),
        ("A1", dt.datetime(2024, 5, 10, 8, 30), "yyyy-mm-dd hh:mm"),
        ("A2", 12, "General"),
        ("A3", dt.date(2024, 5, 10), "yyyy-mm-dd"),
        ("A3", 7, "General"),
        ("A4", 7.5, "General"),
        ("Z9", dt.date(2024, 5, 10), "yyyy-mm-dd"),
        ("A4", "8", "0.00"),
        ("A2", None, "yyyy/m/d"),
    ],
)
def test_a_cell_gets_a_number_format_only_where_its_own_would_show_something_else(
    plain: Path, cell: str, value: Any, code: str
) -> None:
    before = values(plain, "a")[cell]
    font = before.font
    save(patched(plain, {cell: value}, "a"), backup=False)
    after = values(plain, "a")[cell]
    assert after.number_format == code
    assert (after.font.b, after.font.i) == (font.b, font.i)
    expected = value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        expected = dt.datetime(value.year, value.month, value.day)
    assert after.value == expected
    if not isinstance(value, str):
        assert not after.quotePrefix


def test_formats_are_those_asked_for_and_appended_once(plain: Path) -> None:
    day = dt.date(2024, 5, 10)
    formats = Formats(date="d.m.yyyy")
    edit = patched(plain, {f"B{row}": day for row in range(1, 50)}, "a", formats=formats)
    save(edit, backup=False)
    assert values(plain, "a")["B7"].number_format == "d.m.yyyy"
    first = plain.read_bytes()
    with zipfile.ZipFile(plain) as archive:
        assert archive.read("xl/styles.xml").count(b"d.m.yyyy") == 1
    save(patched(plain, {"B7": day}, "a", formats=formats), backup=False)
    assert plain.read_bytes() == first


def test_a_workbook_without_styles_gets_some_for_a_day(plain: Path, tamper: Any) -> None:
    drop = b'<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-'
    drop += b'officedocument.spreadsheetml.styles+xml"/>'
    tamper(
        plain,
        {
            "xl/styles.xml": None,
            "[Content_Types].xml": lambda data: data.replace(drop, b""),
            "xl/_rels/workbook.xml.rels": lambda data: data.replace(
                b"relationships/styles", b"relationships/none"
            ).replace(b"styles.xml", b"theme/theme1.xml"),
            "xl/worksheets/sheet1.xml": lambda data: data.replace(b' s="', b' x="'),
        },
    )
    assert set(patched(plain, {"B1": 5}, "a").overlay) == {"xl/worksheets/sheet1.xml"}
    save(patched(plain, {"B1": dt.date(2024, 5, 10)}, "a"), backup=False)
    assert values(plain, "a")["B1"].value == dt.datetime(2024, 5, 10)
    assert values(plain, "a")["B1"].number_format == "yyyy-mm-dd"


def test_formulas_are_worked_out_again_only_where_they_may_depend_on_the_cells(
    team: Path, plain: Path, tamper: Any
) -> None:
    def settled(data: bytes) -> bytes:
        assert b' fullCalcOnLoad="1"' in data
        return data.replace(b' fullCalcOnLoad="1"', b"")

    for path in (team, plain):
        tamper(path, {"xl/workbook.xml": settled})
    # a formula on the sheet itself may refer to any cell of it
    edit = patched(team, {"B1": 40}, "Notes")
    assert set(edit.overlay) == {"xl/worksheets/sheet2.xml", "xl/workbook.xml"}
    edit = patched(team, {"B2": 40})
    assert set(edit.overlay) == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    save(edit, backup=False)
    assert openpyxl.load_workbook(team).calculation.fullCalcOnLoad
    assert set(patched(plain, {"A5": 40}, "a").overlay) == {"xl/worksheets/sheet1.xml"}


def test_a_chain_goes_with_a_formula_and_stays_otherwise(team: Path, tamper: Any) -> None:
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<c r="A1" i="2"/></calcChain>'
    )
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    related = b'<Relationship Id="rId99" Type="' + kind + b'" Target="calcChain.xml"/>'
    types = (
        b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.calcChain+xml"/></Types>'
    )
    end = b"</Relationships>"
    tamper(
        team,
        {
            "xl/calcChain.xml": chain,
            "xl/_rels/workbook.xml.rels": lambda data: data.replace(end, related + end),
            "[Content_Types].xml": lambda data: data.replace(b"</Types>", types),
        },
    )
    assert "xl/calcChain.xml" not in patched(team, {"B2": 40}).overlay
    edit = patched(team, {"A1": 1}, "Notes")
    assert edit.overlay["xl/calcChain.xml"] is None
    receipt = save(edit, backup=False)
    assert [part.name for part in receipt.removed] == ["xl/calcChain.xml"]
    assert b"calcChain" not in zipfile.ZipFile(team).read("[Content_Types].xml")


def test_headers_of_tables_and_merged_cells_are_left(team: Path, plain: Path) -> None:
    left: list[tuple[str, str, Obstacle]] = []
    edit = patched(team, {"A1": "x", "A2": "LX9"}, left=lambda *told: left.append(told))
    assert left == [(LEADS, "A1", Obstacle.TABLE_HEADER)]
    save(edit, backup=False)
    assert [values(team)["A1"].value, values(team)["A2"].value] == ["Column1", "LX9"]
    with pytest.raises(Refused) as caught:
        patched(plain, {"D2": 1}, "a")
    assert (caught.value.reason, caught.value.detail) == (Reason.CELL_IN_THE_WAY, "a!D2")
    assert patched(plain, {"C1": "n"}, "a").changed


def test_formulas_are_kept_where_that_is_asked_for(team: Path) -> None:
    left: list[tuple[str, str, Obstacle]] = []
    edit = patched(
        team, {"A1": 5}, "Notes", keep_formulas=True, left=lambda *told: left.append(told)
    )
    assert left == [("Notes", "A1", Obstacle.FORMULA)]
    assert not edit.changed


def test_the_same_values_change_nothing(plain: Path) -> None:
    save(patched(plain, {"A1": "y"}, "a"), backup=False)
    edit = patched(plain, {"A1": "y", "Q7": None}, "a")
    assert not edit.changed
    before = plain.stat()
    receipt = save(edit)
    assert not receipt.changed
    assert receipt.backup is None
    assert plain.stat() == before


def test_a_backup_is_made_of_a_workbook_with_owned_sheets_too(team: Path, author: Any) -> None:
    target = open_target(team)
    name = target.sheet_name("a", "A")
    save(graft(target, author([name]), {name: "a"}), backup=False)
    before = team.read_bytes()
    receipt = save(patched(team, {"B2": 40}))
    assert receipt.backup is not None
    assert receipt.backup.read_bytes() == before


def test_a_sheet_that_is_owned_or_not_there_is_a_value_error(team: Path, author: Any) -> None:
    target = open_target(team)
    name = target.sheet_name("a", "A")
    save(graft(target, author([name]), {name: "a"}), backup=False)
    for sheet in (name, "nowhere"):
        with pytest.raises(ValueError, match=sheet):
            patched(team, {"A1": 1}, sheet)


def test_a_sheet_that_nobody_asked_to_edit_is_not_written(team: Path) -> None:
    target = open_target(team)
    part = "xl/worksheets/sheet1.xml"
    edit = Edit(target, {part: target.package.read(part) + b" "})
    with pytest.raises(PackageError, match="not ours"):
        save(edit, backup=False)
