"""Widths for columns that have none of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from xltrack.sheetml.column_widths import widened
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.sheet_markup import SheetMarkup
from xltrack.sheetml.splice import applied

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NEW = '<col min="5" max="5" width="12" customWidth="1"/>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"<cols>{NEW}</cols>"),
        ('<cols><col min="1" max="4"/></cols>', f'<cols><col min="1" max="4"/>{NEW}</cols>'),
        ('<cols><col min="5" max="9"/></cols>', '<cols><col min="5" max="9"/></cols>'),
        ('<cols><col min="7" max="9"/></cols>', '<cols><col min="7" max="9"/></cols>'),
    ],
)
def test_a_column_without_a_width_gets_one(before: str, after: str) -> None:
    def sheet(cols: str) -> bytes:
        rows = '<sheetData><row r="1"/></sheetData>'
        return f'<worksheet xmlns="{MAIN}"><sheetFormatPr/>{cols}{rows}</worksheet>'.encode()

    frame = SheetFrame(SheetMarkup(sheet(before), Path("a.xlsx"), "sheet1.xml"))
    assert applied(frame.markup.data, widened(frame, {5: 12.0})) == sheet(after)


def test_prefixes_are_kept() -> None:
    data = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData/></x:worksheet>'.encode()
    frame = SheetFrame(SheetMarkup(data, Path("a.xlsx"), "sheet1.xml"))
    made = applied(data, widened(frame, {2: 9.5}))
    assert b'<x:cols><x:col min="2" max="2" width="9.5" customWidth="1"/></x:cols>' in made
