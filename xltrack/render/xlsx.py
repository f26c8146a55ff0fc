"""Draws a report as the sheets of a scratch workbook; it never sees the team's file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from xltrack.render.charts import add_chart
from xltrack.render.formats import DARK, Formats
from xltrack.render.layout import (
    ACTION_ROWS,
    CHART_ROWS,
    FIGURE_ROWS,
    FIGURES_A_LINE,
    Placed,
    column_widths,
    header_height,
    place,
    row_height,
    table_top,
)
from xltrack.report import (
    ActionList,
    Chart,
    Column,
    Heading,
    Interval,
    KeyFigures,
    Link,
    Note,
    Rate,
    Report,
    Sheet,
    Sum,
    TableBlock,
)
from xltrack.report.blocks import Cell

_SIMPLE = frozenset({str, int, float, dt.date})
CREATED = dt.datetime(2000, 1, 1)  # fixed, so that the same report is the same bytes
ROW_PIXELS = 20
FIGURE_HEIGHTS = (26, 22, 14, 18, 5)  # label, value, change, course, space
TITLE_ROWS = 2  # heading and scope
LONGEST_LIST = 255  # characters that a validation takes
SPARE_ROWS = 20  # below the plan, for problems that the team adds
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
        draw_sheets(workbook, report, names, links_to)
    return stream.getvalue()


def draw_sheets(
    workbook: Any, report: Report, names: Mapping[str, str] | None = None, links_to: str = ""
) -> None:
    """Draw a report on a workbook of XlsxWriter, or on one that takes the same calls."""
    formats = Formats(workbook)
    for sheet in report.sheets:
        name = (names or {}).get(sheet.key, sheet.name)
        _Drawing(workbook, formats, sheet, name, links_to).draw()


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
        self.title = next((b.text for b in sheet.blocks if isinstance(b, Heading)), "")

    def draw(self) -> None:
        self._set_up_page()
        placed = place(self.sheet)
        tops = {
            block.id: table_top(entry)
            for entry in placed
            for block in entry.blocks
            if isinstance(block, TableBlock)
        }
        self._freeze(tops)
        for entry in placed:
            block = entry.blocks[0]
            if isinstance(block, Chart):
                self._charts(entry, tops)
            elif isinstance(block, KeyFigures):
                self._key_figures(block, entry.top, tops)
            elif isinstance(block, TableBlock):
                self._table(block, entry.top)
            elif isinstance(block, ActionList):
                self._actions(block, entry.top)
            elif isinstance(block, Heading):
                self.page.set_row(entry.top, 30)
                self.page.write_string(entry.top, 0, block.text, self.formats.style("heading"))
            elif isinstance(block, Note):
                self.page.set_row(entry.top, 24 if block.style == "conclusion" else 18)
                self.page.write_string(entry.top, 0, block.text, self.formats.style(block.style))

    def _set_up_page(self) -> None:
        page = self.page
        page.hide_gridlines(2)
        if not self.sheet.one_page:
            page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, int(self.sheet.one_page))
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&L&A&R&P / &N")
        hidden = {
            number
            for block in self.sheet.blocks
            if isinstance(block, TableBlock)
            for number, column in enumerate(block.columns)
            if column.hidden
        }
        for number, width in enumerate(self.widths):
            page.set_column(number, number, width, None, {"hidden": number in hidden})

    def _freeze(self, tops: Mapping[str, int]) -> None:
        """Keep the header of a worklist in sight, elsewhere what the sheet is about."""
        lists = [b for b in self.sheet.blocks if isinstance(b, TableBlock) and b.worklist]
        if lists and list(tops) == [lists[0].id]:
            self.page.freeze_panes(tops[lists[0].id] + 1, 2)
        else:
            self.page.freeze_panes(TITLE_ROWS, 0)

    def _key_figures(self, block: KeyFigures, top: int, tops: Mapping[str, int]) -> None:
        for number, figure in enumerate(block.figures):
            line, column = divmod(number, FIGURES_A_LINE)
            row = top + line * FIGURE_ROWS
            for offset, height in enumerate(FIGURE_HEIGHTS):
                self.page.set_row(row + offset, height)
            look = self.formats.style("figure_change")
            self.page.write_blank(row + 3, column, None, look)
            if figure.spark is not None:
                self._sparkline(row + 3, column, figure.spark, tops)
            self.page.write_string(row, column, figure.label, self.formats.style("figure_label"))
            self._write(row + 1, column, figure.value, self.formats.figure(figure.format))
            self.page.write_string(
                row + 2, column, figure.change, self.formats.style("figure_change")
            )

    def _sparkline(
        self, row: int, column: int, spark: tuple[str, str], tops: Mapping[str, int]
    ) -> None:
        table_id, column_id = spark
        table = self.sheet.table(table_id)
        if len(table.rows) < 2:
            return
        position, first = table.position(column_id), tops[table_id] + 1
        ends = (
            xl_rowcol_to_cell(line, position, row_abs=True, col_abs=True)
            for line in (first, first + len(table.rows) - 1)
        )
        sheet = self.name.replace("'", "''")
        self.page.add_sparkline(
            row,
            column,
            {
                "range": f"'{sheet}'!{':'.join(ends)}",
                "series_color": DARK,
                "last_point": True,
                "last_color": "#ED7D31",
            },
        )

    def _actions(self, block: ActionList, top: int) -> None:
        self.page.write_string(top, 0, block.title, self.formats.style("table_title"))
        for number, item in enumerate(block.items):
            row = top + 1 + ACTION_ROWS * number
            parts = (
                self.formats.style("action_problem"),
                f"{number + 1}. {item.problem}  ",
                self.formats.style("action_evidence"),
                item.evidence,
            )
            self.page.write_rich_string(row, 0, *parts)
            self.page.write_string(
                row + 1, 0, f"→ {item.measure}", self.formats.style("action_measure")
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
        if block.title != self.title:
            self.page.write_string(top, 0, block.title, self.formats.style("table_title"))
        self.page.write_string(top + 1, 0, block.subtitle, self.formats.style("table_subtitle"))
        header = top + 2
        self.page.set_row(header, header_height(block, self.widths))
        for number, column in enumerate(block.columns):
            self.page.write_string(header, number, column.label, self.formats.style("header"))
        bottom = header + len(block.rows)
        for number, cells in enumerate(block.rows):
            height = row_height(block, cells, self.widths)
            if height is not None:
                self.page.set_row(header + 1 + number, height)
            self._table_row(block, header + 1 + number, number, cells, bottom + 1)
        after = bottom + 1
        if block.totals:
            self._total_row(block, header, after)
        elif not block.rows:
            self.page.write_string(after, 0, "—", self.formats.style("muted"))
        elif block.more:
            self.page.write_string(after, 0, block.more, self.formats.style("muted"))
        self._bars(block, header)
        self._choices(block, header)
        if block.worklist:
            self.page.repeat_rows(header)
            if block.rows:
                shown = [number for number, column in enumerate(block.columns) if not column.hidden]
                self.page.autofilter(header, 0, bottom, shown[-1])

    def _table_row(
        self, block: TableBlock, row: int, number: int, cells: tuple[Cell, ...], totals: int
    ) -> None:
        muted, strong = number in block.muted, number in block.strong
        for position, (column, value) in enumerate(zip(block.columns, cells, strict=True)):
            if position == 0 and block.links:
                look = self.formats.cell("text", link=True)
                self.page.write_url(row, 0, self._address(block.links[number]), look, str(value))
                continue
            if type(value) in _SIMPLE:
                look = self.formats.cell(column.format, muted, strong, typed=column.typed)
                self._write(row, position, value, look)
                continue
            look = self._look(column, value, muted, strong)
            if column.share_of and isinstance(value, Rate):
                whole = block.position(column.share_of)
                part = xl_rowcol_to_cell(row, whole)
                total = xl_rowcol_to_cell(totals, whole, row_abs=True)
                self.page.write_formula(row, position, f"={part}/{total}", look, value.value)
            else:
                self._write(row, position, value, look)

    def _look(self, column: Column, value: Cell, muted: bool, strong: bool) -> Any:
        """The format of a cell without a plain value: a rate, an interval, or nothing."""
        counted = isinstance(value, Rate) and value.whole is not None
        nothing = value is None and column.format != "text"
        as_text = counted or nothing or isinstance(value, Interval)
        grey = muted or (isinstance(value, Rate) and value.small)
        return self.formats.cell(column.format, grey, strong, as_text=as_text, typed=column.typed)

    def _total_row(self, block: TableBlock, header: int, row: int) -> None:
        for position, (column, value) in enumerate(zip(block.columns, block.totals, strict=True)):
            look = self.formats.total(column.format, as_text=isinstance(value, Rate))
            if isinstance(value, Sum):
                ends = (xl_rowcol_to_cell(line, position) for line in (header + 1, row - 1))
                self.page.write_formula(row, position, f"=SUM({':'.join(ends)})", look, value.value)
            else:
                self._write(row, position, value, look)

    def _choices(self, block: TableBlock, header: int) -> None:
        """Lists to choose from in the columns that the team fills in, also below the last row."""
        for position, column in enumerate(block.columns):
            if column.choices and len(",".join(column.choices)) <= LONGEST_LIST:
                self.page.data_validation(
                    header + 1,
                    position,
                    header + len(block.rows) + SPARE_ROWS,
                    position,
                    {
                        "validate": "list",
                        "source": list(column.choices),
                        "error_type": "warning",
                    },
                )

    def _write(self, row: int, column: int, value: Cell, look: Any) -> None:
        if isinstance(value, str):
            if value:
                self.page.write_string(row, column, value, look)
            else:
                self.page.write_blank(row, column, None, look)
        elif value is None:
            self.page.write_string(row, column, "—", look)
        elif isinstance(value, int | float):
            self.page.write_number(row, column, value, look)
        elif isinstance(value, Rate) and value.whole is None:
            self.page.write_number(row, column, value.value, look)
        elif isinstance(value, dt.date):
            self.page.write_datetime(row, column, dt.datetime.combine(value, dt.time()), look)
        else:
            self.page.write_string(row, column, str(value), look)

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
