"""Columns that a team's sheets lack: where they go, and what is known to stand in them."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltrack.leads.cells import kind_of
from xltrack.template import Template

if TYPE_CHECKING:
    import pandas as pd

_MONTHS = (
    re.compile(r"(?<!\d)(20\d\d)\s*[年./_-]\s*(1[0-2]|0?[1-9])(?!\d)"),
    re.compile(r"(?<!\d)(20\d\d)(1[0-2]|0[1-9])(?!\d)"),
)
# the day has to end where the number begins, or year and month with a long number look the same
_DAY_IN_ID = re.compile(
    r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=\d{3}(?!\d)|[-_/.]\d)"
)


@dataclass(frozen=True)
class AddedColumn:
    """A new column of one sheet: its number, and the values that are known, by row."""

    sheet: str
    field: str
    column: int
    values: Mapping[int, str | dt.date]
    leads: int

    @property
    def empty(self) -> int:
        """How many leads nothing is known of."""
        return self.leads - len(self.values)


def last_column(rows: Sequence[Sequence[object]]) -> int:
    """The number of the last column with anything in it, 0 in an empty sheet."""
    last = 0
    for row in rows:
        beyond = range(len(row), last, -1)
        last = next((n for n in beyond if kind_of(row[n - 1]) != "empty"), last)
    return last


def added_columns(
    rows: pd.DataFrame,
    wanted: Mapping[str, Sequence[str]],
    after: Mapping[str, int],
    prefix: str,
    template: Template,
) -> list[AddedColumn]:
    """New columns with what is known of each lead.

    Args:
        rows: the leads, with sheet and row.
        wanted: the fields to add, by sheet.
        after: the last used column of each sheet.
        prefix: what the ids of the team start with.
        template: how an id is made.
    """
    ids = _Ids(rows, prefix, template)
    added = []
    for sheet, fields in wanted.items():
        leads = rows[rows["sheet"] == sheet]
        for place, field in enumerate(fields, start=1):
            values = _known(field, sheet, leads, ids)
            added.append(AddedColumn(sheet, field, after[sheet] + place, values, len(leads)))
    return added


def _known(field: str, sheet: str, leads: pd.DataFrame, ids: _Ids) -> dict[int, str | dt.date]:
    if field == "lead_id":
        return ids.of(sheet, leads)
    if field == "acquired_on":
        said = zip(leads["row"].tolist(), leads["lead_id"].tolist(), strict=True)
        days = ((row, _day_in(text)) for row, text in said if isinstance(text, str))
        return {row: day for row, day in days if day is not None}
    return {}


def _day_in(lead_id: str) -> dt.date | None:
    """The day that an id is made of.

    >>> _day_in("XS20240510-003"), _day_in("LX202405001")
    (datetime.date(2024, 5, 10), None)
    """
    match = _DAY_IN_ID.search(lead_id)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


class _Ids:
    """Gives ids by month, each number once over all sheets, none that is there already."""

    def __init__(self, rows: pd.DataFrame, prefix: str, template: Template) -> None:
        self.prefix, self.digits = prefix, template.workbook.id_digits
        self.taken = set(rows["lead_id"].dropna())
        self.next: Counter[str] = Counter()

    def of(self, sheet: str, leads: pd.DataFrame) -> dict[int, str | dt.date]:
        usual = month_of(sheet)
        found: dict[int, str | dt.date] = {}
        months = leads["acquired_on"].dt.strftime("%Y%m").fillna(usual)
        for row, month in zip(leads["row"].tolist(), months.tolist(), strict=True):
            if month:
                found[row] = self._free(month)
        return found

    def _free(self, month: str) -> str:
        while True:
            self.next[month] += 1
            made = f"{self.prefix}{month}{self.next[month]:0{self.digits}}"
            if made not in self.taken:
                return made


def month_of(sheet: str) -> str:
    """The month that the name of a sheet says with its year, empty for none.

    >>> month_of("2024年3月"), month_of("leads 2024-11"), month_of("202405"), month_of("3月")
    ('202403', '202411', '202405', '')
    """
    for pattern in _MONTHS:
        match = pattern.search(sheet)
        if match:
            return f"{match[1]}{int(match[2]):02}"
    return ""


def usual_prefix(ids: Collection[str], template: Template) -> str | None:
    """What most ids of the documented form start with; None where less than half have that form.

    >>> from xltrack.template import load_template
    >>> usual_prefix(["KH-202405001", "KH-202405002"], load_template())
    'KH-'
    """
    form = re.compile(rf"(.*?)20\d\d(?:0[1-9]|1[0-2])\d{{{template.workbook.id_digits},}}")
    found = Counter(match[1] for text in ids if (match := form.fullmatch(text)))
    if not found or 2 * sum(found.values()) < len(ids):
        return None
    return found.most_common(1)[0][0]
