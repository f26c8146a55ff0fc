"""What the XML of a sheet tells besides values: error cells, formulas without a value, merges."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xltrack.leads.header import column_number

Place = tuple[int, int]
"""Row and column of a cell, 1-based."""

REFERENCE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]*)(\d+)[\"']")
_MERGED = re.compile(
    rb"mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_VALIDATION = re.compile(
    rb"<(?:[\w.-]+:)?dataValidation\s([^>]*[^/])>(.*?)</(?:[\w.-]+:)?dataValidation>", re.DOTALL
)
_SQREF = re.compile(rb"\ssqref\s*=\s*[\"']([^\"']*)[\"']|<(?:[\w.-]+:)?sqref>([^<]*)<")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?formula1>(?:<(?:[\w.-]+:)?f>)?([^<]*)<")
_ERROR_TYPES = (b't="e"', b"t='e'")
_BOOLEAN_TYPES = (b't="b"', b"t='b'")
_ERROR = rb"<%(p)sc(\s[^>]*?\bt=[\"']e[\"'][^>]*)>(?:(?!</%(p)sc>).)*?<%(p)sv[^>]*>([^<]*)<"
_UNSTORED = (
    rb"<%(p)sc(\s[^>]*)>\s*<%(p)sf(?:(?:\s[^>]*?)?/>|(?:\s[^>]*)?>[^<]*</%(p)sf>)\s*"
    rb"(?:<%(p)sv\s*/>|<%(p)sv>\s*</%(p)sv>)?\s*</%(p)sc>"
)
_TEXT = re.compile(rb"\st\s*=\s*[\"']str[\"']")


@dataclass(frozen=True)
class Dropdown:
    """A validation by a list: the cells it applies to, as the markup has them, and its source."""

    cells: str
    formula: str


@dataclass(frozen=True)
class Prepared:
    """What a sheet that was made for leads comes with outside its cells.

    ``table`` names the table it should be (empty: the sheet was not made), ``has_table`` tells
    whether the workbook has it, ``names`` holds the folded defined names that lead somewhere.
    """

    table: str = ""
    has_table: bool = False
    names: frozenset[str] = frozenset()


@dataclass
class SheetMarks:
    """Marks of a sheet by place; ``booleans`` tells whether any cell is true or false."""

    errors: dict[Place, str] = field(default_factory=dict)
    unstored: set[Place] = field(default_factory=set)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    booleans: bool = False
    dropdowns: list[Dropdown] = field(default_factory=list)
    prepared: Prepared = Prepared()


class Notes:
    """Takes the marks of one sheet down from pieces of its XML, cut between cells.

    ``prefix`` is the namespace prefix of the sheet's tags, with the colon.
    """

    def __init__(self, prefix: bytes) -> None:
        self.marks = SheetMarks()
        self._formula_start = b"<" + prefix + b"f"
        tag = {b"p": re.escape(prefix)}
        self._error = re.compile(_ERROR % tag, re.DOTALL)
        self._unstored = re.compile(_UNSTORED % tag)

    def cells(self, piece: bytes) -> None:
        """Note the cells of a piece that are errors or lack a value, and whether any is boolean."""
        if any(kind in piece for kind in _ERROR_TYPES):
            for attributes, text in self._error.findall(piece):
                if place := _place(attributes):
                    self.marks.errors[place] = text.decode("ascii", "replace")
        if self._formula_start in piece:
            for attributes in self._unstored.findall(piece):
                if not _TEXT.search(attributes) and (place := _place(attributes)):
                    self.marks.unstored.add(place)
        if not self.marks.booleans:
            self.marks.booleans = any(kind in piece for kind in _BOOLEAN_TYPES)

    def merged(self, piece: bytes) -> None:
        """Note the merged ranges and the dropdowns of a piece."""
        if b"mergeCell " in piece:
            for left, top, right, bottom in _MERGED.findall(piece):
                first = int(top), column_number(left.decode())
                self.marks.merged.append((first, (int(bottom), column_number(right.decode()))))
        if b"dataValidation " in piece:
            for attributes, content in _VALIDATION.findall(piece):
                if b'type="list"' in attributes or b"type='list'" in attributes:
                    self.marks.dropdowns.append(_dropdown(attributes, content))


def _place(attributes: bytes) -> Place | None:
    match = REFERENCE.search(attributes)
    if match is None or not match[1]:
        return None
    return int(match[2]), column_number(match[1].decode().upper())


def _dropdown(attributes: bytes, content: bytes) -> Dropdown:
    cells = _SQREF.search(b" " + attributes) or _SQREF.search(content)
    formula = _FORMULA.search(content)
    return Dropdown(
        (cells[1] or cells[2]).decode("ascii", "replace") if cells else "",
        formula[1].decode("utf-8", "replace") if formula else "",
    )
