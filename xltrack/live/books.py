"""Which open workbook is meant: the one whose button was pressed, or one by its name."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from xltrack.errors import UsageError

if TYPE_CHECKING:
    from xlwings import Book


def calling_book() -> Book:
    """The workbook whose button was pressed.

    Raises: UsageError without xlwings, or where Python was not started from a workbook.
    """
    xlwings = _xlwings()
    try:
        return xlwings.Book.caller()  # type: ignore[no-any-return]
    except Exception as error:  # xlwings has no exception of its own for it
        raise UsageError("not_from_excel") from error


def open_book(name: str = "") -> Book:
    """The open workbook of that name, with or without its ending or folder; empty = the active one.

    Raises: UsageError where Excel does not run, or has no such workbook open.
    """
    xlwings = _xlwings()
    apps = list(xlwings.apps) if xlwings.engines.active is not None else []
    books = [book for app in apps for book in app.books]
    if not books:
        raise UsageError("no_excel")
    if not name:
        return apps[0].books.active  # type: ignore[no-any-return]
    for book in books:
        if name.casefold() in {each.casefold() for each in _names(book)}:
            return book  # type: ignore[no-any-return]
    raise UsageError("not_open", "\u3001".join([name, *(book.name for book in books)]))


def _names(book: Book) -> set[str]:
    return {book.name, Path(book.name).stem, book.fullname}


def _xlwings() -> ModuleType:
    try:
        import xlwings  # slow to import, and not everywhere
    except ImportError as error:
        raise UsageError("no_xlwings") from error
    return xlwings
