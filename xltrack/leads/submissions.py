"""What each submitted workbook brought into a summary, and who has submitted none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xltrack.errors import UnreadableWorkbook
from xltrack.leads.finding_counts import FindingCounts
from xltrack.leads.roster import Entry


@dataclass(frozen=True)
class Submission:
    """One submitted workbook.

    Attributes:
        path: where the workbook is.
        workbook: its name, with folders in front where others are called the same.
        leads: how many it holds; rows of one lead count once.
        counted: how many of them the summary counts.
        new: how many of those were acquired in the period.
        presumed: how many of those closed in the period on a presumed day.
        findings: what the checks found in it, those across workbooks included.
        differences: where its Settings are not those of the summary; empty where they are.
        left_out: by reason (a phrase's id), how many leads are not in some or all figures.
        copy_of: the workbook it is a copy of, empty where of none.
        error: why it could not be read.
        entry: whose it is by the roster.
    """

    path: Path
    workbook: str
    leads: int = 0
    counted: int = 0
    new: int = 0
    presumed: int = 0
    findings: FindingCounts = field(default_factory=FindingCounts)
    differences: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)
    copy_of: str = ""
    error: UnreadableWorkbook | None = None
    entry: Entry | None = None

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return self.findings.severity("error")

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return self.findings.severity("warning")


@dataclass(frozen=True)
class Submissions:
    """All submitted workbooks in the order of their names, and the roster they were expected by.

    ``roster`` is none where nobody said who should submit.
    """

    workbooks: tuple[Submission, ...]
    roster: Sequence[Entry] | None = None

    @property
    def missing(self) -> tuple[Entry, ...]:
        """Who is on the roster and has submitted nothing."""
        there = {each.entry for each in self.workbooks}
        return tuple(entry for entry in self.roster or () if entry not in there)

    @property
    def unreadable(self) -> tuple[Submission, ...]:
        """The workbooks that could not be read."""
        return tuple(each for each in self.workbooks if each.error is not None)
