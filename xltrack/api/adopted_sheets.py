"""The lead sheets of an adopted workbook: new columns beside theirs, dropdowns and formats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xltrack.create.prepared import RULES_SHEET, prepared_rules
from xltrack.leads.header import cell_name
from xltrack.sheetml.areas import Place
from xltrack.sheetml.cell_markup import CellValue
from xltrack.sheetml.column_widths import widened
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.sheet_markup import SheetMarkup
from xltrack.sheetml.splice import applied
from xltrack.sheetml.workbook import read_workbook
from xltrack.writeback.edit import Edit
from xltrack.writeback.patch import Formats, own_sheet, patch
from xltrack.writeback.rules import put_rules_back

if TYPE_CHECKING:
    from xltrack.leads import LeadBook
    from xltrack.leads.added_columns import AddedColumn
    from xltrack.template import Template
    from xltrack.text import Lang
    from xltrack.writeback import Target

ROOM = 1000
"""Rows that get dropdowns below the last lead, where the template prepares fewer."""


def put_into_sheets(
    edit: Edit,
    book: LeadBook,
    added: Sequence[AddedColumn],
    template: Template,
    lang: Lang,
    free: Collection[str] = (),
) -> Edit:
    """The edit of the lead sheets alone, of the workbook as ``edit`` leaves it.

    ``free``: fields without an input check.
    """
    package = edit.package
    target = replace(edit.target, package=package, workbook=read_workbook(package))
    cells, like = _cells(target, book, added, template, lang)
    look = template.look
    into = patch(target, cells, formats=Formats(look.date_format, look.datetime_format), like=like)
    for source in book.sources:
        new = {a.field: (a.column,) for a in added if a.sheet == source.sheet}
        lead_rows = source.last_row - source.header_row
        scratch = prepared_rules(
            template,
            lang,
            {**source.columns, **new},
            header_row=source.header_row,
            rows=max(template.workbook.rows, lead_rows + ROOM),
            free=free,
        )
        into, _ = put_rules_back(into, scratch, {source.sheet: RULES_SHEET}, anew=True)
        into = _with_widths(
            into, source.sheet, {a.column: template.by_id[a.field].width
                                 for a in added if a.sheet == source.sheet}
        )  # fmt: skip
    return into


def _cells(
    target: Target, book: LeadBook, added: Sequence[AddedColumn], template: Template, lang: Lang
) -> tuple[dict[str, dict[str, CellValue]], dict[str, dict[str, str]]]:
    """The cells of the new columns, and the cell of the team's whose format each takes."""
    cells: dict[str, dict[str, CellValue]] = {}
    like: dict[str, dict[str, str]] = {}
    for source in book.sources:
        new = [a for a in added if a.sheet == source.sheet]
        if not new:
            continue
        columns = [c for places in source.columns.values() for c in places]
        beside = max([*columns, *source.own_columns.values()])
        plain = _text_column(source.columns, template) or beside
        head = _shown_in(target, source.sheet, (source.header_row, beside))
        for each in new:
            header = template.by_id[each.field].header.of(lang)
            values: dict[int, CellValue] = {source.header_row: header, **each.values}
            inside, models = cells.setdefault(source.sheet, {}), like.setdefault(source.sheet, {})
            for row, value in values.items():
                inside[cell_name(row, each.column)] = value
                model = head if row == source.header_row else (row, plain)
                models[cell_name(row, each.column)] = cell_name(*model)
    return cells, like


def _shown_in(target: Target, sheet: str, place: Place) -> Place:
    """The cell that a place shows: the first of the merged ones that hide it, else itself."""
    part = own_sheet(target, sheet).part or ""
    merged = SheetMarkup(target.package.read(part), target.path, part).merged
    return next(((a.top, a.left) for a in merged if place in a), place)


def _text_column(columns: Mapping[str, Sequence[int]], template: Template) -> int | None:
    """The last column of texts, whose cells have no format of numbers."""
    found = (
        column
        for field, places in columns.items()
        if template.by_id[field].type in ("text", "list")
        for column in places
    )
    return max(found, default=None)


def _with_widths(edit: Edit, sheet: str, widths: dict[int, float]) -> Edit:
    if not widths:
        return edit
    target = edit.target
    part = own_sheet(target, sheet).part or ""
    frame = SheetFrame(SheetMarkup(edit.package.read(part), target.path, part))
    overlay = {**edit.overlay, part: applied(frame.markup.data, widened(frame, widths))}
    return replace(edit, overlay=overlay, edited=edit.edited | {part})
