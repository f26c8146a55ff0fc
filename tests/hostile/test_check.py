"""Checking what is meant to hurt: each workbook ends in data or in one finding, within bounds."""

from __future__ import annotations

import os
import re
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

import xltrack
from xltrack.findings import Finding
from xltrack.leads.checked import Checked

FULL = bool(os.environ.get("XLTRACK_FULL"))
MEMORY, SECONDS = 1024, 20
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
Tamper = Callable[..., Path]


def checked(*paths: Path) -> list[Checked]:
    """Check workbooks within 1 GiB and 20 seconds each."""
    result = xltrack.check(paths, jobs=1, memory=MEMORY, seconds=SECONDS)
    return list(result)


def is_data_or_one_finding(each: Checked) -> bool:
    codes = [finding.code for finding in each.findings if finding.code in ("F001", "F002")]
    return len(codes) == 1 if each.error is not None else not codes


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return xltrack.demo(tmp_path / "good.xlsx", leads=20)


def rows_of_blanks(xml: bytes) -> bytes:
    row = b"".join(b'<row r="%d"><c r="A%d"/></row>' % (n, n) for n in range(30_000, 330_000))
    return xml.replace(b"</sheetData>", row + b"</sheetData>")


def wide(xml: bytes) -> bytes:
    cells = b"".join(b"<c><v>1</v></c>" for _ in range(16_384))
    return xml.replace(b"</sheetData>", b'<row r="90000">' + cells + b"</row></sheetData>")


def far(xml: bytes) -> bytes:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return xml.replace(b"</sheetData>", cell)


def entities(xml: bytes) -> bytes:
    laughs = b"".join(b'<!ENTITY l%d "&l%d;&l%d;">' % (n + 1, n, n) for n in range(60))
    head, _, rest = xml.partition(b"?>")
    return head + b'?><!DOCTYPE x [<!ENTITY l0 "ha">' + laughs + b"]>" + rest


def forged(xml: bytes) -> bytes:
    return re.sub(rb'uniqueCount="\d+"', b'uniqueCount="4000000000"', xml)


def long_cell(xml: bytes) -> bytes:
    return re.sub(rb"<t>[^<]*</t>", b"<t>" + b"x" * 1_000_000 + b"</t>", xml, count=1)


def million_styles(xml: bytes) -> bytes:
    return xml.replace(b"</cellXfs>", b"<xf/>" * 1_000_000 + b"</cellXfs>")


def deep(xml: bytes) -> bytes:
    return xml.replace(b"</sheetData>", b"<row>" * 200_000 + b"</sheetData>")


BOMBS = {
    "blank rows": (SHEET, rows_of_blanks),
    "wide row": (SHEET, wide),
    "far cell": (SHEET, far),
    "entities": (SHEET, entities),
    "entities in strings": (STRINGS, entities),
    "forged counts": (STRINGS, forged),
    "a cell of a million": (STRINGS, long_cell),
    "a million styles": (STYLES, million_styles),
    "deep tags": (SHEET, deep),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_data_or_one_finding(good: Path, tamper: Tamper, name: str) -> None:
    part, change = BOMBS[name]
    before = good.read_bytes()
    (each,) = checked(tamper(good, {part: change}))
    assert good.read_bytes() != before
    assert is_data_or_one_finding(each)
    assert "out_of_time" not in map(reason, each.findings)
    if each.error is None:
        assert each.leads in (20, 21)  # the wide row is a row of its own


def test_a_deflated_part_that_never_ends_is_one_finding(good: Path) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    stored = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(3000)) + squeeze.flush()
    with zipfile.ZipFile(good) as archive:
        content = {info.filename: archive.read(info) for info in archive.infolist()}
    place = good.with_name("bomb.xlsx")
    with zipfile.ZipFile(place, "w") as archive:
        for name, data in content.items():
            if name != SHEET:
                archive.writestr(name, data)
        archive.writestr(SHEET, stored)
    patched = bytearray(place.read_bytes())
    for mark, method, sizes in ((b"PK\3\4", 8, 22), (b"PK\1\2", 10, 24)):
        at = patched.rfind(mark)
        struct.pack_into("<H", patched, at + method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<L", patched, at + sizes, 4_000)
    place.write_bytes(patched)
    one, other = checked(place, good)
    assert [finding.code for finding in one.findings] == ["F001"]
    assert other.leads == 20


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the system's")
def test_too_little_memory_costs_the_workbook_that_needs_more(tmp_path: Path) -> None:
    large = xltrack.demo(tmp_path / "large.xlsx", leads=60_000)
    small = xltrack.demo(tmp_path / "small.xlsx", leads=20)
    one, other = xltrack.check([large, small], jobs=1, memory=260)
    assert [finding.code for finding in one.findings if finding.code == "F001"] == ["F001"]
    assert one.error is not None
    assert other.leads == 20


@pytest.fixture
def some(corpus: Path) -> list[Path]:
    """The workbooks of the collection, in the ordinary suite every fourth and the nasty ones."""
    paths = sorted(corpus.iterdir())
    assert len(paths) > 50
    nasty = {path for path in paths if "poc" in path.name or "pass" in path.name}
    return paths if FULL else [p for n, p in enumerate(paths) if n % 4 == 0 or p in nasty]


@pytest.mark.shared
def test_the_collection_ends_in_data_or_one_finding_each(some: list[Path]) -> None:
    start = time.monotonic()
    outcomes = checked(*some)
    assert [each.path for each in outcomes] == some
    assert all(map(is_data_or_one_finding, outcomes))
    given_up = ("crashed", "out_of_time", "out_of_memory")
    assert [f for each in outcomes for f in each.findings if reason(f) in given_up] == []
    if FULL:
        print(f"{len(some)} workbooks in {time.monotonic() - start:.0f} s")  # noqa: T201


def reason(finding: Finding) -> str:
    return finding.params.get("reason", "")
