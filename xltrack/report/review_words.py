"""Texts of leads made fit for a page that is passed on: one line, no contact details."""

from __future__ import annotations

import re
from dataclasses import replace

from xltrack.checks.privacy import without_private
from xltrack.report.blocks import Cell, TableBlock

LONGEST = 90
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def presentable(text: str, longest: int | None = None) -> str:
    """One line of printable text with contact details masked, cut to ``longest`` characters.

    >>> presentable("致电13812345678\\n再议"), presentable("abcdef", 4)
    ('致电13*** 再议', 'abc…')
    """
    line = without_private(_UNPRINTABLE.sub(" ", text).strip())
    if longest is None or len(line) <= longest:
        return line
    return line[: longest - 1] + "…"


def presentable_table(block: TableBlock, longest: int = LONGEST) -> TableBlock:
    """The table with every text in it made presentable."""
    columns = tuple(
        replace(column, label=presentable(column.label, longest)) for column in block.columns
    )
    rows = tuple(tuple(_cell(cell, longest) for cell in row) for row in block.rows)
    totals = tuple(_cell(cell, longest) for cell in block.totals)
    return replace(block, columns=columns, rows=rows, totals=totals)


def _cell(cell: Cell, longest: int) -> Cell:
    return presentable(cell, longest) if isinstance(cell, str) else cell
