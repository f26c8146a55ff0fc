"""LibreOffice opens a fixed workbook, and finds the values, dropdowns and formats in place."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import xltrack
from xltrack.writeback import open_target, save
from xltrack.writeback.patch import patch

pytestmark = pytest.mark.office

LEADS = "线索跟踪表"
PART = "xl/worksheets/sheet1.xml"


@pytest.fixture
def fixed(tmp_path: Path) -> Path:
    path = xltrack.demo(tmp_path / "leads.xlsx", leads=20)
    cells: dict[str, Any] = {"K3": "2024.7.10", "L5": "1,200", "A6": None}
    save(patch(open_target(path), {LEADS: cells}), backup=False)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    pasted = content[PART].replace(b"G2:G5001", b"G2:G4 G9:G5001")
    assert pasted != content[PART]
    content[PART] = pasted
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    result = xltrack.fix(path, in_place=True, as_of=dt.date(2024, 6, 30), backup=False)
    assert len(result.changes) == 3
    return path


def test_values_dropdowns_and_formats_are_there(
    fixed: Path, opened: Callable[[bytes], Any]
) -> None:
    document = opened(fixed.read_bytes())
    day = (dt.date(2024, 7, 10) - dt.date(1899, 12, 30)).days
    assert document.value(LEADS, "K3") == day
    assert document.cell(LEADS, "K3").String == "2024-07-10"
    assert document.value(LEADS, "L5") == 1200
    assert str(document.value(LEADS, "A6")).startswith("LX2024")
    for row in range(2, 12):
        assert document.cell(LEADS, f"G{row}").Validation.Type.value == "LIST"
    # the tints of 优先级 in rows whose formats came back are those of the rows around
    by_text: dict[str, set[str | None]] = {}
    for row in document.shown(0)[1:21]:
        by_text.setdefault(row[6].text, set()).add(row[6].fill)
    assert {"高", "中", "低"} <= by_text.keys()
    assert all(len(fills) == 1 for fills in by_text.values())
    assert len(set.union(*by_text.values())) == 3
