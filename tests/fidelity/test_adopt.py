"""An adopted workbook to other programs, and adopt to workbooks of other programs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

import xltrack
from tests.fidelity.test_judges import audit_messages, sdk_messages
from tests.golden.adopt_layouts import LAYOUTS, write_layout
from xltrack.errors import UnreadableWorkbook

SAMPLE = {
    "asposecellsfor__sampleReadAndManipulateExcel2016Charts.xlsx",
    "calamine__pass_protected.xlsx",
    "calamine__pivots.xlsx",
    "closedxml__AllShapes.xlsx",
    "exceljs__google-sheets.xlsx",
    "excelstreaming__entity-expansion-exploit-poc-file.xlsx",
    "ironcalc__example.xlsx",
    "officecli__fitness-planner.xlsx",
    "openxmlsdk__SharedWorkbook.xlsx",
    "poi__duplicate-filename.xlsx",
    "poi__poc-shared-strings.xlsx",
    "xlsx__macNumbersTest.xlsx",
    "xlsx__wpsBlankLineTest.xlsx",
    "xlwings__dynamic_array_tests.xlsm",
}
TRIED = ("own words, two rows", "no id, dropdown", "english, table", "mixed, other sheets")


@pytest.fixture(params=TRIED)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """A workbook as a team made it, and the adopted one with columns added."""
    source = write_layout(LAYOUTS[request.param], tmp_path / "team.xlsx", 7).path
    out = tmp_path / "out.xlsx"
    xltrack.adopt(source, output=out, yes=True, add="lead_id,acquired_on,priority")
    return source, out


@pytest.mark.parametrize("judge", [sdk_messages, audit_messages])
def test_no_validator_has_a_new_message(
    pair: tuple[Path, Path], request: pytest.FixtureRequest, judge: Any
) -> None:
    before, after = (judge(path, request) for path in pair)
    assert after - before == Counter()


def test_libreoffice_keeps_what_the_headers_mean(
    pair: tuple[Path, Path], office: Any, tmp_path: Path
) -> None:
    _, out = pair
    saved = tmp_path / "saved.xlsx"
    answer = office(out, [], saved)
    assert "error" not in answer
    mine, theirs = xltrack.read(out), xltrack.read(saved)
    fields = ["sheet", "row", "lead_id", "customer", "stage", "owner", "amount", "acquired_on"]
    assert theirs.leads[fields].equals(mine.leads[fields])
    assert theirs.settings == mine.settings


def test_openpyxl_sees_the_dropdowns_below_the_header(pair: tuple[Path, Path]) -> None:
    _, out = pair
    source = xltrack.read(out).sources[0]
    sheet = openpyxl.load_workbook(out)[source.sheet]
    stage = get_column_letter(source.columns["stage"][0])
    first, last = f"{stage}{source.header_row + 1}", f"{stage}{source.last_row}"
    lists = [d for d in sheet.data_validations.dataValidation if d.type == "list"]
    for cell in (first, last):
        assert sum(cell in rule.sqref for rule in lists) == 1
    assert not any(f"{stage}{source.header_row}" in rule.sqref for rule in lists)
    assert len(sheet.conditional_formatting) > 3


@pytest.mark.shared
def test_any_workbook_ends_in_a_mapping_or_has_no_leads(copied: Path) -> None:
    before, reason, found = copied.read_bytes(), "", None
    try:
        found = xltrack.adopt(copied, dry_run=True)
    except UnreadableWorkbook as error:  # no workbook, or one that nothing may read
        reason = error.reason
    assert reason in {"", "damaged", "encrypted", "not_a_workbook", "duplicate_parts"}
    assert found is None or bool(found.sheets) == bool(found.columns)
    assert copied.read_bytes() == before
