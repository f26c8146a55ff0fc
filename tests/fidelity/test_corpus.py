"""The promise over the whole collection: every part but the allowed ones is the bytes it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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


def test_refused_workbooks_are_left_as_they_are(copied: Path) -> None:
    before = copied.read_bytes()
    try:
        open_target(copied)
    except Exception:  # noqa: BLE001 - which refusal it is, the table below says
        assert copied.read_bytes() == before
        assert list(copied.parent.iterdir()) == [copied]
    else:
        assert copied.read_bytes() == before
