"""Workbooks of other programs, redacted: a sound copy, or one clear refusal."""

from __future__ import annotations

import importlib
import importlib.util
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xltrack
from xltrack.errors import Reason, Refused, UsageError, XltrackError
from xltrack.opc import open_package
from xltrack.sheetml import lint

pytestmark = pytest.mark.shared

# One workbook for each kind of part that cannot be seen into, and some with nothing of the kind.
# XLTRACK_FULL=1 takes the whole collection.
SAMPLE = (
    "asposecellsfor__sampleUpdateActiveXComboBoxControl.xlsx",
    "calamine__issue_530.xlsx",
    "calamine__pass_protected.xlsx",
    "calamine__pivots.xlsx",
    "closedxml__CubeFromRange-Output.xlsx",
    "openxmlsdk__QueryTable.xlsx",
    "phpspreadsheet__form_pass_print.xlsm",
    "phpspreadsheet__grouped_images.xlsx",
    "phpspreadsheet__utf16be.bom.xlsx",
    "poi__WithEmbeded.xlsx",
    "poi__ms-office-2010-signed.xlsx",
    "testfiles__threaded_comments_none.xlsx",
    "xlwings__database.xlsm",
)
UNREADABLE = {Reason.ENCRYPTED, Reason.UTF16_PART, Reason.NOT_A_WORKBOOK, Reason.DUPLICATE_PARTS}


def redacted(source: Path, drop: bool) -> Path:
    """The copy, under the ending that it needs."""
    place = source.with_name("copy.xlsx")
    try:
        xltrack.redact(source, output=place, drop=drop)
    except UsageError as error:
        place = place.with_suffix(error.detail)
        xltrack.redact(source, output=place, drop=drop)
    return place


def outcome(source: Path, drop: bool) -> Path | XltrackError:
    """The copy, or why there is none."""
    try:
        return redacted(source, drop)
    except XltrackError as error:
        return error


def reason(error: XltrackError) -> Reason:
    return getattr(error, "reason", Reason.DAMAGED)  # a broken part has no reason but that


def test_every_workbook_ends_in_a_copy_or_in_one_clear_line(copied: Path) -> None:
    before = copied.read_bytes()
    found = outcome(copied, drop=False)
    if isinstance(found, Path):
        assert_sound(copied, found)
    else:
        assert reason(found) in {Reason.CANNOT_SEE_INTO, Reason.DAMAGED, *UNREADABLE}
        assert list(copied.parent.iterdir()) == [copied]
    if isinstance(found, Refused) and found.reason is Reason.CANNOT_SEE_INTO:
        named = found.detail.split(" (")[1].split(")")[0].split(", ")[0]
        assert named in open_package(copied).names.values()
    assert copied.read_bytes() == before


def test_what_cannot_be_seen_into_can_be_taken_out(copied: Path) -> None:
    found = outcome(copied, drop=False)
    if isinstance(found, Path) or reason(found) is not Reason.CANNOT_SEE_INTO:
        pytest.skip("unreadable, or nothing in it that cannot be seen into")
    place = redacted(copied, drop=True)
    assert_sound(copied, place)
    with zipfile.ZipFile(place) as archive:
        names = " ".join(archive.namelist())
        typed = re.findall(r'PartName="([^"]*)"', archive.read("[Content_Types].xml").decode())
    for gone in ("vbaProject", "activeX", "embeddings/", "customXml", "model/", "_xmlsignatures"):
        assert gone not in names
        assert gone not in " ".join(typed)


def assert_sound(source: Path, place: Path) -> None:
    """No problem that was not there before; opens where the source opens, values alike."""
    assert set(lint(open_package(place))) <= set(lint(open_package(source)))
    try:
        before = openpyxl.load_workbook(source, read_only=True, data_only=True)
    except Exception:  # noqa: BLE001  # whatever stops it at the source may stop it at the copy
        return
    after = openpyxl.load_workbook(place, read_only=True, data_only=True)
    assert after.sheetnames == before.sheetnames
    before.close()
    after.close()


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
    copied: Path, request: pytest.FixtureRequest, judge: Any
) -> None:
    try:
        place = redacted(copied, drop=True)
    except XltrackError as error:
        pytest.skip(f"refused: {error}")
    new = judge(place, request) - judge(copied, request)
    assert {message for message in new if "macroEnabled" not in str(message)} == set()


@pytest.mark.office
def test_libreoffice_opens_the_copy_with_the_same_sheets_and_charts(
    copied: Path, office: Any
) -> None:
    try:
        place = redacted(copied, drop=True)
    except XltrackError as error:
        pytest.skip(f"refused: {error}")
    answer = office(copied)
    if "error" in answer:
        pytest.skip("LibreOffice did not open it before")
    assert office(place)["sheets"] == answer["sheets"]
