"""Cells of leads marked where a check found something, over the team's own colours.

The marks are conditional formats of the program's own, known by their formula: the team's fills,
formats and rules stay as they are below them, and rows that are inserted move them along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from xltrack.findings import Finding
from xltrack.leads.header import column_number
from xltrack.render.areas import addresses

if TYPE_CHECKING:
    from xlwings import Book, ConditionalFormat, Range, Sheet

MOST_CELLS = 3000
"""Cells that are marked at the most; the list of findings has more."""

_COLOURS = {"error": ("#FFC7CE", "#9C0006"), "warning": ("#FFEB9C", "#7F6000")}
_OURS = '=N("xltrack '

Cell = tuple[str, int, int]
"""Sheet, row and column, 1-based."""


def marked_by(book: Book, sheets: Iterable[str]) -> str:
    """The signature of the marks on these sheets, empty where there are none."""
    for name in sheets:
        for rule in _rules(book.sheets[name]):
            return _signature(rule)
    return ""


def clear_marks(book: Book, sheets: Iterable[str]) -> int:
    """Take the marks away from these sheets; how many rules that were."""
    gone = 0
    for name in sheets:
        for rule in reversed(list(_rules(book.sheets[name]))):
            rule.delete()
            gone += 1
    return gone


def mark_findings(book: Book, findings: Sequence[Finding]) -> int:
    """Mark the cells of findings by how serious they are; how many cells are marked."""
    signature, cells = _cells_of(findings)
    groups: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for (sheet, row, column), severity in cells.items():
        groups.setdefault((sheet, severity), []).append((row - 1, column - 1))
    for (sheet, severity), places in groups.items():
        fill, font = _COLOURS[severity]
        for some in addresses(places):
            book.sheets[sheet].range(some).conditional_formats.add_custom(
                f'{_OURS}{signature}")=0', fill_color=fill, font_color=font, font_bold=True
            )
    return len(cells)


def signature_of(findings: Sequence[Finding]) -> str:
    """The signature of the marks that these findings would get, empty for none."""
    return _cells_of(findings)[0]


def _cells_of(findings: Sequence[Finding]) -> tuple[str, dict[Cell, str]]:
    cells: dict[Cell, str] = {}
    for severity in _COLOURS:  # the more serious first
        for finding in findings:
            place = _place(finding.cell)
            if finding.severity == severity and place is not None and len(cells) < MOST_CELLS:
                cells.setdefault((finding.sheet, *place), severity)
    if not cells:
        return "", {}
    text = repr(sorted(cells.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12], cells


def _place(cell: str) -> tuple[int, int] | None:
    """Row and column of a single cell, None for anything else.

    >>> _place("B7"), _place("5:5"), _place("A1:B2"), _place("")
    ((7, 2), None, None, None)
    """
    letters = cell.rstrip("0123456789")
    if not letters.isalpha() or letters == cell:
        return None
    return int(cell[len(letters) :]), column_number(letters)


def _rules(sheet: Sheet) -> list[ConditionalFormat]:
    """The rules of the program on a sheet."""
    used: Range = sheet.used_range
    rules = used.conditional_formats
    return [rule for rule in rules if rule.type == "custom" and _is_ours(rule.formula)]


def _is_ours(formula: str | None) -> bool:
    return (formula or "").startswith(_OURS)


def _signature(rule: ConditionalFormat) -> str:
    return (rule.formula or "").removeprefix(_OURS).partition('"')[0]
