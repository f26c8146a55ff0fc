"""What checking came to for one workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from xltrack.errors import UnreadableWorkbook
from xltrack.findings import Finding


@dataclass(frozen=True)
class Checked:
    """What checking came to for one workbook.

    Attributes:
        path: where the workbook is.
        workbook: its name, with folders in front where others are called the same.
        leads: how many; rows of one lead count once.
        findings: by sheet, row, column and code.
        owners: who owns the lead of each finding; empty where nobody does.
        error: why the workbook could not be read, which is its only finding then.
        across: whether the findings are those that only several workbooks together show.
        written: the findings in the form asked for, where they were written in the process that
            found them; then only ``counts`` is left of them: how many there are by severity.
    """

    path: Path
    workbook: str
    leads: int = 0
    findings: tuple[Finding, ...] = ()
    owners: tuple[str, ...] = ()
    error: UnreadableWorkbook | None = None
    across: bool = False
    written: bytes | None = None
    counts: Mapping[str, int] | None = None

    @property
    def severities(self) -> Mapping[str, int]:
        """How many findings there are of each severity that there is."""
        if self.counts is not None:
            return self.counts
        return Counter(finding.severity for finding in self.findings)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return self.count("error")

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return self.count("warning")

    def count(self, severity: str) -> int:
        """How many findings have that severity."""
        return self.severities.get(severity, 0)

    def owner_of(self, position: int) -> str:
        """Who owns the lead of the finding at ``position``; empty where that is not known."""
        return self.owners[position] if position < len(self.owners) else ""


Write = Callable[[Checked], bytes]
"""Writes the findings of one workbook in some form."""


def written(checked: Checked, write: Write) -> Checked:
    """The workbook with its findings written."""
    counts = dict(checked.severities)
    return replace(checked, findings=(), owners=(), written=write(checked), counts=counts)


def with_across(workbooks: Iterable[Checked]) -> list[Checked]:
    """The workbooks with the findings across them among their own, behind the others."""
    merged: dict[str, Checked] = {}
    for each in workbooks:
        if each.across and each.workbook in merged:
            known = merged[each.workbook]
            merged[each.workbook] = replace(
                known,
                findings=known.findings + each.findings,
                owners=tuple(known.owner_of(number) for number in range(len(known.findings)))
                + tuple(each.owner_of(number) for number in range(len(each.findings))),
            )
        else:
            merged[each.workbook] = each
    return list(merged.values())
