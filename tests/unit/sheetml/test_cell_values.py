"""Values of a small sheet, as other programs write them."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter

from xltrack.errors import PackageError
from xltrack.opc import package_from_bytes
from xltrack.sheetml.cell_values import Value, cell_values
from xltrack.sheetml.workbook import read_workbook


def values(data: bytes, sheet: int = 0) -> dict[int, dict[int, Value]]:
    package = package_from_bytes(data, "book.xlsx")
    workbook = read_workbook(package)
    part = workbook.sheets[sheet].part
    assert part is not None
    return cell_values(package, workbook.part, part)


def by_xlsxwriter() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write("B2", "文字 <&>")
        page.write("C2", 1.5)
        page.write("AA3", True)
        page.write_formula("A4", "=1+1", None, 2)
        page.write_formula("B4", '="a"', None, "a")
        page.write_rich_string("C4", "普通", book.add_format({"bold": True}), "粗体")
        page.write_blank("D4", None, book.add_format({"bold": True}))
    return stream.getvalue()


def test_text_numbers_formulas_and_formatted_text() -> None:
    assert values(by_xlsxwriter()) == {
        2: {2: "文字 <&>", 3: 1.5},
        3: {27: 1.0},
        4: {1: 2.0, 2: "a", 3: "普通粗体"},
    }


def test_the_same_after_another_program_saved_it() -> None:
    again = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(by_xlsxwriter()), rich_text=True).save(again)
    read = values(again.getvalue())
    assert read[2] == {2: "文字 <&>", 3: 1.5}
    assert read[4][3] == "普通粗体"


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'
)


def raw(markup: str) -> dict[int, dict[int, Value]]:
    """The values of a sheet of this markup inside a workbook of XlsxWriter's."""
    package = package_from_bytes(by_xlsxwriter(), "book.xlsx")
    part = read_workbook(package).sheets[0].part
    assert part is not None
    laid = package.laid_over({part: (SHEET % markup).encode()})
    return cell_values(laid, read_workbook(laid).part, part)


def test_cells_and_rows_without_references_count_on() -> None:
    markup = "<sheetData><row><c><v>1</v></c><c r='C1'><v>3</v></c><c><v>4</v></c></row><row>"
    markup += "<c t='inlineStr'><is><t>a</t><rPh><t>b</t></rPh></is></c></row></sheetData>"
    assert raw(markup) == {1: {1: 1.0, 3: 3.0, 4: 4.0}, 2: {1: "a"}}


def test_errors_and_what_is_no_number_are_left_out() -> None:
    markup = "<sheetData><row><c t='e'><v>#N/A</v></c><c><v>x</v></c><c t='s'><v>999</v></c>"
    assert raw(f"{markup}</row></sheetData>") == {}


@pytest.mark.parametrize("markup", ["<sheetData><row>", "<sheetData></row></sheetData>"])
def test_a_broken_sheet_is_a_broken_part(markup: str) -> None:
    with pytest.raises(PackageError):
        raw(markup)
