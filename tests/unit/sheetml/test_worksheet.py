from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xltrack.opc import open_package, package_from_bytes
from xltrack.sheetml.styles import StyleMap
from xltrack.sheetml.worksheet import (
    Adaptation,
    Kept,
    adapt,
    has_shared_strings,
    kept_of,
    string_cells,
)

HEAD = b'<worksheet xmlns="m">'
STYLES = StyleMap((0, 41, 52), (7, 8))


def adapted(body: bytes, **changes: Any) -> bytes:
    settings = {"styles": STYLES, "strings": [b"A", b"B"], "selected": False, **changes}
    return adapt(HEAD + body + b"</worksheet>", Adaptation(**settings))[len(HEAD) : -12]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'<c r="A1" s="1"><v>1</v></c>', b'<c r="A1" s="41"><v>1</v></c>'),
        (b'<c r="A1"><v>1</v></c>', b'<c r="A1"><v>1</v></c>'),
        (b'<c r="AB12" s="2" t="s"><v>1</v></c>', b'<c r="AB12" s="52"B'),
        (b'<c r="A1" t="s"><v>0</v></c>', b'<c r="A1"A'),
        (b'<c r="A1" s="1" t="str"><f>B1</f><v>1</v></c>',) * 1
        + (b'<c r="A1" s="41" t="str"><f>B1</f><v>1</v></c>',),
        (b'<row r="1" s="2" customFormat="1">', b'<row r="1" s="52" customFormat="1">'),
        (b'<row r="1" spans="1:2">', b'<row r="1" spans="1:2">'),
        (b'<col min="1" max="2" style="1"/>', b'<col min="1" max="2" style="41"/>'),
        (b'<cfRule type="cellIs" dxfId="1"/>', b'<cfRule type="cellIs" dxfId="8"/>'),
        (b'<colorFilter dxfId="0"/>', b'<colorFilter dxfId="7"/>'),
    ],
)
def test_indices_are_mapped(before: bytes, after: bytes) -> None:
    assert adapted(before) == after


def test_text_that_looks_like_markup_stays_text() -> None:
    text = b'<is><t>&lt;c r="A1" s="1"&gt; dxfId="1" s="2"</t></is>'
    assert adapted(text) == text


def test_every_cell_gets_a_format_where_the_default_is_not_plain() -> None:
    styles = StyleMap((3, 41), ())
    assert adapted(b'<c r="A1"><v>1</v></c>', styles=styles) == b'<c r="A1" s="3"><v>1</v></c>'


def test_only_the_active_sheet_is_selected() -> None:
    view = b'<sheetView tabSelected="1" workbookViewId="0"/>'
    assert adapted(view) == b'<sheetView workbookViewId="0"/>'
    plain = b'<sheetView workbookViewId="0"/>'
    assert adapted(plain, selected=True) == b'<sheetView tabSelected="1" workbookViewId="0"/>'
    assert adapted(view, selected=True) == view


def test_strings_are_inline_or_plain_values() -> None:
    shared = b'<sst><si><t>a</t></si><si><t xml:space="preserve"> b</t></si>'
    shared += b"<si><r><t>c</t></r></si></sst>"
    assert string_cells(shared, inline=True) == [
        b' t="inlineStr"><is><t>a</t></is></c>',
        b' t="inlineStr"><is><t xml:space="preserve"> b</t></is></c>',
        b' t="inlineStr"><is><r><t>c</t></r></is></c>',
    ]
    assert string_cells(shared, inline=False) == [
        b' t="str"><v>a</v></c>',
        b' t="str"><v xml:space="preserve"> b</v></c>',
        b' t="inlineStr"><is><r><t>c</t></r></is></c>',
    ]


@pytest.mark.parametrize("cell", [b'<c r="A1" cm="1">', b'<c r="A1" s="1" vm="1">'])
def test_cells_that_need_other_parts_are_told(cell: bytes) -> None:
    with pytest.raises(ValueError, match="dynamic array"):
        adapted(cell)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<sheetData/>", b'<sheetPr><tabColor rgb="FF00FF00"/></sheetPr><sheetData/>'),
        (b"<sheetPr/>", b'<sheetPr><tabColor rgb="FF00FF00"/></sheetPr>'),
        (
            b'<sheetPr filterMode="1"><tabColor rgb="FF112233"/><outlinePr/></sheetPr>',
            b'<sheetPr filterMode="1"><tabColor rgb="FF00FF00"/><outlinePr/></sheetPr>',
        ),
    ],
)
def test_the_tab_keeps_the_colour_it_had(body: bytes, expected: bytes) -> None:
    assert adapted(body, kept=Kept({"rgb": "FF00FF00"}, None)) == expected
    assert b"tabColor" not in adapted(body, kept=Kept({}, None))
    assert adapted(body) == body


def test_the_name_that_macros_know_is_kept() -> None:
    kept = Kept({}, 'Sheet"3')
    assert adapted(b"<sheetData/>", kept=kept) == (
        b'<sheetPr codeName="Sheet&quot;3"></sheetPr><sheetData/>'
    )
    fitted = b'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
    assert adapted(fitted, kept=Kept({"theme": "1"}, "Tabelle1")) == (
        b'<sheetPr codeName="Tabelle1"><tabColor theme="1"/><pageSetUpPr fitToPage="1"/></sheetPr>'
    )


def test_what_a_sheet_keeps_is_read_in_any_spelling(team: Path, tamper: Any) -> None:
    head = b'<x:worksheet xmlns:x="m"><x:sheetPr codeName="S2"><x:tabColor theme="4"/></x:sheetPr>'
    tamper(team, {"xl/worksheets/sheet2.xml": head + b"<x:sheetData>"})
    package = open_package(team)
    assert kept_of(package, "xl/worksheets/sheet2.xml") == Kept({"theme": "4"}, "S2")
    assert kept_of(package, "xl/worksheets/sheet1.xml") == Kept({}, None)


def test_shared_strings_are_looked_for(team: Path, tamper: Any, author: Any) -> None:
    assert has_shared_strings(open_package(team), "xl/workbook.xml")
    tamper(team, {"xl/sharedStrings.xml": b'<sst xmlns="m" count="0"/>'})
    assert not has_shared_strings(open_package(team), "xl/workbook.xml")
    tamper(team, {"xl/sharedStrings.xml": None})
    assert not has_shared_strings(open_package(team), "xl/workbook.xml")
    assert has_shared_strings(package_from_bytes(author(["a"]), "s"), "xl/workbook.xml")
