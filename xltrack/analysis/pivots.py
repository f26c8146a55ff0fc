"""Pivots of the team's own: any column by any other, as Settings or a command defines them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from xltrack.analysis.dimensions import Dimension, dimension
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table
from xltrack.errors import UsageError
from xltrack.leads.header import recognise
from xltrack.template import SettingsProblem, load_template
from xltrack.template.settings import Pivot
from xltrack.text import fold, header_key

MOST_COLUMNS = 100
TOTAL = "total"
MISSING = "—"
OF_A_VALUE = ("sum", "mean", "median")
_MARKS = ",\uff0c;\uff1b"
_PART = re.compile(rf"(?:^|[{_MARKS}])\s*([^={_MARKS}]+?)\s*=")
_SHORT = {"agg": "aggregate"}

Numbers = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]


def pivot_id(pivot: Pivot) -> str:
    """The id of a pivot's table."""
    return f"pivot:{pivot.title}"


def parse_pivot(text: str) -> Pivot:
    """A pivot as it is typed: ``rows=region,columns=stage,value=amount,agg=sum``.

    The names before the equals signs may also be those of the Settings table (行, 列, 值, 汇总,
    标题); columns, value, aggregate and title may be left out.

    Raises:
        UsageError: not of that form, no rows, or an unknown aggregate.

    >>> parse_pivot("rows=region,agg=conversion")
    Pivot(title='region · conversion', rows='region', columns='', value='', aggregate='conversion')
    """
    parts: dict[str, str] = {}
    found = [match for match in _PART.finditer(text) if header_key(match[1]) in _part_names()]
    if not found or found[0].start():
        raise UsageError("bad_pivot", text)
    ends = [*(match.start() for match in found[1:]), len(text)]
    for match, end in zip(found, ends, strict=True):
        key = _part_names()[header_key(match[1])]
        if key in parts:
            raise UsageError("bad_pivot", text)
        parts[key] = text[match.end() : end].strip()
    if not parts.get("rows"):
        raise UsageError("bad_pivot", text)
    given = {key: parts.get(key, "") for key in ("rows", "columns", "value", "aggregate")}
    aggregate = aggregate_of(given["aggregate"], given["value"])
    crossed = " × ".join(filter(None, (given["rows"], given["columns"])))
    counted = " ".join(filter(None, (aggregate, given["value"])))
    title = parts.get("title") or f"{crossed} · {counted}"
    return Pivot(title, **{**given, "aggregate": aggregate})


def aggregate_of(word: str, value: str = "") -> str:
    """The aggregate that a word names; without one the sum where there is a value, else the count.

    Raises:
        UsageError: a word that is none.
    """
    if not word.strip():
        return "sum" if value else "count"
    for aggregate, words in load_template().words.aggregates.items():
        if fold(word) in {aggregate, *map(fold, words)}:
            return aggregate
    raise UsageError("unknown_aggregate", word)


def pivot_tables(
    scope: Scope, wanted: Mapping[str, Pivot], asked: Collection[str], own: Mapping[str, bool]
) -> tuple[dict[str, Table], list[SettingsProblem]]:
    """The tables of pivots by id, and what is wrong with those of Settings that make no sense.

    Args:
        scope: the leads.
        wanted: pivots by table id.
        asked: ids of those that were asked for by name, which have to make sense.
        own: whether each of the team's own columns is private, by name.

    Raises:
        UsageError: a pivot that was asked for makes no sense; see :func:`pivot`.
    """
    tables: dict[str, Table] = {}
    problems: list[SettingsProblem] = []
    for name, each in wanted.items():
        try:
            tables[name] = pivot(scope, each, own)
        except UsageError as error:
            if name in asked:
                raise
            problems.append(_problem(each, error))
    return tables, problems


def _problem(wanted: Pivot, error: UsageError) -> SettingsProblem:
    """Which cell of its row in Settings keeps a pivot from being one."""
    parts = ("rows", "columns", "value", "aggregate")
    column = next((part for part in parts if getattr(wanted, part) == error.detail), "title")
    return SettingsProblem("pivots", column, error.detail)


def distinct(pivots: Iterable[Pivot]) -> list[Pivot]:
    """The pivots with titles of their own: a second of one title gets a number."""
    taken: dict[str, Pivot] = {}
    for each in pivots:
        title, number = each.title, 2
        while title in taken:
            title, number = f"{each.title} ({number})", number + 1
        taken[title] = Pivot(title, each.rows, each.columns, each.value, each.aggregate)
    return list(taken.values())


