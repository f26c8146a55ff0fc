"""Single cells of a worksheet set to other values by splicing bytes; all others stay.

What is replaced is a cell's value and the attributes that belong to it. Its format stays unless
the caller asks for another; unknown attributes and extensions stay.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from xltrack.sheetml.areas import Area, Place, areas_of, cell_name
from xltrack.sheetml.cell_markup import (
    CellValue,
    content,
    widened_span,
    with_attribute,
    without_value,
)
from xltrack.sheetml.sheet_markup import Row, SheetMarkup, Tagged


class Obstacle(StrEnum):
    """Why a cell is not set to a value of its own."""

    FORMULA = "formula"
    ARRAY = "array"
    """It is one of the cells that one formula fills."""
    SHARED_FORMULA = "shared_formula"
    """Its formula is the one that other cells refer to."""
    MERGED = "merged"
    """It is hidden in a merged area, whose value is that of the top-left cell."""
    TABLE_HEADER = "table_header"
    """It is the header of a table's column, which formulas know by that name."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Bytes that take the place of others: ``data[start:end]`` becomes ``new``."""

    start: int
    end: int
    new: bytes


Restyle = Callable[[int, CellValue], int]
"""Which format a cell gets that has this one and is to hold this value."""


_NO_PLACES: Mapping[Place, Place] = MappingProxyType({})


def _same_style(style: int, value: CellValue) -> int:  # noqa: ARG001 (a Restyle)
    return style


class SheetCells:
    """The cells of one worksheet part, ready to be set."""

    def __init__(self, data: bytes, path: Path, part: str) -> None:
        """Look at the sheet; raises as :class:`SheetMarkup` does."""
        self.markup = SheetMarkup(data, path, part)
        self._by_row: dict[int, list[tuple[int, Tagged]]] = {}
        self._numbered = self._rows_by_number()

    def _rows_by_number(self) -> dict[int, Row]:
        numbered: dict[int, Row] = {}
        for row in self.markup.rows:
            numbered[row.number] = row
        self._repeated = len(numbered) != len(self.markup.rows)
        return numbered

    def _cells_of(self, row: Row) -> list[tuple[int, Tagged]]:
        if row.number not in self._by_row:
            twice = self._repeated and sum(r.number == row.number for r in self.markup.rows) > 1
            if twice:
                raise self.markup.damaged(f"row {row.number} twice")
            self._by_row[row.number] = self.markup.cells(row)
        return self._by_row[row.number]

    def _cell(self, place: Place) -> Tagged | None:
        row = self._numbered.get(place[0])
        if row is None:
            return None
        return next((cell for column, cell in self._cells_of(row) if column == place[1]), None)

    def _formula(self, cell: Tagged | None) -> Tagged | None:
        if cell is None or cell.empty:
            return None
        return self.markup.element("f", cell.inner, cell.end)

    def has_formula(self, place: Place) -> bool:
        """Whether the cell at (row, column) holds a formula of its own."""
        return self._formula(self._cell(place)) is not None

    def obstacle(self, place: Place, *, keep_formulas: bool = False) -> Obstacle | None:
        """Return why the cell at (row, column) is not to be set, None where it may be."""
        if any(place in area for area in self.markup.arrays):
            return Obstacle.ARRAY
        if any(_hidden_in(area, place) for area in self.markup.merged):
            return Obstacle.MERGED
        formula = self._formula(self._cell(place))
        if formula is None:
            return None
        if formula.get("t") == "shared" and formula.get("ref"):
            return Obstacle.SHARED_FORMULA
        return Obstacle.FORMULA if keep_formulas else None

    def style(self, place: Place) -> int:
        """Return the format that the cell at (row, column) has, or a new one there would get."""
        cell = self._cell(place)
        if cell is not None:
            return _number(cell.get("s"))
        row = self._numbered.get(place[0])
        if row is not None:
            said = Tagged(row.start, row.inner, row.inner, row.attributes, row.empty)
            if said.get("customFormat") in ("1", "true") and said.get("s"):
                return _number(said.get("s"))
        spans = self.markup.column_styles
        return next((style for first, last, style in spans if first <= place[1] <= last), 0)

    def spliced(
        self,
        values: Mapping[Place, CellValue],
        *,
        inline: bool = True,
        restyle: Restyle = _same_style,
        like: Mapping[Place, Place] = _NO_PLACES,
    ) -> bytes:
        """Return the sheet's bytes with the cells at (row, column) holding ``values``.

        Cells and rows that are missing are put in where they belong; the sheet's ``dimension``
        grows over them. ``inline``: see :func:`.cell_markup.content`. ``like``: cells whose format
        those take that are not there yet.

        Raises: PackageError for a sheet that is not sound where it is touched; ValueError for a
        value that no cell can hold.
        """
        by_row: dict[int, dict[int, CellValue]] = {}
        for (number, column), value in sorted(values.items(), key=lambda item: item[0]):
            by_row.setdefault(number, {})[column] = value
        new: list[Place] = []
        splices: list[Splice] = []
        missing: dict[int, bytes] = {}
        writer = _Writer(self, inline, restyle, new, like)
        for number, cells in by_row.items():
            row = self._numbered.get(number)
            if row is not None:
                splices += writer.in_row(row, cells)
            elif markup := writer.row(number, cells):
                missing[number] = markup
        splices += self._rows_put_in(missing)
        splices += self._dimension(new)
        return applied(self.markup.data, splices)

    def _rows_put_in(self, missing: Mapping[int, bytes]) -> list[Splice]:
        if not missing:
            return []
        section, rows = self.markup.cells_section, self.markup.rows
        numbers = [row.number for row in rows]
        if any(one >= other for one, other in itertools.pairwise(numbers)):
            raise self.markup.damaged("rows out of order")
        if section.empty:
            name = f"{self.markup.prefix}sheetData".encode()
            tag = b"<" + name + section.attributes.rstrip() + b">"
            body = b"".join(missing.values()) + b"</" + name + b">"
            return [Splice(section.start, section.end, tag + body)]
        end = self.markup.data.rindex(b"</", section.inner, section.end)
        before: dict[int, bytes] = {}
        for number, markup in missing.items():
            place = next((row.start for row in rows if row.number > number), end)
            before[place] = before.get(place, b"") + markup
        return [Splice(place, place, markup) for place, markup in before.items()]

    def _dimension(self, new: list[Place]) -> list[Splice]:
        markup = self.markup
        tag = markup.element("dimension", markup.root_end, markup.cells_section.start)
        areas = areas_of(tag.get("ref") or "") if tag is not None else []
        if not new or tag is None or len(areas) != 1:
            return []
        area = areas[0]
        rows, columns = [row for row, _ in new], [column for _, column in new]
        grown = Area(
            min(area.top, *rows),
            min(area.left, *columns),
            max(area.bottom, *rows),
            max(area.right, *columns),
        )
        if grown == area:
            return []
        start = tag.start + 1 + len(f"{markup.prefix}dimension")
        attributes = with_attribute(tag.attributes, b"ref", str(grown).encode())
        return [Splice(start, start + len(tag.attributes), attributes)]


