"""From a table of the analysis to a block: labels, words for codes, counts behind each rate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

import pandas as pd

from xltrack.analysis import Table
from xltrack.report.blocks import (
    Cell,
    CellFormat,
    Column,
    Interval,
    Link,
    Rate,
    Sum,
    TableBlock,
)
from xltrack.report.wording import RATE_METRICS, Wording

MOST_ROWS = 5000  # Excel takes 65,530 links a sheet, and nobody works through more
BARS = {"reached", "revenue_per_lead", "leads", "revenue"}
RANGE = "conversion_range"
SHARES = {"lead_share": "leads", "revenue_share": "revenue", "share": "leads"}
"""Columns that are another column of the table divided by its total."""
TOTALLED = {
    "channels",
    "lost_reasons",
    "lost_reasons_by_stage",
    "lost_reasons_by_channel",
    "owners",
    "forecast",
}
ADDITIVE = {
    "leads",
    "leads:",
    "open",
    "overdue",
    "won",
    "lost",
    "revenue",
    "amount",
    "pipeline",
    "weighted_pipeline",
}


def table_block(
    name: str,
    table: Table,
    wording: Wording,
    *,
    columns: Collection[str] | None = None,
    linked: bool = False,
    most: int = MOST_ROWS,
    worklist: bool = False,
    title: str = "",
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
        title: what it is called here; empty = as declared.
    """
    ids = _shown_ids(table.frame, columns)
    frame = table.frame.head(most)
    rows = zip(*(_cells(name, column, frame, wording) for column in ids), strict=True)
    hidden = len(table.frame) - len(frame)
    totals = _totals(frame, ids, wording) if name in TOTALLED and not hidden else ()
    return TableBlock(
        id=name,
        title=title or wording.title(name),
        subtitle=subtitle(table, wording),
        columns=tuple(_column(name, column, wording, ids, bool(totals)) for column in ids),
        rows=tuple(rows),
        links=tuple(map(_link, frame["sheet"], frame["row"])) if linked else (),
        muted=_muted(frame),
        strong=_true_at(frame, "bottleneck"),
        more=wording.phrase("more_rows", n=f"{hidden:,}") if hidden else "",
        worklist=worklist,
        totals=totals,
    )


def _shown_ids(frame: pd.DataFrame, columns: Collection[str] | None) -> list[str]:
    """The columns to show; the two bounds of a rate stand in one."""
    ids = [column for column in frame.columns if columns is None or column in columns]
    if {"conversion_low", "conversion_high"} <= set(ids):
        ids[ids.index("conversion_low")] = RANGE
        ids.remove("conversion_high")
    return ids


def subtitle(table: Table, wording: Wording) -> str:
    """What the figures of a table count on, and what could not be placed."""
    pieces = [wording.word("base", table.base)]
    if table.left_out:
        pieces.append(wording.phrase("left_out", n=table.left_out))
    if table.presumed:
        pieces.append(wording.phrase("presumed", n=table.presumed))
    return " · ".join(pieces)


def _column(
    table: str, column: str, wording: Wording, ids: Sequence[str], totalled: bool
) -> Column:
    declared = wording.header(table, column)
    kind, colon, stage = column.partition(":")
    following = ""
    if kind == "step_conversion" and colon:
        reached = [each for each in ids if each.startswith("reached:")]
        following = reached[reached.index(f"reached:{stage}") + 1]
    simple: CellFormat = (
        "text" if declared.format in ("word", "metric", "change") else declared.format  # type: ignore[assignment]
    )
    label = wording.label(table, column, following)
    whole = SHARES.get(column, "") if totalled else ""
    return Column(
        column,
        label,
        simple,
        declared.width,
        column in BARS,
        share_of=whole if whole in ids else "",
    )


def _totals(frame: pd.DataFrame, ids: Sequence[str], wording: Wording) -> tuple[Cell, ...]:
    """The row below the others: sums, and the rates that follow from them."""
    if len(frame) < 2:
        return ()
    sums = {
        str(column): frame[column].sum()
        for column in frame.columns
        if _kind(column) in ADDITIVE and pd.api.types.is_numeric_dtype(frame[column].dtype)
    }
    whole = pd.DataFrame([sums])
    return tuple(
        wording.phrase("total") if number == 0 else _total(column, frame, whole, wording)
        for number, column in enumerate(ids)
    )


def _total(column: str, frame: pd.DataFrame, whole: pd.DataFrame, wording: Wording) -> Cell:
    if column in whole:
        value = whole[column].iloc[0]
        return Sum(float(value)) if frame[column].notna().any() else None
    if column in ("conversion", "win_rate"):
        part, of = _counts(column, whole)[0]
        return _rate(part / of, part, of, wording) if part is not None and of else ""
    return ""


def _kind(column: object) -> str:
    kind, colon, _ = str(column).partition(":")
    return kind + colon


