"""A refresh and a check of an open workbook, from its cells to its sheets."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltrack.live.highlights import clear_marks, mark_findings, marked_by, signature_of
from xltrack.live.owned import OwnedSheets
from xltrack.live.quiet import quiet
from xltrack.live.steps import JOURNAL, draw_report, keep_journal, plan_of, read_leads
from xltrack.live.telling import MESSAGE, language_of, tell

if TYPE_CHECKING:
    from xlwings import Book

    from xltrack.analysis import Analysis, Period
    from xltrack.leads import LeadBook

CHECKS = "checks"


@dataclass(frozen=True)
class LiveRefreshed:
    """What a refresh of an open workbook came to; ``sheets`` are their names in it."""

    workbook: str
    sheets: tuple[str, ...]
    leads: int
    errors: int
    warnings: int
    as_of: dt.date
    seconds: float


@dataclass(frozen=True)
class LiveChecked:
    """What a check of an open workbook came to; ``cells`` counts those that are marked now."""

    workbook: str
    leads: int
    errors: int
    warnings: int
    cells: int
    seconds: float


def refresh_book(
    book: Book,
    *,
    as_of: dt.date | None = None,
    period: Period | None = None,
    sheets: Sequence[str] | None = None,
    checks: bool = True,
    journal: bool = True,
) -> LiveRefreshed:
    """Bring the sheets of an open workbook up to date; see :func:`xltrack.live.refresh_open`."""
    began = time.perf_counter()
    with quiet(book):
        tell(book, "reading", language_of(book))
        from xltrack.api.composing import compose, wanted_sheets
        from xltrack.api.journaling import may_note

        owned = OwnedSheets(book)
        leads = read_leads(book, owned)
        day = as_of or dt.date.today()
        day = min(day, period.end) if period else day
        before = after = leads.journal
        if journal and may_note(as_of, from_elsewhere=False):
            after = before.updated(leads.leads, leads.settings, dt.date.today())
        keys = wanted_sheets(sheets, leads, owned.names)
        made = compose(
            leads,
            keys,
            day=day,
            period=period,
            history=after,
            plan=plan_of(owned),
            checks=checks,
            always=tuple(owned.names),
        )
        names = draw_report(book, owned, made.report, len(leads.leads))
        if journal and (after is not before or JOURNAL not in owned.names):
            keep_journal(owned, after, leads)
        if checks:
            _mark_again(book, leads, made.analysis)
        owned.remove(MESSAGE)
        count = _by_severity(made.analysis)
        refreshed = LiveRefreshed(
            workbook=book.name,
            sheets=names,
            leads=len(leads.leads),
            errors=count["error"],
            warnings=count["warning"],
            as_of=day,
            seconds=time.perf_counter() - began,
        )
    tell(
        book,
        "refreshed",
        leads.lang,
        sheets=len(names),
        leads=f"{refreshed.leads:,}",
        errors=refreshed.errors,
        warnings=refreshed.warnings,
        seconds=f"{refreshed.seconds:.1f}",
    )
    return refreshed


def check_book(book: Book) -> LiveChecked:
    """Write the findings on their sheet and mark their cells; see :func:`xltrack.live.check`."""
    began = time.perf_counter()
    with quiet(book):
        tell(book, "reading", language_of(book))
        from xltrack.api.composing import compose

        owned = OwnedSheets(book)
        leads = read_leads(book, owned)
        made = compose(leads, [CHECKS], day=dt.date.today(), history=leads.journal, always=[CHECKS])
        draw_report(book, owned, made.report, len(leads.leads))
        findings = made.analysis.findings or ()
        places = _sheets_of(leads)
        marked = marked_by(book, places)
        clear_marks(book, places)
        again = bool(marked) and marked == signature_of(findings)
        cells = 0 if again else mark_findings(book, findings)
        owned.remove(MESSAGE)
        count = _by_severity(made.analysis)
        checked = LiveChecked(
            workbook=book.name,
            leads=len(leads.leads),
            errors=count["error"],
            warnings=count["warning"],
            cells=cells,
            seconds=time.perf_counter() - began,
        )
    tell(
        book,
        "cleared" if again else "checked",
        leads.lang,
        leads=f"{checked.leads:,}",
        errors=checked.errors,
        warnings=checked.warnings,
        cells=cells,
        seconds=f"{checked.seconds:.1f}",
    )
    return checked


def _mark_again(book: Book, leads: LeadBook, analysis: Analysis) -> None:
    """Bring marks up to date where there are any; a refresh makes none of its own."""
    places = _sheets_of(leads)
    findings = analysis.findings or ()
    marked = marked_by(book, places)
    if marked and marked != signature_of(findings):
        clear_marks(book, places)
        mark_findings(book, findings)


def _sheets_of(leads: LeadBook) -> list[str]:
    return [source.sheet for source in leads.sources]


def _by_severity(analysis: Analysis) -> Counter[str]:
    return Counter(finding.severity for finding in analysis.findings or ())
