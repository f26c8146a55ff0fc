"""The cells of one lead sheet, whichever reader they came from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltrack.leads.header import Header, cell_name
from xltrack.leads.marks import SheetMarks

if TYPE_CHECKING:
    import pyarrow as pa

Cells = list[object]
"""The values of a column below the header, in row order; None for an empty cell."""

Columns = Mapping[int, Cells]


ReadCells = Callable[[Collection[int]], Columns]
TextPlaces = Mapping[int, list[int]]


@dataclass
class Grid:
    """A lead sheet below its header.

    ``typed`` holds the columns (1-based) whose cells all have one type, as Arrow arrays of
    ``height`` values, but for ``doubtful`` ones. ``read_cells`` gives the columns asked for, and
    maybe more, cell by cell with its own type each, at the price of another reading; those in
    ``expected`` are asked for together. ``find_texts`` tells which cells of columns are texts, if
    it can.
    """

    sheet: str
    header: Header
    height: int
    read_cells: ReadCells = field(repr=False)
    find_texts: Callable[[Collection[int]], TextPlaces | None] | None = field(
        default=None, repr=False
    )
    typed: Mapping[int, pa.Array] = field(default_factory=dict, repr=False)
    doubtful: frozenset[int] = frozenset()
    marks: SheetMarks = field(default_factory=SheetMarks, repr=False)
    expected: frozenset[int] = frozenset()
    _cells: dict[int, Cells] = field(default_factory=dict, repr=False)
    _texts: TextPlaces | None = field(default=None, repr=False)

    def whole(self, column: int) -> pa.Array | None:
        """A column as an Arrow array, None where only its single cells tell what it holds."""
        array = self.typed.get(column)
        if array is None or column in self.doubtful:
            return None
        # a boolean among numbers has become one
        return None if self.marks.booleans and str(array.type) in ("double", "int64") else array

    def text_places(self, column: int) -> list[int] | None:
        """Which cells of a column that mixes types are texts; None where nothing tells that.

        The texts of all its cells are in ``typed``.
        """
        array = self.typed.get(column)
        if self.find_texts is None or array is None or column in self.doubtful:
            return None
        if str(array.type) not in ("string", "large_string"):
            return None
        if self._texts is None or column not in self._texts:
            self._texts = self.find_texts({column, *self.expected})
        return None if self._texts is None else self._texts.get(column)

    def cells(self, column: int) -> Cells:
        """The values of a column one by one."""
        if column not in self._cells:
            self._cells |= self.read_cells({column, *self.expected} - self._cells.keys())
        return self._cells.setdefault(column, [None] * self.height)

    def excel_row(self, position: int) -> int:
        """The Excel row number of the row at ``position`` below the header."""
        return self.header.row + 1 + position

    def name(self, position: int, column: int) -> str:
        """The A1 reference of a cell below the header."""
        return cell_name(self.excel_row(position), column)
