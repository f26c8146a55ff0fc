"""One cell set, and one put in, in every workbook of the collection: nothing else is different."""

from __future__ import annotations

import copy
import datetime as dt
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from lxml import etree

from xltrack.errors import PackageError, XltrackError
from xltrack.sheetml.splice import Obstacle
from xltrack.writeback import Target, open_target, save
from xltrack.writeback.patch import own_sheet, patch

pytestmark = [
    pytest.mark.shared,
    # openpyxl tells of every extension that it drops; none of it concerns the values read here
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:openpyxl"),
]

SAMPLE = {
    "calamine__inlineStr_cdata.xlsx",
    "calamine__pivots.xlsx",
    "closedxml__DataTableFormula-Excel-Input.xlsx",
    "exceljs__google-sheets.xlsx",
    "ironcalc__example.xlsx",
    "openxmlsdk__SharedWorkbook.xlsx",
    "phpspreadsheet__sparklineEdgeCases.xlsx",
    "poi__style-alternate-content.xlsx",
    "testfiles__threaded_comments_none.xlsx",
    "xlsx__macNumbersTest.xlsx",
    "xlsx__wpsBlankLineTest.xlsx",
    "xlsxwriter__outline04.xlsx",
    "xlwings__dynamic_array_tests.xlsm",
}
DAMAGED = {"poi__poc-shared-strings.xlsx": "row '0'"}
TEXT = " a<b&\n线索 "
DAY = dt.date(2024, 5, 10)
NAMESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def opened(path: Path) -> Target:
    try:
        return open_target(path, break_signature=True, force=True)
    except XltrackError as error:
        pytest.skip(f"refused: {error}")


def sound(path: Path) -> Target:
    if path.name in DAMAGED:
        pytest.skip("damaged where it would be edited, as another test says")
    return opened(path)


def sheets_of(target: Target) -> list[str]:
    mine = set(target.owned.values())
    listed = [s for s in target.workbook.sheets if s.kind == "worksheet" and s.part]
    return [sheet.name for sheet in listed if sheet.name not in mine]


def tree(target: Target, sheet: str) -> Any:
    return etree.fromstring(target.package.read(own_sheet(target, sheet).part or ""))


def free_cells(root: Any) -> tuple[str | None, str]:
    """The first cell with a value and without a formula, and an empty cell below all others."""
    cells = [cell for cell in root.iterfind(".//m:sheetData/m:row/m:c", NAMESPACE) if cell.get("r")]
    plain = [c for c in cells if c.find("m:f", NAMESPACE) is None and len(c)]
    rows = [int(re.sub(r"\D", "", cell.get("r"))) for cell in cells]
    return (plain[0].get("r") if plain else None), f"C{min(max(rows, default=0) + 3, 1_048_576)}"


def plain_form(root: Any, without: set[str]) -> bytes:
    """The sheet without the cells named, and without what says how far its cells reach."""
    root = copy.deepcopy(root)
    for cell in list(root.iterfind(".//m:sheetData/m:row/m:c", NAMESPACE)):
        row = cell.getparent()
        if cell.get("r") in without:
            row.remove(cell)
            if not len(row) and set(row.attrib.keys()) <= {"r"}:
                row.getparent().remove(row)
    for row in root.iterfind(".//m:sheetData/m:row", NAMESPACE):
        row.attrib.pop("spans", None)
        row.text = None
        for space in (row, *row):
            space.tail = None
    for dimension in root.iterfind("m:dimension", NAMESPACE):
        dimension.attrib.pop("ref")
    content: bytes = etree.tostring(root, method="c14n2")
    return content


