"""A workbook that notes what is drawn on it, for a program that is told what to draw.

It takes the calls that :mod:`xltrack.render.xlsx` makes to XlsxWriter, so that a live sheet is
drawn by the same code as one in a file: the same cells, values and formats by construction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Look = Mapping[str, Any]
"""Properties of a cell's format, as XlsxWriter names them."""

Place = tuple[int, int]
"""Row and column of a cell, 0-based."""


@dataclass(frozen=True)
class Formula:
    """A formula in English, with its equals sign."""

    text: str


@dataclass(frozen=True)
class LinkedText:
    """A text that leads to a place in the same workbook."""

    text: str
    place: str


Noted = str | float | dt.datetime | Formula | LinkedText


@dataclass(frozen=True)
class Box:
    """A rectangle of cells, 0-based, with both ends."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class NotedChart:
    """A chart; series as XlsxWriter takes them."""

    kind: str
    name: str
    series: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""
    x_axis: dict[str, Any] = field(default_factory=dict)
    y_axis: dict[str, Any] = field(default_factory=dict)
    legend: dict[str, Any] = field(default_factory=dict)
    size: tuple[float, float] = (0, 0)  # pixels
    place: Place = (0, 0)
    offset: tuple[float, float] = (0, 0)  # pixels

    def add_series(self, series: dict[str, Any]) -> None:
        """Note a series."""
        self.series.append(series)

    def set_title(self, options: Mapping[str, Any]) -> None:
        """Note the title."""
        self.title = options["name"]

    def set_x_axis(self, options: dict[str, Any]) -> None:
        """Note what XlsxWriter calls the x axis."""
        self.x_axis = options

    def set_y_axis(self, options: dict[str, Any]) -> None:
        """Note what XlsxWriter calls the y axis."""
        self.y_axis = options

    def set_legend(self, options: dict[str, Any]) -> None:
        """Note the legend."""
        self.legend = options

    def set_size(self, options: Mapping[str, float]) -> None:
        """Note width and height in pixels."""
        self.size = options["width"], options["height"]


@dataclass
class NotedPage:
    """What is on one sheet. Heights are points by row, widths characters by column."""

    name: str
    values: dict[Place, Noted] = field(default_factory=dict)
    looks: dict[Place, Look] = field(default_factory=dict)
    runs: dict[Place, list[tuple[str, Look]]] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    charts: list[NotedChart] = field(default_factory=list)
    bars: list[tuple[Box, Mapping[str, Any]]] = field(default_factory=list)
    choices: list[tuple[Box, Sequence[str]]] = field(default_factory=list)
    filtered: Box | None = None
    frozen: Place = (0, 0)
    courses: list[Place] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, int]:
        """How many rows and columns from A1 on hold something."""
        rows = max((row for row, _ in self.looks), default=-1) + 1
        return rows, max((column for _, column in self.looks), default=-1) + 1

    def _note(self, row: int, column: int, value: Noted | None, look: Look | None) -> None:
        if value is not None:
            self.values[row, column] = value
        self.looks[row, column] = look or {}

    def write_string(self, row: int, column: int, text: str, look: Look | None = None) -> None:
        """Note a text."""
        self._note(row, column, text, look)

    def write_number(self, row: int, column: int, number: float, look: Look | None = None) -> None:
        """Note a number."""
        self._note(row, column, number, look)

    def write_datetime(
        self, row: int, column: int, moment: dt.datetime, look: Look | None = None
    ) -> None:
        """Note a day."""
        self._note(row, column, moment, look)

    def write_formula(
        self, row: int, column: int, formula: str, look: Look | None = None, _value: object = None
    ) -> None:
        """Note a formula; what it comes to is worked out where it is drawn."""
        self._note(row, column, Formula(formula), look)

    def write_blank(self, row: int, column: int, _: None, look: Look | None = None) -> None:
        """Note the look of an empty cell."""
        self._note(row, column, None, look)

    def write_url(self, row: int, column: int, url: str, look: Look | None, text: str) -> None:
        """Note a link into the same workbook."""
        self._note(row, column, LinkedText(text, url.removeprefix("internal:")), look)

    def write_rich_string(self, row: int, column: int, *parts: Any) -> None:
        """Note a text of pieces, each behind its look."""
        pieces = list(zip(parts[1::2], parts[::2], strict=True))
        self._note(row, column, "".join(text for text, _ in pieces), None)
        self.runs[row, column] = pieces

    def set_row(self, row: int, height: float) -> None:
        """Note the height of a row."""
        self.heights[row] = height

    def set_column(
        self, first: int, last: int, width: float, _look: None, options: Mapping[str, bool]
    ) -> None:
        """Note the width of columns, and whether they are hidden."""
        for column in range(first, last + 1):
            self.widths[column] = width
            if options["hidden"]:
                self.hidden.add(column)

    def freeze_panes(self, row: int, column: int) -> None:
        """Note what stays in sight."""
        self.frozen = row, column

    def insert_chart(
        self, row: int, column: int, chart: NotedChart, options: Mapping[str, Any]
    ) -> None:
        """Note where a chart stands."""
        chart.place = row, column
        chart.offset = options["x_offset"], options["y_offset"]
        self.charts.append(chart)

    def conditional_format(
        self, top: int, left: int, bottom: int, right: int, options: Mapping[str, Any]
    ) -> None:
        """Note data bars, the only conditional format of a sheet."""
        self.bars.append((Box(top, left, bottom, right), options))

    def data_validation(
        self, top: int, left: int, bottom: int, right: int, options: Mapping[str, Any]
    ) -> None:
        """Note a list to choose from."""
        self.choices.append((Box(top, left, bottom, right), options["source"]))

    def autofilter(self, top: int, left: int, bottom: int, right: int) -> None:
        """Note which range can be filtered."""
        self.filtered = Box(top, left, bottom, right)

    def add_sparkline(self, row: int, column: int, _options: Mapping[str, Any]) -> None:
        """Note where the course of a figure would be."""
        self.courses.append((row, column))

    def _on_paper(self, *_: object, **__: object) -> None:
        """How a sheet is printed is set up in files alone."""

    hide_gridlines = set_landscape = set_paper = fit_to_pages = _on_paper
    set_margins = set_footer = repeat_rows = _on_paper


@dataclass
class NotedBook:
    """The pages noted so far, in their order."""

    pages: list[NotedPage] = field(default_factory=list)

    def add_format(self, properties: Look) -> Look:
        """The format itself."""
        return properties

    def add_worksheet(self, name: str) -> NotedPage:
        """A page to note on."""
        self.pages.append(NotedPage(name))
        return self.pages[-1]

    def add_chart(self, options: Mapping[str, Any]) -> NotedChart:
        """A chart to note."""
        return NotedChart(options["type"], options["name"])
