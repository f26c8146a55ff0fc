"""Draws noted pages on the sheets of a workbook that is open in a spreadsheet program.

Few calls, as each goes to another process: all values of a sheet in one assignment, each property
of a format over all cells that share it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from xltrack.render.areas import address, addresses
from xltrack.render.live_charts import draw_charts
from xltrack.render.live_filters import Kept, put_filter, take_filter
from xltrack.render.noting import Box, Formula, LinkedText, Look, Noted, NotedBook, NotedPage, Place
from xltrack.render.xlsx import draw_sheets
from xltrack.report import Report

if TYPE_CHECKING:
    from xlwings import Range, Sheet

ROW_POINTS = 15
_LONGEST_QUOTED = 255  # characters of a text within a formula
_WEIGHTS: dict[int, Literal["thin", "medium", "thick"]] = {1: "thin", 2: "medium", 5: "thick"}
_SIDES: dict[str, str | list[str]] = {
    "border": "all",
    "left": ["edge_left", "inside_vertical"],  # that of each cell of a range
    "top": ["edge_top", "inside_horizontal"],
}
_VERTICAL = {"vcenter": "center"}
_OF_FONTS = {"bold": "bold", "italic": "italic", "font_size": "size", "font_color": "color"}
_OF_CELLS = {
    "bg_color": "color",
    "num_format": "number_format",
    "text_wrap": "wrap_text",
    "align": "horizontal_alignment",
    "valign": "vertical_alignment",
}
_NOT_PUBLIC = ("indent", "underline", "shrink")
"""What xlwings has no public call for, or none that Excel on a desktop takes."""


def noted_pages(report: Report, names: Mapping[str, str]) -> dict[str, NotedPage]:
    """What is to be drawn on each sheet of a report, by its key; ``names`` by key as well."""
    book = NotedBook()
    draw_sheets(book, report, names)
    return {sheet.key: page for sheet, page in zip(report.sheets, book.pages, strict=True)}


def draw_page(page: NotedPage, sheet: Sheet, *, fresh: bool) -> None:
    """Draw a page in place of what is on a sheet.

    Charts that are there stay where the team has put them, and so do its filters.

    Args:
        page: what to draw.
        sheet: the sheet, which the program owns.
        fresh: it was just made and has nothing on it.
    """
    rows, columns = page.size
    kept: Kept = {}
    last = rows
    if not fresh:
        kept = take_filter(page, sheet)
        last = max(rows, sheet.used_range.last_cell.row)
        _take_courses_out(page, sheet)
        sheet.clear()
    sheet.range((1, 1), (last, 1)).row_height = ROW_POINTS
    sheet.range((1, 1), (rows, columns)).value = _matrix(page)
    _dress(page, sheet)
    _measure(page, sheet)
    draw_charts(page, sheet)
    for box, options in page.bars:
        colour, minimum = options["bar_color"], options["min_value"]
        formats = sheet.range(address(box)).conditional_formats
        formats.add_data_bar(colour, minimum=minimum, gradient=not options["bar_solid"])
    for box, choices in page.choices:
        _offer(sheet.range(address(box)), list(choices))
    put_filter(page, sheet, kept)
    if fresh:
        sheet.show_gridlines = False


def typed(text: str) -> str:
    """A text as it is given to a program that would else take it for a date or a formula.

    >>> typed("2024-05")
    "'2024-05"
    """
    return f"'{text}" if text else ""


def _matrix(page: NotedPage) -> list[list[str | float | dt.datetime]]:
    rows, columns = page.size
    return [
        [_given(page.values.get((row, column), "")) for column in range(columns)]
        for row in range(rows)
    ]


def _given(value: Noted) -> str | float | dt.datetime:
    if isinstance(value, Formula):
        return value.text
    if isinstance(value, LinkedText):
        return _link(value)
    return typed(value) if isinstance(value, str) else value


def _link(link: LinkedText) -> str:
    """A link as a formula: thousands of links are one assignment then, not one call each."""
    place = f"#{link.place}"
    if max(len(place), len(link.text)) > _LONGEST_QUOTED:
        return typed(link.text)
    return f"=HYPERLINK({_quoted(place)},{_quoted(link.text)})"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _dress(page: NotedPage, sheet: Sheet) -> None:
    """Give the cells their formats, property by property."""
    cells: dict[tuple[str, Any], list[Place]] = {}
    for place, look in page.looks.items():
        for shared in _properties(look):
            cells.setdefault(shared, []).append(place)
    for (name, value), places in cells.items():
        for some in addresses(places):
            _set(sheet.range(some), name, value)
    for (row, column), pieces in page.runs.items():
        _dress_pieces(sheet.range((row + 1, column + 1)), pieces)


def _properties(look: Look) -> Iterator[tuple[str, Any]]:
    """The properties of a look; those of borders and their colours in one."""
    for name, value in look.items():
        if name in _SIDES:
            yield "border", (name, value, look.get(f"{name}_color", "#000000"))
        elif not name.endswith("_color") or name in ("font_color", "bg_color"):
            yield name, value


def _set(cells: Range, name: str, value: Any) -> None:
    if name == "border":
        side, kind, colour = value
        cells.borders.set(
            _SIDES[side], line_style="continuous", weight=_WEIGHTS[kind], color=colour
        )
    elif name in _OF_FONTS:
        setattr(cells.font, _OF_FONTS[name], value)
    elif name in _OF_CELLS:
        setattr(cells, _OF_CELLS[name], _VERTICAL.get(value, value))
    elif name not in _NOT_PUBLIC:
        raise ValueError(name)


def _dress_pieces(cell: Range, pieces: list[tuple[str, Look]]) -> None:
    start = 0
    for text, look in pieces:
        font = cell.characters[start : start + len(text)].font
        font.bold = look.get("bold", False)
        font.color = look["font_color"]
        start += len(text)


def _measure(page: NotedPage, sheet: Sheet) -> None:
    """Heights of rows, widths of columns, and which columns are hidden."""
    by_height: dict[float, list[Place]] = {}
    for row, height in page.heights.items():
        by_height.setdefault(height, []).append((row, 0))
    for height, places in by_height.items():
        for some in addresses(places):
            sheet.range(some).row_height = height
    by_width: dict[float, list[Place]] = {}
    for column, width in page.widths.items():
        by_width.setdefault(width, []).append((0, column))
    for width, places in by_width.items():
        for some in addresses(places):
            sheet.range(some).column_width = width
    for column in sorted(page.hidden):
        sheet.range((1, column + 1)).columns.hidden = True


def _offer(cells: Range, choices: list[str]) -> None:
    """A list to choose from; what the team is told of other entries stays as it is."""
    if cells.data_validation.type not in ("none", "list"):
        cells.data_validation.delete()
    cells.data_validation.set_list(choices)


def _take_courses_out(page: NotedPage, sheet: Sheet) -> None:
    """Take out the small charts within cells that a file was drawn with.

    They cannot be pointed at where the table below has moved to. Deleting and inserting their
    cells is the one way that takes them along and leaves formulas elsewhere as they are.
    """
    if not page.courses:
        return
    for row in sorted({row for row, _ in page.courses}):
        columns = [column for at, column in page.courses if at == row]
        place = address(Box(row, min(columns), row, max(columns)))
        sheet.range(place).delete(shift="up")
        sheet.range(place).insert(shift="down")