def pivot(scope: Scope, wanted: Pivot, own: Mapping[str, bool]) -> Table:
    """The leads of the cohort by one column, or by two.

    Args:
        scope: the leads.
        wanted: the columns by field id, by header in either language or by the header of a column
            of the team's own; the aggregate by id or word.
        own: whether each of the team's own columns is private, by name.

    Columns: ``row:<column>`` (text; null for leads without a value, ``total`` in the last row),
    then, with a second column, ``<aggregate>:<value>`` for each of its values (``—`` without one),
    and at the end ``<aggregate>`` over the whole row. For conversion by one column, leads and won
    stand before it. count, won: int; count with a value counts the leads that have one. sum (0
    without leads), mean, median: of the value, in the workbook's unit for amounts, over the leads
    that have one. conversion: won / leads. Totals are those of the leads, not of the cells; mean,
    median and conversion of nothing are null. Rows and columns in their own order where they have
    one (stage, priority, months, bands), else most leads first.
    Raises:
        UsageError: an unknown or private column, no rows, an unknown aggregate, a value that is
            not a number, or too many different values for columns.
    """
    aggregate = aggregate_of(wanted.aggregate, wanted.value)
    if not wanted.rows:
        raise UsageError("bad_pivot", wanted.title)
    rows = dimension(scope, column_of(scope, wanted.rows, own))
    across = dimension(scope, column_of(scope, wanted.columns, own)) if wanted.columns else None
    if across and len(np.unique(across.codes)) > MOST_COLUMNS:
        raise UsageError("pivot_too_wide", wanted.columns)
    counted = _counted(scope, wanted, aggregate, own)
    row_order = rows.in_order(rows.codes)
    keys = pd.Series([*map(rows.text, row_order), TOTAL], dtype="object")
    columns: dict[str, object] = {f"row:{rows.id}": keys}
    if aggregate == "conversion" and across is None:
        columns["leads"] = _crossed(counted, "count", rows, None)[:, 0]
        columns["won"] = _crossed(counted, "won", rows, None)[:, 0]
    grid = _crossed(counted, aggregate, rows, across)
    headers = [across.text(code) for code in across.in_order(across.codes)] if across else []
    for number, header in enumerate(headers):
        columns[f"{aggregate}:{header or MISSING}"] = grid[:, number]
    columns[aggregate] = grid[:, -1]
    frame = pd.DataFrame(columns)
    return Table(frame, "cohort", scope.undated)


def column_of(scope: Scope, text: str, own: Mapping[str, bool]) -> str:
    """The column of the leads that is meant by a field id, a header or the team's own header.

    Raises:
        UsageError: there is none, or it is private.
    """
    template = load_template()
    by_key = {header_key(name): name for name in reversed([*own])}
    column = text if text in own or text in template.by_id else by_key.get(header_key(text))
    if column is None:
        column = recognise(text, template)[0]
    if column is None or column not in scope.leads:
        raise UsageError("unknown_column", text)
    if own.get(column, column in template.by_id and template.by_id[column].private):
        raise UsageError("private_column", text)
    return column


@dataclass(frozen=True)
class _Counted:
    """What is counted of each lead of the cohort."""

    won: npt.NDArray[np.bool_]
    value: Numbers | None


def _counted(scope: Scope, wanted: Pivot, aggregate: str, own: Mapping[str, bool]) -> _Counted:
    cohort = scope.cohort.to_numpy()
    won = (scope.facts["outcome"] == "won").to_numpy()[cohort]
    if aggregate in ("won", "conversion") or not (wanted.value or aggregate in OF_A_VALUE):
        return _Counted(won, None)
    if not wanted.value:
        raise UsageError("value_not_a_number", wanted.title)
    values = scope.leads[column_of(scope, wanted.value, own)][cohort]
    if aggregate == "count":
        return _Counted(won, np.where(values.notna(), 1.0, np.nan))
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise UsageError("value_not_a_number", wanted.value)
    return _Counted(won, values.to_numpy(dtype=np.float64))


def _crossed(
    counted: _Counted, aggregate: str, rows: Dimension, across: Dimension | None
) -> npt.NDArray[np.generic]:
    """Rows by columns, the totals in the last of each; only the totals without ``across``."""
    row_order = np.array(rows.in_order(rows.codes), dtype=np.int64) + 1
    by_row, height = rows.codes + 1, len(rows.values) + 1
    none = np.zeros_like(by_row)
    totals = _aggregated(counted, aggregate, by_row, height)[row_order]
    right = np.append(totals, _aggregated(counted, aggregate, none, 1))
    if across is None:
        return right[:, np.newaxis]
    order = np.array(across.in_order(across.codes), dtype=np.int64) + 1
    by_column, width = across.codes + 1, len(across.values) + 1
    cells = _aggregated(counted, aggregate, by_row * width + by_column, height * width)
    inner = cells.reshape(height, width)[np.ix_(row_order, order)]
    below = _aggregated(counted, aggregate, by_column, width)[order]
    return np.column_stack([np.vstack([inner, below]), right])


def _aggregated(
    counted: _Counted, aggregate: str, keys: Keys, size: int
) -> npt.NDArray[np.generic]:
    """The aggregate of the leads of each key from 0 to ``size``."""
    leads = np.bincount(keys, minlength=size)
    if aggregate in ("won", "conversion"):
        won = np.bincount(keys[counted.won], minlength=size)
        return won if aggregate == "won" else _ratio(won, leads)
    if counted.value is None:
        return leads
    known = ~np.isnan(counted.value)
    keys, value = keys[known], counted.value[known]
    filled = np.bincount(keys, minlength=size)
    if aggregate == "count":
        return filled
    if aggregate == "median":
        return _medians(keys, value, filled)
    sums = np.bincount(keys, value, size)
    return sums if aggregate == "sum" else _ratio(sums, filled)


def _ratio(part: npt.NDArray[np.generic], whole: npt.NDArray[np.integer]) -> Numbers:
    """``part / whole``, null where ``whole`` is 0."""
    divided: Numbers = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return divided


def _medians(keys: Keys, value: Numbers, filled: npt.NDArray[np.integer]) -> Numbers:
    """The median of the values of each key, null for a key without any."""
    ranked = np.append(value[np.lexsort((value, keys))], np.nan)
    first = np.cumsum(filled) - filled
    low = np.where(filled > 0, first + (filled - 1) // 2, -1)
    high = np.where(filled > 0, first + filled // 2, -1)
    middle: Numbers = (ranked[low] + ranked[high]) / 2
    return middle


@cache
def _part_names() -> dict[str, str]:
    """The parts of a pivot by the key of what they may be called."""
    columns = load_template().settings_table("pivots").columns
    named = {
        header_key(name): column.id
        for column in columns
        for name in (column.id, column.header.zh, column.header.en)
    }
    return {**named, **_SHORT}
