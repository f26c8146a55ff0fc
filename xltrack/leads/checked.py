"""What checking came to for one workbook."""

from __future__ import annotations

from collections.abc import Iterable
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
    """

    path: Path
    workbook: str
    leads: int = 0
    findings: tuple[Finding, ...] = ()
    owners: tuple[str, ...] = ()
    error: UnreadableWorkbook | None = None
    across: bool = False

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
        return sum(finding.severity == severity for finding in self.findings)

    def owner_of(self, position: int) -> str:
        """Who owns the lead of the finding at ``position``; empty where that is not known."""
        return self.owners[position] if position < len(self.owners) else ""


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
