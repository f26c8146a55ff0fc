"""Columns of dates or numbers among which some cells are texts, as people leave them.

Only the texts are looked at one by one. Which cells those are, the XML of the sheet tells; what is
left is converted as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from xltrack.leads.amounts import AmountUnits
from xltrack.leads.grid import Grid
from xltrack.leads.typed import (
    DateRules,
    Oddity,
    TypedColumn,
    amount_text,
    clean_moments,
    clean_numbers,
    odd_dates,
    starts_safely,
)

_NOTHING: Mapping[int, object] = {}


@dataclass(frozen=True)
class Part:
    """A column of one sheet: what is of its type as an array, null elsewhere, and the texts."""

    array: pa.Array
    texts: Mapping[int, object]


def moments_of(grid: Grid, column: int) -> Part | None:
    """A date column with its texts apart, None where only its single cells tell what it holds."""
    array = clean_moments(grid, column)
    if array is not None:
        return Part(array, _NOTHING)
    part = _apart(grid, column, pa.timestamp("ms"))
    return part if part is not None and starts_safely(part.array) else None


def numbers_of(grid: Grid, column: int) -> Part | None:
    """A number column with its texts apart, None where only its single cells tell."""
    array = clean_numbers(grid, column)
    return _apart(grid, column, pa.float64()) if array is None else Part(array, _NOTHING)


def _apart(grid: Grid, column: int, kind: pa.DataType) -> Part | None:
    places = grid.text_places(column)
    if places is None:
        return None
    array = grid.typed[column]
    some = array.take(pa.array(places, type=pa.int64())).to_pylist()
    texts = {place: text for place, text in zip(places, some, strict=True) if text is not None}
    rest = np.ones(len(array), dtype=bool)
    rest[places] = False
    try:
        bare = array.filter(pa.array(rest)).cast(kind)
    except pa.ArrowInvalid:
        return None  # numbers among dates, or dates among numbers
    at = np.cumsum(rest) - 1
    return Part(bare.take(pa.array(np.where(rest, at, 0), mask=~rest)), texts)


def lay_dates(
    column: TypedColumn, start: int, part: Part, rules: DateRules, with_time: bool
) -> list[Oddity]:
    """Put the dates that the texts of a sheet say into the column; return what was odd."""
    own = slice(start, start + len(part.array))
    odd = odd_dates(part.texts, column.values[own], column.filled[own], rules, with_time)
    return [Oddity(start + each.position, each.code, each.value, each.corrected) for each in odd]


def lay_numbers(
    column: TypedColumn, start: int, part: Part, units: AmountUnits, unit: str | None
) -> list[Oddity]:
    """Put the numbers that the texts of a sheet say into the column; return what was odd."""
    odd = []
    for position, text in part.texts.items():
        if not isinstance(text, str) or units.is_none(text):
            continue
        value, code, corrected = amount_text(text, units, unit)
        column.values[start + position] = value
        column.filled[start + position] = True
        odd.append(Oddity(start + position, code, text.strip(), corrected))
    return odd
