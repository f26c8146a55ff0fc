"""The calculation chain: the list of formula cells that Excel keeps beside the sheets."""

from __future__ import annotations

import re
from collections.abc import Collection

from xltrack.opc.package import Package

_SHEET = re.compile(rb"""\bi=["']([0-9]{1,9})["']""")
_OVERLAP = 64


def chain_mentions(package: Package, part: str, sheet_ids: Collection[int]) -> bool:
    """Whether the chain lists a cell of one of these sheets.

    A chain that lists a cell without a formula makes Excel offer a repair; one that is missing, or
    lacks cells, is completed in silence. So a chain only goes when a sheet it mentions changes.
    """
    return bool(sheets_with_formulas(package, part) & set(sheet_ids))


def sheets_with_formulas(package: Package, part: str) -> set[int]:
    """Return the ids of the sheets that the chain lists cells of."""
    found: set[int] = set()
    tail = b""
    for chunk in package.chunks(part):
        window = tail + chunk
        found.update(int(number) for number in _SHEET.findall(window))
        tail = window[-_OVERLAP:]
    return found
