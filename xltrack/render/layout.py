"""Where each block of a sheet stands: first row, and how wide the shared columns are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from xltrack.report import ActionList, Chart, KeyFigures, Sheet, TableBlock
from xltrack.report.blocks import Block, Cell
from xltrack.text import display_width

FIGURES_A_LINE = 8
FIGURE_ROWS = 5  # label, value, change, course, space
FIGURE_WIDTH = 19.0
ACTION_ROWS = 2  # the problem with its figures, then what to do
LINE_POINTS, HEADER_PADDING = 15, 5
MOST_LINES = 12
MEAN_WIDTH = 0.95  # of a character, in those that a column's width counts
CHART_ROWS = 15
NARROWEST, WIDEST = 12.0, 48.0


@dataclass(frozen=True)
class Placed:
    """A block, or charts side by side, with its first row (0-based) and the rows it takes."""

    blocks: tuple[Block, ...]
    top: int
    rows: int


def place(sheet: Sheet) -> list[Placed]:
    """Stack the blocks of a sheet from top to bottom; charts that follow each other share rows.

    What stands above the first table has nearly the same height whatever the data, so that charts
    keep their place from one refresh to the next.
    """
    placed, top = [], 0
    for blocks in _lines(sheet.blocks):
        rows = _height(blocks)
        placed.append(Placed(blocks, top, rows))
        top += rows
    return placed


def table_top(placed: Placed) -> int:
    """Row of the header of a placed table: below its title and subtitle."""
    return placed.top + 2


def column_widths(sheet: Sheet) -> list[float]:
    """Widths of the columns that the tables of a sheet share, in characters."""
    tables = [block for block in sheet.blocks if isinstance(block, TableBlock)]
    widths: list[float] = []
    for table in tables:
        for number, column in enumerate(table.columns):
            wanted = min(max(column.width, NARROWEST if len(tables) > 1 else 0), WIDEST)
            if number == len(widths):
                widths.append(wanted)
            widths[number] = max(widths[number], wanted)
    if any(isinstance(block, KeyFigures) for block in sheet.blocks):
        widths += [0.0] * (FIGURES_A_LINE - len(widths))
        widths[:FIGURES_A_LINE] = [max(width, FIGURE_WIDTH) for width in widths[:FIGURES_A_LINE]]
    return widths


def header_height(block: TableBlock, widths: Sequence[float]) -> float:
    """Height in points of the header of a table, at least two lines."""
    lines = (
        -(-display_width(column.label) // max(1.0, width - 2))
        for column, width in zip(block.columns, widths, strict=False)
        if not column.hidden
    )
    return HEADER_PADDING + LINE_POINTS * max(2, *lines)


def row_height(block: TableBlock, cells: Sequence[Cell], widths: Sequence[float]) -> float | None:
    """Height in points that a row needs for its texts, none where one line is enough."""
    lines = 1
    for column, value, width in zip(block.columns, cells, widths, strict=False):
        if type(value) is str and 2 * len(value) >= width and not column.hidden:
            wide = display_width(value) * MEAN_WIDTH
            lines = max(lines, int(-(-wide // max(1.0, width - 1))))
    return None if lines == 1 else HEADER_PADDING + LINE_POINTS * min(lines, MOST_LINES)


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    for is_chart, group in groupby(blocks, key=lambda block: isinstance(block, Chart)):
        if is_chart:
            yield tuple(group)
        else:
            yield from ((block,) for block in group)


def _height(blocks: tuple[Block, ...]) -> int:
    block = blocks[0]
    if isinstance(block, Chart):
        return CHART_ROWS + 1
    if isinstance(block, KeyFigures):
        lines = -(-len(block.figures) // FIGURES_A_LINE)
        return lines * FIGURE_ROWS
    if isinstance(block, ActionList):
        return 1 + ACTION_ROWS * len(block.items) + 1
    if isinstance(block, TableBlock):
        return 2 + 1 + max(1, len(block.rows)) + bool(block.more or block.totals) + 1
    return 1
