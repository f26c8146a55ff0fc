"""``check``: what is wrong with the leads of workbooks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.imposed import imposed_settings
from xltrack.api.paths import MIB, AnyPath, access_with
from xltrack.errors import UsageError

if TYPE_CHECKING:
    from xltrack.findings import Finding
    from xltrack.leads.checked import Checked, Write


@dataclass(frozen=True)
class CheckResult:
    """What a check came to.

    Iterating gives the workbooks, each with its findings, those across workbooks behind the others.
    ``workbooks`` is empty where each was handed out as its turn came.

    >>> import xltrack
    >>> for finding in xltrack.check("leads.xlsx").findings:  # doctest: +SKIP
    ...     print(finding.code, finding.cell)
    """

    as_of: dt.date
    workbooks: tuple[Checked, ...]
    severities: Mapping[str, int] = field(repr=False)
    failed: int

    def __iter__(self) -> Iterator[Checked]:
        """The workbooks in their order."""
        return iter(self.workbooks)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, workbook by workbook."""
        return tuple(finding for checked in self.workbooks for finding in checked.findings)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return self.severities.get("error", 0)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return self.severities.get("warning", 0)


def check(
    paths: AnyPath | Iterable[AnyPath],
    *,
    as_of: dt.date | None = None,
    settings: AnyPath | None = None,
    password_file: AnyPath | None = None,
    jobs: int | None = None,
    memory: int = 4096,
    seconds: float = 300,
    max_size: int = 12_288,
    each: Callable[[Checked], None] | None = None,
    write: Write | None = None,
) -> CheckResult:
    """Check the leads of workbooks, in processes of their own.

    A workbook that cannot be read, or that takes too much, has that as its finding; the others go
    on.

    Args:
        paths: workbooks, folders or globs.
        as_of: the day to look from; none = today.
        settings: take the Settings of this workbook instead of each workbook's own.
        password_file: a text file of passwords, one a line, for workbooks that need one.
        jobs: how many processes; none = as many as there are cores.
        memory: MiB that each process may have, where the system can see to that.
        seconds: how long a workbook may take.
        max_size: MiB that a workbook may unpack to.
        each: called with each workbook as its turn comes, and after the last one with the findings
            across workbooks; none of them is kept then, which keeps memory flat.
        write: writes the findings of a workbook in the process that found them; what comes back
            has them as ``written``, and no others.

    Raises:
        UsageError: a folder or glob without workbooks, a limit below 1, an unusable password file.
        UnreadableWorkbook: ``settings`` cannot be read.
    """
    from xltrack.batch.checking import check_workbooks
    from xltrack.batch.inputs import find_workbooks
    from xltrack.batch.pieces import usual_jobs
    from xltrack.batch.process import Limits
    from xltrack.leads.checked import with_across

    if min(memory, seconds, max_size, 1 if jobs is None else jobs) < 1:
        raise UsageError("below_one")
    found = find_workbooks([paths] if isinstance(paths, str | Path) else paths)
    access = access_with(password_file, max_size)
    day = as_of or dt.date.today()
    kept: list[Checked] = []
    severities: Counter[str] = Counter()
    failed = 0
    for checked in check_workbooks(
        found,
        as_of=day,
        settings=imposed_settings(settings, access),
        jobs=jobs or usual_jobs(),
        access=access,
        limits=Limits(memory * MIB, seconds),
        write=write,
    ):
        severities.update(checked.severities)
        failed += checked.error is not None
        (each or kept.append)(checked)
    return CheckResult(day, tuple(with_across(kept)), dict(severities), failed)
