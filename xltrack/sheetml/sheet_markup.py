"""A worksheet's markup as byte positions: its sections, rows, and the cells of single rows.

Nothing is parsed that is only copied. Rows are found by their tags; the cells of a row only when
somebody asks for them, and then every byte of the row has to be accounted for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xltrack.errors import PackageError, Reason, Refused
from xltrack.opc.markup import is_utf16
from xltrack.sheetml.areas import MAX_COLUMN, MAX_ROW, Area, areas_of, place_of

_ATTRIBUTES = rb"((?:[\s/][^<>\"']*(?:\"[^\"<]*\"[^<>\"']*|'[^'<]*'[^<>\"']*)*+)?+)>"
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*\?>")
_OPAQUE = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_ENCODING = re.compile(rb"\sencoding\s*=\s*[\"']([\w.-]+)")
_UTF8 = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_BOM = b"\xef\xbb\xbf"
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?worksheet(?=[\s/>])" + _ATTRIBUTES)
_NAMED = re.compile(rb"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(frozen=True, slots=True)
class Tagged:
    """An element's place: from ``start`` to ``end``, its start tag ends at ``inner``.

    ``attributes`` are the bytes between the name and the end of the start tag; one that is
    ``empty`` closes itself.
    """

    start: int
    inner: int
    end: int
    attributes: bytes
    empty: bool

    def get(self, name: str) -> str | None:
        """Return an attribute's value; entities are not resolved, for none holds text."""
        return attribute(self.attributes, name)


@dataclass(frozen=True, slots=True)
class Row:
    """A row's number and where its start tag stands; ``empty`` where that closes itself."""

    number: int
    start: int
    inner: int
    attributes: bytes
    empty: bool


def attribute(attributes: bytes, name: str) -> str | None:
    """Return the value of one of an element's attributes, None without it.

    >>> attribute(b' r="A1" t=\\'s\\'', "t")
    's'
    """
    wanted = name.encode()
    for match in _NAMED.finditer(attributes):
        if match[1] == wanted:
            return (match[2] or match[3] or b"").decode("utf-8", "replace")
    return None


def _blanked(data: bytes, start: int) -> bytes:
    """The bytes with comments and the like, which may hold anything, blank from ``start`` on."""
    if data.find(b"<!", start) < 0 and data.find(b"<?", start) < 0:
        return data
    return data[:start] + _OPAQUE.sub(lambda found: b" " * len(found[0]), data[start:])


