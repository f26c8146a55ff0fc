"""Where the columns of the leads stand in the workbook that is being written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import xl_col_to_name

from xltrack.errors import UsageError
from xltrack.template import Field, Template
from xltrack.text import Lang


@dataclass(frozen=True)
class Layout:
    """The leads' columns from left to right, from A on, and how many rows are prepared."""

    template: Template
    lang: Lang
    fields: tuple[Field, ...]
    rows: int

    @cached_property
    def position(self) -> dict[str, int]:
        """Column number from 0 by field id."""
        return {field.id: number for number, field in enumerate(self.fields)}

    @property
    def last_row(self) -> int:
        """Number of the last prepared row as Excel counts."""
        return self.rows + 1

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
        return f"${self.letter(field_id)}2"

    def area(self, field_id: str) -> str:
        """The prepared cells of a column: ``H2:H5001``."""
        letter = self.letter(field_id)
        return f"{letter}2:{letter}{self.last_row}"

    def fixed_area(self, field_id: str) -> str:
        """The same with fixed ends: ``$H$2:$H$5001``."""
        letter = self.letter(field_id)
        return f"${letter}$2:${letter}${self.last_row}"


def lead_fields(template: Template, columns: str) -> tuple[Field, ...]:
    """The fields of a column set, in the order of the workbook.

    Raises:
        UsageError: ``unknown_column`` for an id that is not declared, ``repeated_column`` for one
            that is named twice, ``no_columns`` when nothing is named.
    """
    if columns in ("documented", "default", "full"):
        return template.columns(columns)
    ids = [field_id.strip() for field_id in columns.split(",") if field_id.strip()]
    if not ids:
        raise UsageError("no_columns")
    for number, field_id in enumerate(ids):
        if field_id not in template.by_id:
            raise UsageError("unknown_column", field_id)
        if field_id in ids[:number]:
            raise UsageError("repeated_column", field_id)
    return tuple(template.by_id[field_id] for field_id in ids)
