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
from xltrack.leads.extent import NotASheet, SheetScan, scan_sheet
from xltrack.leads.foreign import is_open_document, read_foreign
from xltrack.leads.known import Known, remember
from xltrack.leads.made_sheets import MadeSheets
from xltrack.leads.marks import SheetMarks
from xltrack.leads.outline import outline_of
from xltrack.leads.settings_content import settings_content, settings_names
from xltrack.opc import Package, open_package
from xltrack.opc.access import USUAL, Access
from xltrack.opc.names import fold as part_key
from xltrack.sheetml.workbook import Sheet, Workbook
from xltrack.template import Template
from xltrack.text import fold

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
    the header before any other. ``content`` is that of a Settings sheet, where it is told."""

    name: str
    part: str
    safe: bool
    usual: bool = False
    first_full_row: int = 1
    marks: SheetMarks = field(default_factory=SheetMarks, repr=False)
    content: bytes | None = field(default=None, repr=False)


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
    owned: Mapping[str, str] = field(default_factory=dict)
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
    known: Known | None = None,
) -> OpenedWorkbook:
    """The workbook at ``path``, its sheets looked at as far as safety asks.

    Sheets that the program owns, and copies of them, are left out; so are the board and the guide
    that came with the ``template``. ``begin`` is called before the sheets are looked at, once a
    fast reader may open the file, though not load its sheets; it gets the bytes of one that was
    encrypted. ``known`` saves looking again at what other workbooks have just the same.

    Raises: UnreadableWorkbook, and nothing else, for whatever is wrong with the file.
    """
    with one_error(path):
        try:
            package = open_package(path, access.bounds, access.passwords)
            outline = outline_of(package, template, known)
        except UnreadableWorkbook as error:
            if error.reason in _FOREIGN or is_open_document(path):
                return _foreign(path)
            raise
        _check_shared_strings(package)
        if begin is not None:
            begin(package.archive.data or package.archive.held)
        listed: Iterable[Sheet] = outline.sheets
        if template is not None:
            made = MadeSheets(package, template)
            listed = [sheet for sheet in listed if sheet not in made]
        look = _Look(package, part_key(outline.workbook.part) == _USUAL_WORKBOOK, template, known)
        sheets = tuple(map(look.opened, listed))
        if outline.prepared is not None:
            prepared = outline.prepared.of(package)
            for opened in (sheet for sheet in sheets if sheet.name == outline.prepared.name):
                opened.marks.prepared = prepared
        return OpenedWorkbook(path, package, outline.workbook, sheets, outline.owned)


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


class _Look:
    """Looks at the sheets of one package."""

    def __init__(
        self, package: Package, usual: bool, template: Template | None, known: Known | None
    ) -> None:
        self._package = package
        self._usual = usual
        self._known = known if known is not None and template is not None else None
        self._settings = settings_names(template) if template is not None else frozenset()

    def opened(self, sheet: Sheet) -> OpenedSheet:
        """What is worth knowing of a sheet before it is read."""
        part = sheet.part or ""
        content = None
        if self._known is not None and fold(sheet.name) in self._settings:
            content = settings_content(self._package, part)
        if self._known is None or content is None:
            scan = self._scan(part)
        elif content in self._known.scans:
            scan = self._known.scans[content]
        else:
            scan = remember(self._known.scans, content, self._scan(part))
        safe = scan is not None and self._usual and scan.fits
        if scan is None:
            return OpenedSheet(sheet.name, part, safe)
        return OpenedSheet(
            sheet.name, part, safe, scan.usual, scan.first_full_row, scan.marks, content
        )

    def _scan(self, part: str) -> SheetScan | None:
        package = self._package
        try:
            return scan_sheet(lambda: _pieces(package, part))
        except NotASheet as error:
            if str(error) == "UTF-16":
                return None
            raise PackageError(package.path, part, str(error)) from error


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
