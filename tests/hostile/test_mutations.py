"""Every attribute and every element of the parts that are read, wrong in one way after another."""

from __future__ import annotations

import itertools
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from xltrack.errors import XltrackError
from xltrack.writeback import clean, graft, inspect, open_target, save

VALUES = ("", "x", "-1", "99999999999999999999", "1.5", "true", None)
"""None takes the attribute out."""
PARTS = (
    "[Content_Types].xml",
    "_rels/.rels",
    "docProps/app.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/tables/table1.xml",
    "xl/worksheets/sheet3.xml",
    "xl/worksheets/_rels/sheet3.xml.rels",
)
FULL = bool(os.environ.get("XLTRACK_FULL"))


def attributes_changed(data: bytes) -> Iterator[bytes]:
    """Yield the part with one attribute wrong; each attribute in one way, or in every (FULL)."""
    root = etree.fromstring(data)
    turn = itertools.cycle(VALUES)
    for element in list(root.iter("*")):
        for key, old in list(element.attrib.items()):
            for value in VALUES if FULL else (next(turn),):
                if value is None:
                    del element.attrib[key]
                else:
                    element.set(key, value)
                yield etree.tostring(root)
                element.set(key, old)


def elements_changed(data: bytes) -> Iterator[bytes]:
    """Yield the part with one element gone, doubled, emptied of its text, or of another name."""
    turn = itertools.cycle(("gone", "double", "text", "name"))
    root = etree.fromstring(data)
    count = len(list(root.iter("*")))
    for place in range(1, count):
        for change in ("gone", "double", "text", "name") if FULL else (next(turn),):
            root = etree.fromstring(data)
            element = list(root.iter("*"))[place]
            parent = element.getparent()
            assert parent is not None
            if change == "gone":
                parent.remove(element)
            elif change == "double":
                parent.append(etree.fromstring(etree.tostring(element)))
            elif change == "text":
                element.text = "#REF!" if element.text else "stray"
            else:
                element.tag = "{u:unknown}thing"
            yield etree.tostring(root)


def outcome(path: Path, scratch: bytes) -> str:
    """Graft, clean and look; return how it ended. Only our errors may come out."""
    before = path.read_bytes()
    try:
        inspect(path)
        target = open_target(path)
        if target.sheet_name("a", "a") != "a" or target.table_name("Own") != "Own":
            return "renamed"  # the author would have asked
        save(graft(target, scratch, {"a": "a"}), backup=False)
    except XltrackError:
        assert path.read_bytes() == before
        return "refused"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    try:
        save(clean(open_target(path)), backup=False)
    except XltrackError:
        return "refused"
    return "written"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("changes", [attributes_changed, elements_changed])
def test_a_wrong_part_ends_in_an_error_of_ours_or_a_workbook(
    team: Path, author: Any, part: str, changes: Any
) -> None:
    target = open_target(team)
    scratch = author(["a"], target.body_font, 1, "Own", charts=1)
    save(graft(target, scratch, {"a": "a"}), backup=False)
    other = author(["a"], target.body_font, 2, "Own", charts=1)
    with zipfile.ZipFile(team) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    outcomes = []
    for data in changes(content[part]):
        team.unlink()
        with zipfile.ZipFile(team, "w") as archive:
            for name, whole in content.items():
                archive.writestr(name, data if name == part else whole)
        outcomes.append(outcome(team, other))
    assert len(outcomes) > 1
