"""Reading a lead sheet by whole columns, with fastexcel into Arrow.

The cells of a column are of one type, or they come as text and the column is left to the careful
reader where its field is not text. Only sheets whose extent is known may be read like this.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import fastexcel

from xltrack.leads.careful import Rows
from xltrack.leads.header import Header, find_header
from xltrack.template import Template

if TYPE_CHECKING:
    import pyarrow as pa

_ERROR_CELL = re.compile(r"but got 'Error\(")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_REPEATED = re.compile(r"_\d+$")


class NotForFast(Exception):
    """The sheet holds something that cannot be read by whole columns; says what."""


@dataclass(frozen=True)
class FastSheet:
    """A header with the columns below it; ``doubtful`` ones hold cells of another type."""

    header: Header | None
    preview: list[list[str]]
    typed: dict[int, pa.Array]
    doubtful: frozenset[int]
    height: int


def open_fast(source: str | bytes) -> Any:
    """A fastexcel reader of a workbook, by its path or content; raises what fastexcel raises."""
    for name in ("fastexcel", "calamine"):  # they would print what no user can act upon
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return fastexcel.read_excel(source)


def load_fast(reader: Any, sheet: str, template: Template, first_row: int = 1) -> FastSheet:
    """The lead sheet of this name, or one without a header if no row is one.

    No row above ``first_row`` (1-based) is looked at: a header found there saves a second loading.

    Raises: NotForFast where headers repeat in a way that hides their texts, or columns mix types
    that fastexcel refuses to mix.
    """
    first_row = min(first_row, template.workbook.header_search_rows)
    if template.has_two_rows:
        first_row = 1  # the upper one may have few cells
    loaded = _Loaded(reader, sheet, first_row - 1)
    above: list[list[str]] = [[]] * (first_row - 1)
    if not template.has_two_rows and (names := loaded.plain_names()) is not None:
        header = find_header([*above, names], template)
        if header is not None:
            return FastSheet(header, [], *loaded.columns())
    preview = above + loaded.first_rows(template.workbook.header_search_rows - len(above))
    header = find_header(preview, template)
    if header is None:
        return FastSheet(None, preview, {}, frozenset(), 0)
    if header.row != first_row:
        loaded = _Loaded(reader, sheet, header.row - 1)
    above = [[]] * (header.row - 1)
    if template.has_two_rows and header.row > 1:
        above = [*above[1:], preview[header.row - 2]]
    found = find_header([*above, loaded.names()], template)
    if found is None or found.row != header.row:
        raise NotForFast("the header is not what it seemed")
    return FastSheet(found, preview, *loaded.columns())


def load_values(reader: Any, sheet: str) -> Rows:
    """The cells of a small sheet from A1 on; numbers may be texts, dates are dates.

    Raises: NotForFast.
    """
    return _Loaded(reader, sheet, None).values()


def _value(cell: object) -> object:
    if isinstance(cell, str) and _MOMENT.fullmatch(cell):
        return dt.datetime.fromisoformat(cell)
    return cell


class _Loaded:
    """A sheet as fastexcel loads it with its header at ``row`` (0-based), None for no header."""

    def __init__(self, reader: Any, sheet: str, row: int | None) -> None:
        try:
            self._sheet = reader.load_sheet(
                sheet, header_row=row, skip_rows=0, schema_sample_rows=None
            )
            self._batch, errors = self._sheet.to_arrow_with_errors()
        except fastexcel.FastExcelError as error:
            raise NotForFast(str(error)) from error
        self._errors = errors.errors if errors is not None else []
        self._info = self._sheet.selected_columns
        self._first = self._info[0].absolute_index + 1 if self._info else 1

    def names(self) -> list[str]:
        """The headers from column A on."""
        texts = [_text(column) for column in self._info]
        for position, text in enumerate(texts):
            if _REPEATED.search(text):
                stem = _REPEATED.sub("", text)
                if stem in texts[:position] or _REPEATED.search(stem):
                    raise NotForFast("headers that repeat")
        return [""] * (self._first - 1) + texts

    def plain_names(self) -> list[str] | None:
        """The headers from column A on; None where they may not be what stands there."""
        try:
            return self.names()
        except NotForFast:
            return None

    def first_rows(self, count: int) -> list[list[str]]:
        """The texts of the first ``count`` rows, the header among them."""
        names = [""] * (self._first - 1) + [_text(column) for column in self._info]
        head = self._batch.slice(0, count - 1).to_pydict()
        rows = zip(*head.values(), strict=True)
        below = [[""] * (self._first - 1) + [_as_text(cell) for cell in row] for row in rows]
        return [names, *below]

    def columns(self) -> tuple[dict[int, pa.Array], frozenset[int], int]:
        """Arrow arrays by column number, the numbers of doubtful ones, and the height."""
        arrays = {
            self._first + position: self._batch.column(position)
            for position in range(self._batch.num_columns)
        }
        doubtful = frozenset(
            self._first + error.position[1]
            for error in self._errors
            if not _ERROR_CELL.search(error.detail)
        )
        return arrays, doubtful, self._batch.num_rows

    def values(self) -> Rows:
        """The cells from A1 on, row by row."""
        columns, _, height = self.columns()
        blank: list[object] = [None] * height
        values = [
            [_value(cell) for cell in columns[column].to_pylist()] if column in columns else blank
            for column in range(1, max(columns, default=0) + 1)
        ]
        return [list(row) for row in zip(*values, strict=True)]


def _text(column: Any) -> str:
    return "" if column.column_name_from == "generated" else str(column.name)


def _as_text(cell: object) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else str(cell)
