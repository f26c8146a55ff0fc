"""The names by which macros know a workbook and its sheets.

A project has an empty module for the workbook and for each sheet; Excel finds them by these names
and adds a module for each sheet without one.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from xltrack.opc.escapes import attribute
from xltrack.opc.markup import children, local_name
from xltrack.opc.package import Package
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.sheet_markup import SheetMarkup
from xltrack.sheetml.splice import Splice, applied
from xltrack.sheetml.vocabulary import main
from xltrack.sheetml.workbook import Sheet, read_workbook
from xltrack.sheetml.workbook_edit import EditedWorkbook
from xltrack.sheetml.worksheet import kept_of
from xltrack.writeback import Target

_WORKBOOK = "ThisWorkbook"
_LONGEST = 31
_MODULES = frozenset({"xltrackmacros", "xlwings", "dictionary"})
_BEFORE_PROPERTIES = ("fileVersion", "fileSharing")


@dataclass(frozen=True)
class KnownNames:
    """The names of the workbook, its worksheets and chart sheets, and what changes to give names
    to those without one that need it; ``edited``: parts of the team's own among these."""

    workbook: str
    sheets: tuple[str, ...]
    charts: tuple[str, ...]
    overlay: Mapping[str, bytes]
    edited: frozenset[str]


def known_names(package: Package, target: Target, of: Sheet, *, hidden: str) -> KnownNames:
    """Return the names after giving one to the workbook, to the sheet ``of`` and to the sheet
    called ``hidden`` (which becomes hidden), where they have none.

    Raises: PackageError for a part that is not sound.
    """
    book = read_workbook(package)
    edited = EditedWorkbook(package.read(book.part), target.path, book.part)
    workbook = _name_workbook(edited)
    own = hidden in target.owned.values() or target.workbook.sheet(hidden) is None
    if own:
        _hide(edited, hidden)
    sheets: dict[str, str] = {}
    charts: list[str] = []
    nameless: list[Sheet] = []
    for sheet in book.sheets:
        if sheet.part is None or sheet.kind not in ("worksheet", "chartsheet"):
            continue
        name = kept_of(package, sheet.part).code_name
        if name and not _usable(name):
            continue  # Excel gives it a module of another name
        if name and sheet.kind == "chartsheet":
            charts.append(name)
        elif name:
            sheets[sheet.part] = name
        elif sheet.name == of.name or (own and sheet.name == hidden):
            nameless.append(sheet)
    taken = {name.casefold() for name in (workbook, *sheets.values(), *charts)}
    overlay: dict[str, bytes] = {}
    for sheet in nameless:
        name = next(n for n in map("Sheet{}".format, itertools.count(1)) if n.lower() not in taken)
        taken.add(name.lower())
        part = sheet.part or ""
        sheets[part] = name
        overlay[part] = _with_code_name(package.read(part), target, part, name)
    changed = edited.changed()
    if changed is not None:
        overlay[book.part] = changed
    mine = frozenset(part for part in overlay if part == of.part)
    ordered = tuple(sheets[s.part] for s in book.sheets if s.part in sheets)
    return KnownNames(workbook, ordered, tuple(charts), overlay, mine)


def _name_workbook(book: EditedWorkbook) -> str:
    properties = book.root.find(main("workbookPr"))
    if properties is None:
        properties = etree.Element(main("workbookPr"))
        before = [e for e in children(book.root) if local_name(e) in _BEFORE_PROPERTIES]
        book.root.insert(book.root.index(before[-1]) + 1 if before else 0, properties)
    name = properties.get("codeName")
    if not name or not _usable(name):  # no macro refers to it: there are none but ours
        name = _WORKBOOK
        properties.set("codeName", name)
    return name


def _usable(name: str) -> bool:
    """Whether a module of a Western project can have this name."""
    return name.isascii() and len(name) <= _LONGEST and name.casefold() not in _MODULES


def _hide(book: EditedWorkbook, name: str) -> None:
    for sheet in children(book.root.find(main("sheets"))):
        if sheet.get("name") == name and sheet.get("state") is None:
            sheet.set("state", "hidden")


def _with_code_name(data: bytes, target: Target, part: str, name: str) -> bytes:
    """The sheet with the name in its properties; every other byte as it was."""
    frame = SheetFrame(SheetMarkup(data, target.path, part))
    said = f" codeName={attribute(name)}".encode()
    section = next((each for each in frame.sections if each.name == "sheetPr"), None)
    if section is None:
        tag = f"{frame.markup.prefix}sheetPr".encode()
        tag = b"<" + tag + said + b"></" + tag + b">"  # as a graft spells what it keeps
        return applied(data, [frame.inserted("sheetPr", tag)])
    close = 2 if data[section.inner - 2 : section.inner] == b"/>" else 1
    place = section.inner - close
    return applied(data, [Splice(place, place, said)])
