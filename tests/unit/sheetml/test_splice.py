"""Cells of every shape that programs write, set to other values."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from xltrack.errors import PackageError, Reason, Refused
from xltrack.sheetml.areas import place_of
from xltrack.sheetml.cell_markup import CellValue
from xltrack.sheetml.splice import Obstacle, SheetCells

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(rows: str, *, before: str = "", after: str = "", prefix: str = "") -> bytes:
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    root = f"{prefix}worksheet"
    cells = f"<{prefix}sheetData>{rows}</{prefix}sheetData>"
    return f'<{root} {name}="{MAIN}">{before}{cells}{after}</{root}>'.encode()


def cells_of(data: bytes) -> SheetCells:
    return SheetCells(data, Path("a.xlsx"), "xl/worksheets/sheet1.xml")


def put(rows: str, values: dict[str, CellValue], *, inline: bool = True, prefix: str = "") -> str:
    """The rows with cells set, after asserting that all around them is as it was."""
    data = sheet(rows, prefix=prefix)
    made = cells_of(data).spliced({place_of(k): v for k, v in values.items()}, inline=inline)
    head, _, rest = data.partition(rows.encode())
    assert made.startswith(head)
    assert made.endswith(rest)
    return made[len(head) : len(made) - len(rest)].decode()


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ('<c r="A1"><v>1</v></c>', 2, '<c r="A1"><v>2</v></c>'),
        ('<c r="A1"><v>1</v></c>', 32.5, '<c r="A1"><v>32.5</v></c>'),
        ('<c r="A1"><v>1</v></c>', 0.1 + 0.2, '<c r="A1"><v>0.30000000000000004</v></c>'),
        ('<c r="A1"><v>1</v></c>', True, '<c r="A1" t="b"><v>1</v></c>'),
        ('<c r="A1" s="4" t="s"><v>7</v></c>', 2, '<c r="A1" s="4"><v>2</v></c>'),
        ('<c t="s" r="A1" s="4"><v>7</v></c>', None, '<c r="A1" s="4"/>'),
        ('<c r="A1" s="4"/>', dt.date(2024, 5, 10), '<c r="A1" s="4"><v>45422</v></c>'),
        ("<c r='A1'/>", dt.datetime(2024, 5, 10, 6), "<c r='A1'><v>45422.25</v></c>"),
        (
            '<c r="A1" t="inlineStr"><is><r><t>a</t></r></is></c>',
            " b<",
            '<c r="A1" t="inlineStr"><is><t xml:space="preserve"> b&lt;</t></is></c>',
        ),
        ('<c r="A1" t="e" vm="3"><v>#VALUE!</v></c>', 1, '<c r="A1"><v>1</v></c>'),
        ('<c r="A1"><f>B1</f><v>3</v></c>', 1, '<c r="A1"><v>1</v></c>'),
        ('<c r="A1"><f t="shared" si="0"/><v>3</v></c>', 1, '<c r="A1"><v>1</v></c>'),
        (
            '<c r="A1" t="str"><v>x</v><extLst><ext uri="u"/></extLst></c>',
            1,
            '<c r="A1"><v>1</v><extLst><ext uri="u"/></extLst></c>',
        ),
        ('<c  r="A1"\n s="1" ></c >', 1, '<c  r="A1"\n s="1"><v>1</v></c>'),
    ],
)
def test_a_cell_keeps_all_but_its_value(cell: str, value: CellValue, expected: str) -> None:
    before, after = '<row r="1" ht="3">', '<c r="B1" t="s"><v>0</v></c></row>'
    assert put(before + cell + after, {"A1": value}) == before + expected + after


def test_text_is_a_plain_value_in_a_workbook_without_shared_strings() -> None:
    made = put('<row r="1"><c r="A1"/></row>', {"A1": "a"}, inline=False)
    assert made == '<row r="1"><c r="A1" t="str"><v>a</v></c></row>'


def test_what_xml_cannot_hold_is_escaped_as_the_format_asks() -> None:
    made = put("<row><c/></row>", {"A1": "a\x01_x0041_"})
    assert "<t>a_x0001__x005F_x0041_</t>" in made


def test_rows_and_cells_without_their_place_are_counted() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c/><c s='2'/></row>"
    made = put(rows, {"B1": 7, "B3": 8})
    assert made == (
        "<row><c><v>1</v></c><c><v>7</v></c></row><row/><row><c/><c s='2'><v>8</v></c></row>"
    )


def test_a_row_without_a_number_is_where_its_cells_say() -> None:
    made = put('<row>\n<c r="B5"><v>1</v></c></row>', {"B5": 2, "C5": 3})
    assert made == '<row>\n<c r="B5"><v>2</v></c><c r="C5"><v>3</v></c></row>'


def test_missing_cells_come_in_the_order_of_columns() -> None:
    rows = '<row r="2" spans="2:4"><c r="B2"/><c r="D2"/></row>'
    made = put(rows, {"A2": 1, "C2": 2, "AA2": 3})
    assert made == (
        '<row r="2" spans="1:27"><c r="A2"><v>1</v></c><c r="B2"/><c r="C2"><v>2</v></c>'
        '<c r="D2"/><c r="AA2"><v>3</v></c></row>'
    )


def test_missing_rows_come_in_the_order_of_rows() -> None:
    made = put('<row r="2"/><row r="5"/>', {"B1": 1, "A2": 2, "A3": 3, "A9": 9})
    assert made == (
        '<row r="1"><c r="B1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
        '<row r="3"><c r="A3"><v>3</v></c></row><row r="5"/>'
        '<row r="9"><c r="A9"><v>9</v></c></row>'
    )


def test_a_sheet_without_cells_gets_its_first() -> None:
    data = f'<worksheet xmlns="{MAIN}"><sheetData /></worksheet>'.encode()
    made = cells_of(data).spliced({(1, 1): 1})
    row = b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    assert made == data.replace(b"<sheetData />", row)


def test_emptying_what_is_not_there_changes_nothing() -> None:
    rows = '<row r="1"><c r="A1"/></row>'
    assert put(rows, {"B1": None, "A7": ""}) == rows


def test_a_prefix_is_kept() -> None:
    rows = '<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row>'
    made = put(rows, {"A1": "a", "B2": 2}, prefix="x:")
    assert made == (
        '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row>'
        '<x:row r="2"><x:c r="B2"><x:v>2</x:v></x:c></x:row>'
    )


def test_comments_and_character_data_are_no_cells() -> None:
    rows = '<!-- <row r="1"><c r="A1"/> --><row r="1"><c r="A1"><v><![CDATA[</c>]]></v></c></row>'
    made = put(rows, {"A1": 5})
    assert made == '<!-- <row r="1"><c r="A1"/> --><row r="1"><c r="A1"><v>5</v></c></row>'


def test_new_cells_take_the_format_of_their_row_or_column() -> None:
    columns = '<cols><col min="2" max="3" width="9" style="5"/></cols>'
    data = sheet('<row r="1" s="6" customFormat="1"/><row r="2" s="6"/>', before=columns)
    made = cells_of(data).spliced({(1, 2): 1, (2, 2): 1, (3, 3): 1, (3, 4): 1}).decode()
    for cell in ('"B1" s="6"', '"B2" s="5"', '"C3" s="5"', '"D3"'):
        assert f"<c r={cell}><v>1</v></c>" in made


def test_the_dimension_grows_over_new_cells_only() -> None:
    data = sheet('<row r="2"><c r="B2"/></row>', before='<dimension x="1" ref="B2"/>')
    cells = cells_of(data)
    assert b'<dimension x="1" ref="B2"/>' in cells.spliced({(2, 2): 1})
    assert b'<dimension x="1" ref="B1:D2"/>' in cells.spliced({(1, 4): 1})
    assert b'<dimension x="1" ref="B2"/>' in cells.spliced({(1, 4): None})


def test_a_format_is_changed_where_the_value_needs_another() -> None:
    cells = cells_of(sheet('<row r="1"><c r="A1" s="3" t="s"><v>0</v></c><c r="B1"/></row>'))
    made = cells.spliced({(1, 1): 5, (1, 2): 6}, restyle=lambda style, _: style + 4)
    assert b'<c r="A1" s="7"><v>5</v></c><c r="B1" s="4"><v>6</v></c>' in made


FORMULAS = (
    '<row r="1"><c r="A1"><f t="array" ref="A1:A3">B1:B3</f></c><c r="B1"><f>A1</f></c></row>'
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f t="shared" ref="B2:B3" si="0">A1</f></c></row>'
    '<row r="3"><c r="B3"><f t="shared" si="0"/></c><c r="D3"><v>1</v></c></row>'
)


@pytest.mark.parametrize(
    ("cell", "any_formula", "obstacle"),
    [
        ("A1", False, Obstacle.ARRAY),
        ("A2", False, Obstacle.ARRAY),
        ("A3", False, Obstacle.ARRAY),
        ("A4", False, None),
        ("B2", False, Obstacle.SHARED_FORMULA),
        ("B1", False, None),
        ("B3", False, None),
        ("B1", True, Obstacle.FORMULA),
        ("B3", True, Obstacle.FORMULA),
        ("D3", True, None),
        ("D4", True, Obstacle.MERGED),
        ("C1", True, None),
    ],
)
def test_what_is_in_the_way(cell: str, any_formula: bool, obstacle: Obstacle | None) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="D3:E4"/></mergeCells>'
    cells = cells_of(sheet(FORMULAS, after=merged))
    assert cells.obstacle(place_of(cell), keep_formulas=any_formula) is obstacle


def test_cells_of_a_data_table_are_in_the_way() -> None:
    rows = '<row r="1"><c r="A1"><f t="dataTable" ref="A1:B2" dt2D="1"/><v>1</v></c></row>'
    assert cells_of(sheet(rows)).obstacle((2, 2)) is Obstacle.ARRAY


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "no worksheet"),
        (b"<chartsheet/>", "no worksheet"),
        (f'<worksheet xmlns="{MAIN}"/>'.encode(), "no sheetData"),
        (f'<worksheet xmlns="{MAIN}"><sheetData>'.encode(), "without an end"),
        (b"<!DOCTYPE a><worksheet><sheetData/></worksheet>", "DOCTYPE"),
        (b'<?xml version="1.0" encoding="GBK"?><worksheet><sheetData/></worksheet>', "GBK"),
        (sheet('<row r="1"><c r="A2"/></row>'), "cell A2 in row 1"),
        (sheet('<row r="1"><c r="B1"/><c r="A1"/></row>'), "out of order"),
        (sheet('<row r="1"><c r="A1"/><c r="A1"/></row>'), "out of order"),
        (sheet('<row r="1"><c r="A1"></row>'), "without an end"),
        (sheet('<row r="1"><c r="A1"/><oops/></row>'), "something else than cells"),
        (sheet('<row r="1"><c r="A1"/><row r="2"/></row>'), "without an end"),
        (sheet('<row r="1"/><row r="1"/>'), "row 1 twice"),
        (sheet('<row r="0"/>'), "row '0'"),
        (sheet('<row r="-1"/>'), "row '-1'"),
        (sheet('<row r="9999999"/>'), "row '9999999'"),
        (sheet('<row r="1"><c r="XFE1"/></row>'), "XFE1"),
        (sheet('<row r="1"><c r="1A"/></row>'), "not a cell"),
        (sheet('<row r="1"/><y:row r="1"/>'), "two prefixes"),
    ],
)
def test_damage_is_one_error_that_names_the_part(data: bytes, detail: str) -> None:
    with pytest.raises(PackageError, match=detail) as caught:
        cells_of(data).spliced({(1, 1): 1})
    assert caught.value.part == "xl/worksheets/sheet1.xml"


def test_rows_out_of_order_get_no_new_row() -> None:
    data = sheet('<row r="5"><c r="A5"/></row><row r="2"/>')
    assert b"<v>1</v>" in cells_of(data).spliced({(5, 1): 1})
    with pytest.raises(PackageError, match="rows out of order"):
        cells_of(data).spliced({(3, 1): 1})


def test_utf16_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        cells_of(sheet("").decode().encode("utf-16"))
    assert caught.value.reason is Reason.UTF16_PART


@pytest.mark.parametrize("value", [float("nan"), float("inf"), dt.date(1900, 2, 28), "x" * 32_768])
def test_what_no_cell_can_hold_is_a_value_error(value: CellValue) -> None:
    with pytest.raises(ValueError, match=r".+"):
        cells_of(sheet("<row/>")).spliced({(1, 1): value})
