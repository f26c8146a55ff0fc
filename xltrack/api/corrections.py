"""Which cells a fix sets to what."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from xltrack.findings import Finding, masked

_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_HEADER = "F005"
_NO_ID = "V101"

Value = str | float | dt.date


@dataclass(frozen=True, slots=True)
class Change:
    """A cell set to another value: as it was shown, and what it holds now; private ones masked.

    ``code`` is that of the finding it puts right, ``lead_id`` the lead's as it was.
    """

    sheet: str
    cell: str
    field: str
    code: str
    lead_id: str
    old: str
    new: Value
    private: bool = False
    value: Value = dataclasses.field(default="", repr=False, compare=False)

    def as_dict(self) -> dict[str, object]:
        """Return the change as JSON can hold it."""
        new = self.new.isoformat() if isinstance(self.new, dt.date) else self.new
        return {
            "sheet": self.sheet,
            "cell": self.cell,
            "field": self.field,
            "code": self.code,
            "lead_id": self.lead_id,
            "old": self.old,
            "new": new,
        }


def changes_for(findings: Iterable[Finding], *, headers: bool) -> list[Change]:
    """The safe corrections of ``findings``, the first of each cell.

    An id that is missing is filled in any case, with the free one that its finding offers.
    ``headers``: whether columns may be renamed.
    """
    found: dict[tuple[str, str], Change] = {}
    for finding in findings:
        value = _correction(finding)
        if value is None or not _CELL.fullmatch(finding.cell):
            continue
        if headers or finding.code != _HEADER:
            found.setdefault((finding.sheet, finding.cell), _change(finding, value))
    return list(found.values())


def _correction(finding: Finding) -> Value | None:
    if finding.correction is None and finding.code == _NO_ID:
        return finding.params.get("free_id")
    return finding.correction


def _change(finding: Finding, value: Value) -> Change:
    return Change(
        finding.sheet,
        finding.cell,
        finding.field,
        finding.code,
        finding.lead_id,
        finding.value,
        masked(str(value)) if finding.private else value,
        finding.private,
        value,
    )
