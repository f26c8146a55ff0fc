"""Packages made to hurt: each ends in one of our errors, within bounds, or is copied untouched."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import PackageError, Reason, Refused, UnreadableWorkbook, XltrackError
from xltrack.opc import Bounds, open_package
from xltrack.writeback import graft, inspect, open_target, save

MEMORY = 250 << 20
LARGE = 256 << 20


def bomb(path: Path, name: str, size: int, claimed: int | None = None) -> None:
    """Append an entry of zeros that inflates to ``size`` and says it is ``claimed``."""
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
    block = bytes(1 << 20)
    stored = b"".join(squeeze.compress(block) for _ in range(size >> 20)) + squeeze.flush()
    with zipfile.ZipFile(path) as archive:
        content = {info.filename: archive.read(info) for info in archive.infolist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for key, data in content.items():
            if key != name:
                archive.writestr(key, data)
        info = zipfile.ZipInfo(name)
        archive.writestr(info, stored)
    patched = bytearray(out.getvalue())
    for mark, method, sizes in ((b"PK\3\4", 8, 22), (b"PK\1\2", 10, 24)):
        at = patched.rfind(mark)
        struct.pack_into("<H", patched, at + method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<L", patched, at + sizes, size if claimed is None else claimed)
    path.write_bytes(patched)


def limited(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process with a bound on its memory and time."""
    guard = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
        "from pathlib import Path\n"
        "from xltrack.errors import XltrackError\n"
    )
    return subprocess.run(
        [sys.executable, "-c", guard + code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


OPEN = (
    "from xltrack.writeback import open_target\n"
    "try:\n"
    "    open_target(Path(sys.argv[1]))\n"
    "except XltrackError as error:\n"
    "    print(type(error).__name__, getattr(error, 'reason', ''))\n"
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")


@posix
@pytest.mark.parametrize("claimed", [None, 1000])
def test_a_part_that_inflates_without_end_is_not_inflated(team: Path, claimed: int | None) -> None:
    bomb(team, "xl/workbook.xml", LARGE, claimed)
    done = limited(OPEN, str(team))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "too_large"


@posix
def test_a_large_part_that_is_only_copied_costs_no_memory(team: Path, author: Any) -> None:
    """A sheet that would not fit into the memory under which it is refreshed."""
    code = (
        "from xltrack.writeback import *\n"
        "target = open_target(Path(sys.argv[1]))\n"
        "scratch = Path(sys.argv[2]).read_bytes()\n"
        "print(save(graft(target, scratch, {'a': 'a'}), backup=False).changed)\n"
    )
    scratch = team.with_name("scratch")
    scratch.write_bytes(author(["a"]))
    filler = b"<row><c><v>%d</v></c></row>"
    with zipfile.ZipFile(team) as archive:
        content = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(team, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            with archive.open(name, "w") as file:
                if name == "xl/worksheets/sheet1.xml":
                    for number in range(0, 400_000, 1000):
                        rows = range(number, number + 1000)
                        file.write(b"".join(filler % row * 20 for row in rows))
                file.write(data)
    done = limited(code, str(team), str(scratch))
    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize(
    "entities",
    [
        b'<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        b'<!ENTITY x SYSTEM "file:///etc/passwd">',
        b'<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;',
    ],
)
def test_entities_are_refused_wherever_they_are_read(
    team: Path, author: Any, tamper: Any, part: str, entities: bytes
) -> None:
    doctype = b"<!DOCTYPE x [" + entities + b"]>"
    tamper(team, {part: lambda data: data.replace(b"?>", b"?>" + doctype, 1)})
    before = team.read_bytes()
    with pytest.raises(PackageError, match="DOCTYPE"):
        graft(open_target(team), author(["a"]), {"a": "a"})
    assert team.read_bytes() == before


def test_a_part_with_entities_that_is_only_copied_is_copied(
    team: Path, author: Any, tamper: Any
) -> None:
    doctype = b'?><!DOCTYPE x [<!ENTITY a "b">]>'
    tamper(team, {"xl/sharedStrings.xml": lambda data: data.replace(b"?>", doctype, 1)})
    save(graft(open_target(team), author(["a"]), {"a": "a"}), backup=False)
    with zipfile.ZipFile(team) as archive:
        assert doctype in archive.read("xl/sharedStrings.xml")


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", b"<a>" * 100_000),
        ("xl/workbook.xml", b"<a>" * 5_000 + b"</a>" * 5_000),
        ("xl/workbook.xml", b"\xff\xfe\x00"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships"),
        ("[Content_Types].xml", b""),
        ("xl/styles.xml", b"<styleSheet>" + b"x" * 20_000_000),
        ("docProps/app.xml", b"<Properties>&undefined;</Properties>"),
        ("xl/tables/table1.xml", b"<table id='x'/>"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_parts_end_in_one_error(
    team: Path, author: Any, tamper: Any, part: str, content: bytes
) -> None:
    tamper(team, {part: content})
    before = team.read_bytes()
    with pytest.raises((PackageError, UnreadableWorkbook, Refused)):
        graft(open_target(team), author(["a"]), {"a": "a"})
    assert team.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'sheetId="1"', b'sheetId="x"'),
        (b'sheetId="1"', b""),
        (b'localSheetId="1"', b'localSheetId="-1"'),
        (b'localSheetId="1"', b'localSheetId="99999999999999999999"'),
        (b"<bookViews>", b'<bookViews><workbookView activeTab="x"/>'),
        (b"<sheets>", b"<sheets><sheet/>"),
        (b"</sheets>", b'<sheet name="ghost" sheetId="77" r:id="rId999"/></sheets>'),
    ],
)
def test_a_workbook_part_that_makes_no_sense_ends_in_one_error_or_a_sound_file(
    team: Path, author: Any, tamper: Any, old: bytes, new: bytes
) -> None:
    tamper(team, {"xl/workbook.xml": lambda data: data.replace(old, new, 1)})
    before = team.read_bytes()
    try:
        save(graft(open_target(team), author(["a"]), {"a": "a"}), backup=False)
    except XltrackError:
        assert team.read_bytes() == before
    else:
        assert open_target(team).owned == {"a": "a"}


def test_circles_and_paths_out_of_the_package_stay_inside(
    team: Path, author: Any, tamper: Any
) -> None:
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="a" Type="t/x" Target="../workbook.xml"/>'
        b'<Relationship Id="b" Type="t/x" Target="../../../../../etc/passwd"/>'
        b'<Relationship Id="c" Type="t/x" Target="sheet2.xml"/></Relationships>'
    )
    tamper(team, {"xl/worksheets/_rels/sheet2.xml.rels": rels})
    save(graft(open_target(team), author(["a"]), {"a": "a"}), backup=False)
    assert inspect(team).problems != ()


def test_many_entries_are_refused_by_their_number(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(300):
            archive.writestr(f"xl/p{number}.xml", b"")
    with pytest.raises(UnreadableWorkbook) as caught:
        open_package(path, Bounds(entries=200))
    assert caught.value.reason is Reason.TOO_LARGE


def test_any_cut_or_flipped_byte_ends_in_one_error_or_a_workbook(team: Path, author: Any) -> None:
    """Every 97th byte flipped, every 211th place cut: an error of ours, or a whole file."""
    data, scratch = team.read_bytes(), author(["a"], charts=1)
    outcomes = {"error": 0, "written": 0}
    variants = [bytes(data[:cut]) for cut in range(0, len(data), 211)]
    for place in range(0, len(data), 97):
        flipped = bytearray(data)
        flipped[place] ^= 0x55
        variants.append(bytes(flipped))
    for variant in variants:
        team.write_bytes(variant)
        try:
            save(graft(open_target(team), scratch, {"a": "a"}), backup=False)
        except XltrackError:
            assert team.read_bytes() == variant
            outcomes["error"] += 1
        else:
            assert open_target(team).owned == {"a": "a"}
            outcomes["written"] += 1
    assert min(outcomes.values()) > 5
    assert [entry.name for entry in team.parent.iterdir()] == ["team.xlsx"]


@pytest.mark.shared
@posix
def test_the_shared_strings_attack_is_refreshed_within_bounds(
    corpus: Path, tmp_path: Path, author: Any
) -> None:
    path, scratch = tmp_path / "attack.xlsx", tmp_path / "scratch"
    path.write_bytes((corpus / "poi__poc-shared-strings.xlsx").read_bytes())
    scratch.write_bytes(author(["a"]))
    code = (
        "from xltrack.writeback import *\n"
        "target = open_target(Path(sys.argv[1]))\n"
        "scratch = Path(sys.argv[2]).read_bytes()\n"
        "print(save(graft(target, scratch, {'a': 'a'}), backup=False).changed)\n"
        "print(len(inspect(Path(sys.argv[1])).sheets))\n"
    )
    done = limited(code, str(path), str(scratch))
    assert done.stdout == "True\n2\n", done.stderr