class SheetMarkup:
    """The bytes of one worksheet part."""

    def __init__(self, data: bytes, path: Path, part: str) -> None:
        """Find the root and the cells' section.

        Raises: Refused (UTF16_PART); PackageError for what is no worksheet in UTF-8.
        """
        if is_utf16(data):
            raise Refused(path, Reason.UTF16_PART, part)
        self.path, self.part, self.data = path, part, data
        declaration = _DECLARATION.match(data)
        encoding = _ENCODING.search(declaration[0]) if declaration else None
        if encoding is not None and encoding[1].lower() not in _UTF8:
            raise self.damaged(f"encoding {encoding[1].decode('ascii', 'replace')}")
        if b"<!DOCTYPE" in data:
            raise self.damaged("DOCTYPE")
        start = declaration.end() if declaration else 0
        self.seen = _blanked(data, start)
        root = _ROOT.search(self.seen, start)
        if root is None or self.seen[start : root.start()].removeprefix(_BOM).strip():
            raise self.damaged("no worksheet")
        self.prefix = root[1].decode() + ":" if root[1] else ""
        self.root_end = root.end()
        self.cells_section = self._cells_section()
        self._refuse_other_prefixes()

    def damaged(self, detail: str) -> PackageError:
        """Return the error that says what is wrong with this part."""
        return PackageError(self.path, self.part, detail)

    def pattern(self, names: str) -> re.Pattern[bytes]:
        """Return a pattern of start tags of one of ``names`` (after |): name, attributes."""
        name = re.escape(self.prefix).encode() + b"(" + names.encode() + rb")(?=[\s/>])"
        return re.compile(b"<" + name + _ATTRIBUTES)  # which keeps what it has compiled

    def element(self, names: str, start: int, stop: int) -> Tagged | None:
        """Return the first element of one of ``names`` between two positions."""
        match = self.pattern(names).search(self.seen, start, stop)
        return None if match is None else self._tagged(match, stop)

    def elements(self, names: str, start: int, stop: int) -> Iterator[Tagged]:
        """Yield the elements of ``names`` between two positions, without those inside others."""
        pattern, at = self.pattern(names), start
        while (match := pattern.search(self.seen, at, stop)) is not None:
            found = self._tagged(match, stop)
            yield found
            at = found.end

    def _tagged(self, match: re.Match[bytes], stop: int) -> Tagged:
        name, attributes = match[1].decode(), match[2]
        if attributes.endswith(b"/"):
            return Tagged(match.start(), match.end(), match.end(), attributes[:-1], empty=True)
        closing = self._closing(name, match.end(), stop)
        if closing is None:
            raise self.damaged(f"<{name}> without an end")
        return Tagged(match.start(), match.end(), closing[1], attributes, empty=False)

    def _closing(self, name: str, start: int, stop: int) -> tuple[int, int] | None:
        """Start and end of the first end tag between two positions."""
        tag = f"</{self.prefix}{name}".encode()
        at = self.seen.find(tag, start, stop)
        while at >= 0:
            end = self._past_space(at + len(tag), stop)
            if self.seen[end : end + 1] == b">" and end < stop:
                return at, end + 1
            at = self.seen.find(tag, end, stop)
        return None

    def _cells_section(self) -> Tagged:
        section = self.element("sheetData", self.root_end, len(self.seen))
        if section is None:
            raise self.damaged("no sheetData")
        return section

    def _refuse_other_prefixes(self) -> None:
        """Rows under a second prefix would be passed over, and the others miscounted."""
        start, stop = self.cells_section.inner, self.cells_section.end
        if not self.prefix and self.seen.find(b":row", start, stop) < 0:
            return
        other = re.compile(rb"<row[\s/>]" if self.prefix else rb"<[\w.-]+:row[\s/>]")
        if other.search(self.seen, start, stop):
            raise self.damaged("rows under two prefixes")

    @cached_property
    def rows(self) -> list[Row]:
        """The rows in their order; one without a number comes after the one before it."""
        section, found, last = self.cells_section, [], 0
        for match in self.pattern("row").finditer(self.seen, section.inner, section.end):
            attributes = match[2]
            empty = attributes.endswith(b"/")
            said = attribute(attributes, "r")
            if said is None:
                number = self._told_by_cell(match.end(), empty) or last + 1
            elif said.isdecimal() and 0 < int(said[:8]) <= MAX_ROW:
                number = int(said)
            else:
                raise self.damaged(f"row {said!r}")
            last = number
            attributes = attributes[:-1] if empty else attributes
            found.append(Row(number, match.start(), match.end(), attributes, empty))
        return found

    def _told_by_cell(self, at: int, empty: bool) -> int | None:
        """The row that the first cell of a row without a number says it stands in."""
        at = self._past_space(at, self.cells_section.end)
        cell = None if empty else self.pattern("c").match(self.seen, at)
        said = None if cell is None else attribute(cell[2], "r")
        return None if said is None else self._place(said)[0]

    def _place(self, name: str) -> tuple[int, int]:
        try:
            return place_of(name)
        except ValueError as error:
            raise self.damaged(str(error)) from error

    def row_end(self, row: Row) -> int:
        """Where the content of a row that is not empty ends: the position of its end tag."""
        stop = self.cells_section.end
        closing = self._closing("row", row.inner, stop)
        following = self.pattern("row").search(self.seen, row.inner, closing[0] if closing else 0)
        if closing is None or following is not None:
            raise self.damaged(f"row {row.number} without an end")
        return closing[0]

    def cells(self, row: Row) -> list[tuple[int, Tagged]]:
        """Return (column, element) of the cells of a row, in their order.

        Raises: PackageError for a row that holds anything but cells of its own and extensions.
        """
        if row.empty:
            return []
        found: list[tuple[int, Tagged]] = []
        at, stop, last = row.inner, self.row_end(row), 0
        tag, extension = self.pattern("c"), self.pattern("extLst")
        while True:
            at = self._past_space(at, stop)
            match = tag.match(self.seen, at, stop)
            if match is None:
                break
            cell = self._tagged(match, stop)
            last = self._column(cell, row, last)
            found.append((last, cell))
            at = cell.end
        if at < stop and extension.match(self.seen, at, stop) is None:
            raise self.damaged(f"row {row.number} holds something else than cells")
        return found

    def _past_space(self, at: int, stop: int) -> int:
        while at < stop and self.seen[at] in b" \t\r\n":
            at += 1
        return at

    def _column(self, cell: Tagged, row: Row, last: int) -> int:
        said = cell.get("r")
        if said is None:
            column = last + 1
        else:
            number, column = self._place(said)
            if number != row.number:
                raise self.damaged(f"cell {said} in row {row.number}")
        if not last < column <= MAX_COLUMN:
            raise self.damaged(f"cells of row {row.number} out of order")
        return column

    @cached_property
    def merged(self) -> list[Area]:
        """The merged areas."""
        if b"mergeCell" not in self.seen:
            return []
        pattern = self.pattern("mergeCell")
        found = pattern.finditer(self.seen, self.cells_section.end)
        return [area for match in found for area in areas_of(attribute(match[2], "ref") or "")]

    @cached_property
    def arrays(self) -> list[Area]:
        """The areas that one formula fills: array formulas and data tables."""
        if b"array" not in self.seen and b"dataTable" not in self.seen:
            return []
        section = self.cells_section
        found = self.pattern("f").finditer(self.seen, section.inner, section.end)
        return [
            area
            for match in found
            if attribute(match[2], "t") in ("array", "dataTable")
            for area in areas_of(attribute(match[2], "ref") or "")
        ]

    @cached_property
    def has_formulas(self) -> bool:
        """Whether a cell of the sheet holds a formula."""
        section = self.cells_section
        return self.pattern("f").search(self.seen, section.inner, section.end) is not None

    @cached_property
    def column_styles(self) -> list[tuple[int, int, int]]:
        """(first, last, format) of the columns that give their cells a format."""
        stop = self.cells_section.start
        found = []
        for match in self.pattern("col").finditer(self.seen, self.root_end, stop):
            first, last, style = (attribute(match[2], name) for name in ("min", "max", "style"))
            if first and last and style and (first + last + style).isdecimal():
                found.append((int(first), int(last), int(style)))
        return found
