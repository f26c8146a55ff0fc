"""Who owns the lead that a finding is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from xltrack.findings import Finding
from xltrack.leads.book import LeadBook
from xltrack.leads.privacy import without_private

_ROW = re.compile(r"[A-Z]+(\d+)$")


def owners_of(findings: Sequence[Finding], book: LeadBook) -> list[str]:
    """The owner in the row of each finding; empty where it has none or is about no row."""
    owners = [""] * len(findings)
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for number, finding in enumerate(findings):
        match = _ROW.match(finding.cell)
        if match is not None:
            place = (finding.workbook, finding.sheet)
            places.setdefault(place, []).append((number, int(match[1])))
    rows, names = book.rows["row"].to_numpy(), book.rows["owner"].tolist()
    safe: dict[str, str] = {}
    start = 0
    for source in book.sources:
        some = places.get((source.workbook, source.sheet), ())
        own = rows[start : start + source.leads]
        if some and len(own):
            at = np.searchsorted(own, [row for _, row in some])
            there = own[np.minimum(at, len(own) - 1)].tolist()
            for (number, row), place, same in zip(some, at.tolist(), there, strict=True):
                if row == same and isinstance(name := names[start + place], str):
                    if name not in safe:
                        safe[name] = without_private(name)
                    owners[number] = safe[name]
        start += source.leads
    return owners
