"""What only many workbooks together show, from what was kept of each.

Worked out in a process of its own where there are many leads: what the rules need of all of them
at once is as much as the leads themselves, and the parent is to need no more for more workbooks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltrack.batch.kept import Kept, read_kept
from xltrack.batch.pool import Pool
from xltrack.batch.process import Limits
from xltrack.batch.protocol import send
from xltrack.leads.finding_counts import FindingCounts
from xltrack.template import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltrack.checks import Abstract
    from xltrack.findings import Finding

Named = tuple[str, "tuple[Finding, ...]"]
"""The name of a workbook, and what only it and others together show."""


@dataclass(frozen=True)
class AcrossWork:
    """Looks at the abstracts kept in a file, and writes what they show into one beside it."""

    settings: Settings | None

    def __call__(self, kept: Path) -> Path:
        """The file with the findings, workbook by workbook."""
        path = kept.with_name("across")
        with path.open("wb") as file:
            for named in _by_workbook(read_kept(kept), self.settings):
                send(file, named)
        return path


def findings_across(kept: Kept, settings: Settings | None, pool: Pool[Any, Any]) -> Iterator[Named]:
    """What the workbooks show together, by workbook in their order.

    Args:
        kept: lists of the abstracts of all workbooks, in their order.
        settings: those the others are compared with; none = the most usual ones.
        pool: one of its processes does the work where there is much.
    """
    path = kept.written()
    found = None if path is None else pool.ask(AcrossWork(settings), path)
    if isinstance(found, Path):
        yield from read_kept(found)
    else:
        yield from _by_workbook(kept, settings)  # little, or the process was lost over it


def _by_workbook(
    abstracts: Iterable[Sequence[Abstract]], settings: Settings | None
) -> Iterator[Named]:
    from xltrack.checks import check_across  # noqa: PLC0415  # needs numpy

    found = check_across(chain.from_iterable(abstracts), settings=settings)
    for name, findings in groupby(found, key=lambda finding: finding.workbook):
        yield name, tuple(findings)


@dataclass(frozen=True)
class Across:
    """Of one workbook: findings across workbooks, how its Settings differ, what it is a copy of."""

    findings: FindingCounts = field(default_factory=FindingCounts)
    differences: str = ""
    copy_of: str = ""


def look_across(kept: Kept, settings: Settings, limits: Limits) -> Mapping[str, Across]:
    """What the workbooks show together, counted, by the name of the workbook."""
    with Pool[Any, Any](None, jobs=1, limits=limits) as pool:
        return {name: _counted(found) for name, found in findings_across(kept, settings, pool)}


def _counted(findings: Sequence[Finding]) -> Across:
    params = {finding.code: finding.params for finding in findings}
    return Across(
        FindingCounts.of(findings),
        params.get("F011", {}).get("differences", ""),
        params.get("F009", {}).get("other", ""),
    )
