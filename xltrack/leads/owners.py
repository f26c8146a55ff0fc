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
    rows, names = book.rows["row"].to_numpy(), book.rows["owner"]
    start = 0
    for source in book.sources:
        some = places.get((source.workbook, source.sheet), ())
        own = rows[start : start + source.leads]
        if some and len(own):
            at = np.searchsorted(own, [row for _, row in some])
            found = names.iloc[start + np.minimum(at, len(own) - 1)].tolist()
            for (number, row), place, name in zip(some, at.tolist(), found, strict=True):
                if place < len(own) and own[place] == row and isinstance(name, str):
                    owners[number] = without_private(name)
        start += source.leads
    return owners
