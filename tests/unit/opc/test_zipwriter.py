"""Kept entries are raw bytes; what is compared is read by the standard library."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import pytest

from xltrack.opc import zipwriter
from xltrack.opc.archive import archive_from_bytes


def raw_entries(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return (name bytes, stored bytes) of each entry, in the order of the directory."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            start = info.header_offset + 30
            content = start + name + extra
            stored = data[content : content + info.compress_size]
            found.append((data[start : start + name], stored))
    return found


def rewritten(data: bytes, overlay: dict[str, bytes | None]) -> bytes:
    out = io.BytesIO()
    zipwriter.rewrite(archive_from_bytes(data, "t"), overlay, out)
    return out.getvalue()


class Unseekable(io.RawIOBase):
    """What makes zipfile write data descriptors."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


@pytest.fixture
def odd() -> bytes:
    """Descriptors, a stored entry, names beyond ASCII in both encodings, a folder, comments."""
    out = Unseekable()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("b.xml", b"b" * 5000, zipfile.ZIP_DEFLATED)
        archive.writestr("folder/", b"")
        archive.writestr("a.xml", b"a" * 10, zipfile.ZIP_STORED)
        archive.writestr("图表.xml", b"c" * 500, zipfile.ZIP_DEFLATED)
        info = zipfile.ZipInfo("xl\\d.xml", (2031, 2, 3, 4, 5, 6))
        info.comment, info.extra = b"hi", struct.pack("<HH2s", 0x9901, 2, b"zz")
        info.external_attr = 0o644 << 16
        archive.writestr(info, b"d" * 100, zipfile.ZIP_DEFLATED)
        archive.comment = b"whole"
    return out.data


def test_kept_entries_are_the_bytes_they_were(odd: bytes) -> None:
    before, after = raw_entries(odd), raw_entries(rewritten(odd, {"A.xml": b"new"}))
    assert [name for name, _ in after] == [name for name, _ in before]
    assert [a == b for a, b in zip(after, before, strict=True)] == [True, True, False, True, True]


def test_what_the_directory_says_of_kept_entries_stays(odd: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(rewritten(odd, {"b.xml": None}))) as archive:
        assert archive.comment == b"whole"
        assert archive.testzip() is None
        info = archive.infolist()[-1]
        assert (info.comment, info.date_time) == (b"hi", (2031, 2, 3, 4, 5, 6))
        assert info.extra == struct.pack("<HH2s", 0x9901, 2, b"zz")
        assert info.external_attr == 0o644 << 16


def test_new_entries_come_last_and_have_the_first_day(odd: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(rewritten(odd, {"新.xml": b"1", "z.xml": b"2"}))) as archive:
        names = archive.namelist()
        assert names[-2:] == ["新.xml", "z.xml"]
        assert archive.infolist()[-1].date_time == (1980, 1, 1, 0, 0, 0)
        assert archive.read("新.xml") == b"1"


def test_a_name_in_the_old_encoding_keeps_its_bytes_when_replaced() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xxxx.xml", b"1")
    data = out.getvalue().replace(b"xxxx", "表格".encode("gbk"))
    assert raw_entries(rewritten(data, {}))[0][0] == "表格.xml".encode("gbk")
    name = archive_from_bytes(data, "t").entries[0].name
    assert raw_entries(rewritten(data, {name: b"2"}))[0][0] == "表格.xml".encode("gbk")


def test_writing_twice_gives_the_same_bytes(odd: bytes) -> None:
    overlay: dict[str, bytes | None] = {"a.xml": b"x" * 1000, "n.xml": b"y"}
    assert rewritten(odd, overlay) == rewritten(odd, overlay)


def test_entries_written_with_zip64_fields_are_kept() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("big.xml", "w", force_zip64=True) as file,
    ):
        file.write(b"1" * 100_000)
    before, data = out.getvalue(), rewritten(out.getvalue(), {"n.xml": b"2"})
    assert raw_entries(data)[0] == raw_entries(before)[0]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("big.xml") == b"1" * 100_000


def test_offsets_counts_and_sizes_beyond_32_bits_are_written_wide(
    odd: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits are lowered, not the files raised: a reader follows the wide fields either way."""
    source = archive_from_bytes(odd, "t")
    monkeypatch.setattr(zipwriter, "_MAX_32", 120)
    monkeypatch.setattr(zipwriter, "_MAX_16", 3)
    out = io.BytesIO()
    zipwriter.rewrite(source, {"n.xml": b"2" * 4000}, out)
    data = out.getvalue()
    assert b"PK\6\6" in data
    # a reader takes a field for wide at 0xFFFFFFFF alone, so the lowered marks are raised for it
    data = data.replace(struct.pack("<L", 120), struct.pack("<L", 0xFFFFFFFF))
    end = data.rfind(b"PK\5\6")
    data = data[: end + 8] + b"\xff" * 4 + data[end + 12 :]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("n.xml") == b"2" * 4000
        assert archive.read("b.xml") == b"b" * 5000
        assert archive.testzip() is None
