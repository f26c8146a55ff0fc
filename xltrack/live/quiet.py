"""An application that works without repainting, and is as it was afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlwings import Book, Range

_WHILE_WORKING = {
    "screen_updating": False,
    "enable_events": False,  # macros of the team's that watch for changes
    "display_alerts": False,
    "calculation": "manual",
}


@contextmanager
def quiet(book: Book) -> Iterator[None]:
    """Nothing is repainted, calculated or asked meanwhile; the selection is kept.

    Everything is put back whatever happens, and each thing although another could not be.
    """
    with ExitStack() as restore:
        for name, value in _WHILE_WORKING.items():
            restore.callback(setattr, book.app, name, getattr(book.app, name))
            setattr(book.app, name, value)
        restore.callback(_select, book, book.sheets.active.name, _selected(book))
        yield


def _selected(book: Book) -> Range | None:
    """The selected cells, None where something else is, or another workbook is in front."""
    return book.selection if book.app.books.active.name == book.name else None


def _select(book: Book, sheet: str, cells: Range | None) -> None:
    """Show the sheet and select the cells again, unless the sheet has gone."""
    if sheet not in [each.name for each in book.sheets]:
        return
    if book.sheets.active.name != sheet:
        book.sheets[sheet].activate()
    if cells is not None:
        now = _selected(book)
        if now is None or now.address != cells.address:
            cells.select()
