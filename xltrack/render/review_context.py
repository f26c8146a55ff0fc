"""What a template of the review is given: every figure as the text it is printed as.

The annotations are the documentation: docs/review-context.md is made from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Annotated, Any, TypeVar

from xltrack.render.svg import chart_svg
from xltrack.report import Chart, KeyFigure, Note, Rate, TableBlock, Wording
from xltrack.report.blocks import Cell, Column
from xltrack.report.review import Review, ReviewReport
from xltrack.report.review_parts import SMALL, Section

NUMBERS = ("count", "rate", "amount", "days")
SIGNED = ("change_leads", "days_overdue")
"""Columns of numbers that are written out as texts."""

Text = TypeVar("Text")


@dataclass(frozen=True)
class CellText:
    """A cell of a table."""

    text: Annotated[str, "what stands in it; a rate with the counts behind it, `15.0%(3/20)`"]
    number: Annotated[bool, "whether it belongs to the right"]
    small: Annotated[bool, "whether it is a rate with few leads behind it; its text ends in `*`"]


@dataclass(frozen=True)
class RowText:
    """A row of a table."""

    cells: Annotated[tuple[CellText, ...], "its cells, one per column"]
    muted: Annotated[bool, "whether it is no more than a hint: few or young leads, or done with"]
    strong: Annotated[bool, "whether it is to be stressed: the weakest step"]


@dataclass(frozen=True)
class ColumnText:
    """A column of a table."""

    id: Annotated[str, "its stable id, as in tables.md"]
    label: Annotated[str, "its heading"]
    number: Annotated[bool, "whether it belongs to the right"]
    width: Annotated[float, "how wide it is beside the others, in characters"]


@dataclass(frozen=True)
class TableText:
    """A table."""

    id: Annotated[str, "its stable id"]
    title: Annotated[str, "what it is called"]
    base: Annotated[str, "which leads its figures count, and how many could not be placed"]
    columns: Annotated[tuple[ColumnText, ...], "its columns from left to right"]
    rows: Annotated[tuple[RowText, ...], "its rows from top to bottom"]
    more: Annotated[str, "how many rows are not shown; empty if none"]


@dataclass(frozen=True)
class ChartText:
    """A chart."""

    title: Annotated[str, "what it shows"]
    description: Annotated[str, "its figures in words, for those who cannot see it"]
    svg: Annotated[str, "the drawing, for HTML; colours `--series-1`, `--series-2`"]


@dataclass(frozen=True)
class SectionText:
    """A section of a report."""

    key: Annotated[str, "its stable name, such as `new_leads`"]
    title: Annotated[str, "its title"]
    base: Annotated[str, "which leads its figures count; may be empty"]
    lines: Annotated[tuple[str, ...], "what it says in sentences"]
    tables: Annotated[tuple[TableText, ...], "its tables"]
    charts: Annotated[tuple[ChartText, ...], "its charts"]


@dataclass(frozen=True)
class ReportText:
    """One of the three reports."""

    key: Annotated[str, "`tracking`, `market` or `actions`"]
    title: Annotated[str, "its title"]
    conclusion: Annotated[str, "the sentence to take away"]
    sections: Annotated[tuple[SectionText, ...], "its sections from top to bottom"]


@dataclass(frozen=True)
class FigureText:
    """A key figure."""

    label: Annotated[str, "what it is"]
    value: Annotated[str, "the figure"]
    counts: Annotated[str, "the counts behind a rate, `(3/20)`; empty for any other"]
    change: Annotated[str, "how it changed since the period before; empty where nothing tells"]
    base: Annotated[str, "which leads it counts"]
    small: Annotated[bool, "whether it is a rate with few leads behind it; the counts end in `*`"]


@dataclass(frozen=True)
class ReviewContext:
    """Everything a template can use."""

    lang: Annotated[str, "`zh` or `en`"]
    title: Annotated[str, "the title of the whole, with the period"]
    scope: Annotated[str, "the as-of day, the period, how many workbooks"]
    figures: Annotated[tuple[FigureText, ...], "the key figures"]
    reports: Annotated[tuple[ReportText, ...], "the three reports in order"]
    next_review: Annotated[str, "the day of the next review, `2024-07-01`; empty without a period"]
    sample_note: Annotated[str, "what the mark `*` means"]


def review_context(review: Review, wording: Wording) -> ReviewContext:
    """The texts of a review."""
    return ReviewContext(
        lang=review.lang,
        title=review.title,
        scope=review.scope,
        figures=tuple(_figure(figure, wording) for figure in review.figures.figures),
        reports=tuple(_report(report, wording) for report in review.reports),
        next_review=review.next_review.isoformat() if review.next_review else "",
        sample_note=review.sample_note,
    )


def as_mapping(context: ReviewContext) -> dict[str, Any]:
    """The variables of a template by name."""
    return {field.name: getattr(context, field.name) for field in fields(context)}


def each_text(thing: Text, change: Callable[[str], str]) -> Text:
    """A context with every text in it changed, drawings excepted."""
    if isinstance(thing, str):
        return change(thing)  # type: ignore[return-value]
    if isinstance(thing, tuple):
        return tuple(each_text(each, change) for each in thing)  # type: ignore[return-value]
    if is_dataclass(thing) and not isinstance(thing, type):
        changed = {
            field.name: each_text(getattr(thing, field.name), change)
            for field in fields(thing)
            if field.name not in ("svg", "id", "key", "lang")
        }
        return replace(thing, **changed)
    return thing


def _report(report: ReviewReport, wording: Wording) -> ReportText:
    sections = tuple(_section(report.key, section, wording) for section in report.sections)
    return ReportText(report.key, report.title, report.conclusion, sections)


def _section(report: str, section: Section, wording: Wording) -> SectionText:
    tables = {block.id: block for block in section.blocks if isinstance(block, TableBlock)}
    charts = [block for block in section.blocks if isinstance(block, Chart)]
    drawn = (
        chart_svg(chart, tables[chart.table], wording, f"{report}-{section.key}-{number}")
        for number, chart in enumerate(charts, 1)
    )
    return SectionText(
        key=section.key,
        title=section.title,
        base=section.base,
        lines=tuple(block.text for block in section.blocks if isinstance(block, Note)),
        tables=tuple(_table(table, wording) for table in tables.values()),
        charts=tuple(
            ChartText(chart.title, drawing.description, drawing.svg)
            for chart, drawing in zip(charts, drawn, strict=True)
        ),
    )


def _table(block: TableBlock, wording: Wording) -> TableText:
    columns = tuple(
        ColumnText(column.id, column.label, _is_number(column), column.width)
        for column in block.columns
        if not column.hidden
    )
    rows = tuple(
        RowText(
            tuple(
                _cell(cell, column, wording)
                for cell, column in zip(row, block.columns, strict=True)
                if not column.hidden
            ),
            number in block.muted,
            number in block.strong,
        )
        for number, row in enumerate(block.rows)
    )
    return TableText(block.id, block.title, block.subtitle, columns, rows, block.more)


def _cell(value: Cell, column: Column, wording: Wording) -> CellText:
    small = isinstance(value, Rate) and value.small
    text = wording.shown(value, column.format) + (SMALL if small else "")
    return CellText(text, _is_number(column), small)


def _is_number(column: Column) -> bool:
    return column.format in NUMBERS or column.id in SIGNED


def _figure(figure: KeyFigure, wording: Wording) -> FigureText:
    cell = _cell(figure.value, Column("", "", figure.format, 0), wording)
    value, bracket, counts = cell.text.partition("(")
    return FigureText(figure.label, value, bracket + counts, figure.change, figure.base, cell.small)


def variables(kind: type) -> dict[str, tuple[str, str]]:
    """The documented variables of a context: name, (type, what it is).

    Raises: TypeError for a variable without documentation.
    """
    documented = {}
    for field in fields(kind):
        said = field.type if isinstance(field.type, str) else str(field.type)
        if not said.startswith("Annotated["):
            raise TypeError(f"{kind.__name__}.{field.name} is not documented")
        shape, _, text = said.removeprefix("Annotated[").partition(', "')
        documented[field.name] = (shape, text.removesuffix('"]'))
    return documented


KINDS: dict[str, type[Any]] = {
    "context": ReviewContext,
    "figure": FigureText,
    "report": ReportText,
    "section": SectionText,
    "table": TableText,
    "column": ColumnText,
    "row": RowText,
    "cell": CellText,
    "chart": ChartText,
}
"""What a context is made of, by the name it has in the documentation."""
