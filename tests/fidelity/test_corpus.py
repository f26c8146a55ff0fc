"""The promise over the whole collection: every part but the allowed ones is the bytes it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import PackageError, Reason, XltrackError
from xltrack.writeback import clean, open_target, save

pytestmark = pytest.mark.shared


def test_only_allowed_parts_change_and_the_same_data_gives_the_same_file(
    copied: Path, refresher: Any, judge: Any
) -> None:
    refresher.open(copied)
    promise = judge(copied)
    refresher.refresh(copied)
    first = copied.read_bytes()
    added = promise.added(copied)
    assert sum("/charts/" in name for name in added) == 4
    assert sum("/drawings/" in name and "_rels" not in name for name in added) == 4

    refresher.refresh(copied)
    assert copied.read_bytes() == first, "a second graft of the same data"

    refresher.refresh(copied, variant=3)
    promise.added(copied)
    refresher.refresh(copied)
    assert copied.read_bytes() == first, "other data and back again"

    save(clean(open_target(copied, break_signature=True)), backup=False)
    left = promise.added(copied)
    assert left <= {"xl/styles.xml"}, "what a workbook without styles keeps"
    assert open_target(copied, break_signature=True).owned == {}


REFUSED: dict[str, Reason | str] = {
    "calamine__pass_protected.xlsx": Reason.ENCRYPTED,
    "exceldatareade__roo_1904_base.xlsx": Reason.STRICT,
    "excelstreaming__entity-expansion-exploit-poc-file.xlsx": "xl/workbook.xml",
    "excelstreaming__numbers.strict.xlsx": Reason.STRICT,
    "phpspreadsheet__utf16be.bom.xlsx": Reason.UTF16_PART,
    "poi__clusterfuzz-testcase-minimized-POIXSSFFuzzer-5089447305609216.xlsx": Reason.DAMAGED,
    "poi__clusterfuzz-testcase-minimized-POIXSSFFuzzer-5265527465181184.xlsx": "_rels/.rels",
    "poi__duplicate-filename.xlsx": Reason.DUPLICATE_PARTS,
    "poi__invalid.xlsx": Reason.NOT_A_WORKBOOK,
    "poi__ms-office-2010-signed.xlsx": Reason.SIGNED,
    "roo__type_excel.xlsm": Reason.LEGACY_XLS,
    "testfiles__sheet_visibility_strict.xlsx": Reason.STRICT,
    "xlnt__6_encrypted_libre.xlsx": Reason.ENCRYPTED,
    "xlsx__testcelltypes.xlsx": Reason.DATE_1904,
}
"""What is refused and why: a reason, or the part that is broken."""


def test_what_is_refused_is_refused_for_its_reason_and_left_alone(copied: Path) -> None:
    before = copied.read_bytes()
    if copied.name not in REFUSED:
        assert open_target(copied).path == copied
    else:
        with pytest.raises(XltrackError) as caught:
            open_target(copied)
        error = caught.value
        told = error.part if isinstance(error, PackageError) else getattr(error, "reason", None)
        assert told == REFUSED[copied.name]
    assert copied.read_bytes() == before
    assert list(copied.parent.iterdir()) == [copied]
