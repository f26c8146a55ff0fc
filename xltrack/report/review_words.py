"""Texts of leads made fit for a page that is passed on: one line, no contact details."""

from __future__ import annotations

import re
from dataclasses import replace

from xltrack.checks.privacy import without_private
from xltrack.report.blocks import Cell, TableBlock
from xltrack.text import display_width

NAME, CUSTOMER, SENTENCE = 28, 40, 88
"""Columns that a name, a customer and a longer text may take, a Chinese character being two."""
SENTENCES = frozenset(
    {
        "evidence",
        "evidence_before",
        "evidence_now",
        "goal",
        "measure",
        "problem",
        "talking_points",
        "watch",
        "why",
    }
)
"""Columns of tables that hold more than a name."""
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def presentable(text: str, widest: int | None = None) -> str:
    """One line of printable text with contact details masked, cut to ``widest`` columns.

    >>> presentable("\u81f4\u7535 13812345678\\nabc"), presentable("abcdef", 4)
    ('\u81f4\u7535 13*** abc', 'abc\u2026')
    """
    line = without_private(_UNPRINTABLE.sub(" ", text).strip())
    if widest is None or display_width(line) <= widest:
        return line
    kept = line[:widest]
    while display_width(kept) > widest - 1:
        kept = kept[:-1]
    return kept + "\u2026"


def presentable_table(block: TableBlock) -> TableBlock:
    """The table with every text in it made presentable."""
    widest = [_room(column.id) for column in block.columns]
    columns = tuple(
        replace(column, label=presentable(column.label, SENTENCE)) for column in block.columns
    )
    rows = tuple(
        tuple(_cell(cell, most) for cell, most in zip(row, widest, strict=True))
        for row in block.rows
    )
    return replace(block, columns=columns, rows=rows)


def _room(column: str) -> int:
    if column in SENTENCES:
        return SENTENCE
    return CUSTOMER if column == "customer" else NAME


def _cell(cell: Cell, widest: int) -> Cell:
    return presentable(cell, widest) if isinstance(cell, str) else cell
