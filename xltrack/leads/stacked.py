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
from xltrack.leads.mixed import Part, lay_dates, lay_numbers, moments_of, numbers_of
from xltrack.leads.texts import as_text, tidy
from xltrack.leads.typed import (
    DateRules,
    Oddity,
    TypedColumn,
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


def stacked_texts(
    grids: Sequence[Grid], column: int, spaced: dict[int, str] | None = None
) -> pa.Array:
    """The texts of a column; see :func:`xltrack.leads.texts.tidy`."""
    whole = [grid.whole(column) for grid in grids]
    if all(array is not None and array.type == pa.string() for array in whole):
        return tidy(_joined(whole), spaced)
    return tidy(_joined([as_text(grid, column) for grid in grids]), spaced)


def stacked_dates(
    grids: Sequence[Grid], column: int, rules: Sequence[DateRules], with_time: bool
) -> TypedColumn:
    """The dates of a column; see :func:`xltrack.leads.typed.date_column`."""
    parts = moments_of(grids, column)
    clean = of_moments(_joined(_or_blank(parts, grids, pa.timestamp("ms"))), with_time)

    def one(number: int) -> TypedColumn:
        return date_column(grids[number], column, rules[number], with_time)

    def lay(number: int, start: int, part: Part) -> list[Oddity]:
        return lay_dates(clean, start, part, rules[number], with_time)

    return _with_others(clean, parts, grids, one, lay)


def stacked_numbers(
    grids: Sequence[Grid], column: int, units: AmountUnits, unit: str | None = None
) -> TypedColumn:
    """The numbers of a column; see :func:`xltrack.leads.typed.number_column`."""
    parts = numbers_of(grids, column)
    clean = of_numbers(_joined(_or_blank(parts, grids, pa.float64())), units, unit)

    def one(number: int) -> TypedColumn:
        return number_column(grids[number], column, units, unit)

    def lay(number: int, start: int, part: Part) -> list[Oddity]:  # noqa: ARG001  # as for dates
        return lay_numbers(clean, start, part, units, unit)

    return _with_others(clean, parts, grids, one, lay)


def _joined(arrays: Sequence[pa.Array]) -> pa.Array:
    return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)


def _or_blank(
    parts: Sequence[Part | None], grids: Sequence[Grid], kind: pa.DataType
) -> list[pa.Array]:
    return [
        pa.nulls(grid.height, kind) if part is None else part.array
        for part, grid in zip(parts, grids, strict=True)
    ]


def _with_others(
    clean: TypedColumn,
    parts: Sequence[Part | None],
    grids: Sequence[Grid],
    read: Callable[[int], TypedColumn],
    lay: Callable[[int, int, Part], list[Oddity]],
) -> TypedColumn:
    """The column with what its texts say, and with the grids whose cells have to be read singly."""
    starts = starts_of(grids)
    oddities = list(clean.oddities)
    for number, part in enumerate(parts):
        start, end = int(starts[number]), int(starts[number + 1])
        if part is not None:
            oddities += lay(number, start, part) if part.texts else []
            continue
        column = read(number)
        clean.values[start:end] = column.values
        clean.filled[start:end] = column.filled
        oddities += [replace(odd, position=start + odd.position) for odd in column.oddities]
    ordered = sorted(oddities, key=lambda odd: odd.position)
    return TypedColumn(clean.values, clean.filled, ordered)
