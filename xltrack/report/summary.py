"""The sheets of a summary over many workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from xltrack.analysis.groups import groups
from xltrack.checks.privacy import without_private
from xltrack.report.blocks import (
    ActionItem,
    ActionList,
    Block,
    Cell,
    Heading,
    KeyFigures,
    Note,
    Report,
    Sheet,
    TableBlock,
)
from xltrack.report.compositions import COMPOSITIONS, Page
from xltrack.report.monthly import Month, monthly_blocks
from xltrack.report.sheets import scope_line
from xltrack.report.submission_list import submission_blocks
from xltrack.report.table_blocks import table_block
from xltrack.template import Template

FIRST, LAST_BUT_ONE = "summary", "submissions"
SHARED = (
    *("conversion", "channels", "owners", "trend", "profile"),
    *("competitors", "actions", "definitions"),
)
"""Sheets composed as for a refresh, in their order; the submissions come before the last."""
ALWAYS = frozenset({"actions"})
SUMMARY_TABLES = tuple(
    dict.fromkeys(["overview", *(name for key in SHARED for name in COMPOSITIONS[key].tables)])
)
"""The tables of the analysis that a summary is composed from."""


def build_summary(month: Month, template: Template) -> Report:
    """All sheets of a summary; one of the analysis that has nothing to say is not in it.

    Contact details inside texts are masked wherever they stand.
    """
    composers: dict[str, Callable[[], Iterator[Block]]] = {
        FIRST: lambda: monthly_blocks(month),
        LAST_BUT_ONE: lambda: submission_blocks(month.submissions, month.wording),
    }
    page = Page(month.analysis, month.wording, template, linked=False)
    shared = [key for key in SHARED if key in ALWAYS or COMPOSITIONS[key].worth(month.analysis)]
    keys = [FIRST, *shared[:-1], LAST_BUT_ONE, shared[-1]]
    sheets = [
        _sheet(key, composers[key]() if key in composers else _shared(key, page), month)
        for key in keys
    ]
    return Report(month.wording.lang, tuple(sheets))


def _shared(key: str, page: Page) -> Iterator[Block]:
    yield from COMPOSITIONS[key].compose(page)
    if key == "owners":
        grouped = groups(page.analysis.tables["owners"])
        if not grouped.frame.empty:
            yield table_block("groups", grouped, page.wording)


def _sheet(key: str, blocks: Iterator[Block], month: Month) -> Sheet:
    wording, period = month.wording, month.analysis.period
    name = wording.labels.sheets[key].of(wording.lang)
    heading = name
    if key == FIRST and period is not None:
        heading = wording.word("summary_title", period.kind).format(period=period.label)
    foot = wording.phrase("summary_plan" if key == "actions" else "summary_by")
    whole = (
        Heading(heading),
        Note(scope_line(month.analysis, wording), "subtitle"),
        *blocks,
        Note(foot),
    )
    return Sheet(key, name, tuple(masked_block(block) for block in whole), one_page=key == FIRST)


def masked_block(block: Block) -> Block:
    """The block with contact details in its texts masked."""
    if isinstance(block, Heading | Note):
        return replace(block, text=without_private(block.text))
    if isinstance(block, TableBlock):
        return replace(
            block,
            columns=tuple(
                replace(column, label=without_private(column.label)) for column in block.columns
            ),
            rows=tuple(tuple(_masked(cell) for cell in row) for row in block.rows),
        )
    if isinstance(block, ActionList):
        return replace(block, items=tuple(_masked_item(item) for item in block.items))
    if isinstance(block, KeyFigures):
        return block
    return replace(block, title=without_private(block.title))


def _masked(cell: Cell) -> Cell:
    return without_private(cell) if isinstance(cell, str) else cell


def _masked_item(item: ActionItem) -> ActionItem:
    return ActionItem(*map(without_private, (item.problem, item.evidence, item.measure)))


def sheet_names(report: Report) -> Mapping[str, str]:
    """The key of each sheet by its name, as sheets that the program owns are marked."""
    return {sheet.name: sheet.key for sheet in report.sheets}
