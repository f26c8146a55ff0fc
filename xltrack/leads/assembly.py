"""From the cells of lead sheets to a book of leads with its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from xltrack.leads.amounts import AmountUnits, currency_of
from xltrack.leads.book import PLACE_COLUMNS, LeadBook, Source, concatenated
from xltrack.leads.cell_findings import SheetFindings
from xltrack.leads.grid import Grid
from xltrack.leads.header import HeaderCell
from xltrack.leads.privacy import is_private
from xltrack.leads.texts import is_filled, joined, text_column, to_series, without
from xltrack.leads.totals import total_rows
from xltrack.leads.typed import (
    DateRules,
    TypedColumn,
    date_column,
    is_of_type,
    number_column,
    own_column,
)
from xltrack.template import Field, Settings, Template
from xltrack.text import fold

Mask = npt.NDArray[np.bool_]

_PEOPLE = AmountUnits({"人": 1, "名": 1, "位": 1, "个": 1}, "人")
_REASON = "lost_reason"  # where a mark for none may stand in rows that are prepared for leads


def assemble(
    path: Path,
    grids: Sequence[Grid],
    template: Template,
    settings: Settings,
    *,
    date_1904: bool = False,
) -> LeadBook:
    """The leads of the sheets of one workbook, in their order."""
    sheets = [_Sheet(path, grid, template, settings, date_1904) for grid in grids]
    read = [sheet.read() for sheet in sheets]
    own: dict[str, bool] = {}
    for sheet in sheets:
        for name, (_, private) in sheet.own.items():
            own[name] = private or own.get(name, False)
    return LeadBook(
        rows=concatenated([frame for frame, _ in read]),
        own=own,
        lang=grids[0].header.lang,
        settings=settings,
        sources=tuple(source for _, source in read),
        findings=tuple(f for sheet in sheets for f in sheet.findings.sorted()),
        customer_suffixes=template.customer.suffixes,
    )


class _Sheet:
    """One lead sheet on its way into a frame."""

    def __init__(
        self, path: Path, grid: Grid, template: Template, settings: Settings, date_1904: bool
    ) -> None:
        self.path = path
        self.grid = grid
        self.template = template
        self.settings = settings
        self.texts: dict[str, pa.Array] = {}
        self.typed: dict[str, TypedColumn] = {}
        self.own: dict[str, tuple[HeaderCell, bool]] = {}
        self.currency = settings.parameters.currency
        self.units = AmountUnits(
            template.amount.units,
            settings.parameters.amount_unit,
            self.currency,
            settings.no_loss_marks,
        )
        self.dates = DateRules(date_1904, settings.no_loss_marks, self._lead_ids)
        self.findings = SheetFindings(path.name, grid, template, self._lead_ids)

    def read(self) -> tuple[pd.DataFrame, Source]:
        """The frame of the sheet's leads, and where they came from; notes the findings."""
        grid = self.grid
        grid.expected = self._mixed()
        for field in self.template.fields:
            if field.id in grid.header.fields:
                self._read_field(field, grid.header.fields[field.id])
        own = self._read_own()
        keep = self._filled()
        totals = total_rows(keep, self.texts, own, self.template.workbook.total_words)
        for position in totals:
            keep[position] = False
        self.findings.of_header()
        self.findings.of_totals(totals)
        self.findings.of_marks(keep, self.own)
        for field_id, column in self.typed.items():
            cell = grid.header.fields[field_id][0]
            self.findings.of_column(field_id, cell, column, keep, self.currency)
        frame = self._frame(keep, own)
        kept = np.flatnonzero(keep)
        source = Source(
            path=self.path,
            workbook=self.path.name,
            sheet=grid.sheet,
            leads=len(frame),
            header_row=grid.header.row,
            last_row=grid.excel_row(int(kept[-1])) if len(kept) else grid.header.row,
            columns={f: tuple(c.column for c in cells) for f, cells in grid.header.fields.items()},
            own_columns={name: cell.column for name, (cell, _) in self.own.items()},
        )
        return frame, source

    def _mixed(self) -> frozenset[int]:
        """The columns of dates and numbers that hold other cells as well."""
        return frozenset(
            cell.column
            for field_id, cells in self.grid.header.fields.items()
            for cell in cells
            if not is_of_type(self.grid, cell.column, self.template.by_id[field_id].type)
        )

    def _lead_ids(self) -> list[str | None]:
        ids = self.texts.get("lead_id")
        return [] if ids is None else list(ids.to_pylist())

    def _read_field(self, field: Field, cells: Sequence[HeaderCell]) -> None:
        grid, column = self.grid, cells[0].column
        if field.type in ("text", "list"):
            self.texts[field.id] = joined([text_column(grid, cell.column) for cell in cells])
        elif field.type == "number":
            self.typed[field.id] = self._number(field, cells[0])
        else:
            with_time = field.type == "datetime"
            self.typed[field.id] = date_column(grid, column, self.dates, with_time)

    def _number(self, field: Field, cell: HeaderCell) -> TypedColumn:
        if not self._is_money(field):
            return number_column(self.grid, cell.column, _PEOPLE)
        column = number_column(self.grid, cell.column, self.units, cell.unit)
        foreign = currency_of(cell.text)
        if foreign not in (None, self.currency):
            self.findings.of_foreign_column(field.id, cell, self.currency)
            return TypedColumn(np.full(len(column.values), np.nan), column.filled)
        return column

    def _is_money(self, field: Field) -> bool:
        return any(fold(unit) in fold(field.header.zh) for unit in self.template.amount.units)

    def _read_own(self) -> dict[str, pa.Array | npt.NDArray[Any]]:
        columns: dict[str, pa.Array | npt.NDArray[Any]] = {}
        taken = {*PLACE_COLUMNS, *(field.id for field in self.template.fields)}
        for cell in self.grid.header.own:
            name = cell.text
            number = 2
            while name in taken:
                name = f"{cell.text} ({number})"
                number += 1
            taken.add(name)
            values = own_column(self.grid, cell.column)
            column = text_column(self.grid, cell.column) if values is None else values
            columns[name] = column
            self.own[name] = (cell, is_private(cell, column, self.template))
        return columns

    def _filled(self) -> Mask:
        filled: Mask = np.zeros(self.grid.height, dtype=bool)
        for field_id, texts in self.texts.items():
            if field_id == _REASON:
                filled |= is_filled(without(texts, self.settings.no_loss_marks))
            elif field_id != "lead_id":
                filled |= is_filled(texts)
        for column in self.typed.values():
            filled |= column.filled
        return filled

    def _frame(self, keep: Mask, own: Mapping[str, pa.Array | npt.NDArray[Any]]) -> pd.DataFrame:
        count = int(keep.sum())
        every = count == len(keep)
        rows = np.flatnonzero(keep) + self.grid.header.row + 1
        columns: dict[str, Any] = {
            "file": _constant(self.path.name, count),
            "sheet": _constant(self.grid.sheet, count),
            "row": rows.astype(np.int32),
        }
        mask = None if every else pa.array(keep)
        for field in self.template.fields:
            columns[field.id] = self._series(field, keep, mask, count)
        for name, values in own.items():
            columns[name] = _kept(values, keep, mask)
        return pd.DataFrame(columns, copy=False)

    def _series(self, field: Field, keep: Mask, mask: pa.Array | None, count: int) -> Any:
        if field.id in self.texts:
            return _kept(self.texts[field.id], keep, mask)
        if field.id in self.typed:
            return _kept(self.typed[field.id].values, keep, mask)
        if field.type in ("text", "list"):
            return to_series(pa.nulls(count, pa.large_string()))
        if field.type == "number":
            return np.full(count, np.nan)
        return np.full(count, np.datetime64("NaT", "s"))


def _kept(values: pa.Array | npt.NDArray[Any], keep: Mask, mask: pa.Array | None) -> Any:
    if isinstance(values, np.ndarray):
        return values if mask is None else values[keep]
    return to_series(values if mask is None else values.filter(mask))


def _constant(text: str, count: int) -> Any:
    codes = np.zeros(count, dtype=np.int8)
    return pd.Categorical.from_codes(codes, categories=pd.Index([text]))
