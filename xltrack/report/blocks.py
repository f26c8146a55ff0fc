"""The report model: what stands on a sheet or page, independent of who draws it.

An Excel sheet, a live sheet, a page of HTML and a terminal all draw the same blocks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from xltrack.text import Lang

CellFormat = Literal["text", "count", "rate", "amount", "days", "date", "flag"]
NoteStyle = Literal["subtitle", "conclusion", "muted"]
ChartKind = Literal["bar", "column", "line"]


@dataclass(frozen=True)
class Rate:
    """A fraction with the counts behind it, so that nobody reads 100 % without seeing 1 of 1."""

    value: float
    part: int | None = None
    whole: int | None = None
    small: bool = False  # too few behind it to go by: shown in grey

    def __str__(self) -> str:
        """How a rate is printed everywhere.

        >>> str(Rate(0.15, 3, 20))
        '15.0%(3/20)'
        """
        counts = "" if self.part is None or self.whole is None else f"({self.part}/{self.whole})"
        return f"{self.value:.1%}{counts}"


@dataclass(frozen=True)
class Interval:
    """Between which two fractions a rate may well lie."""

    low: float
    high: float

    def __str__(self) -> str:
        """How an interval is printed everywhere.

        >>> str(Interval(0.0524, 0.3604))
        '5.2%–36.0%'
        """
        return f"{self.low:.1%}–{self.high:.1%}"


@dataclass(frozen=True)
class Sum:
    """The sum of the column it stands under, which a spreadsheet works out itself."""

    value: float


Cell = str | int | float | dt.date | Rate | Interval | Sum | None


@dataclass(frozen=True)
class Heading:
    """The title of a sheet."""

    text: str


@dataclass(frozen=True)
class Note:
    """A line of text."""

    text: str
    style: NoteStyle = "muted"


@dataclass(frozen=True)
class KeyFigure:
    """One figure with its change to the period before, as text; ``change`` empty = none.

    ``spark`` names a table and column on the same sheet whose course the figure has.
    """

    label: str
    value: Cell
    format: CellFormat
    change: str = ""
    base: str = ""
    spark: tuple[str, str] | None = None


@dataclass(frozen=True)
class KeyFigures:
    """Figures side by side."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Column:
    """One column of a table; ``bars`` asks for data bars where a face has them.

    ``share_of``: the cells are those of that column divided by its total. ``typed``: the team
    fills it in; ``choices`` are offered there. ``hidden``: for the program alone.
    """

    id: str
    label: str
    format: CellFormat
    width: float
    bars: bool = False
    share_of: str = ""
    typed: bool = False
    choices: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Link:
    """A place in the team's own workbook: a cell of one of its sheets."""

    sheet: str
    cell: str


@dataclass(frozen=True)
class TableBlock:
    """A table with its columns' labels and formats; cells are plain values or rates.

    ``links`` holds one place per row, for the row's first cell. ``muted`` marks rows to show in
    grey, ``strong`` rows to stress. ``more`` counts rows that are not shown. ``totals`` is the row
    below the others, empty where sums say nothing.
    """

    id: str
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    links: tuple[Link, ...] = ()
    muted: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    more: str = ""
    worklist: bool = False
    totals: tuple[Cell, ...] = ()

    def position(self, column_id: str) -> int:
        """Where a column stands, 0-based."""
        return next(number for number, column in enumerate(self.columns) if column.id == column_id)


@dataclass(frozen=True)
class Chart:
    """A chart of columns of a table on the same sheet."""

    kind: ChartKind
    title: str
    table: str
    category: str
    series: tuple[str, ...]
    category_title: str
    value_title: str


@dataclass(frozen=True)
class ActionItem:
    """A problem, the figures that show it, and what to do about it."""

    problem: str
    evidence: str
    measure: str


@dataclass(frozen=True)
class ActionList:
    """What to do, most urgent first."""

    title: str
    items: tuple[ActionItem, ...]


Block = Heading | Note | KeyFigures | TableBlock | Chart | ActionList


@dataclass(frozen=True)
class Sheet:
    """One sheet: its key, the name it should have, and its blocks from top to bottom.

    ``one_page``: it is printed on one page.
    """

    key: str
    name: str
    blocks: tuple[Block, ...]
    one_page: bool = False

    def table(self, table_id: str) -> TableBlock:
        """The table of that id on this sheet.

        Raises: KeyError where it is not there.
        """
        for block in self.blocks:
            if isinstance(block, TableBlock) and block.id == table_id:
                return block
        raise KeyError(table_id)


@dataclass(frozen=True)
class Report:
    """The sheets of a report in order."""

    lang: Lang
    sheets: Sequence[Sheet] = field(default=())
