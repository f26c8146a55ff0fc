from __future__ import annotations

import pytest

from xltrack.leads import extent as extent_module
from xltrack.leads.extent import NotASheet, SheetScan, scan_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(cells: str, dimension: str = "", prefix: str = "") -> bytes:
    p = f"{prefix}:" if prefix else ""
    named = f":{prefix}" if prefix else ""
    dim = f'<{p}dimension ref="{dimension}"/>' if dimension else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{p}worksheet xmlns{named}="{MAIN}">{dim}'
        f"<{p}cols><{p}col min='1' max='3'/></{p}cols><{p}sheetData>{cells}</{p}sheetData>"
        f"</{p}worksheet>"
    ).encode()


def scan(xml: bytes, piece: int = 1 << 20) -> SheetScan:
    pieces = [xml[at : at + piece] for at in range(0, len(xml), piece)]
    return scan_sheet(lambda: pieces)


def extent(xml: bytes) -> tuple[int, int]:
    found = scan(xml)
    return found.last_row, found.last_column


ROW = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("cells", "dimension", "expected"),
    [
        (ROW, "A1:C1", (1, 3)),
        (ROW, "A1:C9", (9, 3)),  # believed: it holds all cells
        (ROW, "", (1, 3)),
        (ROW, "A1", (1, 3)),  # a lie
        (ROW, "A1:B1", (1, 3)),
        ('<row r="9"><c r="XFD9"><v>1</v></c></row>', "A1:C1", (9, 16384)),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "A1:C1", (1048576, 1)),
        ("<row r='3'><c r='B3'><v>1</v></c></row>", "A1", (3, 2)),
        ('<row r="3"><c s="1" r = "D3"><v>1</v></c></row>', "A1", (3, 4)),
        ('<row r="1"><c r="a1"><v>1</v></c><c r="b2"><v>1</v></c></row>', "A1", (2, 2)),
        ('<row r="2"><c x=">" r="E2"><v>1</v></c></row>', "A1:B2", (2, 5)),
        ('<row r="2"><c r="A2"/><c><v>1</v></c></row>', "", (2, 2)),
        ("", "A1", (1, 1)),
        ("", "", (0, 0)),
    ],
)
def test_the_extent_holds_every_cell_however_it_is_written(
    cells: str, dimension: str, expected: tuple[int, int]
) -> None:
    assert extent(sheet(cells, dimension)) == expected


def test_cells_with_a_namespace_prefix_count() -> None:
    cells = '<x:row r="7"><x:c r="C7"><x:v>1</x:v></x:c></x:row>'
    assert extent(sheet(cells, "A1:C7", prefix="x")) == (7, 3)
    assert extent(sheet(cells, "A1:B2", prefix="x")) == (7, 3)


@pytest.mark.parametrize("prefix", ["", "x"])
def test_usual_cells_need_no_walk_with_or_without_a_prefix(
    monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.delattr(extent_module, "_Walk")
    p = f"{prefix}:" if prefix else ""
    cell = (
        f'<{p}c r="B{{0}}" s="1" t="s"><{p}v>1</{p}v></{p}c><{p}c r="C{{0}}"><{p}f>A1</{p}f></{p}c>'
    )
    rows = "".join(f'<{p}row r="{n}">{cell.format(n)}</{p}row>' for n in (1, 2))
    for dimension in ("A1:C2", "A1", ""):
        assert extent(sheet(rows, dimension, prefix)) == (2, 3)


def test_a_cell_hidden_behind_another_prefix_counts() -> None:
    far = f'{ROW}<y:c xmlns:y="{MAIN}" r="XFD99"><v>1</v></y:c>'
    assert extent(sheet(far, "A1:C1")) == (99, 16384)


@pytest.mark.parametrize("piece", [1, 7, 64, 1000])
def test_pieces_may_end_anywhere(piece: int) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 40))
    assert scan(sheet(cells, "A1:A20"), piece).last_row == 39


@pytest.mark.parametrize(
    ("last", "outside"), [("Q100001", "Q100002"), ("Q100001", "R1"), ("AB99", "AC1"), ("I9", "J1")]
)
def test_the_claim_is_held_against_every_cell(last: str, outside: str) -> None:
    row = outside.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    inside = sheet(f'<row><c r="{last}"><v>1</v></c></row>', f"A1:{last}")
    beyond = sheet(f'<row><c r="{outside}"><v>1</v></c></row>', f"A1:{last}")
    assert extent(inside) == extent(sheet("", f"A1:{last}"))
    assert extent(beyond)[0] == int(row)


def test_a_rectangle_out_of_proportion_does_not_fit() -> None:
    far = sheet(f'{ROW}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "A1:XFD1048576")
    assert not scan(far).fits


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" r="XFD1048576"><v>1</v></c>',
        '<c r="A1" t="s" r="XFD1048576"><v>0</v></c>',
        '<c r="A1" s="1" r=\'XFD1048576\'><v>0</v></c>',
        '<c r="A99999999999"><v>1</v></c>',
        '<c r="A0"><v>1</v></c>',
        '<c r="1"><v>1</v></c>',
        '<c r="&#65;9"><v>1</v></c>',
        '<c r="A1" t="s><v>0</v></c>',
    ],
)
@pytest.mark.parametrize("dimension", ["A1:C1", ""])
def test_a_cell_that_stands_nobody_knows_where_does_not_fit(cell: str, dimension: str) -> None:
    assert not scan(sheet(f'<row r="1">{cell}</row>', dimension)).fits


