"""A pivot of the team's own as a block, its last row being the totals."""

from __future__ import annotations

from dataclasses import replace

from xltrack.analysis import Table
from xltrack.report.blocks import Cell, Sum, TableBlock
from xltrack.report.table_blocks import MOST_ROWS, table_block
from xltrack.report.wording import Wording

PIVOT = "pivot:"
"""What the id of a pivot's table starts with; its title follows."""
SUMMED = ("count", "sum", "won", "leads")
"""Aggregates of which the total is the sum of the rows."""


def pivot_block(name: str, table: Table, wording: Wording, most: int = MOST_ROWS) -> TableBlock:
    """The block of a pivot; ``most``: rows shown at the most."""
    title, frame = name.removeprefix(PIVOT), table.frame
    body = replace(table, frame=frame.iloc[:-1])
    block = table_block("pivot", body, wording, title=title, most=most)
    last = table_block("pivot", replace(table, frame=frame.iloc[-1:]), wording, title=title).rows[0]
    totals: list[Cell] = [wording.phrase("total")]
    for column, value in zip(block.columns[1:], last[1:], strict=True):
        added = column.id.partition(":")[0] in SUMMED and isinstance(value, int | float)
        totals.append(Sum(float(value)) if added and not block.more else value)  # type: ignore[arg-type]
    return replace(block, totals=tuple(totals))
