"""Reading sheets cell by cell, each cell with its own type."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, BinaryIO

from xltrack.leads.cells import number_text
from xltrack.leads.grid import Cells

Rows = list[list[object]]
"""The cells of a sheet from A1 on, row by row; an empty cell is None or an empty text."""

# what openpyxl has been seen to raise on damaged workbooks; ParseError is a SyntaxError
_FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
_LONGEST = 1_048_576
_WIDEST = 512
"""Columns that the streaming reader takes; what stands further right is no lead's."""


class StreamError(Exception):
    """The streaming reader could not read the workbook; says why."""


def first_line(error: Exception) -> str:
    """The first line of an error's message, empty where it has none.

    >>> first_line(ValueError("a\\nb")), first_line(ValueError())
    ('a', '')
    """
    return next(iter(str(error).splitlines()), "")


def read_rows(workbook: Any, sheet: str) -> Rows:
    """The cells of a sheet of an open python-calamine workbook.

    Its extent must be known to be sound.
    """
    rows: Rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return rows


def stream_rows(source: Path | BinaryIO, sheet: str) -> Rows:
    """The cells of a sheet by a reader that makes no room for what is not there.

    Blank rows at the end are left out.

    Raises: StreamError where that reader fails as well.
    """
    import openpyxl  # noqa: PLC0415  # slow to import, seldom needed

    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            # it warns of features that reading does not need, and prints odd style numbers
            warnings.simplefilter("ignore")
            with source.open("rb") if isinstance(source, Path) else source as file:
                book = openpyxl.load_workbook(file, read_only=True, data_only=True)
                with closing(book):
                    opened = book[sheet]
                    opened.reset_dimensions()
                    return list(_filled(opened.iter_rows(max_col=_WIDEST, max_row=_LONGEST)))
    except _FAILURES as error:
        raise StreamError(f"{type(error).__name__}: {error}") from error


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[list[object]]:
    blank = 0
    gap: object = None  # what stands for every missing row: one and the same object
    for row in rows:
        if row is gap:
            blank += 1
            continue
        values = [None if cell.data_type == "e" else cell.value for cell in row]
        while values and values[-1] is None:
            values.pop()
        if not values:
            gap = row
            blank += 1
            continue
        yield from ([] for _ in range(blank))
        blank = 0
        yield values


def header_texts(rows: Sequence[Sequence[object]], count: int) -> list[list[str]]:
    """The texts of the first rows; only texts and numbers are headers."""
    return [[_header_text(cell) for cell in row] for row in rows[:count]]


def _header_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return number_text(cell)
    return ""


def by_column(rows: Sequence[Sequence[object]], header_row: int) -> dict[int, Cells]:
    """The cells below a header by 1-based column number; empty texts are None."""
    below = rows[header_row:]
    width = max(map(len, rows), default=0)
    return {
        column + 1: [
            None if column >= len(row) or row[column] == "" else row[column] for row in below
        ]
        for column in range(width)
    }
