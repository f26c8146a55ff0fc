"""Which cells a fix sets to what: the findings that have a correction, and ids that are missing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xltrack.findings import Finding, masked

if TYPE_CHECKING:
    from xltrack.leads import LeadBook

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
    value: Value = field(default="", repr=False, compare=False)

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


def changes_for(
    book: LeadBook, findings: Iterable[Finding], as_of: dt.date, *, headers: bool
) -> list[Change]:
    """The safe corrections of ``findings``, the first of each cell, then the ids that are missing.

    ``headers``: whether columns may be renamed.
    """
    found: dict[tuple[str, str], Change] = {}
    for finding in findings:
        if _is_correctable(finding) and (headers or finding.code != _HEADER):
            found.setdefault((finding.sheet, finding.cell), _change(finding))
    for change in _ids(book, as_of):
        found.setdefault((change.sheet, change.cell), change)
    return list(found.values())


def _is_correctable(finding: Finding) -> bool:
    return finding.correction is not None and bool(_CELL.fullmatch(finding.cell))


def _change(finding: Finding) -> Change:
    value = finding.correction
    if value is None:
        raise ValueError("a finding without a correction")
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


def _ids(book: LeadBook, as_of: dt.date) -> Iterator[Change]:
    """Free ids for the rows without one: of the month the lead was acquired, else of ``as_of``."""
    import pandas as pd

    from xltrack.checks.ids import FreeIds
    from xltrack.template import load_template

    rows: Any = book.rows
    nameless = rows[rows["lead_id"].isna()]
    if nameless.empty:
        return
    free = FreeIds(rows["lead_id"].dropna(), load_template().workbook.id_digits)
    columns = _id_columns(book)
    prefix = book.settings.parameters.id_prefix
    for sheet, row, acquired in zip(
        nameless["sheet"], nameless["row"], nameless["acquired_on"], strict=True
    ):
        column = columns.get(str(sheet))
        if column is not None:
            day = as_of if pd.isna(acquired) else acquired.date()
            new = free.of(f"{prefix}{day:%Y%m}")
            cell = f"{column}{row}"
            yield Change(str(sheet), cell, "lead_id", _NO_ID, "", "", new, value=new)


def _id_columns(book: LeadBook) -> Mapping[str, str]:
    """Letters of the column of ids, by sheet."""
    from xltrack.sheetml.areas import column_letters

    return {
        source.sheet: column_letters(source.columns["lead_id"][0])
        for source in book.sources
        if source.columns.get("lead_id")
    }
