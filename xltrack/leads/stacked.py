"""One column of several sheets with equal headers, read as one: what costs a call costs it once.

Every value and every oddity comes out as from reading sheet by sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xltrack.leads.amounts import AmountUnits
from xltrack.leads.grid import Grid
from xltrack.leads.texts import as_text, tidy
from xltrack.leads.typed import (
    DateRules,
    TypedColumn,
    clean_moments,
    clean_numbers,
    date_column,
    number_column,
    of_moments,
    of_numbers,
)

_TEXT = pa.large_string()

Starts = npt.NDArray[np.int64]


def starts_of(grids: Sequence[Grid]) -> Starts:
    """The position of each grid's first row in the stack, and that behind the last row."""
    return np.concatenate([[0], np.cumsum([grid.height for grid in grids], dtype=np.int64)])


def stacked_texts(grids: Sequence[Grid], column: int) -> pa.Array:
    """The texts of a column; see :func:`xltrack.leads.texts.text_column`."""
    return tidy(_joined([as_text(grid, column) for grid in grids]))


def stacked_dates(
    grids: Sequence[Grid], column: int, rules: Sequence[DateRules], with_time: bool
) -> TypedColumn:
    """The dates of a column; see :func:`xltrack.leads.typed.date_column`."""
    arrays = [clean_moments(grid, column) for grid in grids]
    clean = of_moments(_joined(_or_blank(arrays, grids, pa.timestamp("ms"))), with_time)

    def one(number: int) -> TypedColumn:
        return date_column(grids[number], column, rules[number], with_time)

    return _with_others(clean, arrays, grids, one)


def stacked_numbers(
    grids: Sequence[Grid], column: int, units: AmountUnits, unit: str | None = None
) -> TypedColumn:
    """The numbers of a column; see :func:`xltrack.leads.typed.number_column`."""
    arrays = [clean_numbers(grid, column) for grid in grids]
    clean = of_numbers(_joined(_or_blank(arrays, grids, pa.float64())), units, unit)

    def one(number: int) -> TypedColumn:
        return number_column(grids[number], column, units, unit)

    return _with_others(clean, arrays, grids, one)


def _joined(arrays: Sequence[pa.Array]) -> pa.Array:
    return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)


def _or_blank(
    arrays: Sequence[pa.Array | None], grids: Sequence[Grid], kind: pa.DataType
) -> list[pa.Array]:
    return [
        pa.nulls(grid.height, kind) if array is None else array
        for array, grid in zip(arrays, grids, strict=True)
    ]


def _with_others(
    clean: TypedColumn,
    arrays: Sequence[pa.Array | None],
    grids: Sequence[Grid],
    read: Callable[[int], TypedColumn],
) -> TypedColumn:
    """The column with what ``read`` gives for the grids whose cells have to be looked at singly."""
    others = [number for number, array in enumerate(arrays) if array is None]
    if not others:
        return clean
    if len(grids) == 1:
        return read(0)
    starts = starts_of(grids)
    oddities = list(clean.oddities)
    values, filled = clean.values.copy(), clean.filled.copy()
    for number in others:
        start = int(starts[number])
        column = read(number)
        values[start : start + len(column.values)] = column.values
        filled[start : start + len(column.values)] = column.filled
        oddities += [replace(odd, position=start + odd.position) for odd in column.oddities]
    return TypedColumn(values, filled, sorted(oddities, key=lambda odd: odd.position))
