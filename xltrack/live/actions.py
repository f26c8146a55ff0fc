"""The buttons and the same from outside: refresh, check, take the marks away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xltrack.errors import UsageError
from xltrack.live.books import calling_book, open_book
from xltrack.live.highlights import clear_marks
from xltrack.live.quiet import quiet
from xltrack.live.telling import tell_failure
from xltrack.live.work import LiveChecked, LiveRefreshed, check_book, refresh_book

if TYPE_CHECKING:
    from xlwings import Book


def refresh() -> None:
    """Refresh the workbook whose button was pressed; a failure is told in it, never raised.

    Raises: UsageError where Python was not started from a workbook.
    """
    _told(refresh_book)


def check() -> None:
    """Check the leads of the workbook whose button was pressed, and mark the cells in question.

    Pressed again with nothing changed, it takes the marks away. A failure is told in the workbook.

    Raises: UsageError where Python was not started from a workbook.
    """
    _told(check_book)


def clear_highlights(name: str = "") -> int:
    """Take the marks of a check away again; returns how many rules that were.

    ``name``: of a workbook that is open; empty = the one that Python was started from, or else the
    active one.

    Raises: UsageError where Excel does not run, or has no such workbook open.
    """
    book = open_book(name) if name else _here()
    with quiet(book):
        return clear_marks(book, [sheet.name for sheet in book.sheets])


def refresh_open(
    name: str = "",
    *,
    as_of: dt.date | None = None,
    week: str | None = None,
    month: str | None = None,
    quarter: str | None = None,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
    sheets: Sequence[str] | None = None,
    checks: bool = True,
    journal: bool = True,
) -> LiveRefreshed:
    """Refresh a workbook that is open in Excel, unsaved changes included; it is not saved.

    Args:
        name: of the workbook, with or without its ending or folder; empty = the active one.
        as_of, week, month, quarter, from_day, to_day, sheets, checks, journal: as for
            :func:`xltrack.refresh`.

    Raises:
        UnreadableWorkbook: it holds no leads.
        UsageError: Excel does not run, or has no such workbook open; more than one period; an
            unknown sheet.
    """
    from xltrack.analysis import choose_period

    period = choose_period(week, month, quarter, from_day, to_day)
    return refresh_book(
        open_book(name), as_of=as_of, period=period, sheets=sheets, checks=checks, journal=journal
    )


def _told(action: Callable[[Book], LiveRefreshed | LiveChecked]) -> None:
    """Do it with the workbook whose button was pressed; the one place where failures end."""
    book = calling_book()
    try:
        action(book)
    except Exception as error:  # noqa: BLE001  # a person presses a button: never a raw traceback
        tell_failure(book, error)


def _here() -> Book:
    try:
        return calling_book()
    except UsageError:
        return open_book()
