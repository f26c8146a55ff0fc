"""The sheets of an open workbook that the program owns, known by their marks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from xltrack.sheetml.ownership import Ownership, key_of, mark, ownership_of
from xltrack.sheetml.workbook import DefinedName, Sheet, Workbook, quoted, sheet_of_reference
from xltrack.writeback.target import free_name

if TYPE_CHECKING:
    from xlwings import Book
    from xlwings import Sheet as OpenSheet

VERY_HIDDEN = 2  # xlSheetVeryHidden, which the public call hands on to Excel on Windows


class OwnedSheets:
    """The owned sheets of a book, found once; sheets that are added are known from then on."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._ownership = _ownership(book)
        self.names = dict(self._ownership.owned)

    @property
    def not_leads(self) -> frozenset[str]:
        """Names of the sheets that hold no leads: owned ones and copies of them."""
        return frozenset(self.names.values()) | self._ownership.copies

    def find(self, key: str) -> OpenSheet | None:
        """The owned sheet of that key, None where the book has none."""
        return self._book.sheets[self.names[key]] if key in self.names else None

    def name_for(self, key: str, preferred: str) -> str:
        """The name of the sheet of that key: the one it has, else ``preferred`` if it is free."""
        if key in self.names:
            return self.names[key]
        return free_name(preferred, {sheet.name.casefold() for sheet in self._book.sheets})

    def add(self, key: str, name: str) -> OpenSheet:
        """A new sheet behind all others, with the marks of an owned one."""
        sheet = self._book.sheets.add(name, after=self._book.sheets[len(self._book.sheets) - 1])
        reference = f"={quoted(name)}!$A$1"
        for names in (self._book.names, sheet.names):  # the second goes along with copies
            names.add(mark(key), reference)
        self.names[key] = name
        return sheet

    def remove(self, key: str) -> None:
        """Take an owned sheet out again, with its marks."""
        sheet = self.find(key)
        if sheet is None:
            return
        for name in list(self._book.names):
            if key_of(name.name.rpartition("!")[2]) == key:
                name.delete()
        sheet.delete()
        del self.names[key]


def hide(sheet: OpenSheet) -> None:
    """Hide a sheet so that people do not unhide it by the way, where that can be asked for."""
    sheet.visible = VERY_HIDDEN if sys.platform == "win32" else False  # type: ignore[assignment]


def _ownership(book: Book) -> Ownership:
    """By the same rule as for a file, over what the program tells of sheets and names."""
    titles = [sheet.name for sheet in book.sheets]
    sheets = tuple(
        Sheet(title, number, "", "visible", "worksheet", None)
        for number, title in enumerate(titles, start=1)
    )
    names = []
    for name in book.names:
        place, _, bare = name.name.rpartition("!")
        if key_of(bare) is None:
            continue
        owner = sheet_of_reference(f"{place}!") if place else None
        local = titles.index(owner) if owner in titles else None
        if place and local is None:
            continue  # of a sheet that is no worksheet
        names.append(DefinedName(bare, name.refers_to or "", local, hidden=True))
    return ownership_of(Workbook("", sheets, tuple(names), False, False, False))
