"""Date and number columns: from the cells of a sheet to values, with what was odd about them."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.findings import Corrected
from xltrack.leads.amounts import AmountUnits
from xltrack.leads.cells import DECIMALS, kind_of, shown, to_second
from xltrack.leads.dates import from_number, month_and_day, needs_year, parse_moment, year_near
from xltrack.leads.grid import Cells, Grid
from xltrack.text import fold

Moments = npt.NDArray[np.datetime64]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_NO_MOMENT = np.datetime64("NaT", "s")
_FIRST_SAFE = np.datetime64("1904-01-05", "ms")  # before it a bare time may look like a day
_ID_MONTH = re.compile(r"\D*(20\d\d)(0[1-9]|1[0-2])\d{3,}")


@dataclass(frozen=True)
class Oddity:
    """A cell that is not simply a value of its column's type."""

    position: int
    code: str
    value: str
    corrected: Corrected = None


@dataclass(frozen=True)
class TypedColumn:
    """The values of a column, which cells hold more than a mark for none, and the odd ones."""

    values: npt.NDArray[Any]
    filled: Mask
    oddities: list[Oddity] = field(default_factory=list)


@dataclass(frozen=True)
class DateRules:
    """How dates of a sheet are read: its date system, the marks for none, the ids of its leads.

    ``lead_ids`` gives the lead id of each row; its month completes dates without a year.
    """

    date_1904: bool = False
    marks: frozenset[str] = frozenset()
    lead_ids: Callable[[], Sequence[str | None]] = list


def date_column(grid: Grid, column: int, rules: DateRules, with_time: bool = False) -> TypedColumn:
    """The dates of a column as datetime64[s], at midnight unless ``with_time``."""
    array = clean_moments(grid, column)
    if array is not None:
        return of_moments(array, with_time)
    return _read_dates(grid.cells(column), rules, with_time)


def clean_moments(grid: Grid, column: int) -> pa.Array | None:
    """A column of dates alone as moments to the millisecond, None where its cells are mixed."""
    array = grid.whole(column)
    if array is None:
        return None
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.timestamp("ms"))
    return array.cast(pa.timestamp("ms")) if _is_clean_dates(array) else None


def of_moments(array: pa.Array, with_time: bool) -> TypedColumn:
    """A date column of what :func:`clean_moments` gave."""
    values = _moments(array, with_time)
    return TypedColumn(values, ~np.isnat(values))


def number_column(
    grid: Grid, column: int, units: AmountUnits, unit: str | None = None
) -> TypedColumn:
    """The numbers of a column as float64, in the unit of ``units``; bare ones are in ``unit``."""
    array = clean_numbers(grid, column)
    if array is not None:
        return of_numbers(array, units, unit)
    bare, column_read = _read_numbers(grid.cells(column), units, unit)
    return _scaled(column_read, bare, units.factor(unit))


def clean_numbers(grid: Grid, column: int) -> pa.Array | None:
    """A column of numbers alone as float64, None where its cells are mixed."""
    array = grid.whole(column)
    if array is None:
        return None
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.float64())
    return array.cast(pa.float64()) if _is_numeric(array) else None


def of_numbers(array: pa.Array, units: AmountUnits, unit: str | None = None) -> TypedColumn:
    """A number column of what :func:`clean_numbers` gave."""
    bare: Numbers = array.to_numpy(zero_copy_only=False).copy()
    return _scaled(TypedColumn(bare, ~np.isnan(bare)), bare, units.factor(unit))


def own_column(grid: Grid, column: int) -> npt.NDArray[Any] | None:
    """A column of the team's own whose cells are all numbers or all dates, None for any other.

    Numbers are float64, dates datetime64[s] with their time.
    """
    array = grid.whole(column)
    if array is not None and (array.null_count == len(array) or pa.types.is_string(array.type)):
        return None
    if array is not None and _is_clean_dates(array):
        return _moments(array, with_time=True)
    if array is not None and _is_numeric(array):
        numbers: Numbers = array.cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
        return numbers
    return _own_cells(grid.cells(column))


