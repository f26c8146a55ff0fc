from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from xltrack.errors import PackageError, Reason, Refused, UnreadableWorkbook
from xltrack.opc.archive import archive_from_bytes, open_archive
from xltrack.opc.bounds import Bounds


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_content_is_read_back_stored_and_deflated() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = archive_from_bytes(zipped({"a/b.xml": b"x" * 3_000_000}, method), "t")
        assert archive.read(archive.by_name["a/b.xml"]) == b"x" * 3_000_000


def test_a_size_that_lies_is_found_while_inflating() -> None:
    data = zipped({"a.xml": b"y" * 5000})
    for field in (22, 0):  # the local header, then the directory
        at = data.rfind(b"PK\1\2") + 24 if field == 0 else field
        data = data[:at] + struct.pack("<L", 10) + data[at + 4 :]
    archive = archive_from_bytes(data, "t")
    with pytest.raises(PackageError, match="checksum"):
        archive.read(archive.by_name["a.xml"], limit=6000)
    with pytest.raises(UnreadableWorkbook) as caught:
        archive.read(archive.by_name["a.xml"], limit=100)
    assert caught.value.reason is Reason.TOO_LARGE


def test_damage_is_found_by_the_checksum() -> None:
    data = zipped({"a.xml": b"hello hello"}, zipfile.ZIP_STORED).replace(b"hello h", b"hexxo h")
    archive = archive_from_bytes(data, "t")
    with pytest.raises(PackageError, match=r"a\.xml"):
        archive.read(archive.by_name["a.xml"])


@pytest.mark.parametrize(
    ("bounds", "entries"),
    [
        (Bounds(entries=2), {"a": b"", "b": b"", "c": b""}),
        (Bounds(total_size=100), {"a": b"x" * 60, "b": b"x" * 60}),
        (Bounds(entry_size=100), {"a": b"x" * 101}),
        (Bounds(ratio=50, ratio_from=1000), {"a": b"x" * 100_000}),
    ],
)
def test_bounds_hold_before_anything_is_inflated(bounds: Bounds, entries: dict[str, bytes]) -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        archive_from_bytes(zipped(entries), "t", bounds)
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_two_entries_of_one_name_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/a.xml", b"1")
        archive.writestr("XL\\A.xml", b"2")
    with pytest.raises(Refused) as caught:
        archive_from_bytes(out.getvalue(), "t")
    assert caught.value.reason is Reason.DUPLICATE_PARTS


def test_entries_that_share_bytes_are_damage() -> None:
    data = zipped({"a": b"1" * 100, "b": b"2" * 100}, zipfile.ZIP_STORED)
    second = data.rfind(b"PK\1\2")
    data = data[: second + 42] + struct.pack("<L", 0) + data[second + 46 :]
    with pytest.raises(UnreadableWorkbook) as caught:
        archive_from_bytes(data, "t")
    assert caught.value.reason is Reason.DAMAGED


def test_an_encrypted_entry_is_told() -> None:
    data = bytearray(zipped({"a": b"1"}))
    data[data.rfind(b"PK\1\2") + 8] |= 1
    with pytest.raises(UnreadableWorkbook) as caught:
        archive_from_bytes(bytes(data), "t")
    assert caught.value.reason is Reason.ENCRYPTED


def test_missing_file_and_folder_are_told_apart(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "no", Reason.MISSING), (tmp_path, Reason.NOT_A_FILE)):
        with pytest.raises(UnreadableWorkbook) as caught:
            open_archive(path)
        assert caught.value.reason is reason


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_cut_file_is_damaged(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.xlsx"
    path.write_bytes(zipped({"a": b"1" * 1000})[:-cut])
    with pytest.raises(UnreadableWorkbook) as caught:
        open_archive(path)
    assert caught.value.reason is Reason.DAMAGED
