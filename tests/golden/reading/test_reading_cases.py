"""Whole workbooks, written from declared cells, against what a person reads out of them."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from xltrack.errors import UnreadableWorkbook
from xltrack.leads import read_book
from xltrack.template import load_template

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").glob("*.toml"))
INVALID = sorted((HERE / "invalid").glob("*.toml"))
NULL = "null"


def test_there_are_cases() -> None:
    assert len(VALID) >= 3
    assert len(INVALID) >= 3


def _load(case: Path, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Write the workbook of a case; its path and what is expected of it."""
    declared = tomllib.loads(case.read_text(encoding="utf-8"))
    path = folder / f"{case.stem}.xlsx"
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for sheet in declared["sheets"]:
        page = book.add_worksheet(sheet["name"])
        top = sheet.get("top", 0)
        if top:
            page.write_string(0, 0, "线索登记")
        for row, cells in enumerate([sheet["header"], *sheet["rows"]], start=top):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    page.write_datetime(row, column, cell, day)
                elif isinstance(cell, str) and cell:
                    page.write_string(row, column, cell)
                elif cell != "":
                    page.write_number(row, column, cell)
    book.close()
    return path, declared["expected"]


def _plain(value: object) -> object:
    if pd.isna(value):  # type: ignore[call-overload]
        return NULL
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime() if value.time() != dt.time() else value.date()
    return value


@pytest.mark.parametrize("careful", [False, True], ids=["fast", "careful"])
@pytest.mark.parametrize("case", VALID, ids=lambda case: case.stem)
def test_a_workbook_is_read_as_a_person_reads_it(case: Path, careful: bool, tmp_path: Path) -> None:
    path, expected = _load(case, tmp_path)
    book = read_book(path, template=load_template(), careful=careful)
    found = {name: [_plain(v) for v in book.rows[name].tolist()] for name in expected["leads"]}
    assert found == expected["leads"]
    others = [finding for finding in book.findings if finding.code != "F003"]
    assert [[f.code, f.cell, f.field] for f in others] == expected["findings"]
    missing = [finding.field for finding in book.findings if finding.code == "F003"]
    assert missing == expected.get("missing", [])
    assert book.own == expected["own"]


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.stem)
def test_a_workbook_without_leads_says_so(case: Path, tmp_path: Path) -> None:
    path, expected = _load(case, tmp_path)
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(path, template=load_template())
    assert caught.value.reason.value == expected["reason"]
    assert caught.value.detail == expected["detail"]
