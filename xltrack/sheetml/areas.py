"""Cells and areas as a sheet's markup writes them: ``B7``, ``A2:A5001 C2``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")

Place = tuple[int, int]
"""Row and column of a cell, 1-based."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, its ends included, 1-based."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: Place) -> bool:
        """Whether the cell at (row, column) lies inside."""
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right

    def __str__(self) -> str:
        """The area as markup writes it; a single cell has no colon."""
        first, last = cell_name(self.top, self.left), cell_name(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"


def column_number(letters: str) -> int:
    """The number of a column, 1-based.

    >>> column_number("A"), column_number("xfd")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a column, 1-based.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """The A1 name of a cell.

    >>> cell_name(7, 2)
    'B7'
    """
    return f"{column_letters(column)}{row}"


def place_of(name: str) -> Place:
    """Row and column of the cell that an A1 name means, ``$`` or not.

    Raises: ValueError for anything else, and for a cell that no sheet has.

    >>> place_of("B7")
    (7, 2)
    """
    match = _CELL.fullmatch(name)
    if match is None:
        raise ValueError(f"not a cell: {name!r}")
    row, column = int(match[2]), column_number(match[1])
    if row > MAX_ROW or column > MAX_COLUMN:
        raise ValueError(f"no sheet has a cell {name!r}")
    return row, column


def areas_of(text: str) -> list[Area]:
    """The areas of a list of references; whole columns and rows count, what is no area does not.

    >>> [str(area) for area in areas_of("A2:A5 C3 D:D")]
    ['A2:A5', 'C3', 'D1:D1048576']
    """
    found = (_area(piece) for piece in text.split())
    return [area for area in found if area is not None]


def _area(text: str) -> Area | None:
    first, _, last = text.replace("$", "").partition(":")
    last = last or first
    if first.isascii() and first.isalpha() and last.isascii() and last.isalpha():
        first, last = f"{first}1", f"{last}{MAX_ROW}"
    elif first.isdecimal() and last.isdecimal():
        first, last = f"A{first}", f"{column_letters(MAX_COLUMN)}{last}"
    try:
        (top, left), (bottom, right) = place_of(first), place_of(last)
    except ValueError:
        return None
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def without(areas: Iterable[Area], covered: Iterable[Area]) -> list[Area]:
    """What of ``areas`` no area of ``covered`` covers, column by column, neighbours joined.

    >>> [str(a) for a in without(areas_of("A2:B9"), areas_of("B1:B4 A6"))]
    ['A2:A5', 'A7:A9', 'B5:B9']
    """
    left = list(areas)
    for other in covered:
        left = [piece for area in left for piece in _outside(area, other)]
    columns = sorted(
        (column, area.top, area.bottom)
        for area in left
        for column in range(area.left, area.right + 1)
    )
    return _joined(columns)


def _outside(area: Area, other: Area) -> list[Area]:
    top, bottom = max(area.top, other.top), min(area.bottom, other.bottom)
    left, right = max(area.left, other.left), min(area.right, other.right)
    if top > bottom or left > right:
        return [area]
    pieces = [
        Area(area.top, area.left, top - 1, area.right),
        Area(bottom + 1, area.left, area.bottom, area.right),
        Area(top, area.left, bottom, left - 1),
        Area(top, right + 1, bottom, area.right),
    ]
    return [piece for piece in pieces if piece.top <= piece.bottom and piece.left <= piece.right]


def _joined(columns: list[tuple[int, int, int]]) -> list[Area]:
    """Pieces of single columns, those that touch in one column joined, then equal neighbours."""
    single: list[list[int]] = []
    for column, top, bottom in columns:
        if single and single[-1][0] == column and top <= single[-1][2] + 1:
            single[-1][2] = max(single[-1][2], bottom)
        else:
            single.append([column, top, bottom])
    wide: list[Area] = []
    by_rows: dict[tuple[int, int], int] = {}
    for column, top, bottom in single:
        at = by_rows.get((top, bottom))
        if at is not None and wide[at].right == column - 1:
            wide[at] = Area(top, wide[at].left, bottom, column)
        else:
            by_rows[top, bottom] = len(wide)
            wide.append(Area(top, column, bottom, column))
    return wide
