"""What the three reports are put together from: sections, short tables, charts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from xltrack.analysis import Analysis, Table
from xltrack.report.blocks import Cell, Chart, ChartKind, Column, Note, Rate, TableBlock
from xltrack.report.review_words import presentable, presentable_table
from xltrack.report.table_blocks import table_block
from xltrack.report.wording import Wording

OF_THE_PERIOD = ("new_leads", "first_contact")
"""Tables whose leads are those acquired in the period itself."""

LINE = 240
"""Columns that a sentence may take."""
SMALL = "*"
"""What marks a rate with few leads behind it."""

Part = Note | TableBlock | Chart


@dataclass(frozen=True)
class Section:
    """A part of a report under a title; ``base`` says what its figures count on."""

    key: str
    title: str
    base: str
    blocks: tuple[Part, ...]


def section(key: str, wording: Wording, blocks: Iterable[Part], base: str = "") -> Section:
    """A section under its declared title; the base is that of its first table."""
    listed = tuple(_presentable(block) for block in blocks)
    tables = [block for block in listed if isinstance(block, TableBlock)]
    title = wording.word("section", key)
    return Section(key, title, base or (tables[0].subtitle if tables else ""), listed)


def _presentable(block: Part) -> Part:
    return replace(block, text=presentable(block.text, LINE)) if isinstance(block, Note) else block


def short_table(
    name: str,
    analysis: Analysis,
    wording: Wording,
    columns: Sequence[str],
    most: int,
    *,
    frame: pd.DataFrame | None = None,
    title: str = "",
) -> TableBlock:
    """The first rows of a table of the analysis, columns in the order given.

    ``frame`` replaces the table's own rows.
    """
    table: Table = analysis.tables[name]
    whole = table.frame if frame is None else frame
    block = table_block(
        name, replace(table, frame=whole.head(most)), wording, columns=columns, title=title
    )
    hidden = max(0, len(whole) - most)
    more = wording.phrase("review_more", n=hidden) if hidden else ""
    block = replace(block, more=more, totals=(), subtitle=_subtitle(name, block, analysis, wording))
    return presentable_table(_ordered(block, columns))


def _subtitle(name: str, block: TableBlock, analysis: Analysis, wording: Wording) -> str:
    """What a table counts; where that is a window longer than the period, from when to when."""
    if analysis.period is None or name in OF_THE_PERIOD or analysis.base[name] != "cohort":
        return block.subtitle
    start, end = analysis.period.window(analysis.settings.parameters.window_months)
    window = wording.phrase("review_window", start=start, end=min(end, analysis.as_of))
    return f"{block.subtitle} \u00b7 {window}"


def with_cells(block: TableBlock, column: Column, cells: Sequence[Cell]) -> TableBlock:
    """The table with the cells of one column replaced, or with one column more at the end."""
    ids = [each.id for each in block.columns]
    at = ids.index(column.id) if column.id in ids else len(ids)
    columns = (*block.columns[:at], column, *block.columns[at + 1 :])
    rows = tuple(
        (*row[:at], cell, *row[at + 1 :]) for row, cell in zip(block.rows, cells, strict=True)
    )
    return presentable_table(replace(block, columns=columns, rows=rows))


def column_of(table: str, column: str, wording: Wording) -> Column:
    """A column as it is declared, its cells being words or rates already."""
    declared = wording.header(table, column)
    form = "text" if declared.format in ("word", "metric", "change") else declared.format
    return Column(column, wording.label(table, column), form, declared.width)  # type: ignore[arg-type]


def rate(part: float, whole: float, wording: Wording) -> Rate | None:
    """A rate with the counts behind it, marked where they are few; none of nothing."""
    if not whole:
        return None
    return Rate(part / whole, int(part), int(whole), whole < wording.minimum_sample)


def marked(figure: Rate | None, wording: Wording) -> str:
    """A rate inside a sentence, with the mark of a small sample."""
    if figure is None:
        return wording.phrase("nothing")
    return f"{figure}{SMALL if figure.small else ''}"


def chart(
    kind: ChartKind, title: str, table: str, category: str, series: Sequence[str], wording: Wording
) -> Chart:
    """A chart of columns of a table on the same page."""
    labels, lang, unit = wording.labels, wording.lang, wording.unit
    values = "amount" if series[0] in ("revenue_per_lead", "revenue") else "leads"
    return Chart(
        kind,
        labels.charts[title].of(lang).format(unit=unit),
        table,
        category,
        tuple(series),
        wording.label(table, category),
        labels.axes[values].of(lang).format(unit=unit),
    )


def _ordered(block: TableBlock, ids: Collection[str]) -> TableBlock:
    at = [block.position(column) for column in ids if column in {c.id for c in block.columns}]
    return replace(
        block,
        columns=tuple(replace(block.columns[n], share_of="", bars=False) for n in at),
        rows=tuple(tuple(row[n] for n in at) for row in block.rows),
    )
