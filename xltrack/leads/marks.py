"""What the XML of a sheet tells besides values: error cells, formulas without a value, merges."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xltrack.leads.header import column_number

Place = tuple[int, int]
"""Row and column of a cell, 1-based."""

REFERENCE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
_MERGED = re.compile(
    rb"mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_TEXT = re.compile(rb"\st\s*=\s*[\"']str[\"']")


@dataclass
class SheetMarks:
    """Marks of a sheet by place; ``booleans`` tells whether any cell is true or false."""

    errors: dict[Place, str] = field(default_factory=dict)
    unstored: set[Place] = field(default_factory=set)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    booleans: bool = False


class Notes:
    """Takes the marks of one sheet down from pieces of its XML, cut between cells.

    Args:
        prefix: the namespace prefix of its tags, with the colon.
        quote: the quotation mark of its attributes.
    """

    def __init__(self, prefix: bytes, quote: bytes) -> None:
        self.marks = SheetMarks()
        cell, end = re.escape(b"<" + prefix + b"c"), re.escape(b"</" + prefix + b"c>")
        formula, value = re.escape(prefix + b"f"), re.escape(prefix + b"v")
        self._error_type = b"t=" + quote + b"e" + quote
        self._boolean_type = b"t=" + quote + b"b" + quote
        self._formula_start = b"<" + prefix + b"f"
        self._error = re.compile(
            cell
            + rb"(\s[^>]*?\bt=[\"']e[\"'][^>]*)>(?:(?!"
            + end
            + rb").)*?<"
            + value
            + rb"[^>]*>([^<]*)<",
            re.DOTALL,
        )
        self._unstored = re.compile(
            cell
            + rb"(\s[^>]*)>\s*<"
            + formula
            + rb"(?:(?:\s[^>]*?)?/>|(?:\s[^>]*)?>[^<]*</"
            + formula
            + rb">)\s*(?:<"
            + value
            + rb"\s*/>|<"
            + value
            + rb">\s*</"
            + value
            + rb">)?\s*"
            + end
        )

    def cells(self, piece: bytes) -> None:
        """Note the cells of a piece that are errors or lack a value, and whether any is boolean."""
        if self._error_type in piece:
            for attributes, text in self._error.findall(piece):
                if place := _place(attributes):
                    self.marks.errors[place] = text.decode("ascii", "replace")
        if self._formula_start in piece:
            for attributes in self._unstored.findall(piece):
                if not _TEXT.search(attributes) and (place := _place(attributes)):
                    self.marks.unstored.add(place)
        if not self.marks.booleans and self._boolean_type in piece:
            self.marks.booleans = True

    def merged(self, piece: bytes) -> None:
        """Note the merged ranges of a piece."""
        if b"mergeCell " in piece:
            for left, top, right, bottom in _MERGED.findall(piece):
                first = int(top), column_number(left.decode())
                self.marks.merged.append((first, (int(bottom), column_number(right.decode()))))


def _place(attributes: bytes) -> Place | None:
    match = REFERENCE.search(attributes)
    if match is None or not match[1]:
        return None
    return int(match[2]), column_number(match[1].decode().upper())
