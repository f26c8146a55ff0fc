"""Buttons put into workbooks of other programs: what else changes, what judges say, whether
another program opens them."""

from __future__ import annotations

import importlib
import importlib.util
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import xltrack
from xltrack.api import Buttoned
from xltrack.errors import Reason, Refused

pytestmark = [pytest.mark.shared]

# what other libraries lose on a first sheet, and what is told to be odd; XLTRACK_FULL=1 is all
SAMPLE = (
    "asposecellsfor__sampleReadAndManipulateExcel2016Charts.xlsx",
    "asposecellsfor__sampleRemovingSlicer.xlsx",
    "calamine__pivots.xlsx",
    "closedxml__AllShapes.xlsx",
    "excelstreaming__formatted-date.xlsx",
    "officecli__fitness-planner.xlsx",
    "testfiles__threaded_comments_none.xlsx",
    "xlsxwriter__embed_image05.xlsx",
)
REFUSED = (
    *(Reason.OWN_MACROS, Reason.STRICT, Reason.DATE_1904, Reason.LEGACY_XLS),
    *(Reason.DUPLICATE_PARTS, Reason.UTF16_PART),
)
_OF_THE_SHEET = re.compile(
    r"xl/worksheets/(_rels/)?[\w ]+\.xml(\.rels)?|xl/drawings/\w+\.xml|xl/vbaProject\.bin",
    re.IGNORECASE,
)


def buttoned(path: Path) -> Buttoned:
    try:
        return xltrack.button(path, output=path.with_name("buttoned.xlsm"), break_signature=True)
    except Refused as refusal:
        if refusal.reason not in REFUSED:
            raise
        pytest.skip(f"refused: {refusal.reason}")
    except xltrack.XltrackError as error:
        pytest.skip(f"no workbook to write to: {error}")


def audit(path: Path) -> Counter[tuple[str, ...]]:
    judge = importlib.import_module("openxml_audit").OpenXmlValidator()
    found = judge.validate(str(path)).errors
    return Counter((str(e.error_type), e.part_uri or "", e.description) for e in found)


def test_only_parts_of_one_sheet_change_besides_the_shared_ones(copied: Path, judge: Any) -> None:
    made = buttoned(copied)
    edited = [part.name for part in made.parts if part.fate == "edited"]
    assert all(_OF_THE_SHEET.fullmatch(name) for name in edited)
    assert sum("drawing" not in name and "_rels" not in name for name in edited) <= 1
    promise = judge(copied)
    promise.before = {k: v for k, v in promise.before.items() if k not in edited}
    assert promise.added(made.destination) >= {"xl/vbaProject.bin"} - set(edited)


def test_no_validator_has_a_new_message(copied: Path, sdk: Any, require: Any) -> None:
    require(importlib.util.find_spec("openxml_audit"), "openxml-audit is not installed")
    made = buttoned(copied)
    assert sdk(made.destination) - sdk(copied) == Counter()
    assert audit(made.destination) - audit(copied) == Counter()


@pytest.mark.office
def test_another_program_opens_it_with_the_sheets_it_had(copied: Path, office: Any) -> None:
    made = buttoned(copied)
    before, after = office(copied), office(made.destination)
    if "error" in before:
        pytest.skip("the other program does not open the workbook as it was")
    names = [name for name, _ in after["sheets"]]
    assert names == [*(name for name, _ in before["sheets"]), "xlwings.conf"]


def test_two_drawings_are_never_named_by_a_sheet(copied: Path) -> None:
    made = buttoned(copied)
    with zipfile.ZipFile(made.destination) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        counts = [len(re.findall(rb"<(?:\w+:)?drawing[ >]", archive.read(n))) for n in sheets]
    assert max(counts) == 1
