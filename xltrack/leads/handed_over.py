"""A book of the cells that another program hands over: a workbook that is open in it.

Which sheets hold leads, what their columns mean and what their cells say is told by the same rules
as for a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.leads.assembly import LeadSheet, assemble
from xltrack.leads.book import LeadBook
from xltrack.leads.careful import Rows, by_column, header_texts
from xltrack.leads.grid import Columns, Grid
from xltrack.leads.header import best_row, find_header, known_count, nearest_headers
from xltrack.leads.made_sheets import made_titles
from xltrack.leads.marks import Place, SheetMarks
from xltrack.template import Settings, Template, default_settings, read_settings
from xltrack.template.own_headers import header_meanings
from xltrack.text import fold

MergedAreas = Callable[[int, int], list[tuple[Place, Place]]]
"""The merged ranges among so many rows: those from one 1-based row to another."""


@dataclass(frozen=True)
class SheetCells:
    """One sheet: its cells from A1 on, its errors by place, and how to learn its merged ranges."""

    name: str
    rows: Rows = field(repr=False)
    errors: Mapping[Place, str] = field(default_factory=dict, repr=False)
    merged: MergedAreas = field(default=lambda _first, _last: [], repr=False)


def book_of_cells(
    path: Path,
    name: str,
    sheets: Sequence[SheetCells],
    template: Template,
    *,
    settings: Settings | None = None,
    journal: Sequence[str] = (),
) -> LeadBook:
    """The leads among the cells of a workbook.

    Args:
        path: where the workbook is, for errors.
        name: what it is called.
        sheets: its sheets in their order, without those that the program owns.
        template: what declares the fields.
        settings: used instead of the workbook's own.
        journal: the texts of its stage journal.

    Raises: UnreadableWorkbook where no sheet has a header of leads, or none has leads.
    """
    named = template.workbook.sheets["settings"]
    known = {fold(named.zh), fold(named.en)}
    set_on = next((sheet for sheet in sheets if fold(sheet.name) in known), None)
    if set_on is not None:
        template = template.knowing(header_meanings(template, set_on.rows))
    others = [sheet for sheet in sheets if sheet is not set_on]
    made = made_titles(template)
    grids = _grids([s for s in others if not _is_made(s, made)], template) or _grids(
        others, template
    )
    if not grids:
        raise UnreadableWorkbook(path, Reason.NO_LEAD_HEADER, _headers_found(others, template))
    lang = grids[0].header.lang
    if settings is None and set_on is not None:
        settings = read_settings(template, set_on.rows, lang)
    book = assemble(
        [LeadSheet(path, name, grid) for grid in grids],
        template,
        settings or default_settings(template, lang),
        lang=lang,
    )
    if book.rows.empty:
        raise UnreadableWorkbook(path, Reason.NO_LEADS)
    return replace(book, journal_texts=(tuple(journal),))


def _is_made(sheet: SheetCells, titles: Mapping[str, str]) -> bool:
    """Whether a sheet has the name and the title of the board or the guide."""
    first = sheet.rows[0][:2] if sheet.rows else []
    return titles.get(sheet.name, "") in [str(cell) for cell in first if cell]


def _grids(sheets: Sequence[SheetCells], template: Template) -> list[Grid]:
    grids = (_grid(sheet, template) for sheet in sheets)
    return [grid for grid in grids if grid is not None]


def _grid(sheet: SheetCells, template: Template) -> Grid | None:
    header = find_header(_first_texts(sheet, template), template)
    if header is None:
        return None
    last = len(sheet.rows)
    columns = by_column(sheet.rows, header.row)

    def read(_: object) -> Columns:
        return columns

    merged = sheet.merged(header.row + 1, last) if last > header.row else []
    marks = SheetMarks(errors=dict(sheet.errors), merged=merged)
    return Grid(sheet.name, header, last - header.row, read_cells=read, marks=marks)


def _first_texts(sheet: SheetCells, template: Template) -> list[list[str]]:
    return header_texts(sheet.rows, template.workbook.header_search_rows)


def _headers_found(sheets: Sequence[SheetCells], template: Template) -> str:
    """The headers of the row that looks most like one of leads, and what they may mean."""
    rows = [best_row(_first_texts(sheet, template), template) for sheet in sheets]
    best = max(rows, key=lambda row: (known_count(row, template), len(row)), default=[])
    return nearest_headers(best, template) or "—"
