"""The cells of an open workbook, unsaved changes included, as the reading of leads takes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from xltrack.leads.handed_over import SheetCells
from xltrack.leads.marks import Place
from xltrack.leads.plan import EPOCH

if TYPE_CHECKING:
    from xlwings import Range, Sheet

ERRORS = frozenset(
    (
        *("#BLOCKED!", "#BUSY!", "#CALC!", "#CONNECT!", "#DIV/0!", "#EXTERNAL!", "#FIELD!"),
        *("#GETTING_DATA", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#PYTHON!", "#REF!", "#SPILL!"),
        *("#UNKNOWN!", "#VALUE!"),
    )
)
"""What Excel shows in a cell that holds an error; a text typed like it becomes one."""

_AT_ONCE = 2_000_000  # cells
_MOST_MERGED = 200
_FIRST_DAY = dt.date(1899, 12, 30)


def sheet_cells(sheet: Sheet) -> SheetCells:
    """The cells of a sheet from A1 to the end of what is used, read in one go."""
    rows = _rows(sheet)
    errors: dict[Place, str] = {}
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if isinstance(value, str) and value in ERRORS:
                errors[number, column] = value
                row[column - 1] = None
    width = max(map(len, rows), default=0)

    def merged(first: int, last: int) -> list[tuple[Place, Place]]:
        return _merged(sheet.range((first, 1), (last, max(width, 1)))) if width else []

    return SheetCells(sheet.name, rows, errors, merged)


def _rows(sheet: Sheet) -> list[list[object]]:
    """Read at once, unless formats reach so far that most of it must be empty."""
    end = sheet.used_range.last_cell
    height, width = end.row, end.column
    step = height if height * width <= _AT_ONCE else max(1, _AT_ONCE // width)
    rows: list[list[object]] = []
    for top in range(1, height + 1, step):
        cells = sheet.range((top, 1), (min(top + step - 1, height), width))
        values = cells.options(ndim=2, err_to_str=True).value
        read = [[_value(value) for value in row] for row in values]
        if top > 1 and not any(value is not None for row in read for value in row):
            break
        rows += read
    while rows and not any(value is not None for value in rows[-1]):
        rows.pop()
    return rows


def _value(value: object) -> object:
    """A cell as a file holds it: sums of money are numbers, times without a day are times."""
    if isinstance(value, Decimal):  # a cell whose format is a currency
        return float(value)
    if isinstance(value, dt.datetime):
        plain = value.replace(tzinfo=None)
        return plain.time() if plain.date() <= _FIRST_DAY else plain
    return None if value == "" else value


def _merged(cells: Range) -> list[tuple[Place, Place]]:
    """The merged ranges among cells, found by halving what is merged in part."""
    found: set[tuple[Place, Place]] = set()
    waiting = [cells]
    while waiting and len(found) < _MOST_MERGED:
        some = waiting.pop()
        merged = some.merge_cells
        if merged is False:
            continue
        rows, columns = some.shape
        if merged:
            area = _ends(some[0, 0].merge_area)
            found.add(area)
            if _ends(some)[1] <= area[1] and some.column + columns - 1 <= area[1][1]:
                continue
        if rows >= columns:
            waiting += [some[: rows // 2, :], some[rows // 2 :, :]] if rows > 1 else []
        else:
            waiting += [some[:, : columns // 2], some[:, columns // 2 :]]
    return sorted(found)


def _ends(cells: Range) -> tuple[Place, Place]:
    rows, columns = cells.shape
    return (cells.row, cells.column), (cells.row + rows - 1, cells.column + columns - 1)


def plain_cells(rows: list[list[object]]) -> dict[int, dict[int, str | float]]:
    """The filled cells by row and column, days as the numbers that a file holds."""
    cells: dict[int, dict[int, str | float]] = {}
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if isinstance(value, str):
                cells.setdefault(number, {})[column] = value
            elif isinstance(value, dt.datetime):
                days = (value.date() - EPOCH).days
                cells.setdefault(number, {})[column] = float(days)
            elif isinstance(value, int | float):
                cells.setdefault(number, {})[column] = float(value)
    return cells
