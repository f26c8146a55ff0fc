"""Columns of dates or numbers among which some cells are texts, as people leave them.

Only the texts are looked at one by one. Which cells those are, the XML of the sheet tells; what is
left is converted as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
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


def moments_of(grids: Sequence[Grid], column: int) -> list[Part | None]:
    """A date column with its texts apart, None where only its single cells tell what it holds."""
    parts = _parts(grids, column, clean_moments, pa.timestamp("ms"))
    return [part if part is None or _is_safe(part) else None for part in parts]


def _is_safe(part: Part) -> bool:
    """Whether no moment may be a bare time; what was clean is known to have none."""
    return part.texts is _NOTHING or starts_safely(part.array)


def numbers_of(grids: Sequence[Grid], column: int) -> list[Part | None]:
    """A number column with its texts apart, None where only its single cells tell."""
    return _parts(grids, column, clean_numbers, pa.float64())


def _parts(
    grids: Sequence[Grid],
    column: int,
    clean: Callable[[Grid, int], pa.Array | None],
    kind: pa.DataType,
) -> list[Part | None]:
    arrays = [clean(grid, column) for grid in grids]
    parts = [None if array is None else Part(array, _NOTHING) for array in arrays]
    mixed = [number for number, array in enumerate(arrays) if array is None]
    places = {number: grids[number].text_places(column) for number in mixed}
    told = {number: place for number, place in places.items() if place is not None}
    columns = [grids[number].typed[column] for number in told]
    for number, part in zip(told, _apart(columns, list(told.values()), kind), strict=True):
        parts[number] = part
    return parts


def _apart(
    columns: Sequence[pa.Array], places: Sequence[Sequence[int]], kind: pa.DataType
) -> list[Part | None]:
    """The columns with the texts at their ``places`` apart, all at once if that can be done."""
    if not columns:
        return []
    starts = np.cumsum([0, *map(len, columns)])
    every = [
        start + np.array(some, dtype=np.int64) for start, some in zip(starts, places, strict=False)
    ]
    whole = _converted(columns, np.concatenate(every), kind)
    if whole is None and len(columns) > 1:
        alone = zip(columns, places, strict=True)
        return [part for column, some in alone for part in _apart([column], [some], kind)]
    if whole is None:
        return [None]
    array, texts = whole
    parts: list[Part | None] = []
    first = 0
    for number, (column, some) in enumerate(zip(columns, places, strict=True)):
        own = zip(some, texts[first : first + len(some)], strict=True)
        first += len(some)
        found = {place: text for place, text in own if text is not None}
        parts.append(Part(array.slice(int(starts[number]), len(column)), found))
    return parts


def _converted(
    columns: Sequence[pa.Array], places: npt.NDArray[np.int64], kind: pa.DataType
) -> tuple[pa.Array, list[object]] | None:
    """The columns under one another without the texts at ``places``, and those texts.

    None where what is left is not of one kind: numbers among dates, or dates among numbers.
    """
    if len({column.type for column in columns}) > 1:
        return None
    array = columns[0] if len(columns) == 1 else pa.concat_arrays(columns)
    texts = array.take(pa.array(places)).to_pylist()
    rest = np.ones(len(array), dtype=bool)
    rest[places] = False
    try:
        bare = array.filter(pa.array(rest)).cast(kind)
    except pa.ArrowInvalid:
        return None
    at = np.cumsum(rest) - 1
    return bare.take(pa.array(np.where(rest, at, 0), mask=~rest)), texts


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
