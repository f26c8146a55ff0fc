"""The extent of a sheet, known before a fast reader may see it.

The fast readers allocate the bounding rectangle of a sheet's cells, so a single far cell takes the
process down. The ``dimension`` that a sheet claims is believed only after one pass over its XML
has found no cell outside; where it does not hold, every cell is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from xltrack.leads.header import column_letters, column_number

Chunks = Callable[[], Iterable[bytes]]
"""Gives the XML of a part in pieces, from the start at each call."""

_HEAD = 1 << 16
_LONGEST_TAG = 1 << 26
_FEW_CELLS = 2_000_000
_MANY_CELLS = 60_000_000
_BYTES_PER_CELL = 5

_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?worksheet[\s>/]")
_DIMENSION = re.compile(
    rb"<(?:[\w.-]+:)?dimension\s[^>]*?ref\s*=\s*[\"'](?:[A-Z]{1,3}\d{1,7}:)?([A-Z]{1,3})(\d{1,7})[\"']"
)
_QUOTED = rb"(?:[^>\"']|\"[^\"]*\"|'[^']*')*"
_ANY_TAG = re.compile(rb"<(/?)(?:[\w.-]+:)?(row|c)(?=[\s/>])(" + _QUOTED + rb")>")
REFERENCE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")


class NotASheet(Exception):
    """The part is no worksheet in UTF-8 without a document type; says why."""


@dataclass(frozen=True)
class Extent:
    """The last row and column (1-based, 0 in an empty sheet) that the cells of a sheet reach.

    ``size`` is that of the XML in bytes. Cells that hold a format alone may count.
    """

    last_row: int
    last_column: int
    size: int

    @property
    def fits(self) -> bool:
        """Whether the rectangle from A1 over all cells is in proportion to the XML."""
        allowed = max(_FEW_CELLS, self.size // _BYTES_PER_CELL)
        return self.last_row * self.last_column <= min(allowed, _MANY_CELLS)


def sheet_extent(chunks: Chunks) -> Extent:
    """The extent of the cells in the XML of a worksheet part.

    Raises: NotASheet for a document type, UTF-16, another root, or a tag beyond all reason.
    """
    for look_for in (_Claimed, _References):
        extent = _pass(chunks(), look_for)
        if extent is not None and extent.fits:
            return extent
    walked = _pass(chunks(), _Walk)
    return walked if walked is not None else Extent(0, 0, 0)


def _pass(chunks: Iterable[bytes], look_for: type[_Search]) -> Extent | None:
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            yield chunk

    pieces = whole_cells(counted())
    head = next(pieces, b"")
    search = look_for(head, root_prefix(head))
    if not (search.look(head) and all(map(search.look, pieces))):
        return None
    return Extent(*search.found, size)


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
    """A way to learn the extent of a sheet; ``look`` is false where it does not work."""

    def __init__(self, head: bytes, prefix: bytes) -> None:  # noqa: ARG002  # one for all
        self.found = (0, 0)
        name = re.escape(prefix + b"c")
        others = [rb"(?<!<" + re.escape(prefix[:-1]) + rb"):c[\s/>]", rb"<c[\s/>]"]
        self._others = [re.compile(other) for other in (others if prefix else [rb":c[\s/>]"])]
        self._cell = rb"<" + name

    def look(self, piece: bytes) -> bool:
        raise NotImplementedError

    def _has_others(self, piece: bytes) -> bool:
        return any(other.search(piece) for other in self._others)


class _Claimed(_Search):
    """Believes the dimension, and sees to it that no cell lies outside."""

    def __init__(self, head: bytes, prefix: bytes) -> None:
        super().__init__(head, prefix)
        match = _DIMENSION.search(head)
        if match is None:
            self._outside = None
            return
        self.found = (int(match[2]), column_number(match[1].decode()))
        inside = _rows_up_to(self.found[0]), _columns_up_to(self.found[1])
        reference = rb"(?:" + inside[1] + rb")(?:" + inside[0] + rb")"
        self._outside = re.compile(self._cell + rb"(?=[\s/>])(?! r=\"" + reference + rb"\"[\s/>])")

    def look(self, piece: bytes) -> bool:
        outside = self._outside
        return outside is not None and not (outside.search(piece) or self._has_others(piece))


class _References(_Search):
    """Collects the references of cells that are all written in the usual way."""

    def __init__(self, head: bytes, prefix: bytes) -> None:
        super().__init__(head, prefix)
        usual = rb" r=\"[A-Z]{1,3}[1-9][0-9]{0,6}\"[\s/>]"
        self._unusual = re.compile(self._cell + rb"(?=[\s/>])(?!" + usual + rb")")
        self._columns = re.compile(self._cell + rb" r=\"([A-Z]+)")
        self._rows = re.compile(self._cell + rb" r=\"[A-Z]+([0-9]+)")

    def look(self, piece: bytes) -> bool:
        if self._unusual.search(piece) or self._has_others(piece):
            return False
        rows = max(map(int, set(self._rows.findall(piece))), default=0)
        letters = {found.decode() for found in self._columns.findall(piece)}
        columns = max(map(column_number, letters), default=0)
        self.found = (max(self.found[0], rows), max(self.found[1], columns))
        return True


class _Walk(_Search):
    """Walks over every row and cell that holds something, as a reader would."""

    def __init__(self, head: bytes, prefix: bytes) -> None:
        super().__init__(head, prefix)
        self._at = [1, 1]

    def look(self, piece: bytes) -> bool:
        at = self._at
        for closing, name, attributes in _ANY_TAG.findall(piece):
            reference = REFERENCE.search(attributes)
            if name == b"row":
                if closing or attributes.endswith(b"/"):
                    at[:] = [at[0] + 1, 1]
                elif reference is not None:
                    at[0] = int(reference[2])
            elif not closing:
                if reference is not None:
                    at[:] = [int(reference[2]), column_number(reference[1].decode().upper())]
                if not attributes.endswith(b"/"):
                    self.found = (max(self.found[0], at[0]), max(self.found[1], at[1]))
                at[1] += 1
        return True


def _rows_up_to(last: int) -> bytes:
    """A pattern of the decimal numbers from 1 to ``last``.

    >>> _rows_up_to(120)
    b'[1-9][0-9]{0,1}|1[0-1][0-9]{1}|120'
    """
    digits = str(last)
    ways = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        low = "1" if place == 0 else "0"
        if digit > low:
            rest = len(digits) - place - 1
            more = f"[0-9]{{{rest}}}" if rest else ""
            ways.append(f"{digits[:place]}[{low}-{chr(ord(digit) - 1)}]{more}")
    return "|".join([*ways, digits]).encode()


def _columns_up_to(last: int) -> bytes:
    """A pattern of the column letters from A to those of column ``last``.

    >>> _columns_up_to(3), _columns_up_to(28)
    (b'[A-B]|C', b'[A-Z]{1,1}|A[A-A]|AB')
    """
    letters = column_letters(last)
    ways = [f"[A-Z]{{1,{len(letters) - 1}}}"] if len(letters) > 1 else []
    for place, letter in enumerate(letters):
        if letter > "A":
            rest = len(letters) - place - 1
            more = f"[A-Z]{{{rest}}}" if rest else ""
            ways.append(f"{letters[:place]}[A-{chr(ord(letter) - 1)}]{more}")
    return "|".join([*ways, letters]).encode()
