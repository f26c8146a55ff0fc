"""The main job on workbooks that hold what other programs lose."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import xltrack

pytestmark = pytest.mark.shared

AS_OF = dt.date(2024, 6, 30)
MAY_CHANGE = {
    "[content_types].xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "docprops/app.xml",
}
WORKBOOKS = [
    "asposecellsfor__sampleRemovingSlicer.xlsx",  # slicer, pivot table
    "asposecellsfor__sampleReadAndManipulateExcel2016Charts.xlsx",  # charts of 2016
    "openxmlsdk__basicspreadsheet.xlsx",  # chart, SmartArt, pivot table, table
    "calamine__issue_530.xlsx",  # by WPS: picture, chart, x14 validation
    "testfiles__threaded_comments_none.xlsx",  # threaded comments
    "poi__WithEmbeded.xlsx",  # picture, embedded object
    "xlwings__database.xlsm",  # VBA, ActiveX, form controls
    "phpspreadsheet__form_pass_print.xlsm",  # VBA, form controls, protection
    "phpspreadsheet__grouped_images.xlsx",  # by LibreOffice: grouped pictures, custom XML
    "exceljs__google-sheets.xlsx",  # by Google Sheets
    "xlsx__macNumbersTest.xlsx",  # by Numbers
    "umyaspreadshee__issue_286.xlsx",  # by OnlyOffice
]


def parts(path: Path) -> dict[str, bytes]:
    """The bytes of each part as stored, compressed, by name."""
    stored = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for info in archive.infolist():
            file.seek(info.header_offset + 26)
            lengths = file.read(4)
            name, extra = (
                int.from_bytes(lengths[:2], "little"),
                int.from_bytes(lengths[2:], "little"),
            )
            file.seek(info.header_offset + 30 + name + extra)
            stored[info.filename] = file.read(info.compress_size)
    return stored


def values(path: Path) -> dict[str, list[Any]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture(scope="module")
def leads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return xltrack.demo(tmp_path_factory.mktemp("leads") / "leads.xlsx", leads=60)


@pytest.mark.parametrize("name", WORKBOOKS)
def test_only_the_shared_parts_change_and_values_stay(
    corpus: Path, leads: Path, tmp_path: Path, name: str
) -> None:
    source = corpus / name
    out = tmp_path / source.name
    xltrack.refresh(source, from_leads=[leads], as_of=AS_OF, output=out)

    before, after = parts(source), parts(out)
    changed = {part for part in before if after.get(part) != before[part]}
    assert {part.casefold().replace("\\", "/") for part in changed} <= MAY_CHANGE | {
        "xl/calcchain.xml"
    }
    assert len(before) - len(changed) >= 3
    kept, now = values(source), values(out)
    assert {sheet: now[sheet] for sheet in kept} == kept
    assert set(now) - set(kept) == {
        "总览",
        "跟进提醒",
        "转化分析",
        "渠道分析",
        "行动改进计划",
        "数据校验",
    }


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_second_refresh_changes_nothing_and_cleaning_takes_all_out(
    corpus: Path, leads: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    xltrack.refresh(corpus / name, from_leads=[leads], as_of=AS_OF, output=out)
    first = out.read_bytes()
    receipt = xltrack.refresh(out, from_leads=[leads], as_of=AS_OF)
    assert (receipt.changed, out.read_bytes() == first) == (False, True)
    xltrack.clean(out)
    assert set(values(out)) == set(values(corpus / name))