def _cells(table: str, column: str, frame: pd.DataFrame, wording: Wording) -> list[Cell]:
    """The cells of one column, from top to bottom."""
    if column == RANGE:
        bounds = zip(_plain(frame["conversion_low"]), _plain(frame["conversion_high"]), strict=True)
        return [_interval(low, high) for low, high in bounds]
    values = _plain(frame[column])
    declared = wording.header(table, column)
    missing = declared.empty.of(wording.lang) if declared.empty else None
    form = declared.format
    if form in ("metric", "change"):
        metrics = frame["metric"]
        shown = [_metric(m, v, form, wording) for m, v in zip(metrics, values, strict=True)]
    elif form == "rate":
        counts = _counts(column, frame)
        shown = [
            None if value is None else _rate(cast("float", value), *count, wording)
            for value, count in zip(values, counts, strict=True)
        ]
    elif form == "word":
        words = {value: _word(column, value, wording) for value in set(values)}
        shown = [words[value] for value in values]
    elif form == "flag":
        shown = [_flag(column, value, wording) for value in values]
    else:
        shown = values
    return [missing if cell is None else cell for cell in shown]


def _rate(value: float, part: int | None, whole: int | None, wording: Wording) -> Rate:
    return Rate(value, part, whole, whole is not None and whole < wording.minimum_sample)


def _interval(low: Cell, high: Cell) -> Cell:
    known = isinstance(low, float) and isinstance(high, float)
    return Interval(low, high) if known else None  # type: ignore[arg-type]


def _plain(column: pd.Series) -> list[Cell]:
    """The values of a column as plain Python, ``None`` where null, days as dates."""
    known = column.notna()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = column.dt.date
    return column.astype("object").where(known, None).tolist()


def _word(column: str, value: Cell, wording: Wording) -> Cell:
    if value is None:
        return None
    if column == "metric":
        return wording.label("overview", str(value))
    return wording.word(column, str(value))


def _flag(column: str, value: Cell, wording: Wording) -> Cell:
    if value is None:
        return None
    if column == "active":
        return wording.phrase("yes" if value else "no")
    return wording.phrase(column) if value else ""


def _metric(metric: str, value: Cell, form: str, wording: Wording) -> Cell:
    if value is None:
        return None
    declared = wording.header("overview", metric).format
    sign = "+" if form == "change" else ""
    if metric in RATE_METRICS:
        return f"{cast('float', value) * 100:{sign}.1f}%"
    return f"{value:{sign},.1f}" if declared == "amount" else f"{value:{sign},.0f}"


Counts = list[tuple[int, int]] | list[tuple[None, None]]


def _counts(column: str, frame: pd.DataFrame) -> Counts:
    """Numerator and denominator of a rate, where both are counts in the same table."""
    kind, _, stage = column.partition(":")
    if kind == "after":
        won = (frame[column] * frame["leads"]).round().fillna(0)
        return _pairs(won, frame["leads"])
    if kind == "step_conversion" and stage:
        reached = [str(key) for key in frame.columns if str(key).startswith("reached:")]
        after = reached[reached.index(f"reached:{stage}") + 1]
        return _pairs(frame[after], frame[f"reached:{stage}"])
    if kind == "conversion" and {"won", "leads"} <= set(frame.columns):
        return _pairs(frame["won"], frame["leads"])
    if kind == "win_rate" and {"won", "lost"} <= set(frame.columns):
        return _pairs(frame["won"], frame["won"] + frame["lost"])
    if kind == "from_start":
        return _pairs(frame["reached"], frame["reached"] * 0 + frame["reached"].iloc[0])
    following = frame["reached"].shift(-1, fill_value=0) if "reached" in frame else None
    if kind == "step_conversion" and following is not None:
        return _pairs(following, frame["reached"])
    if kind == "decided_conversion" and following is not None:
        return _pairs(following, following + frame["lost"])
    return [(None, None)] * len(frame)


def _pairs(part: pd.Series, whole: pd.Series) -> list[tuple[int, int]]:
    return list(zip(part.astype(int).tolist(), whole.astype(int).tolist(), strict=True))


def _link(sheet: object, row: object) -> Link:
    return Link(str(sheet), f"A{row}")


def _muted(frame: pd.DataFrame) -> frozenset[int]:
    """Rows whose figures are too few or too young to go by."""
    if "small_sample" in frame:
        return _true_at(frame, "small_sample")
    if "verdict" in frame:
        unsure = frame["verdict"].isin(["small_sample", "too_early"])
        return frozenset(unsure.to_numpy().nonzero()[0].tolist())
    return _true_at(frame, "immature")


def _true_at(frame: pd.DataFrame, column: str) -> frozenset[int]:
    if column not in frame:
        return frozenset()
    return frozenset(frame[column].to_numpy().nonzero()[0].tolist())
