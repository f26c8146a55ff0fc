"""The extent of a sheet, known before a fast reader may see it.

The fast readers allocate the bounding rectangle of a sheet's cells, so a single far cell takes the
process down. The ``dimension`` that a sheet claims is believed only after one pass over its XML
has found no cell outside; where it does not hold, every cell is looked at. The same pass notes
the marks of the sheet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from xltrack.leads.header import column_letters, column_number
from xltrack.leads.marks import REFERENCE, Notes, SheetMarks

Chunks = Callable[[], Iterable[bytes]]
"""Gives the XML of a part in pieces, from the start at each call."""

_HEAD = 1 << 16
_LONGEST_TAG = 1 << 26
_FEW_CELLS = 2_000_000
_MANY_CELLS = 60_000_000
_HEADER_CELLS = 4
_TOP = 1 << 13  # bytes, in which the header stands if it is near the top
_BYTES_PER_CELL = 5

_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?worksheet[\s>/]")
_DIMENSION = re.compile(
    rb"<(?:[\w.-]+:)?dimension\s[^>]*?ref\s*=\s*[\"'](?:[A-Z]{1,3}\d{1,7}:)?([A-Z]{1,3})(\d{1,7})[\"']"
)
_ANY_REFERENCE = re.compile(rb"(?:^|\s)r\s*=")
_BEYOND = 1 << 32
_OTHERS = rb"(?:\s+(?!r\s*=)[\w:.]+=(?:\"[^\"<>]*\"|'[^'<>]*'))*+"  # attributes but for r
_REST = rb"(?: (?:s|t|cm|vm|ph)=\"[^\"<>]*\")*+\s*/?>"  # of a cell's tag behind its reference
_CELL_ROW = re.compile(rb"<c r=\"[A-Z]+([0-9]+)\"(?:[^>]*[^>/])?>")
_QUOTED = rb"(?:[^>\"']|\"[^\"]*\"|'[^']*')*"
_TAG_START = re.compile(rb"</?(?:[\w.-]+:)?(?:row|c)(?=[\s/>])")
_ANY_TAG = re.compile(rb"<(/?)(?:[\w.-]+:)?(row|c)(?=[\s/>])(" + _QUOTED + rb")>")


class NotASheet(Exception):
    """The part is no worksheet in UTF-8 without a document type; says why."""


@dataclass
class SheetScan:
    """What a pass over the XML of a sheet found.

    ``last_row`` and ``last_column`` (1-based, 0 in an empty sheet) bound its cells; cells that
    hold a format alone may count. ``size`` is that of the XML in bytes; ``usual`` tells whether
    every cell begins with its reference, in double quotes and without a namespace prefix.
    ``first_full_row`` is the first row near the top with cells enough for a header.
    """

    last_row: int = 0
    last_column: int = 0
    size: int = 0
    usual: bool = False
    first_full_row: int = 1
    marks: SheetMarks = field(default_factory=SheetMarks)

    @property
    def fits(self) -> bool:
        """Whether the rectangle from A1 over all cells is in proportion to the XML."""
        allowed = max(_FEW_CELLS, self.size // _BYTES_PER_CELL)
        return self.last_row * self.last_column <= min(allowed, _MANY_CELLS)


def scan_sheet(chunks: Chunks) -> SheetScan:
    """The extent and the marks of the cells in the XML of a worksheet part.

    Raises: NotASheet for a document type, UTF-16, another root, or a tag beyond all reason.
    """
    for look_for in (_Claimed, _References, _Unreferenced):
        scan = _pass(chunks(), look_for)
        if scan is not None and scan.fits:
            return scan
    walked = _pass(chunks(), _Walk)
    return walked if walked is not None else SheetScan()


def _pass(chunks: Iterable[bytes], look_for: type[_Search]) -> SheetScan | None:
    scan = SheetScan()

    def counted() -> Iterator[bytes]:
        for chunk in chunks:
            scan.size += len(chunk)
            yield chunk

    pieces = whole_cells(counted())
    head = next(pieces, b"")
    search = look_for(head, root_prefix(head))
    if not (search.look(head) and all(map(search.look, pieces))):
        return None
    scan.last_row, scan.last_column = search.found
    scan.marks = search.notes.marks
    scan.usual = search.usual
    if search.usual:
        scan.first_full_row = _first_full_row(head)
    return scan


def _first_full_row(head: bytes) -> int:
    """The first row of a sheet's first piece with as many cells as a header has at least."""
    counted = Counter(_CELL_ROW.findall(head, 0, _TOP))
    full = (int(row) for row, cells in counted.items() if cells >= _HEADER_CELLS)
    return min(full, default=1)


