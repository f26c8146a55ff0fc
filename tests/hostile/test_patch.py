"""Sheets that are wrong in one way after another: an error of ours, or one cell and no other."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.hostile.test_mutations import attributes_changed, elements_changed
from xltrack.errors import XltrackError
from xltrack.sheetml.areas import cell_name, column_number
from xltrack.sheetml.rules import SheetRules
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.splice import SheetCells
from xltrack.writeback import open_target, save
from xltrack.writeback.patch import patch

LEADS = "线索跟踪表"
PART = "xl/worksheets/sheet1.xml"
CELLS: dict[str, Any] = {"B2": 41, "C9": "x", "A3": None}


def written(path: Path, content: dict[str, bytes], data: bytes) -> str:
    """Patch the workbook with the sheet ``data``; return how it ended."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, whole in content.items():
            archive.writestr(name, data if name == PART else whole)
    before = path.read_bytes()
    try:
        save(patch(open_target(path), {LEADS: CELLS}, left=lambda *_: None), backup=False)
    except XltrackError:
        assert path.read_bytes() == before
        return "refused"
    with zipfile.ZipFile(path) as archive:
        after = archive.read(PART)
    assert same_but_for(data, after)
    return "written"


def same_but_for(before: bytes, after: bytes) -> bool:
    """Whether the same is left of both without the cells that are set and what counts them."""
    return _without_cells(before) == _without_cells(after)


def _without_cells(data: bytes) -> bytes:
    root = etree.fromstring(data)
    number = 0
    for row in list(root.iterfind("{*}sheetData/{*}row")):
        cells = [cell for cell in row if etree.QName(cell).localname == "c"]
        told = row.get("r") or re.sub(r"\D", "", cells[0].get("r", "") if cells else "")
        number, column = int(told or number + 1), 0
        for cell in cells:
            letters = re.sub(r"\d", "", cell.get("r", ""))
            column = column_number(letters) if letters else column + 1
            if cell_name(number, column) in CELLS:
                row.remove(cell)
        row.attrib.pop("spans", "")
        if not len(row) and set(row.attrib.keys()) <= {"r"}:
            row.getparent().remove(row)  # type: ignore[union-attr]
    for dimension in root.iterfind("{*}dimension"):
        dimension.attrib.pop("ref", "")
    content: bytes = etree.tostring(root, method="c14n2")
    return content


@pytest.mark.parametrize("changes", [attributes_changed, elements_changed])
def test_a_wrong_sheet_ends_in_an_error_of_ours_or_in_these_cells_alone(
    team: Path, changes: Any
) -> None:
    with zipfile.ZipFile(team) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    outcomes = [written(team, content, data) for data in changes(content[PART])]
    assert outcomes.count("written") > 1


def test_a_sheet_cut_short_anywhere_is_refused(team: Path) -> None:
    with zipfile.ZipFile(team) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    data = content[PART]
    for length in range(0, len(data), max(1, len(data) // 60)):
        assert written(team, content, data[:length]) == "refused"


PIECES = st.sampled_from(
    [
        *(b"<row>", b"<row r='1'>", b'<row r="3"/>', b"</row>", b"<c>", b'<c r="A1" t="s">'),
        *(b'<c r="B2"/>', b"</c>", b"<v>1</v>", b"<f>", b"</f>", b"<!--", b"-->", b"<![CDATA["),
        *(
            b"]]>",
            b"<?a",
            b"?>",
            b'"',
            b"'",
            b">",
            b"<",
            b"&",
            b" ",
            b"\0",
            b"\xff",
            b"<sheetData/>",
        ),
        *(b"</sheetData>", b"<y:row/>", b"<extLst>", b"</extLst>", b"\r\n", b"\xe7\xba\xbf"),
        *(b'<f t="array" ref="A1:B2">', b'<mergeCell ref="A1:B2"/>', b'<dimension ref="A1"/>'),
        *(b"<conditionalFormatting sqref='A1'/>", b"<dataValidations count='x'/>"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14).map(b"".join), st.lists(PIECES, max_size=4).map(b"".join))
def test_whatever_stands_in_a_sheet_there_is_one_kind_of_error(body: bytes, tail: bytes) -> None:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = b'<worksheet xmlns="' + main + b'"><sheetData>' + body + b"</sheetData>" + tail
    data += b"</worksheet>"
    try:
        cells = SheetCells(data, Path("a.xlsx"), "sheet")
        SheetRules(SheetFrame(cells.markup)).missing([], ())
        for place in ((1, 1), (2, 2), (5, 3)):
            cells.obstacle(place)
        made = cells.spliced({(1, 1): 5, (2, 2): "x", (5, 3): None})
    except XltrackError:
        return
    try:
        etree.fromstring(data)
    except etree.XMLSyntaxError:
        return  # what was wrong stays wrong, where nothing was touched
    etree.fromstring(made)