def test_one_cell_is_set_and_everything_else_is_as_it_was(
    copied: Path, judge: Any, manifest: dict[str, frozenset[str]]
) -> None:
    target = opened(copied)
    trees = {name: tree(target, name) for name in sheets_of(target)[:3]}
    cells = {name: free_cells(root) for name, root in trees.items()}
    wanted: dict[str, dict[str, Any]] = {}
    for name, (there, below) in cells.items():
        wanted[name] = {below: DAY} | ({there: TEXT} if there else {})
    left: dict[tuple[str, str], Obstacle] = {}
    before = judge(copied).before

    mine = {own_sheet(target, name).part for name in wanted}
    shared = {target.workbook.part, target.styles_part or "xl/styles.xml"}
    chain = target.package.related(target.workbook.part, "calcChain") or ""
    listing = {"[Content_Types].xml", f"xl/_rels/{Path(target.workbook.part).name}.rels"}
    if copied.name in DAMAGED:
        with pytest.raises(PackageError, match=DAMAGED[copied.name]):
            patch(target, wanted)
        return
    edit = patch(target, wanted, left=lambda s, c, why: left.update({(s, c): why}))
    save(edit, backup=False)

    after = judge(copied).before
    kept_order = [name for name in before if name in after]
    assert [name for name in after if name in before] == kept_order, "the order of the entries"
    assert set(after) - set(before) <= {"xl/styles.xml"}
    changed = {name for name in before if before[name] != after.get(name)}
    parts = {name.replace("\\", "/").lstrip("/") for name in changed}
    relisted = chain in parts or target.styles_part is None
    assert parts <= mine | shared | ({chain, *listing} if relisted else set())
    again = open_target(copied, break_signature=True, force=True)
    for name, values in wanted.items():
        done = {cell for cell in values if (name, cell) not in left}
        kept = plain_form(tree(again, name), done)
        assert kept == plain_form(trees[name], done)
    assert all(why in Obstacle for why in left.values())
    if "resource_exhaustion_poc" not in manifest[copied.name]:
        read_back(copied, wanted, left)

    first = copied.read_bytes()
    save(patch(again, wanted, left=lambda *_: None), backup=False)
    assert copied.read_bytes() == first, "the same values again"


def read_back(path: Path, wanted: dict[str, dict[str, Any]], left: Any) -> None:
    """Two independent readers, where they read the workbook at all, see the new values."""
    seen: Counter[str] = Counter()
    try:
        book = openpyxl.load_workbook(path)
    except Exception as error:  # noqa: BLE001 - whatever this reader cannot do with the file
        seen[f"openpyxl: {error}"] += 1
    else:
        for name, values in wanted.items():
            for cell, value in values.items():
                if (name, cell) not in left:
                    found = book[name][cell].value
                    assert (found.date() if isinstance(found, dt.datetime) else found) == value
                    seen["openpyxl"] += 1
    try:
        fast = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.CalamineError as error:
        seen[f"calamine: {error}"] += 1
    else:
        for name, values in wanted.items():
            flat = [v for row in fast.get_sheet_by_name(name).iter_rows() for v in row]
            for cell, value in values.items():
                if (name, cell) not in left:
                    # this reader counts the formats of alternatives twice, and shows a number then
                    assert value in flat or (value == DAY and 45422 in flat)
                    seen["calamine"] += 1
    assert sum(seen.values())


def test_no_new_message_of_the_validator(copied: Path, sdk: Any) -> None:
    target = sound(copied)
    before = sdk(copied)
    wanted: dict[str, dict[str, Any]] = {}
    for name in sheets_of(target)[:3]:
        there, below = free_cells(tree(target, name))
        wanted[name] = {below: DAY} | ({there: TEXT} if there else {})
    save(patch(target, wanted, left=lambda *_: None), backup=False)
    assert not sdk(copied) - before


def test_the_office_opens_it(copied: Path, office: Any) -> None:
    target = sound(copied)
    before = office(copied)
    wanted = {name: {free_cells(tree(target, name))[1]: DAY} for name in sheets_of(target)[:1]}
    save(patch(target, wanted, left=lambda *_: None), backup=False)
    assert office(copied) == before


def test_a_sheet_that_is_cut_short_is_one_error_and_the_file_is_as_it_was(copied: Path) -> None:
    target = opened(copied)
    name = next(iter(sheets_of(target)), None)
    if name is None:
        pytest.skip("no worksheet")
    part = own_sheet(target, name).part or ""
    with zipfile.ZipFile(copied) as archive:
        content = {info.filename: archive.read(info) for info in archive.infolist()}
    item = next(key for key in content if key.replace("\\", "/").lstrip("/") == part)
    content[item] = content[item][: len(content[item]) // 2]
    with zipfile.ZipFile(copied, "w") as archive:
        for key, data in content.items():
            archive.writestr(key, data)
    before = copied.read_bytes()
    with pytest.raises(XltrackError):
        patch(opened(copied), {name: {"B2": 1}}, left=lambda *_: None)
    assert copied.read_bytes() == before