def whole_cells(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces cut where a cell begins, the first of them long enough to hold the root."""
    rest = b""
    shortest = _HEAD
    for chunk in chunks:
        piece = rest + chunk if rest else chunk
        cut = _last_cell(piece)
        if cut < shortest:
            if len(piece) > _LONGEST_TAG:
                raise NotASheet("a tag beyond all reason")
            rest = piece
            continue
        shortest = 1
        rest = piece[cut:]
        yield piece[:cut]
    yield rest


def _last_cell(piece: bytes) -> int:
    """Where the last cell of a piece begins; its last tag where it is long and has no cell."""
    cut = piece.rfind(b"<c")
    if cut < 0:
        cut = piece.rfind(b"<", 0, piece.rfind(b":c") + 1)
    return piece.rfind(b"<") if cut < 0 and len(piece) > _HEAD else cut


def root_prefix(head: bytes) -> bytes:
    """The namespace prefix of the root, with its colon; empty where there is none."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        raise NotASheet("UTF-16")
    match = _ROOT.search(head)
    if match is None:
        raise NotASheet("no worksheet")
    if b"<!DOCTYPE" in head[: match.start()]:
        raise NotASheet("DOCTYPE")
    return match[1] + b":" if match[1] else b""


class _Search:
    """A way to learn the extent of a sheet; ``look`` is false where it does not work.

    ``referenced`` tells whether it works with cells that begin with their reference alone.
    """

    referenced = True

    def __init__(self, head: bytes, prefix: bytes) -> None:  # noqa: ARG002  # one for all
        self.found = (0, 0)
        self.notes = Notes(prefix)
        name = re.escape(prefix + b"c")
        own = re.escape(prefix[:-1])
        others = [rb"(?<!<" + own + rb")(?<!</" + own + rb"):c[\s/>]", rb"<c[\s/>]"]
        self._others = [re.compile(other) for other in (others if prefix else [rb":c[\s/>]"])]
        self._cell = rb"<" + name

    def _any_but(self, usual: bytes) -> re.Pattern[bytes]:
        """A pattern of the cells that do not go on, after their name and a space, as ``usual``."""
        return re.compile(self._cell + rb"(?! " + usual + rb")(?=[ \t\r\n/>])")

    @property
    def usual(self) -> bool:
        """Whether what was looked at can only be cells written in the usual way."""
        return self.referenced and self._cell == rb"<c"

    def look(self, piece: bytes) -> bool:
        raise NotImplementedError

    def _has_others(self, piece: bytes) -> bool:
        return any(other.search(piece) for other in self._others)


class _Claimed(_Search):
    """Believes the dimension, and sees to it that no cell lies outside."""

    def __init__(self, head: bytes, prefix: bytes) -> None:
        super().__init__(head, prefix)
        match = _DIMENSION.search(head)
        self._claims = match is not None
        if match is not None:
            self.found = (int(match[2]), column_number(match[1].decode()))
        columns, rows = _columns_up_to(self.found[1] or 1), _rows_up_to(self.found[0] or 1)
        inside = rb"r=\"(?:" + columns + rb")(?:" + rows + rb")\""
        self._outside = self._any_but(inside + _REST)
        tag = re.escape(prefix)
        value = rb">(?:<" + tag + rb"v>|</|<" + tag + rb"is>)"
        texts = [rb" t=\"" + kind + rb"\">" for kind in (b"s", b"str", b"inlineStr")]
        number = rb" t=\"n\"><" + tag + rb"v>"
        ways = [texts[0], value, rb"/>", *texts[1:], number]  # the most usual ones first
        plain = rb"(?: s=\"[0-9]++\")?+(?:" + b"|".join(ways) + rb")"
        self._unusual = self._any_but(inside + plain)

    def look(self, piece: bytes) -> bool:
        if not self._claims or self._has_others(piece):
            return False
        self.notes.merged(piece)
        if self._unusual.search(piece):
            if self._outside.search(piece):
                return False
            self.notes.cells(piece)
        return True


class _References(_Search):
    """Collects the references of cells that are all written in the usual way."""

    def __init__(self, head: bytes, prefix: bytes) -> None:
        super().__init__(head, prefix)
        usual = rb"r=\"[A-Z]{1,3}[1-9][0-9]{0,6}\"" + _REST
        self._unusual = self._any_but(usual)
        self._columns = re.compile(self._cell + rb" r=\"([A-Z]+)")
        self._rows = re.compile(self._cell + rb" r=\"[A-Z]+([0-9]+)")

    def look(self, piece: bytes) -> bool:
        if self._unusual.search(piece) or self._has_others(piece):
            return False
        self.notes.merged(piece)
        self.notes.cells(piece)
        rows = max(map(int, set(self._rows.findall(piece))), default=0)
        letters = {found.decode() for found in self._columns.findall(piece)}
        columns = max(map(column_number, letters), default=0)
        self.found = (max(self.found[0], rows), max(self.found[1], columns))
        return True


class _Unreferenced(_Search):
    """Counts rows and cells where no cell says where it stands; rows may, and gaps count twice."""

    referenced = False

    def __init__(self, head: bytes, prefix: bytes) -> None:
        super().__init__(head, prefix)
        tag = re.escape(prefix)
        self._odd = re.compile(self._cell + rb"(?=[\s/>])(?!" + _OTHERS + rb"\s*/?>)")
        self._row = re.compile(
            rb"<" + tag + rb"row(?:\s+r=[\"']([0-9]{1,7})[\"'])?" + _OTHERS + rb"\s*/?>"
        )
        self._row_start = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
        self._row_end = b"</" + prefix + b"row>"
        self._starts = [b"<" + prefix + b"c" + end for end in (b" ", b">", b"/", b"\n")]
        self._cells = self._last = self._count = 0

    def look(self, piece: bytes) -> bool:
        rows = self._row.findall(piece)
        odd = self._odd.search(piece) or self._has_others(piece)
        if odd or len(rows) != len(self._row_start.findall(piece)):
            return False
        self.notes.merged(piece)
        self.notes.cells(piece)
        first, *others = map(self._cells_in, piece.split(self._row_end))
        widest = max(self._cells + first, *others, 0)
        self._cells = others[-1] if others else self._cells + first
        self._last = max(self._last, *map(int, filter(None, rows)), 0)
        self._count += len(rows)
        self.found = (self._last + self._count, max(self.found[1], widest))
        return True

    def _cells_in(self, part: bytes) -> int:
        return sum(map(part.count, self._starts))


class _Walk(_Search):
    """Walks over every row and cell that holds something, as a reader would."""

    referenced = False

    def __init__(self, head: bytes, prefix: bytes) -> None:
        super().__init__(head, prefix)
        self._row, self._column = 1, 1

    def look(self, piece: bytes) -> bool:
        self.notes.merged(piece)
        self.notes.cells(piece)
        tags = _ANY_TAG.findall(piece)
        if len(tags) != len(_TAG_START.findall(piece)):
            self.found = (_BEYOND, _BEYOND)  # whatever a reader makes of broken tags
        for closing, name, attributes in tags:
            self._tag(name == b"row", bool(closing), attributes)
        return True

    def _tag(self, is_row: bool, closing: bool, attributes: bytes) -> None:
        empty = attributes.endswith(b"/")
        if _ANY_REFERENCE.search(attributes):
            self._go_to(attributes, is_row)
        if is_row and (closing or empty):
            self._row, self._column = self._row + 1, 1
        elif not is_row and not closing:
            if not empty:
                row, column = self.found
                self.found = (max(row, self._row), max(column, self._column))
            self._column += 1

    def _go_to(self, attributes: bytes, is_row: bool) -> None:
        """Go where a tag says it stands; the extent has no end where that is not plain."""
        found = REFERENCE.findall(attributes)
        row = int(found[0][1]) if len(found) == 1 else 0
        column = 1 if is_row or not row else column_number(found[0][0].decode().upper())
        if not row or not column or len(_ANY_REFERENCE.findall(attributes)) != 1:
            self.found = (_BEYOND, _BEYOND)
            return
        self._row, self._column = row, column


def _rows_up_to(last: int) -> bytes:
    """A pattern of the decimal numbers from 1 to ``last``.

    >>> _rows_up_to(120), _rows_up_to(7)
    (b'1[0-1][0-9]{1}|12[0-0]|[1-9][0-9]{0,1}+', b'[1-7]')
    """
    return _up_to(str(last), "1", "0", "9").encode()


def _columns_up_to(last: int) -> bytes:
    """A pattern of the column letters from A to those of column ``last``.

    >>> _columns_up_to(3), _columns_up_to(28)
    (b'[A-C]', b'A[A-B]|[A-Z]{1,1}+')
    """
    return _up_to(column_letters(last), "A", "A", "Z").encode()


def _up_to(last: str, first: str, low: str, high: str) -> str:
    """A pattern of what comes not after ``last`` in the system of digits ``low`` to ``high``."""
    length = len(last)
    ways = []
    if length > 1:
        shorter = f"{{1,{length - 1}}}+" if first == low else f"{{0,{length - 2}}}+"
        lead = "" if first == low else f"[{first}-{high}]"
        ways.append(f"{lead}[{low}-{high}]{shorter}")
    for place, digit in enumerate(last):
        start, rest = (low if place else first), length - place - 1
        highest = digit if not rest else chr(ord(digit) - 1)
        if highest >= start:
            more = f"[{low}-{high}]{{{rest}}}" if rest else ""
            ways.append(f"{last[:place]}[{start}-{highest}]{more}")
    return "|".join([*ways[1:], ways[0]])  # most rows have as many digits as the last
