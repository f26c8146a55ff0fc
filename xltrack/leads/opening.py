"""Opening a workbook for reading: what it is, its sheets, and whether readers may have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from xltrack.errors import PackageError, Reason, Refused, UnreadableWorkbook
from xltrack.leads.careful import Rows
from xltrack.leads.extent import NotASheet, scan_sheet
from xltrack.leads.foreign import is_open_document, read_foreign
from xltrack.leads.made_sheets import MadeSheets
from xltrack.leads.marks import SheetMarks
from xltrack.leads.prepared import prepared_sheet
from xltrack.opc import Package, open_package
from xltrack.opc.access import USUAL, Access
from xltrack.opc.names import fold as part_key
from xltrack.sheetml.ownership import ownership_of
from xltrack.sheetml.workbook import Sheet, Workbook, read_workbook
from xltrack.template import Template

_FOREIGN = (Reason.LEGACY_XLS, Reason.BINARY_XLSB)
_HEAD = 1 << 16
_UNIQUE = re.compile(rb"uniqueCount\s*=\s*[\"']\s*(\d+)")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?sst[\s>/]")
_USUAL_WORKBOOK = "xl/workbook.xml"  # where the fast readers look, wherever it is
_MOST_STRINGS = 1 << 30  # bytes; readers keep them all in memory
_SHORTEST_STRING = len(b"<si/>")
_WORTH_A_THREAD = 1 << 20  # bytes; one piece of a part


@dataclass(frozen=True)
class OpenedSheet:
    """A sheet that may hold leads; ``safe`` says whether a fast reader may load it, ``usual``
    whether its cells are written as nearly all programs do, ``first_full_row`` which row may be
    the header before any other."""

    name: str
    part: str
    safe: bool
    usual: bool = False
    first_full_row: int = 1
    marks: SheetMarks = field(default_factory=SheetMarks, repr=False)


@dataclass(frozen=True)
class OpenedWorkbook:
    """A workbook whose directory has been read, and what else was worth a look before reading.

    ``package`` is None for a format that is not a package of XML parts; then ``cells`` holds those
    of its sheets.
    """

    path: Path
    package: Package | None = None
    workbook: Workbook | None = None
    sheets: tuple[OpenedSheet, ...] = ()
    cells: Mapping[str, Rows] = field(default_factory=dict, repr=False)

    @property
    def content(self) -> bytes | None:
        """The package's bytes where they are not those of the file: it was encrypted."""
        return None if self.package is None else self.package.archive.data

    @property
    def date_1904(self) -> bool:
        """Whether the workbook counts days from 1904."""
        return self.workbook is not None and self.workbook.date_1904

    def chunks(self, sheet: OpenedSheet) -> Iterator[bytes]:
        """The XML of a sheet in pieces."""
        if self.package is not None:
            yield from _pieces(self.package, sheet.part)


def open_workbook(
    path: Path,
    begin: Callable[[bytes | None], None] | None = None,
    template: Template | None = None,
    access: Access = USUAL,
) -> OpenedWorkbook:
    """The workbook at ``path``, its sheets looked at as far as safety asks.

    Sheets that the program owns, and copies of them, are left out; so are the board and the guide
    that came with the ``template``. ``begin`` is called before the sheets are looked at, once a
    fast reader may open the file, though not load its sheets; it gets the bytes of one that was
    encrypted.

    Raises: UnreadableWorkbook, and nothing else, for whatever is wrong with the file.
    """
    with one_error(path):
        try:
            package = open_package(path, access.bounds, access.passwords)
            workbook = read_workbook(package)
        except UnreadableWorkbook as error:
            if error.reason in _FOREIGN or is_open_document(path):
                return _foreign(path)
            raise
        _check_shared_strings(package)
        if begin is not None:
            begin(package.archive.data)
        owned = ownership_of(workbook)
        left_out = frozenset(owned.owned.values()) | owned.copies
        listed = [sheet for sheet in workbook.sheets if sheet.kind == "worksheet" and sheet.part]
        if template is not None:
            made = MadeSheets(package, template)
            listed = [sheet for sheet in listed if sheet not in made]
        usual = part_key(workbook.part) == _USUAL_WORKBOOK
        sheets = [_opened(package, sheet, usual) for sheet in listed if sheet.name not in left_out]
        if template is not None:
            name, prepared = prepared_sheet(package, workbook, template)
            for opened in (sheet for sheet in sheets if name and sheet.name == name):
                opened.marks.prepared = prepared
        return OpenedWorkbook(path, package, workbook, tuple(sheets))


def _foreign(path: Path) -> OpenedWorkbook:
    sheets = read_foreign(path)
    opened = [
        OpenedSheet(sheet.name, "", safe=False, marks=SheetMarks(merged=sheet.merged))
        for sheet in sheets
    ]
    cells = {sheet.name: sheet.rows for sheet in sheets}
    return OpenedWorkbook(path, sheets=tuple(opened), cells=cells)


@contextmanager
def one_error(path: Path) -> Iterator[None]:
    """Turns what the layers below raise about a package into an UnreadableWorkbook."""
    try:
        yield
    except PackageError as error:
        detail = f"{error.part}: {error.detail}"
        raise UnreadableWorkbook(path, Reason.DAMAGED, detail) from error
    except Refused as error:
        raise UnreadableWorkbook(path, error.reason, error.detail) from error


def _opened(package: Package, sheet: Sheet, usual: bool) -> OpenedSheet:
    part = sheet.part or ""
    try:
        scan = scan_sheet(lambda: _pieces(package, part))
    except NotASheet as error:
        if str(error) == "UTF-16":
            return OpenedSheet(sheet.name, part, safe=False)
        raise PackageError(package.path, part, str(error)) from error
    return OpenedSheet(
        sheet.name, part, usual and scan.fits, scan.usual, scan.first_full_row, scan.marks
    )


def _pieces(package: Package, part: str) -> Iterator[bytes]:
    if package.size(part) > _WORTH_A_THREAD:
        yield from ahead(package.chunks(part))
    else:
        yield package.kept(part)  # it is asked for more than once


def ahead(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks, each inflated while the one before it is looked at."""
    with ThreadPoolExecutor(1) as thread:
        upcoming = thread.submit(next, chunks, None)
        while (chunk := upcoming.result()) is not None:
            upcoming = thread.submit(next, chunks, None)
            yield chunk


def _check_shared_strings(package: Package) -> None:
    """Readers make room for as many strings as the part claims, before they see one of them."""
    for folded, name in package.names.items():
        if not folded.endswith("sharedstrings.xml"):
            continue
        head = _head(_pieces(package, name))
        root = _ROOT.search(head)
        if root is None:
            continue  # no reader gets past that, and each says so
        if b"<!DOCTYPE" in head[: root.start()]:
            raise PackageError(package.path, name, "DOCTYPE")
        tag = head[root.start() : head.find(b">", root.start())]
        claimed = max(map(int, _UNIQUE.findall(tag)), default=0)
        if (
            package.size(name) > _MOST_STRINGS
            or claimed > package.size(name) // _SHORTEST_STRING + 1
        ):
            raise UnreadableWorkbook(package.path, Reason.TOO_LARGE, name)


def _head(chunks: Iterable[bytes]) -> bytes:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= _HEAD:
            break
    return head
