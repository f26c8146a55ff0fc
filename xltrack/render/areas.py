"""Cells as few rectangles, and rectangles as few addresses."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from xltrack.leads.header import column_letters
from xltrack.render.noting import Box, Place

LONGEST_ADDRESS = 0 if sys.platform == "darwin" else 250
"""Characters of an address that Excel takes, and some to spare; none of several rectangles where
xlwings takes but one."""


def boxes(cells: Iterable[Place]) -> list[Box]:
    """The cells as rectangles: runs of each row, equal runs of following rows in one.

    >>> boxes([(0, 0), (0, 1), (1, 0), (1, 1), (3, 1)])
    [Box(top=0, left=0, bottom=1, right=1), Box(top=3, left=1, bottom=3, right=1)]
    """
    rows: dict[int, list[int]] = {}
    for row, column in cells:
        rows.setdefault(row, []).append(column)
    growing: dict[tuple[int, int], tuple[int, int]] = {}  # first and last row of a run of columns
    done: list[Box] = []
    for row in sorted(rows):
        for left, right in _runs(sorted(rows[row])):
            top, bottom = growing.get((left, right), (row, row - 1))
            if bottom != row - 1:
                done.append(Box(top, left, bottom, right))
                top = row
            growing[left, right] = (top, row)
    done += [Box(top, left, bottom, right) for (left, right), (top, bottom) in growing.items()]
    return sorted(done, key=lambda box: (box.top, box.left))


def _runs(columns: list[int]) -> Iterator[tuple[int, int]]:
    first = last = columns[0]
    for column in columns[1:]:
        if column > last + 1:
            yield first, last
            first = column
        last = column
    yield first, last


def address(box: Box) -> str:
    """A rectangle in A1 notation.

    >>> address(Box(0, 0, 1, 2)), address(Box(3, 1, 3, 1))
    ('A1:C2', 'B4')
    """
    first = f"{column_letters(box.left + 1)}{box.top + 1}"
    last = f"{column_letters(box.right + 1)}{box.bottom + 1}"
    return first if first == last else f"{first}:{last}"


def addresses(cells: Iterable[Place]) -> Iterator[str]:
    """The cells as addresses of one or several rectangles each, as long as Excel takes them.

    >>> list(addresses([(0, 0), (2, 0), (2, 1)]))
    ['A1,A3:B3']
    """
    together = ""
    for box in boxes(cells):
        one = address(box)
        if together and len(together) + 1 + len(one) > LONGEST_ADDRESS:
            yield together
            together = ""
        together = f"{together},{one}" if together else one
    if together:
        yield together