class _Writer:
    """Makes the markup of cells and rows; notes the cells that were not there before."""

    def __init__(
        self,
        sheet: SheetCells,
        inline: bool,
        restyle: Restyle,
        new: list[Place],
        like: Mapping[Place, Place],
    ) -> None:
        self.sheet, self.inline, self.restyle, self.new = sheet, inline, restyle, new
        self.like = like
        self.prefix = sheet.markup.prefix

    def in_row(self, row: Row, values: Mapping[int, CellValue]) -> list[Splice]:
        """Splices that set cells of a row that is there."""
        cells = self.sheet._cells_of(row)
        there = {column: cell for column, cell in cells}  # noqa: C416 (read twice)
        splices = [
            self._replaced(row.number, column, there[column], value)
            for column, value in values.items()
            if column in there
        ]
        missing = {
            column: self._cell(row.number, column, value)
            for column, value in values.items()
            if column not in there and value not in (None, "")
        }
        if not missing:
            return splices
        self.new += [(row.number, column) for column in missing]
        name = f"{self.prefix}row".encode()
        attributes = widened_span(row.attributes, list(missing))
        if row.empty:
            tag = b"<" + name + attributes.rstrip() + b">"
            body = b"".join(missing.values()) + b"</" + name + b">"
            return [Splice(row.start, row.inner, tag + body)]
        if attributes != row.attributes:
            start = row.start + 1 + len(name)
            splices.append(Splice(start, start + len(row.attributes), attributes))
        return splices + self._put_in(row, cells, missing)

    def _put_in(
        self, row: Row, cells: list[tuple[int, Tagged]], missing: Mapping[int, bytes]
    ) -> list[Splice]:
        last = cells[-1][1].end if cells else row.inner
        before: dict[int, bytes] = {}
        for column, markup in missing.items():
            place = next((cell.start for other, cell in cells if other > column), last)
            before[place] = before.get(place, b"") + markup
        return [Splice(place, place, markup) for place, markup in before.items()]

    def row(self, number: int, values: Mapping[int, CellValue]) -> bytes:
        """Markup of a row that is not there; nothing where it would hold no value."""
        cells = {c: self._cell(number, c, v) for c, v in values.items() if v not in (None, "")}
        if not cells:
            return b""
        self.new += [(number, column) for column in cells]
        tag = f"{self.prefix}row"
        return f'<{tag} r="{number}">'.encode() + b"".join(cells.values()) + f"</{tag}>".encode()

    def _cell(self, row: int, column: int, value: CellValue) -> bytes:
        model = self.like.get((row, column), (row, column))
        style = self.restyle(self.sheet.style(model), value)
        attributes = f' r="{cell_name(row, column)}"' + (f' s="{style}"' if style else "")
        kind, inner = content(value, self.prefix, inline=self.inline)
        return f"<{self.prefix}c{attributes}{kind}>{inner}</{self.prefix}c>".encode()

    def _replaced(self, row: int, column: int, cell: Tagged, value: CellValue) -> Splice:
        kind, inner = content(value, self.prefix, inline=self.inline)
        attributes = without_value(cell.attributes)
        before = self.sheet.style((row, column))
        style = self.restyle(before, value)
        if style != before:
            attributes = with_attribute(attributes, b"s", b"%d" % style)
        name = f"{self.prefix}c".encode()
        start = b"<" + name + attributes + kind.encode()
        body = inner.encode() + self._extension(cell)
        new = start + b"/>" if not body else start + b">" + body + b"</" + name + b">"
        return Splice(cell.start, cell.end, new)

    def _extension(self, cell: Tagged) -> bytes:
        """What another program keeps in the cell besides its value."""
        if cell.empty:
            return b""
        markup = self.sheet.markup
        found = markup.element("extLst", cell.inner, cell.end)
        return markup.data[found.start : found.end] if found is not None else b""


def applied(data: bytes, splices: list[Splice]) -> bytes:
    """Return ``data`` with the splices made; those of one place in the order given.

    Raises: ValueError for splices that overlap.
    """
    pieces, at = [], 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        if splice.start < at:
            raise ValueError("splices overlap")
        pieces += [data[at : splice.start], splice.new]
        at = splice.end
    return b"".join([*pieces, data[at:]])


def _hidden_in(area: Area, place: Place) -> bool:
    return place in area and place != (area.top, area.left)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
