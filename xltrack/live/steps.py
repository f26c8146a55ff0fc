"""The steps of the work on an open workbook: its leads read, sheets drawn, the journal kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.live.cells import plain_cells, sheet_cells
from xltrack.live.owned import OwnedSheets, hide
from xltrack.live.telling import tell

if TYPE_CHECKING:
    from xlwings import Book

    from xltrack.leads import LeadBook
    from xltrack.leads.journal import Journal
    from xltrack.leads.plan import PlannedAction
    from xltrack.report import Report
    from xltrack.template import Settings

ACTIONS, JOURNAL = "actions", "journal"


def read_leads(book: Book, owned: OwnedSheets, settings: Settings | None = None) -> LeadBook:
    """The leads of an open workbook as they are now.

    Raises: UnreadableWorkbook where there are none.
    """
    from xltrack.leads.handed_over import book_of_cells
    from xltrack.leads.journal_reading import without_notes
    from xltrack.template import load_template

    sheets = [sheet_cells(each) for each in book.sheets if each.name not in owned.not_leads]
    journal = owned.find(JOURNAL)
    rows = sheet_cells(journal).rows if journal is not None else []
    texts = without_notes(str(cell) for row in rows for cell in row if cell is not None)
    return book_of_cells(
        Path(book.fullname),
        book.name,
        sheets,
        load_template(),
        settings=settings,
        journal=texts,
    )


def plan_of(owned: OwnedSheets) -> tuple[PlannedAction, ...]:
    """The action plan as the team has left it, empty without one."""
    from xltrack.leads.plan import read_plan
    from xltrack.template import load_labels

    sheet = owned.find(ACTIONS)
    if sheet is None:
        return ()
    return read_plan(plain_cells(sheet_cells(sheet).rows), load_labels())


def draw_report(book: Book, owned: OwnedSheets, report: Report, leads: int) -> tuple[str, ...]:
    """Draw the sheets of a report; returns their names."""
    from xltrack.render.live import draw_page, noted_pages

    names: dict[str, str] = {}
    for sheet in report.sheets:
        names[sheet.key] = owned.name_for(sheet.key, sheet.name)
    for key, page in noted_pages(report, names).items():
        tell(book, "drawing", report.lang, leads=f"{leads:,}", sheet=page.name)
        there = owned.find(key)
        draw_page(page, there or owned.add(key, page.name), fresh=there is None)
    return tuple(names.values())


def keep_journal(owned: OwnedSheets, journal: Journal, leads: LeadBook) -> None:
    """Write the stage journal on its hidden sheet."""
    from xltrack.leads.journal_sheet import journal_cells
    from xltrack.template import load_labels

    sheet = owned.find(JOURNAL)
    if sheet is None:
        name = owned.name_for(JOURNAL, load_labels().sheets[JOURNAL].of(leads.lang))
        sheet = owned.add(JOURNAL, name)
    sheet.clear()
    for number, text in enumerate(journal_cells(journal, leads.lang), start=1):
        sheet.range((number, 1)).value = text  # a long text among others is cut off or refused
    hide(sheet)
