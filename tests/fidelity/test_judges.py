"""What validators and LibreOffice say of a grafted workbook that they did not say before."""

from __future__ import annotations

import importlib
import importlib.util
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from xltrack.writeback import clean, open_target, save

pytestmark = pytest.mark.shared

# One workbook for each thing that other libraries lose, or that is told to be odd: what the slow
# judges see by default. XLTRACK_FULL=1 shows them the whole collection.
SAMPLE = (
    "asposecellsfor__sampleReadAndManipulateExcel2016Charts.xlsx",
    "asposecellsfor__sampleRemovingSlicer.xlsx",
    "calamine__inlineStr_cdata.xlsx",
    "calamine__pivots.xlsx",
    "closedxml__AllShapes.xlsx",
    "closedxml__CubeFromRange-Output.xlsx",
    "excelstreaming__formatted-date.xlsx",
    "ironcalc__example.xlsx",
    "officecli__fitness-planner.xlsx",
    "phpspreadsheet__form_pass_print.xlsm",
    "phpspreadsheet__issue.3145.xlsx",
    "testfiles__threaded_comments_none.xlsx",
    "xlsxwriter__embed_image05.xlsx",
    "xlwings__integration_write.xlsm",
)


def sdk_messages(path: Path, request: pytest.FixtureRequest) -> Counter[tuple[str, ...]]:
    return request.getfixturevalue("sdk")(path)  # type: ignore[no-any-return]


def audit_messages(path: Path, request: pytest.FixtureRequest) -> Counter[tuple[str, ...]]:
    known = importlib.util.find_spec("openxml_audit")
    request.getfixturevalue("require")(known, "openxml-audit is not installed")
    audit = importlib.import_module("openxml_audit")
    found = audit.OpenXmlValidator().validate(str(path)).errors
    return Counter((str(e.error_type), e.part_uri or "", e.description) for e in found)


@pytest.mark.parametrize("judge", [sdk_messages, audit_messages])
def test_no_validator_has_a_new_message(
    copied: Path, refresher: Any, request: pytest.FixtureRequest, judge: Any
) -> None:
    refresher.open(copied)
    before = judge(copied, request)
    refresher.refresh(copied)
    assert judge(copied, request) - before == Counter()
    save(clean(open_target(copied, break_signature=True)), backup=False)
    assert judge(copied, request) - before == Counter()


def test_the_validator_sees_what_is_wrong(sdk: Any, author: Any, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(author(["one"]))
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as out:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(rb' s="1"', b' s="99"', content, count=1)
            out.writestr(name, content)
    assert sdk(good) == Counter()
    assert sdk(bad) != Counter()


@pytest.mark.office
def test_libreoffice_keeps_sheets_and_charts(copied: Path, refresher: Any, office: Any) -> None:
    refresher.open(copied)
    answer = office(copied)
    if "error" in answer:
        pytest.skip("LibreOffice did not open it before")
    before = answer["sheets"]
    refresher.refresh(copied)
    after = office(copied)["sheets"]
    assert after[: len(before)] == before
    assert [charts for _, charts in after[len(before) :]] == [1, 1, 1, 1, 0]
