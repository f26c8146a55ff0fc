"""Findings counted by code: all that a summary over many workbooks keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xltrack.findings import Finding, Severity

_COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class FindingCounts:
    """By code and severity, how many findings there are and how many leads they concern.

    A finding about a sheet or a workbook concerns no lead.
    """

    by_code: Mapping[tuple[str, Severity], tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> FindingCounts:
        """The counts of findings, a lead with several of one code counted once.

        >>> two = [Finding("V110", "a", "s", cell, lead_id="X") for cell in ("A2", "C2")]
        >>> FindingCounts.of(two).by_code
        {('V110', 'error'): (2, 1)}
        """
        counts: dict[tuple[str, Severity], int] = {}
        leads: dict[tuple[str, Severity], set[tuple[str, str, str]]] = {}
        for finding in findings:
            key = (finding.code, finding.severity)
            counts[key] = counts.get(key, 0) + 1
            concerned = leads.setdefault(key, set())
            if finding.lead_id and (row := finding.cell.lstrip(_COLUMNS)):
                concerned.add((finding.workbook, finding.sheet, row))
        return cls({key: (count, len(leads[key])) for key, count in counts.items()})

    def plus(self, other: FindingCounts) -> FindingCounts:
        """Both together, as findings about different leads."""
        both = dict(self.by_code)
        for key, (findings, leads) in other.by_code.items():
            known = both.get(key, (0, 0))
            both[key] = (known[0] + findings, known[1] + leads)
        return FindingCounts(both)

    def severity(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return sum(count for (_, each), (count, _) in self.by_code.items() if each == severity)
