"""Cells of LibreOffice under the interface that xlwings has for its engines.

What Excel does with what it is given is done here too: a text behind an apostrophe stays a text,
any other is taken for what it looks like.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any, NamedTuple

import uno
from com.sun.star.sheet.CellDeleteMode import UP
from com.sun.star.sheet.CellInsertMode import DOWN
from com.sun.star.table import BorderLine2
from openpyxl.formula import Tokenizer
from xlwings import base_classes, utils

from xltrack.render.areas import boxes

EPOCH = dt.datetime(1899, 12, 30)
DATE, TIME, LOGICAL = 2, 4, 1024  # com.sun.star.util.NumberFormat
EVERYTHING = 1 | 2 | 4 | 8 | 16 | 32 | 64 | 256 | 512  # com.sun.star.sheet.CellFlags, no charts
ERRORS = {503: "#NUM!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!"}
WEIGHTS = {"hairline": 9, "thin": 26, "medium": 53, "thick": 79}  # hundredths of a millimetre
SIDES = {"edge_left": "LeftBorder", "edge_right": "RightBorder"}
SIDES |= {"edge_top": "TopBorder", "edge_bottom": "BottomBorder"}


class Error(str):
    """What a cell with an error shows."""

    __slots__ = ()


class Box(NamedTuple):
    """A rectangle, 0-based, with both ends."""

    top: int
    left: int
    bottom: int
    right: int


class Range(base_classes.Range):
    """One rectangle of cells or several."""

    sheet: Any = None
    max_cells_per_read = max_cells_per_write = None
    options: Any = None

    def __init__(self, sheet: Any, *boxes: Box) -> None:
        self.sheet, self.boxes, self.box = sheet, boxes, boxes[0]

    @functools.cached_property
    def uno(self) -> Any:
        if len(self.boxes) == 1:
            return self.sheet.at(self.box)
        several = self.sheet.book.doc.createInstance("com.sun.star.sheet.SheetCellRanges")
        several.addRangeAddresses(tuple(self.sheet.at(b).RangeAddress for b in self.boxes), False)
        return several

    @property
    def api(self) -> Any:
        return self.uno

    @property
    def row(self) -> int:
        return self.box.top + 1

    @property
    def column(self) -> int:
        return self.box.left + 1

    @property
    def shape(self) -> tuple[int, int]:
        return self.box.bottom - self.box.top + 1, self.box.right - self.box.left + 1

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return (self.sheet.name, self.row, self.column, *self.shape)

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        place = self.box.top + row - 1, self.box.left + column - 1
        return Range(self.sheet, Box(*place, *place))

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        assert not external
        first, last = (
            f"{'$' * col_absolute}{utils.col_name(column + 1)}{'$' * row_absolute}{row + 1}"
            for row, column in (self.box[:2], self.box[2:])
        )
        return first if len(self) == 1 else f"{first}:{last}"

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    # values

    def _error(self, row: int, column: int) -> Error:
        code = self.uno.getCellByPosition(column, row).getError()
        return Error(ERRORS.get(code, "#N/A"))

    @property
    def raw_value(self) -> Any:
        rows = [
            [self._error(i, j) if value is None else value for j, value in enumerate(row)]
            for i, row in enumerate(self.uno.getDataArray())
        ]
        formats = self.sheet.book.doc.NumberFormats
        alike = self.uno.getUniqueCellFormatRanges()
        for number in range(alike.Count):
            for at in alike.getByIndex(number).RangeAddresses:
                first = self.sheet.at(Box(at.StartRow, at.StartColumn, at.StartRow, at.StartColumn))
                kind = formats.getByKey(first.NumberFormat).Type
                if kind & (DATE | TIME | LOGICAL):
                    for row in rows[at.StartRow - self.box.top : at.EndRow - self.box.top + 1]:
                        for j in range(at.StartColumn, at.EndColumn + 1):
                            row[j - self.box.left] = _of_kind(row[j - self.box.left], kind)
        return rows[0][0] if len(self) == 1 else rows

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        rows = value if isinstance(value, list | tuple) else [[value]]
        if not isinstance(rows[0], list | tuple):
            rows = [rows]
        height, width = len(rows), len(rows[0])
        assert len(rows) == 1 or (height, width) == self.shape
        if (height, width) == (1, 1):
            rows = [[rows[0][0]] * self.shape[1]] * self.shape[0]
        days = [
            (i, j)
            for i, row in enumerate(rows)
            for j, cell in enumerate(row)
            if isinstance(cell, dt.datetime)
        ]
        target = self.sheet.at(
            Box(*self.box[:2], self.box.top + len(rows) - 1, self.box.left + len(rows[0]) - 1)
        )
        target.setFormulaArray(tuple(tuple(_as_entered(cell) for cell in row) for row in rows))
        quoted = [
            (self.box.top + i, self.box.left + j)
            for i, row in enumerate(rows)
            for j, cell in enumerate(row)
            if isinstance(cell, str) and cell[:1] == "'" and not cell[1:2].isalpha()
        ]
        for at in boxes(quoted):  # LibreOffice makes a format of the apostrophe, Excel does not
            self.sheet.at(Box(at.top, at.left, at.bottom, at.right)).NumberFormat = 0
        for i, j in days:  # as the program does by itself
            self(i + 1, j + 1).number_format = "yyyy-mm-dd"

    @property
    def formula(self) -> Any:
        rows = tuple(tuple(row) for row in self.uno.getFormulaArray())
        return rows[0][0] if len(self) == 1 else rows

    def clear(self) -> None:
        self.uno.clearContents(EVERYTHING)

    def clear_contents(self) -> None:
        self.uno.clearContents(1 | 2 | 4 | 16)

    def insert(self, shift: str, copy_origin: str) -> None:  # noqa: ARG002
        assert shift == "down"
        self.sheet.uno.insertCells(self.uno.RangeAddress, DOWN)

    def delete(self, shift: str) -> None:
        assert shift == "up"
        self.sheet.forget_filter(self.box)
        self.sheet.uno.removeRange(self.uno.RangeAddress, UP)
        self.sheet.fetch()

    # looks

    @property
    def number_format(self) -> str:
        return str(self.sheet.book.doc.NumberFormats.getByKey(self.uno.NumberFormat).FormatString)

    @number_format.setter
    def number_format(self, code: str) -> None:
        formats = self.sheet.book.doc.NumberFormats
        english = uno.createUnoStruct("com.sun.star.lang.Locale", "en", "US", "")
        key = formats.queryKey(code, english, False)
        self.uno.NumberFormat = formats.addNew(code, english) if key == -1 else key

    @property
    def color(self) -> Any:
        return _rgb(self.uno.CellBackColor)

    @color.setter
    def color(self, colour: Any) -> None:
        self.uno.CellBackColor = _number(colour)

    @property
    def font(self) -> Font:
        return Font(self.uno)

    @property
    def characters(self) -> Characters:
        return Characters(self.uno.getCellByPosition(0, 0), 0, None)

    @property
    def borders(self) -> Borders:
        return Borders(self.uno)

    @property
    def wrap_text(self) -> bool:
        return bool(self.uno.IsTextWrapped)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.uno.IsTextWrapped = value

    def _aligned(self, value: str) -> None:
        self.uno.HoriJustify = uno.Enum("com.sun.star.table.CellHoriJustify", value.upper())

    horizontal_alignment = property(lambda self: self.uno.HoriJustify.value.lower(), _aligned)

    def _placed(self, value: str) -> None:
        self.uno.VertJustify = {"top": 1, "center": 2, "bottom": 3}[value]

    vertical_alignment = property(lambda self: self.uno.VertJustify, _placed)

    @property
    def row_height(self) -> float:
        return float(self.sheet.at(self.box).Rows.getByIndex(0).Height) / 2540 * 72

    @row_height.setter
    def row_height(self, points: float) -> None:
        for box in self.boxes:
            self.sheet.at(box).Rows.Height = round(points / 72 * 2540)

    @property
    def column_width(self) -> float:
        return (float(self.sheet.at(self.box).Columns.getByIndex(0).Width) / 2540 * 96 - 5) / 7

    @column_width.setter
    def column_width(self, characters: float) -> None:
        for box in self.boxes:
            self.sheet.at(box).Columns.Width = round((characters * 7 + 5) / 96 * 2540)

    def _hide_columns(self, hidden: bool) -> None:
        self.sheet.at(self.box).Columns.IsVisible = not hidden

    column_hidden = property(
        lambda self: not self.sheet.at(self.box).Columns.IsVisible, _hide_columns
    )

    @property
    def left(self) -> float:
        return float(self.sheet.at(self.box).Position.X) / 2540 * 72

    @property
    def top(self) -> float:
        return float(self.sheet.at(self.box).Position.Y) / 2540 * 72

    # the rest

    @property
    def merge_cells(self) -> bool | None:
        """Of a single cell, or None where some cells of a range are merged."""
        if len(self) == 1:
            return len(self.merge_area) > 1
        alike = self.uno.getUniqueCellFormatRanges()  # what is merged has a format of its own
        corners = [
            Range(self.sheet, Box(at.StartRow, at.StartColumn, at.StartRow, at.StartColumn))
            for number in range(alike.Count)
            for at in alike.getByIndex(number).RangeAddresses[:1]
        ]
        return None if any(corner.merge_cells for corner in corners) else False

    @property
    def merge_area(self) -> Range:
        cursor = self.sheet.uno.createCursorByRange(self.sheet.at(self.box))
        cursor.collapseToMergedArea()
        at = cursor.RangeAddress
        return Range(self.sheet, Box(at.StartRow, at.StartColumn, at.EndRow, at.EndColumn))

    @property
    def conditional_formats(self) -> Any:
        from tests.live.features import ConditionalFormats

        return ConditionalFormats(self)

    @property
    def data_validation(self) -> Any:
        from tests.live.features import DataValidation

        return DataValidation(self)

    @property
    def autofilter(self) -> Any:
        from tests.live.features import AutoFilter

        return AutoFilter(self)

    def select(self) -> None:
        self.sheet.book.doc.CurrentController.select(self.uno)


class Font(base_classes.Font):
    """The font of cells, or of a part of a text."""

    def __init__(self, of: Any) -> None:
        self.of = of

    def _bold(self, value: bool) -> None:
        self.of.CharWeight = 150.0 if value else 100.0

    def _italic(self, value: bool) -> None:
        self.of.CharPosture = uno.Enum("com.sun.star.awt.FontSlant", "ITALIC" if value else "NONE")

    def _size(self, value: float) -> None:
        self.of.CharHeight = float(value)

    def _color(self, value: Any) -> None:
        self.of.CharColor = _number(value)

    bold = property(lambda self: self.of.CharWeight > 100, _bold)
    italic = property(lambda self: self.of.CharPosture.value == "ITALIC", _italic)
    size = property(lambda self: self.of.CharHeight, _size)
    color = property(lambda self: _rgb(self.of.CharColor), _color)


class Characters(base_classes.Characters):
    """Part of the text of a cell."""

    def __init__(self, cell: Any, start: int, stop: int | None) -> None:
        self.cell, self.start, self.stop = cell, start, stop

    def __getitem__(self, item: slice) -> Characters:
        return Characters(self.cell, item.start, item.stop)

    @property
    def text(self) -> str:
        return str(self.cell.String)[self.start : self.stop]

    @property
    def font(self) -> Font:
        cursor = self.cell.createTextCursor()
        cursor.gotoStart(False)
        cursor.goRight(self.start, False)
        cursor.goRight(len(self.text), True)
        return Font(cursor)


class Borders(base_classes.Borders):
    """The borders of every cell of a range."""

    def __init__(self, of: Any) -> None:
        self.of = of

    def set(self, which: Any, *, line_style: Any, weight: Any, color: Any) -> None:
        assert line_style == "continuous"
        line = BorderLine2()
        line.Color, line.LineWidth, line.OuterLineWidth = (
            _number(color),
            WEIGHTS[weight],
            WEIGHTS[weight],
        )
        for side in which:
            if side in SIDES:
                setattr(self.of, SIDES[side], line)


def _of_kind(value: Any, kind: int) -> Any:
    if not isinstance(value, float):
        return value
    if kind & LOGICAL:
        return bool(value)
    return EPOCH + dt.timedelta(seconds=round(value * 86400, 3))


def _as_entered(cell: Any) -> str:
    """A cell as it would be typed in English."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return repr(float(cell))
    if isinstance(cell, dt.datetime):
        passed = cell - EPOCH
        return repr(passed.days + passed.seconds / 86400)
    return as_calc(cell) if cell.startswith("=") else str(cell)


def as_calc(formula: str) -> str:
    """A formula of Excel as LibreOffice takes it."""
    tokens = Tokenizer(formula).items
    return "=" + "".join(";" if t.type == "SEP" else t.value for t in tokens)


def as_excel(formula: str) -> str:
    """A formula of LibreOffice that has no references as Excel would show it."""
    return formula.replace(";", ",")


def _number(colour: Any) -> int:
    if isinstance(colour, str):
        colour = utils.hex_to_rgb(colour)
    return -1 if colour is None else colour[0] << 16 | colour[1] << 8 | colour[2]


def _rgb(number: int) -> tuple[int, int, int] | None:
    return None if number == -1 else (number >> 16 & 255, number >> 8 & 255, number & 255)