def is_of_type(grid: Grid, column: int, kind: str) -> bool:
    """Whether a column is clean enough to be read as a whole into a field of that type."""
    array = grid.whole(column)
    if kind in ("text", "list") or array is None:
        return array is not None
    if array.null_count == len(array):
        return True
    return _is_numeric(array) if kind == "number" else _is_clean_dates(array)


def _own_cells(cells: Cells) -> npt.NDArray[Any] | None:
    kinds = {kind_of(cell) for cell in cells} - {"empty"}
    blank = any(isinstance(cell, str) for cell in cells)
    if kinds == {"number"} and not blank:
        return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
    if kinds == {"date"} and not blank:
        return np.array([_moment64(cell, True) for cell in cells], dtype="datetime64[s]")
    return None


def _is_clean_dates(array: pa.Array) -> bool:
    if not (pa.types.is_timestamp(array.type) or pa.types.is_date(array.type)):
        return False
    return starts_safely(array)


def starts_safely(array: pa.Array) -> bool:
    """Whether no moment of a column may be a bare time."""
    earliest = pc.min(array).as_py()
    return earliest is None or bool(np.datetime64(earliest, "ms") >= _FIRST_SAFE)


def _is_numeric(array: pa.Array) -> bool:
    numeric: bool = pa.types.is_floating(array.type) or pa.types.is_integer(array.type)
    return numeric


def _moments(array: pa.Array, with_time: bool) -> Moments:
    exact: Moments = array.cast(pa.timestamp("ms")).to_numpy(zero_copy_only=False)
    if with_time:
        return (exact + np.timedelta64(500, "ms")).astype("datetime64[s]")
    return exact.astype("datetime64[D]").astype("datetime64[s]")


def _moment64(moment: object, with_time: bool) -> np.datetime64:
    if isinstance(moment, dt.datetime):
        return np.datetime64(to_second(moment) if with_time else moment.date(), "s")
    return np.datetime64(moment, "s") if isinstance(moment, dt.date) else _NO_MOMENT


@dataclass(frozen=True)
class _DateCell:
    """What a cell of a date column says; ``yearless`` is its text where the year is missing."""

    moment: np.datetime64 = _NO_MOMENT
    filled: bool = True
    code: str = ""
    value: str = ""
    corrected: Corrected = None
    yearless: str = ""


def _read_dates(cells: Cells, rules: DateRules, with_time: bool) -> TypedColumn:
    values = np.full(len(cells), _NO_MOMENT)
    filled = np.zeros(len(cells), dtype=bool)
    every = {position: cell for position, cell in enumerate(cells) if cell is not None}
    return TypedColumn(values, filled, odd_dates(every, values, filled, rules, with_time))


def odd_dates(
    cells: Mapping[int, object], values: Moments, filled: Mask, rules: DateRules, with_time: bool
) -> list[Oddity]:
    """Put what single cells say into the ``values`` of their sheet; return what was odd.

    ``values`` and ``filled`` hold the cells that are no part of ``cells`` already.
    """
    known: dict[tuple[type, object], _DateCell] = {}  # columns repeat few dates many times
    read: list[tuple[int, _DateCell]] = []
    for position, cell in cells.items():
        key = (type(cell), cell)
        if key not in known:
            known[key] = _date_cell(cell, rules, with_time)
        found = known[key]
        values[position], filled[position] = found.moment, found.filled
        if found.code or found.yearless:
            read.append((position, found))
    years = _Years(rules, values.copy()) if read else None
    oddities = []
    for position, found in read:
        completed = found
        if found.yearless and years is not None:
            moment = parse_moment(found.yearless, years.of(position, found.yearless))
            completed = _odd_date(found.yearless, moment, with_time)
            values[position] = completed.moment
        oddities.append(Oddity(position, completed.code, completed.value, completed.corrected))
    return oddities


