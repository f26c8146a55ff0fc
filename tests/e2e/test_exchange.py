"""LibreOffice opens merged and redacted workbooks, and calculates the figures stored in them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xltrack

pytestmark = pytest.mark.office

AS_OF = dt.date(2024, 6, 30)
LEADS, BOARD = "线索跟踪表", "看板"


@pytest.fixture
def copies(tmp_path: Path) -> list[Path]:
    return [
        xltrack.demo(tmp_path / f"{name}.xlsx", leads=40, seed=seed)
        for name, seed in (("a", 1), ("b", 2), ("c", 1))
    ]


def test_a_merged_workbook_is_a_working_one(
    copies: list[Path], tmp_path: Path, opened: Callable[[bytes], Any]
) -> None:
    out = tmp_path / "out.xlsx"
    merged = xltrack.merge(copies, output=out, as_of=AS_OF)
    stored: Any = openpyxl.load_workbook(out, data_only=True)
    document = opened(out.read_bytes())
    assert list(document.uno.Sheets.ElementNames) == stored.sheetnames
    for row in (2, merged.leads + 1):
        assert document.value(LEADS, f"A{row}") == stored[LEADS][f"A{row}"].value
    sheet = document.sheet(BOARD)
    sheet.unprotect("")
    sheet.getCellRangeByName("B2").Value = (AS_OF - dt.date(1899, 12, 30)).days
    document.uno.calculateAll()
    compared = 0
    for row in stored[BOARD].iter_rows(max_row=30, max_col=14):
        for cell in row:
            if isinstance(cell.value, int | float) and cell.coordinate != "B2":
                there = document.value(BOARD, cell.coordinate)
                assert isinstance(there, float), cell.coordinate
                assert math.isclose(there, cell.value, rel_tol=1e-9), cell.coordinate
                compared += 1
    assert compared > 30


def test_a_redacted_workbook_opens_with_its_masks(
    copies: list[Path], tmp_path: Path, opened: Callable[[bytes], Any]
) -> None:
    xltrack.refresh(copies[0], as_of=AS_OF)
    out = tmp_path / "out.xlsx"
    xltrack.redact(copies[0], output=out)
    document = opened(out.read_bytes())
    stored: Any = openpyxl.load_workbook(out)
    assert list(document.uno.Sheets.ElementNames) == stored.sheetnames
    assert document.value(LEADS, "E2") == "m0001@redacted.invalid"
    before: Any = openpyxl.load_workbook(copies[0], data_only=True)[LEADS]
    for row in range(2, 20):
        assert document.value(LEADS, f"A{row}") == before[f"A{row}"].value
