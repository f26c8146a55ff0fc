"""What only many workbooks together show, from what was kept of each.

Worked out in a process of its own where there are many leads: what the rules need of all of them
at once is as much as the leads themselves, and the parent is to need no more for more workbooks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltrack.batch.kept import Kept, read_kept
from xltrack.batch.pool import Pool
from xltrack.batch.protocol import send
from xltrack.leads.checked import Checked
from xltrack.leads.finding_counts import FindingCounts
from xltrack.template import Settings

if TYPE_CHECKING:
    from xltrack.checks import Abstract


@dataclass(frozen=True)
class AcrossWork:
    """Says for each workbook what only it and others together show.

    ``places`` tells where the workbook of a name is, ``settings`` what the others are compared
    with (none = the most usual ones), ``each`` what is kept of what was found.
    """

    places: Mapping[str, Path]
    settings: Settings | None
    each: Callable[[Checked], Any]

    def __call__(self, kept: Path) -> Path:
        """From the file of abstracts to one beside it of what they show."""
        path = kept.with_name("across")
        with path.open("wb") as file:
            for found in self.found(read_kept(kept)):
                send(file, found)
        return path

    def found(self, abstracts: Iterable[Sequence[Abstract]]) -> Iterator[Any]:
        """What lists of abstracts show, by workbook in their order."""
        from xltrack.checks import check_across  # noqa: PLC0415  # needs numpy

        found = check_across(chain.from_iterable(abstracts), settings=self.settings)
        for name, findings in groupby(found, key=lambda finding: finding.workbook):
            yield self.each(Checked(self.places[name], name, 0, tuple(findings), across=True))


def look_across(work: AcrossWork, kept: Kept, pool: Pool[Any, Any]) -> Iterator[Any]:
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
        yield from work.found(kept)  # little, or the process was lost over it


@dataclass(frozen=True)
class Across:
    """Of one workbook: findings across workbooks, how its Settings differ, what it is a copy of."""

    findings: FindingCounts = field(default_factory=FindingCounts)
    differences: str = ""
    copy_of: str = ""


def counted(checked: Checked) -> tuple[str, Across]:
    """What was found of a workbook, counted, by its name."""
    params = {finding.code: finding.params for finding in checked.findings}
    across = Across(
        FindingCounts.of(checked.findings),
        params.get("F011", {}).get("differences", ""),
        params.get("F009", {}).get("other", ""),
    )
    return checked.workbook, across
