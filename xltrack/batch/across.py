"""What only many workbooks together show, from what was kept of each.

Worked out in a process of its own where there are many leads: what the rules need of all of them
at once is as much as the leads themselves, and the parent is to need no more for more workbooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltrack.batch.kept import Kept, read_kept
from xltrack.batch.pool import Pool
from xltrack.batch.process import Limits
from xltrack.batch.protocol import send
from xltrack.leads.checked import Checked, Write, written
from xltrack.leads.finding_counts import FindingCounts
from xltrack.template import Settings

if TYPE_CHECKING:
    from xltrack.checks import Abstract
    from xltrack.findings import Finding


@dataclass(frozen=True)
class AcrossWork:
    """Says for each workbook what only it and others together show, as :class:`Checked`.

    ``places`` tells where the workbook of a name is, ``write`` writes what is found, if at all.
    """

    places: Mapping[str, Path]
    settings: Settings | None
    write: Write | None = None

    def __call__(self, kept: Path) -> Path:
        """From the file of abstracts to one beside it of what they show."""
        path = kept.with_name("across")
        with path.open("wb") as file:
            for checked in self.checked(read_kept(kept)):
                send(file, checked)
        return path

    def checked(self, abstracts: Iterable[Sequence[Abstract]]) -> Iterator[Checked]:
        """What lists of abstracts show, by workbook in their order."""
        from xltrack.checks import check_across  # noqa: PLC0415  # needs numpy

        found = check_across(chain.from_iterable(abstracts), settings=self.settings)
        for name, findings in groupby(found, key=lambda finding: finding.workbook):
            checked = Checked(self.places[name], name, 0, tuple(findings), across=True)
            yield checked if self.write is None else written(checked, self.write)


def look_across(work: AcrossWork, kept: Kept, pool: Pool[Any, Any]) -> Iterator[Checked]:
    """What the workbooks show together, by workbook in their order.

    Args:
        work: what to do.
        kept: lists of the abstracts of all workbooks, in their order.
        pool: one of its processes does the work where there is much.
    """
    path = kept.written()
    found = None if path is None else pool.ask(work, path)
    if isinstance(found, Path):
        yield from read_kept(found)
    else:
        yield from work.checked(kept)  # little, or the process was lost over it


@dataclass(frozen=True)
class Across:
    """Of one workbook: findings across workbooks, how its Settings differ, what it is a copy of."""

    findings: FindingCounts = field(default_factory=FindingCounts)
    differences: str = ""
    copy_of: str = ""


def count_across(
    places: Mapping[str, Path], kept: Kept, settings: Settings, limits: Limits
) -> Mapping[str, Across]:
    """What the workbooks show together, counted, by the name of the workbook."""
    with Pool[Any, Any](None, jobs=1, limits=limits) as pool:
        found = look_across(AcrossWork(places, settings), kept, pool)
        return {checked.workbook: _counted(checked.findings) for checked in found}


def _counted(findings: Sequence[Finding]) -> Across:
    params = {finding.code: finding.params for finding in findings}
    return Across(
        FindingCounts.of(findings),
        params.get("F011", {}).get("differences", ""),
        params.get("F009", {}).get("other", ""),
    )
