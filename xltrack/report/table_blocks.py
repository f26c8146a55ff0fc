"""From a table of the analysis to a block: labels, words for codes, counts behind each rate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import pandas as pd

from xltrack.analysis import Table
from xltrack.report.blocks import Cell, CellFormat, Column, Link, Rate, TableBlock
from xltrack.report.wording import MISSING_KEYS, RATE_METRICS, Wording

MOST_ROWS = 5000  # Excel takes 65,530 links a sheet, and nobody works through more
BARS = {"reached", "revenue_per_lead", "leads", "revenue"}

Record = Mapping[str, Any]


def table_block(
    name: str,
    table: Table,
    wording: Wording,
    *,
    columns: Collection[str] | None = None,
    linked: bool = False,
    most: int = MOST_ROWS,
    worklist: bool = False,
) -> TableBlock:
    """The block of one table.

    Args:
        name: id of the table.
        table: the table itself.
        wording: language and unit.
        columns: ids of the columns to show, in the table's order; none = all.
        linked: the rows carry ``sheet`` and ``row`` of leads in the workbook drawn into.
        most: rows shown at the most; the block says how many more there are.
        worklist: rows to be worked through one by one.
    """
    ids = [column for column in table.frame.columns if columns is None or column in columns]
    records = cast("list[Record]", table.frame.head(most).to_dict("records"))
    heads = tuple(_column(name, column, wording, ids) for column in ids)
    rows = tuple(
        tuple(_cell(name, head.id, records, number, wording) for head in heads)
        for number in range(len(records))
    )
    hidden = len(table.frame) - len(records)
    return TableBlock(
        id=name,
        title=wording.title(name),
        subtitle=subtitle(table, wording),
        columns=heads,
        rows=rows,
        links=tuple(_link(record) for record in records) if linked else (),
        muted=frozenset(_where(records, _is_muted)),
        strong=frozenset(_where(records, lambda record: record.get("bottleneck") is True)),
        more=wording.phrase("more_rows", n=f"{hidden:,}") if hidden else "",
        worklist=worklist,
    )


def subtitle(table: Table, wording: Wording) -> str:
    """What the figures of a table count on, and what could not be placed."""
    pieces = [wording.word("base", table.base)]
    if table.left_out:
        pieces.append(wording.phrase("left_out", n=table.left_out))
    if table.presumed:
        pieces.append(wording.phrase("presumed", n=table.presumed))
    return " · ".join(pieces)


def _column(table: str, column: str, wording: Wording, ids: Sequence[str]) -> Column:
    declared = wording.header(table, column)
    label = wording.label(table, column)
    kind, _, stage = column.partition(":")
    if stage:
        label = f"{stage} {label}" if kind == "reached" else _step_label(stage, ids)
    simple: CellFormat = (
        "text" if declared.format in ("word", "metric", "change") else declared.format  # type: ignore[assignment]
    )
    return Column(column, label, simple, declared.width, column in BARS)


def _step_label(stage: str, ids: Sequence[str]) -> str:
    stages = [column.partition(":")[2] for column in ids if column.startswith("reached:")]
    following = stages[stages.index(stage) + 1] if stage in stages[:-1] else ""
    return f"{stage}→{following}"


def _cell(
    table: str, column: str, records: Sequence[Record], number: int, wording: Wording
) -> Cell:
    record = records[number]
    value = _plain(record[column])
    if value is None:
        return wording.phrase("missing") if column in MISSING_KEYS else None
    form = wording.header(table, column).format
    if form == "rate":
        return Rate(cast("float", value), *_counts(column, records, number))
    if form == "word":
        if column == "metric":
            return wording.label("overview", str(value))
        return wording.word(column, str(value))
    if form == "flag":
        return _flag(column, bool(value), wording)
    if form in ("metric", "change"):
        return _metric(record, cast("float", value), form, wording)
    return value


def _plain(value: Any) -> Cell:
    if pd.isna(value):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return cast("Cell", value.item() if hasattr(value, "item") else value)


def _flag(column: str, value: bool, wording: Wording) -> Cell:
    if column == "active":
        return wording.phrase("yes" if value else "no")
    return wording.phrase(column) if value else ""


def _metric(record: Record, value: float, form: str, wording: Wording) -> Cell:
    metric = str(record["metric"])
    declared = wording.header("overview", metric).format
    sign = "+" if form == "change" else ""
    if metric in RATE_METRICS:
        return f"{value * 100:{sign}.1f}%"
    return f"{value:{sign},.1f}" if declared == "amount" else f"{value:{sign},.0f}"


def _counts(
    column: str, records: Sequence[Record], number: int
) -> tuple[int, int] | tuple[None, None]:
    """Numerator and denominator of a rate, where both are counts in the same table."""
    record = records[number]
    following = records[number + 1] if number + 1 < len(records) else None
    kind, _, stage = column.partition(":")
    if stage:
        reached = [key for key in record if str(key).startswith("reached:")]
        after = reached[reached.index(f"reached:{stage}") + 1]
        return int(record[after]), int(record[f"reached:{stage}"])
    if kind == "conversion" and "won" in record and "leads" in record:
        return int(record["won"]), int(record["leads"])
    if kind == "win_rate" and "won" in record:
        return int(record["won"]), int(record["won"] + record["lost"])
    if kind == "from_start":
        return int(record["reached"]), int(records[0]["reached"])
    if kind == "step_conversion" and following:
        return int(following["reached"]), int(record["reached"])
    if kind == "decided_conversion" and following:
        return int(following["reached"]), int(following["reached"] + record["lost"])
    return None, None


def _link(record: Record) -> Link:
    return Link(str(record["sheet"]), f"A{record['row']}")


def _is_muted(record: Record) -> bool:
    return record.get("verdict") in ("small_sample", "too_early") or record.get("immature") is True


def _where(records: Sequence[Record], test: Any) -> list[int]:
    return [number for number, record in enumerate(records) if test(record)]