def _date_cell(cell: object, rules: DateRules, with_time: bool) -> _DateCell:
    kind = kind_of(cell)
    if kind == "empty":
        return _DateCell(filled=False)
    if kind == "date":
        return _DateCell(_moment64(cell, with_time))
    if isinstance(cell, str):
        if fold(cell) in rules.marks:
            return _DateCell(filled=False)
        if needs_year(cell):
            return _DateCell(yearless=cell)
        return _odd_date(cell, parse_moment(cell), with_time)
    if isinstance(cell, int | float) and kind == "number":
        return _odd_date(cell, from_number(cell, rules.date_1904), with_time)
    return _odd_date(cell, None, with_time)


def _odd_date(cell: object, moment: dt.datetime | None, with_time: bool) -> _DateCell:
    if moment is None:
        return _DateCell(code="V120", value=shown(cell))
    corrected = moment if with_time else moment.date()
    return _DateCell(_moment64(moment, with_time), True, "V121", shown(cell), corrected)


class _Years:
    """The year of dates that say none: by the month in the lead's id, else the column's own."""

    def __init__(self, rules: DateRules, values: Moments) -> None:
        self._rules = rules
        self._values = values
        self._ids: Sequence[str | None] | None = None

    def of(self, position: int, text: str) -> int | None:
        if self._ids is None:
            self._ids = self._rules.lead_ids()
        match = _ID_MONTH.fullmatch(self._ids[position] or "") if self._ids else None
        if match is not None:
            return year_near(dt.date(int(match[1]), int(match[2]), 1), *month_and_day(text))
        return self._usual

    @property
    def _usual(self) -> int | None:
        known = self._values[~np.isnat(self._values)].astype("datetime64[Y]").astype(int) + 1970
        counted = Counter(known.tolist())
        return max(counted, key=lambda year: (counted[year], year)) if counted else None


def _read_numbers(
    cells: Cells, units: AmountUnits, unit: str | None
) -> tuple[Numbers, TypedColumn]:
    """Bare numbers as they stand, and what texts say in the unit asked for."""
    bare = np.full(len(cells), np.nan)
    said = np.full(len(cells), np.nan)
    filled = np.zeros(len(cells), dtype=bool)
    oddities: list[Oddity] = []
    known: dict[str, tuple[float, str, Corrected]] = {}
    for position, cell in enumerate(cells):
        kind = kind_of(cell)
        if isinstance(cell, str) and units.is_none(cell):
            continue
        filled[position] = kind != "empty"
        if kind == "number":
            bare[position] = cell
        elif isinstance(cell, str) and kind == "text":
            if cell not in known:
                known[cell] = amount_text(cell, units, unit)
            said[position], code, corrected = known[cell]
            oddities.append(Oddity(position, code, cell.strip(), corrected))
        elif kind != "empty":
            oddities.append(Oddity(position, "V130", shown(cell)))
    return bare, TypedColumn(said, filled, oddities)


def amount_text(text: str, units: AmountUnits, unit: str | None) -> tuple[float, str, Corrected]:
    """What a text says in the unit asked for, the code of its finding, and what corrects it."""
    amount = units.parse(text, unit)
    if amount is None:
        return np.nan, "V130", None
    if amount.currency is not None:
        return np.nan, "V133", None
    # the corrected value goes into the cell, where a bare number is in the column's unit
    return amount.value, "V131", round(amount.value / units.factor(unit), DECIMALS)


def _scaled(column: TypedColumn, bare: Numbers, factor: float) -> TypedColumn:
    """The column with its bare numbers in the unit asked for; negative ones are no amounts."""
    oddities = column.oddities
    negative = np.flatnonzero(bare < 0)
    if len(negative):
        more = [Oddity(int(p), "V130", shown(float(bare[p]))) for p in negative]
        oddities = sorted([*oddities, *more], key=lambda oddity: oddity.position)
        bare[negative] = np.nan
    values = bare if factor == 1 else np.round(bare * factor, DECIMALS)
    if values is not column.values:
        values = np.where(np.isnan(bare), column.values, values)
        values[negative] = np.nan
    return TypedColumn(values, column.filled, oddities)
