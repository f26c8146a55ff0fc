"""Ownership marks: which sheets of a workbook the program may replace.

A mark is a hidden defined name of the whole workbook, ``_xlt_<key>``, that refers to the sheet. It
follows the sheet through renaming, moving and re-saving, and turns into ``#REF!`` when the sheet
is deleted. A twin of the mark that belongs to the sheet itself goes along when a person copies the
sheet; the copy has the twin alone, so it is known as a copy and never replaced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xltrack.opc.package import Package
from xltrack.sheetml.workbook import Workbook, read_workbook, sheet_of_reference

PREFIX = "_xlt_"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,60}")


@dataclass(frozen=True, slots=True)
class Ownership:
    """``owned``: name of the owned sheet by key; ``copies``: sheets copied from owned ones."""

    owned: Mapping[str, str]
    copies: frozenset[str]


def ownership(package: Package) -> Ownership:
    """Return which sheets of the package are owned, and which are copies of owned ones."""
    return ownership_of(read_workbook(package))


def ownership_of(workbook: Workbook) -> Ownership:
    """Return which sheets of the workbook are owned, and which are copies of owned ones."""
    owned: dict[str, str] = {}
    for name in workbook.names:
        key = key_of(name.name)
        if key is None or name.local is not None:
            continue
        sheet = workbook.sheet(sheet_of_reference(name.text) or "")
        if sheet is not None and sheet.name not in owned.values():
            owned.setdefault(key, sheet.name)
    copies = {
        workbook.sheets[name.local].name
        for name in workbook.names
        if key_of(name.name) and name.local is not None and name.local < len(workbook.sheets)
    }
    return Ownership(MappingProxyType(owned), frozenset(copies - set(owned.values())))


def mark(key: str) -> str:
    """Return the defined name that marks the owned sheet of ``key``.

    Raises: ValueError for a key that is not lower-case letters, digits and underscores.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key of an owned sheet: {key!r}")
    return PREFIX + key


def key_of(name: str) -> str | None:
    """Return the key that a defined name marks, None for any other name."""
    if name[: len(PREFIX)].lower() != PREFIX:
        return None
    key = name[len(PREFIX) :].lower()
    return key if _KEY.fullmatch(key) else None
