"""Where the columns of the leads stand in the workbook that is being written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import xl_col_to_name

from xltrack.errors import UsageError
from xltrack.template import Field, Template, Text
from xltrack.text import Lang, header_key

HEADER_POINTS = 32.0
OWN = "own:"  # what the id of a column of the team's own starts with


@dataclass(frozen=True)
class Layout:
    """The leads' columns from left to right, from A on, and how many rows are prepared.

    ``header_points``: height of the header row; its texts stand at the bottom of a taller one.
    ``first_row``: number of the first row of leads as Excel counts.
    """

    template: Template
    lang: Lang
    fields: tuple[Field, ...]
    rows: int
    header_points: float = HEADER_POINTS
    first_row: int = 2

    @cached_property
    def position(self) -> dict[str, int]:
        """Column number from 0 by field id."""
        return {field.id: number for number, field in enumerate(self.fields)}

    @property
    def last_row(self) -> int:
        """Number of the last prepared row as Excel counts."""
        return self.first_row + self.rows - 1

    @property
    def leads_sheet(self) -> str:
        """Name of the sheet of leads."""
        return self.sheet("leads")

    def sheet(self, sheet_id: str) -> str:
        """Name of a sheet in the workbook's language."""
        return self.template.workbook.sheets[sheet_id].of(self.lang)

    def has(self, *field_ids: str) -> bool:
        """Whether all these columns are there."""
        return all(field_id in self.position for field_id in field_ids)

    def letter(self, field_id: str) -> str:
        """Letter of a column."""
        return str(xl_col_to_name(self.position[field_id]))

    def cell(self, field_id: str) -> str:
        """A column's cell in the first row of leads, with the column fixed: ``$H2``."""
        return f"${self.letter(field_id)}{self.first_row}"

    def area(self, field_id: str) -> str:
        """The prepared cells of a column: ``H2:H5001``."""
        letter = self.letter(field_id)
        return f"{letter}{self.first_row}:{letter}{self.last_row}"

    def fixed_area(self, field_id: str) -> str:
        """The same with fixed ends: ``$H$2:$H$5001``."""
        letter = self.letter(field_id)
        return f"${letter}${self.first_row}:${letter}${self.last_row}"


def lead_fields(template: Template, columns: str) -> tuple[Field, ...]:
    """The fields of a column set, in the order of the workbook.

    Args:
        columns: entries after commas: a set (``documented``, ``default``, ``full``), a field id,
            a known header or alias, or ``+`` and the header of a column of the team's own.

    Raises:
        UsageError: ``unknown_column`` for an entry that is none of these, ``repeated_column`` for
            a column that is named twice, ``no_columns`` when nothing is named.
    """
    fields: list[Field] = []
    for entry in (piece.strip() for piece in re.split("[,\uff0c]", columns)):
        if entry:
            fields += _named(template, entry)
    if not fields:
        raise UsageError("no_columns")
    headers = [header_key(field.header.zh) for field in fields]
    for field, key in zip(fields, headers, strict=True):
        if headers.count(key) > 1:
            raise UsageError("repeated_column", field.id.removeprefix(OWN))
    return tuple(fields)


def _named(template: Template, entry: str) -> tuple[Field, ...]:
    if entry in ("documented", "default", "full"):
        return template.columns(entry)
    if entry in template.by_id:
        return (template.by_id[entry],)
    own = entry.startswith("+")
    header = entry.removeprefix("+").strip()
    known = template.by_header.get(header_key(header))
    if known is not None:
        return (template.by_id[known],)
    if not own or not header_key(header):
        raise UsageError("unknown_column", entry)
    text = Text(zh=header, en=header)
    return (Field(id=f"{OWN}{header}", header=text, help=template.workbook.own_column),)
