"""Draws a report as the sheets of a scratch workbook; it never sees the team's file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from xltrack.render.charts import add_chart
from xltrack.render.formats import Formats
from xltrack.render.layout import (
    CHART_ROWS,
    FIGURES_A_LINE,
    Placed,
    column_widths,
    place,
    table_top,
)
from xltrack.report import Chart, Heading, KeyFigures, Link, Note, Rate, Report, Sheet, TableBlock
from xltrack.report.blocks import Cell

CREATED = dt.datetime(2000, 1, 1)  # fixed, so that the same report is the same bytes
ROW_PIXELS = 20
CHARACTER_PIXELS = 7


def draw_workbook(
    report: Report,
    names: Mapping[str, str] | None = None,
    font: tuple[str, float] = ("Calibri", 11),
    *,
    links_to: str = "",
) -> bytes:
    """The bytes of a workbook with the sheets of a report.

    Args:
        report: what to draw.
        names: name of each sheet by key, where it differs from the report's own.
        font: name and size of the font of the workbook the sheets will stand in.
        links_to: file name of the workbook the links lead to; empty = the same workbook.
    """
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "default_format_properties": {"font_name": font[0], "font_size": font[1]},
    }
    with xlsxwriter.Workbook(stream, options) as workbook:
        workbook.set_properties({"created": CREATED})
        formats = Formats(workbook)
        for sheet in report.sheets:
            name = (names or {}).get(sheet.key, sheet.name)
            _Drawing(workbook, formats, sheet, name, links_to).draw()
    return stream.getvalue()


class _Drawing:
    """One sheet being drawn."""

    def __init__(
        self, workbook: Any, formats: Formats, sheet: Sheet, name: str, links_to: str
    ) -> None:
        self.workbook = workbook
        self.formats = formats
        self.sheet = sheet
        self.name = name
        self.links_to = links_to
        self.page = workbook.add_worksheet(name)
        self.widths = column_widths(sheet)

    def draw(self) -> None:
        self._set_up_page()
        placed = place(self.sheet)
        tops = {
            block.id: table_top(entry)
            for entry in placed
            for block in entry.blocks
            if isinstance(block, TableBlock)
        }
        for entry in placed:
            block = entry.blocks[0]
            if isinstance(block, Chart):
                self._charts(entry, tops)
            elif isinstance(block, KeyFigures):
                self._key_figures(block, entry.top)
            elif isinstance(block, TableBlock):
                self._table(block, entry.top)
            elif isinstance(block, Heading):
                self.page.set_row(entry.top, 30)
                self.page.write_string(entry.top, 0, block.text, self.formats.style("heading"))
            elif isinstance(block, Note):
                self.page.set_row(entry.top, 24 if block.style == "conclusion" else 18)
                self.page.write_string(entry.top, 0, block.text, self.formats.style(block.style))

    def _set_up_page(self) -> None:
        page = self.page
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&L&A&R&P / &N")
        for number, width in enumerate(self.widths):
            page.set_column(number, number, width)

    def _key_figures(self, block: KeyFigures, top: int) -> None:
        for number, figure in enumerate(block.figures):
            line, column = divmod(number, FIGURES_A_LINE)
            row = top + line * 4
            self.page.set_row(row, 26)
            self.page.set_row(row + 1, 24)
            self.page.set_row(row + 3, 8)
            self.page.write_string(row, column, figure.label, self.formats.style("figure_label"))
            self._write(row + 1, column, figure.value, self.formats.figure(figure.format))
            self.page.write_string(
                row + 2, column, figure.change, self.formats.style("figure_change")
            )

    def _charts(self, entry: Placed, tops: Mapping[str, int]) -> None:
        total = sum(self._pixels(width) for width in self.widths)
        width = max(380, min(620, total // max(2, len(entry.blocks))))
        for number, block in enumerate(entry.blocks):
            assert isinstance(block, Chart)  # noqa: S101 - the layout groups charts with charts only
            table = self.sheet.table(block.table)
            chart = add_chart(self.workbook, block, table, self.name, tops[block.table])
            chart.set_size({"width": width - 12, "height": CHART_ROWS * ROW_PIXELS})
            self.page.insert_chart(
                entry.top,
                0,
                chart,
                {
                    "x_offset": number * width + 4,
                    "y_offset": 4,
                    "object_position": 3,
                    "description": f"{block.title}: {block.category_title} / {block.value_title}",
                },
            )

    def _table(self, block: TableBlock, top: int) -> None:
        self.page.write_string(top, 0, block.title, self.formats.style("table_title"))
        self.page.write_string(top + 1, 0, block.subtitle, self.formats.style("table_subtitle"))
        header = top + 2
        self.page.set_row(header, 33)
        for number, column in enumerate(block.columns):
            self.page.write_string(header, number, column.label, self.formats.style("header"))
        for number, cells in enumerate(block.rows):
            self._table_row(block, header + 1 + number, number, cells)
        after = header + 1 + len(block.rows)
        if not block.rows:
            self.page.write_string(after, 0, "—", self.formats.style("muted"))
        if block.more:
            self.page.write_string(after, 0, block.more, self.formats.style("muted"))
        self._bars(block, header)
        if block.worklist:
            self.page.freeze_panes(header + 1, 2)
            self.page.repeat_rows(header)
            if block.rows:
                self.page.autofilter(header, 0, after - 1, len(block.columns) - 1)

    def _table_row(self, block: TableBlock, row: int, number: int, cells: tuple[Cell, ...]) -> None:
        muted, strong = number in block.muted, number in block.strong
        for position, (column, value) in enumerate(zip(block.columns, cells, strict=True)):
            if position == 0 and block.links:
                look = self.formats.cell("text", link=True)
                self.page.write_url(row, 0, self._address(block.links[number]), look, str(value))
                continue
            as_text = isinstance(value, Rate) or (value is None and column.format != "text")
            look = self.formats.cell(column.format, muted, strong, as_text=as_text)
            self._write(row, position, value, look)

    def _write(self, row: int, column: int, value: Cell, look: Any) -> None:
        if value is None:
            self.page.write_string(row, column, "—", look)
        elif isinstance(value, Rate):
            self.page.write_string(row, column, str(value), look)
        elif isinstance(value, dt.date):
            self.page.write_datetime(row, column, dt.datetime.combine(value, dt.time()), look)
        elif isinstance(value, int | float):
            self.page.write_number(row, column, value, look)
        elif value:
            self.page.write_string(row, column, value, look)
        else:
            self.page.write_blank(row, column, None, look)

    def _bars(self, block: TableBlock, header: int) -> None:
        for position, column in enumerate(block.columns):
            if not column.bars or not block.rows or block.worklist:
                continue
            self.page.conditional_format(
                header + 1, position, header + len(block.rows), position, _BAR
            )

    def _address(self, link: Link) -> str:
        sheet = link.sheet.replace("'", "''")
        place_ = f"'{sheet}'!{link.cell}"
        return f"external:{self.links_to}#{place_}" if self.links_to else f"internal:{place_}"

    @staticmethod
    def _pixels(width: float) -> int:
        return int(width * CHARACTER_PIXELS + 5)


_BAR = {
    "type": "data_bar",
    "bar_color": "#9DC3E6",
    "bar_solid": True,
    "min_type": "num",
    "min_value": 0,
}
