"""Packages of any shape: odd names, order, compression, extra parts, folders, comments."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xltrack.opc import package_from_bytes
from xltrack.opc.names import fold
from xltrack.writeback import clean, graft, open_target, save

EXAMPLES = 400 if os.environ.get("XLTRACK_FULL") else 40
SHARED = frozenset(
    {
        *("[content_types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
        *("xl/styles.xml", "docprops/app.xml"),
    }
)
extra_names = st.builds(
    "{}{}.{}".format,
    st.sampled_from(["", "xl/", "xl/worksheets/", "XL/media/", "客户/", "a b/"]),
    st.text("aB3 ü表_-", min_size=1, max_size=6).map(str.strip).filter(bool),
    st.sampled_from(["xml", "bin", "PNG", "rels"]),
)
extras = st.dictionaries(extra_names, st.binary(max_size=300), max_size=5)
Spell = Callable[[str], str]
SPELLINGS: list[Spell] = [str, lambda name: name.replace("/", "\\"), lambda name: "/" + name]


class OneWay(io.RawIOBase):
    """A file that cannot be sought in, for which zipfile writes data descriptors."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


times = st.sampled_from([(1980, 1, 1, 0, 0, 0), (2031, 12, 30, 23, 58, 58)])


@cache
def parts() -> dict[str, bytes]:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Leads")
    sheet.write_row(0, 0, ["a", 1])
    sheet.add_table("C1:D3", {"name": "Leads"})
    book.close()
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def scratch(number: int) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("own")
    sheet.write_row(0, 0, ["x", number], book.add_format({"bold": True}))
    sheet.add_table("C1:D3", {"name": "Own"})
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "=own!$B$1:$B$2"})
    sheet.insert_chart("F1", chart)
    book.close()
    return out.getvalue()


@st.composite
def packages(draw: st.DrawFn) -> bytes:
    """A workbook zipped in one of the ways in which programs zip, with parts of nobody's in it."""
    content = dict(parts())
    for name, data in draw(extras).items():
        if fold(name) not in {fold(key) for key in content}:
            content[name] = data
    spell = draw(st.sampled_from(SPELLINGS))
    out: Any = OneWay() if draw(st.booleans()) else io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in draw(st.permutations(sorted(content))):
            if draw(st.booleans()) and "/" in name and spell is str:
                folder = name.rpartition("/")[0] + "/"
                if folder not in archive.namelist():
                    archive.writestr(folder, b"")
            info = zipfile.ZipInfo(spell(name), draw(times))
            info.external_attr = draw(st.sampled_from([0, 0o600 << 16]))
            info.comment = draw(st.binary(max_size=3))
            info.extra = draw(st.sampled_from([b"", struct.pack("<HH2s", 0x9902, 2, b"ab")]))
            method = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
            archive.writestr(info, content[name], method)
        # a comment that reads like the end of the directory is one that zipfile itself trips over
        archive.comment = draw(st.binary(max_size=5).filter(lambda comment: b"PK" not in comment))
    return bytes(out.data) if isinstance(out, OneWay) else out.getvalue()


def entries(path: Path) -> list[tuple[str, bytes, bytes, bytes]]:
    """Return (name, name bytes, comment, stored bytes) of each entry, in order."""
    data, found = path.read_bytes(), []
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            start = info.header_offset + 30
            body = data[start + name + extra :][: info.compress_size]
            found.append((info.orig_filename, data[start : start + name], info.comment, body))
    return found


def is_shared(name: str) -> bool:
    return name.replace("\\", "/").lstrip("/").lower() in SHARED


@given(packages(), st.integers(1, 3))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_package_keeps_its_entries(data: bytes, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.xlsx"
        path.write_bytes(data)
        before = entries(path)
        for _ in range(2):
            save(graft(open_target(path), scratch(number), {"own": "own"}), backup=False)
            after = entries(path)[: len(before)]
            assert [entry[0] for entry in after] == [entry[0] for entry in before]
            kept = [entry for entry in before if not is_shared(entry[0])]
            assert [entry for entry in after if not is_shared(entry[0])] == kept
        save(clean(open_target(path)), backup=False)
        assert len(entries(path)) == len(before)


@given(packages())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_writing_a_package_without_a_change_changes_no_part(data: bytes) -> None:
    package = package_from_bytes(data, "any")
    out = io.BytesIO()
    package.write(out)
    again = package_from_bytes(out.getvalue(), "again")
    assert list(again.names.values()) == list(package.names.values())
    assert all(again.read(name) == package.read(name) for name in package.names.values())
    second = io.BytesIO()
    again.write(second)
    assert second.getvalue() == out.getvalue()
