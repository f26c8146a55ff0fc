"""The promise over the whole collection: every part but the allowed ones is the bytes it was.

What is compared is read with the standard library's zipfile and struct, not with our own reader.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from xltrack.writeback import clean, open_target, save

pytestmark = pytest.mark.shared

_SHARED_PARTS = re.compile(
    r"\[content_types\]\.xml|docprops/app\.xml"
    r"|(?:xl/)?(?:\w*workbook\d*\.xml|_rels/\w*workbook\d*\.xml\.rels|\w*styles\d*\.xml)",
    re.IGNORECASE,
)


def stored(path: Path) -> dict[str, str]:
    """Return a digest of each entry's bytes as they are stored, by its name in the zip."""
    digests = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for info in archive.infolist():
            file.seek(info.header_offset + 26)
            name, extra = struct.unpack("<HH", file.read(4))
            raw_name = file.read(name)
            file.seek(extra, 1)
            content = file.read(info.compress_size)
            digests[info.orig_filename] = hashlib.sha1(raw_name + content).hexdigest()  # noqa: S324
    return digests


def is_shared(name: str) -> bool:
    return _SHARED_PARTS.fullmatch(name.replace("\\", "/").lstrip("/")) is not None


def assert_promise(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Return the parts that are new."""
    gone = {name for name in before if name not in after}
    assert all(name.lower().endswith("calcchain.xml") for name in gone)
    changed = {name for name in before if name in after and before[name] != after[name]}
    assert {name for name in changed if not is_shared(name)} == set()
    kept = [name for name in before if name in after]
    assert [name for name in after if name in before] == kept, "the order of the entries"
    return {name for name in after if name not in before}


def test_only_allowed_parts_change_and_the_same_data_gives_the_same_file(
    copied: Path, refresher: Any
) -> None:
    refresher.open(copied)
    original = stored(copied)
    refresher.refresh(copied)
    first = copied.read_bytes()
    added = assert_promise(original, stored(copied))
    assert sum("/charts/" in name for name in added) == 4
    assert sum("/drawings/" in name and "_rels" not in name for name in added) == 4

    refresher.refresh(copied)
    assert copied.read_bytes() == first, "a second graft of the same data"

    refresher.refresh(copied, variant=3)
    assert_promise(original, stored(copied))
    refresher.refresh(copied)
    assert copied.read_bytes() == first, "other data and back again"

    save(clean(open_target(copied, break_signature=True)), backup=False)
    left = assert_promise(original, stored(copied))
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
