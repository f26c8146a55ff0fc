from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from xltrack.leads.single_cells import NotTold, single_cells

CELLS = [
    '<c r="B{row}" t="s"><v>7</v></c>',
    '<c r="B{row}" t="inlineStr"><is><t>x</t></is></c>',
    '<c r="B{row}" s="3"><v>45422.60416666666</v></c>',
    '<c r="B{row}"><v>0.30000000000000004</v></c>',
    '<c r="B{row}" t="b"><v>1</v></c>',
    '<c r="B{row}" t="e"><v>#N/A</v></c>',
    '<c r="B{row}" s="3"/>',
    '<c r="B{row}"><f>A1</f><v>5</v></c>',
    '<c r="B{row}" t="str"><f>A1</f><v>5</v></c>',
]
WHOLE = ["17", "2024", "2024-05-10 14:30:00", "0.3", "true", None, None, "5", "5"]


def sheet(cells: list[str], first: int = 2) -> bytes:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>1</v></c>{cell.format(row=row)}<c r="C{row}" t="s">'
        f"<v>0</v></c></row>"
        for row, cell in enumerate(['<c r="B{row}" t="s"><v>1</v></c>', *cells], start=first - 1)
    )
    return f'<worksheet xmlns="m"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_each_cell_comes_with_its_own_type() -> None:
    found = single_cells([sheet(CELLS)], [2], {2: pa.array(WHOLE)}, header_row=1)
    moment = dt.datetime(2024, 5, 10, 14, 30)
    assert found == {2: ["17", "2024", moment, 0.30000000000000004, True, None, None, 5.0, "5"]}
    assert [type(cell) for cell in found[2][:5]] == [str, str, dt.datetime, float, bool]


def test_rows_that_are_not_there_are_empty() -> None:
    xml = sheet(CELLS[:1], first=5)
    found = single_cells([xml], [2], {2: pa.array([None, "17"])}, header_row=3)
    assert found == {2: [None, "17"]}


@pytest.mark.parametrize(
    ("cells", "whole"),
    [
        (["<c r=\"B{row}\" t='s'><v>7</v></c>"], ["17"]),
        (['<c r="B{row}" t="d"><v>2024-05-10</v></c>'], ["2024-05-10"]),
        (['<c r="B{row}"><v>x</v></c>'], ["17"]),
        ([""], ["17"]),
        (CELLS[:2], ["17"]),
    ],
)
def test_what_the_xml_does_not_tell_is_left_to_another_reader(
    cells: list[str], whole: list[str]
) -> None:
    with pytest.raises(NotTold):
        single_cells([sheet(cells)], [2], {2: pa.array(whole)}, header_row=1)
