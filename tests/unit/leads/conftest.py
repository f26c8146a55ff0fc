"""Workbooks of leads written cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from xltrack.leads import LeadBook, read_book
from xltrack.template import Template, load_template

Rows = Sequence[Sequence[object]]
Write = Callable[..., Path]
Read = Callable[..., LeadBook]

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人"]


@dataclass(frozen=True)
class Formula:
    """A formula cell; ``value`` is what is stored as its result."""

    text: str
    value: object = 0


@pytest.fixture(scope="session")
def template() -> Template:
    return load_template()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a workbook of one or more sheets of rows and returns its path."""

    def written(
        sheets: Mapping[str, Rows] | Rows, name: str = "leads.xlsx", **options: Any
    ) -> Path:
        path = tmp_path / name
        book = xlsxwriter.Workbook(path, options)
        formats = {
            dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
            dt.time: book.add_format({"num_format": "hh:mm"}),
        }
        named = sheets if isinstance(sheets, Mapping) else {"线索跟踪表": sheets}
        for title, rows in named.items():
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    _write(sheet, row, column, cell, formats)
        book.close()
        return path

    return written


def _write(sheet: Any, row: int, column: int, cell: object, formats: dict[type, Any]) -> None:
    if isinstance(cell, Formula):
        sheet.write_formula(row, column, cell.text, None, cell.value)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, dt.date | dt.time):
        sheet.write_datetime(row, column, cell, formats[type(cell)])
    elif cell is not None:
        sheet.write(row, column, cell)


@pytest.fixture
def error_cell() -> Formula:
    """A cell that shows #N/A."""
    return Formula("=NA()", "#N/A")


@pytest.fixture
def read(write: Write, template: Template) -> Read:
    """Writes rows of leads and reads them."""

    def reading(sheets: Mapping[str, Rows] | Rows, **options: Any) -> LeadBook:
        settings = {
            key: options.pop(key)
            for key in list(options)
            if key in ("settings", "careful", "allow_empty")
        }
        return read_book(write(sheets, **options), template=template, **settings)

    return reading


@pytest.fixture
def column(read: Read) -> Callable[..., Any]:
    """Reads cells under one more header and returns that field's values and its findings."""

    def of(
        header: str,
        cells: Sequence[object],
        field: str,
        ids: Sequence[str] | None = None,
        **options: Any,
    ) -> Any:
        rows = [
            [(ids[n] if ids else f"LX20240500{n}"), f"客户{n}", "初识", "张三", cell]
            for n, cell in enumerate(cells)
        ]
        book = read([[*HEADER, header], *rows], **options)
        found = [
            (f.code, f.cell, f.corrected)
            for f in book.findings
            if f.field == field and f.code[0] == "V"
        ]
        return book.rows[field], found

    return of
