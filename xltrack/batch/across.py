"""What only many workbooks together show, counted by workbook.

Worked out in a process of its own where there are many leads: what the rules need of all of them
at once is as much as the leads themselves, and would be held beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltrack.batch.packing import Packed, unpack
from xltrack.batch.pool import run_in_processes
from xltrack.batch.process import Limits, Lost
from xltrack.leads.finding_counts import FindingCounts
from xltrack.template import Settings

if TYPE_CHECKING:
    from xltrack.findings import Finding

_FEW = 1 << 20  # bytes of packed abstracts, below which a process costs more than it saves


@dataclass(frozen=True)
class Across:
    """Of one workbook: findings across workbooks, how its Settings differ, what it is a copy of."""

    findings: FindingCounts = field(default_factory=FindingCounts)
    differences: str = ""
    copy_of: str = ""


@dataclass(frozen=True)
class AcrossWork:
    """Looks at the packed abstracts of all workbooks at once."""

    settings: Settings

    def __call__(self, abstracts: Sequence[Packed]) -> dict[str, Across]:
        """What there is to say, by the name of the workbook."""
        from xltrack.checks import check_across  # noqa: PLC0415  # needs pandas

        found: dict[str, list[Finding]] = {}
        for finding in check_across(map(unpack, abstracts), settings=self.settings):
            found.setdefault(finding.workbook, []).append(finding)
        return {name: _of_one(findings) for name, findings in found.items()}


def _of_one(findings: Sequence[Finding]) -> Across:
    params = {finding.code: finding.params for finding in findings}
    return Across(
        FindingCounts.of(findings),
        params.get("F011", {}).get("differences", ""),
        params.get("F009", {}).get("other", ""),
    )


def look_across(
    abstracts: Sequence[Packed], settings: Settings, limits: Limits
) -> Mapping[str, Across]:
    """What the packed abstracts show together, by the name of the workbook."""
    work = AcrossWork(settings)
    if sum(len(each.data) for each in abstracts) > _FEW:
        for items, result in run_in_processes(work, [abstracts], jobs=1, limits=limits):
            if isinstance(result, Lost) or len(items) < len(abstracts):
                break  # the process was lost over it
            return result
    return work(abstracts)