def test_a_wide_claim_for_formats_alone_does_not_matter() -> None:
    formatted = sheet(f'{ROW}<row r="1048576"><c r="XFD1048576" s="3"/></row>', "A1:XFD1048576")
    found = scan(formatted)
    assert found.fits
    assert (found.last_row, found.last_column) == (1, 3)


@pytest.mark.parametrize(
    "xml",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + sheet(ROW, "A1:C1")[39:],
        sheet(ROW, "A1:C1").decode().encode("utf-16"),
        b"<chartsheet/>",
        b"",
        b"<worksheet",
    ],
)
def test_what_is_no_plain_worksheet_is_refused(xml: bytes) -> None:
    with pytest.raises(NotASheet):
        scan(xml)


@pytest.mark.parametrize(
    ("cell", "errors", "unstored"),
    [
        ('<c r="B2" t="e"><v>#REF!</v></c>', {(2, 2): "#REF!"}, set()),
        ('<c r="B2" s="1" t="e"><f>NA()</f><v>#N/A</v></c>', {(2, 2): "#N/A"}, set()),
        ('<c r="B2"><f>A1</f></c>', {}, {(2, 2)}),
        ('<c r="B2"><f>A1</f><v></v></c>', {}, {(2, 2)}),
        ('<c r="B2"><f>A1</f><v/></c>', {}, {(2, 2)}),
        ('<c r="B2"><f t="shared" si="0"/></c>', {}, {(2, 2)}),
        ('<c r="B2" t="str"><f>A1</f><v></v></c>', {}, set()),
        ('<c r="B2"><f>A1</f><v>0</v></c>', {}, set()),
        ('<c r="B2" t="n"><f>A1</f></c>', {}, {(2, 2)}),
        ('<c r="B2" t="s"><v>0</v></c>', {}, set()),
    ],
)
def test_error_cells_and_formulas_without_a_value_are_marked(
    cell: str, errors: dict[tuple[int, int], str], unstored: set[tuple[int, int]]
) -> None:
    marks = scan(sheet(f'<row r="2"><c r="A2"><v>1</v></c>{cell}</row>', "A1:B2")).marks
    assert (marks.errors, marks.unstored) == (errors, unstored)


def test_booleans_and_merged_ranges_are_marked() -> None:
    xml = sheet('<row r="2"><c r="A2" t="b"><v>1</v></c></row>', "A1:B2").replace(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A2:B3"/></mergeCells>'
    )
    marks = scan(xml).marks
    assert marks.booleans
    assert marks.merged == [((2, 1), (3, 2))]
    assert not scan(sheet(ROW, "A1:C1")).marks.booleans


@pytest.mark.parametrize(("cells", "row"), [(3, 1), (4, 7)])
def test_the_first_row_with_cells_enough_may_be_the_header(cells: int, row: int) -> None:
    title = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"/></row>'
    names = "".join(f'<c r="{letter}7" t="s"><v>1</v></c>' for letter in "ABCD"[:cells])
    assert scan(sheet(f'{title}<row r="7">{names}</row>', "A1:D9")).first_full_row == row


@pytest.mark.parametrize(
    ("cells", "least"),
    [
        ('<row r="4"><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>', (5, 2)),
        ('<row r="4"/><row><c><v>1</v></c></row>', (5, 1)),
        ('<row x=">" r="9999"><c><v>1</v></c></row>', (9999, 1)),
        ("<row r = '9999'><c><v>1</v></c></row>", (9999, 1)),
        ('<row><c x=">" r="XFD1"><v>1</v></c></row>', (1, 16384)),
        ("<row><c r='XFD1'><v>1</v></c></row>", (1, 16384)),
        ('<row><y:c xmlns:y="m" r="XFD1"><v>1</v></y:c></row>', (1, 16384)),
    ],
)
def test_a_sheet_of_cells_without_references_is_bounded(cells: str, least: tuple[int, int]) -> None:
    row, column = extent(sheet(cells, ""))
    assert (row >= least[0], column >= least[1]) == (True, True)


@pytest.mark.parametrize("rows", ["", ' r="{0}"'], ids=["rows-unnumbered", "rows-numbered"])
@pytest.mark.parametrize("piece", [1 << 20, 100])
def test_cells_without_references_are_bounded_without_a_walk(
    monkeypatch: pytest.MonkeyPatch, rows: str, piece: int
) -> None:
    monkeypatch.delattr(extent_module, "_Walk")
    cells = "<c t='n'><v>1</v></c>" * 5
    xml = sheet("".join(f"<row{rows.format(n)}>{cells}</row>" for n in range(1, 51)), "A1")
    found = scan(xml, piece)
    assert 50 <= found.last_row <= 100
    assert found.last_column == 5
    assert not found.usual
