"""From the cells of lead sheets to a book of leads with its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from xltrack.leads.amounts import AmountUnits, currency_of
from xltrack.leads.book import PLACE_COLUMNS, LeadBook, Source, as_dtype, concatenated
from xltrack.leads.cell_findings import SheetFindings
from xltrack.leads.grid import Grid
from xltrack.leads.header import HeaderCell
from xltrack.leads.privacy import is_private
from xltrack.leads.stacked import stacked_dates, stacked_numbers, stacked_texts, starts_of
from xltrack.leads.texts import STR, is_filled, joined, text_column, to_series, without
from xltrack.leads.tidy import tidied, visible
from xltrack.leads.totals import total_rows
from xltrack.leads.typed import DateRules, Oddity, TypedColumn, is_of_type, own_column
from xltrack.template import Field, Settings, Template
from xltrack.text import Lang, fold

Mask = npt.NDArray[np.bool_]
T = TypeVar("T")

_PEOPLE = AmountUnits({"人": 1, "名": 1, "位": 1, "个": 1}, "人")
_REASON = "lost_reason"  # where a mark for none may stand in rows that are prepared for leads


@dataclass(frozen=True)
class LeadSheet:
    """One sheet of leads on its way into a book; ``name`` is what its workbook is called there."""

    path: Path
    name: str
    grid: Grid
    date_1904: bool = False


def assemble(
    sheets: Sequence[LeadSheet], template: Template, settings: Settings, *, lang: Lang
) -> LeadBook:
    """The leads of the sheets of one workbook or of several, in their order.

    Sheets with equal headers are read as one.
    """
    alike: dict[tuple[HeaderCell, ...], list[int]] = {}
    for number, sheet in enumerate(sheets):
        alike.setdefault(sheet.grid.header.cells, []).append(number)
    stacks = {
        key: _Stack([sheets[number] for number in numbers], template, settings)
        for key, numbers in alike.items()
    }
    pieces: list[_Piece | None] = [None] * len(sheets)
    frames, counts = [], np.zeros(len(sheets), dtype=np.int64)
    for key, numbers in alike.items():
        frame, read = stacks[key].read()
        frames.append(frame)
        for number, piece in zip(numbers, read, strict=True):
            pieces[number] = piece
            counts[number] = piece.source.leads
    done = [piece for piece in pieces if piece is not None]
    own: dict[str, bool] = {}
    for piece in done:
        for name, private in piece.own.items():
            own[name] = private or own.get(name, False)
    order = _order(list(alike.values()), counts) if len(frames) > 1 else None
    return LeadBook(
        rows=_placed(concatenated(frames), order, sheets, counts),
        own=own,
        lang=lang,
        settings=settings,
        sources=tuple(piece.source for piece in done),
        findings=tuple(finding for piece in done for finding in piece.findings.sorted()),
        customer_suffixes=template.customer.suffixes,
    )


def _order(stacks: Sequence[Sequence[int]], counts: npt.NDArray[np.int64]) -> Any:
    """Where the rows that lie stack by stack come from, sheet by sheet."""
    numbers = [number for stack in stacks for number in stack]
    return np.argsort(np.repeat(numbers, counts[numbers]), kind="stable")


def _placed(
    frame: pd.DataFrame, order: Any, sheets: Sequence[LeadSheet], counts: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """The rows in the order of their sheets, with file and sheet in front."""
    if order is not None:
        frame = frame.take(order).reset_index(drop=True)
    frame.insert(0, "file", _category([sheet.name for sheet in sheets], counts))
    frame.insert(1, "sheet", _category([sheet.grid.sheet for sheet in sheets], counts))
    return frame


def _category(names: Sequence[str], counts: npt.NDArray[np.int64]) -> Any:
    known = {name: code for code, name in enumerate(dict.fromkeys(names))}
    codes = np.repeat(np.array([known[name] for name in names], dtype=np.int32), counts)
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(known)))


@dataclass(frozen=True)
class _Piece:
    """What one sheet of a stack came to; ``own`` tells which columns of the team's are private."""

    source: Source
    own: Mapping[str, bool]
    findings: SheetFindings


class _Stack:
    """Lead sheets with equal headers on their way into a frame."""

    def __init__(self, sheets: Sequence[LeadSheet], template: Template, settings: Settings) -> None:
        self.sheets = sheets
        self.grids = [sheet.grid for sheet in sheets]
        self.header = self.grids[0].header
        self.starts = starts_of(self.grids)
        self.template = template
        self.settings = settings
        self.texts: dict[str, pa.Array] = {}
        self.typed: dict[str, TypedColumn] = {}
        self.spaced: list[tuple[str, HeaderCell, dict[int, str]]] = []
        self.own: dict[str, HeaderCell] = {}
        self.private: list[dict[str, bool]] = [{} for _ in sheets]
        self.currency = settings.parameters.currency
        self.units = AmountUnits(
            template.amount.units,
            settings.parameters.amount_unit,
            self.currency,
            settings.no_loss_marks,
        )
        self.dates = [
            DateRules(sheet.date_1904, settings.no_loss_marks, self._ids_of(number))
            for number, sheet in enumerate(sheets)
        ]
        self.findings = [
            SheetFindings(sheet.name, sheet.grid, template, self._ids_of(number))
            for number, sheet in enumerate(sheets)
        ]

    def read(self) -> tuple[pd.DataFrame, list[_Piece]]:
        """The frame of the leads without their places, and what each sheet came to."""
        for grid in self.grids:
            grid.expected = self._mixed(grid)
        for field in self.template.fields:
            if field.id in self.header.fields:
                self._read_field(field, self.header.fields[field.id])
        own = self._read_own()
        keep = self._filled()
        totals = total_rows(keep, self.texts, own, self.template.workbook.total_words)
        for position in totals:
            keep[position] = False
        self._find(keep, totals)
        frame = self._frame(keep, own)
        return frame, [self._piece(number, keep) for number in range(len(self.sheets))]

    def _piece(self, number: int, keep: Mask) -> _Piece:
        sheet, header = self.sheets[number], self.grids[number].header
        kept = np.flatnonzero(keep[self._rows(number)])
        source = Source(
            path=sheet.path,
            workbook=sheet.name,
            sheet=sheet.grid.sheet,
            leads=len(kept),
            header_row=header.row,
            last_row=sheet.grid.excel_row(int(kept[-1])) if len(kept) else header.row,
            columns={f: tuple(c.column for c in cells) for f, cells in header.fields.items()},
            own_columns={name: cell.column for name, cell in self.own.items()},
        )
        return _Piece(source, self.private[number], self.findings[number])

    def _rows(self, number: int) -> slice:
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def _find(self, keep: Mask, totals: Mapping[int, str]) -> None:
        """Note the findings of each sheet."""
        for number, findings in enumerate(self.findings):
            findings.of_header()
            findings.of_template()
            own = {name: (cell, self.private[number][name]) for name, cell in self.own.items()}
            findings.of_marks(keep[self._rows(number)], own)
        for number, some in self._by_sheet(totals.items(), lambda item: item[0]):
            start = int(self.starts[number])
            self.findings[number].of_totals({place - start: text for place, text in some})
        for field_id, cell, oddities in self._oddities():
            for number, odd in self._by_sheet(oddities, lambda odd: odd.position):
                start = int(self.starts[number])
                local = [replace(each, position=each.position - start) for each in odd]
                self.findings[number].of_oddities(
                    field_id, cell, local, keep[self._rows(number)], self.currency
                )

    def _oddities(self) -> Iterator[tuple[str, HeaderCell, list[Oddity]]]:
        """What was odd about single cells, by column."""
        for field_id, column in self.typed.items():
            yield field_id, self.header.fields[field_id][0], column.oddities
        for field_id, cell, spaced in self.spaced:
            yield (
                field_id,
                cell,
                [
                    Oddity(at, "V191", visible(text), tidied(text, field_id))
                    for at, text in spaced.items()
                ],
            )

    def _by_sheet(
        self, items: Iterable[T], place: Callable[[T], int]
    ) -> Iterator[tuple[int, list[T]]]:
        """The items by the sheet that they lie in."""
        sorted_: dict[int, list[T]] = {}
        for item in items:
            number = int(np.searchsorted(self.starts, place(item), side="right")) - 1
            sorted_.setdefault(number, []).append(item)
        return iter(sorted_.items())

    def _mixed(self, grid: Grid) -> frozenset[int]:
        """The columns of dates and numbers that hold other cells as well."""
        return frozenset(
            cell.column
            for field_id, cells in self.header.fields.items()
            for cell in cells
            if not is_of_type(grid, cell.column, self.template.by_id[field_id].type)
        )

    def _ids_of(self, number: int) -> Callable[[], list[str | None]]:
        def lead_ids() -> list[str | None]:
            ids = self.texts.get("lead_id")
            return [] if ids is None else list(ids[self._rows(number)].to_pylist())

        return lead_ids

    def _read_field(self, field: Field, cells: Sequence[HeaderCell]) -> None:
        if field.type in ("text", "list"):
            self.texts[field.id] = joined([self._read_texts(field, cell) for cell in cells])
        elif field.type == "number":
            self.typed[field.id] = self._number(field, cells[0])
        else:
            with_time = field.type == "datetime"
            self.typed[field.id] = stacked_dates(self.grids, cells[0].column, self.dates, with_time)

    def _read_texts(self, field: Field, cell: HeaderCell) -> pa.Array:
        spaced: dict[int, str] = {}
        texts = stacked_texts(self.grids, cell.column, spaced)
        if spaced:
            self.spaced.append((field.id, cell, spaced))
        return texts

    def _number(self, field: Field, cell: HeaderCell) -> TypedColumn:
        if not self._is_money(field):
            return stacked_numbers(self.grids, cell.column, _PEOPLE)
        column = stacked_numbers(self.grids, cell.column, self.units, cell.unit)
        foreign = currency_of(cell.text)
        if foreign not in (None, self.currency):
            for findings in self.findings:
                findings.of_foreign_column(field.id, cell, self.currency)
            return TypedColumn(np.full(len(column.values), np.nan), column.filled)
        return column

    def _is_money(self, field: Field) -> bool:
        return any(fold(unit) in fold(field.header.zh) for unit in self.template.amount.units)

    def _read_own(self) -> dict[str, pa.Array | npt.NDArray[Any]]:
        columns: dict[str, pa.Array | npt.NDArray[Any]] = {}
        taken = {*PLACE_COLUMNS, *(field.id for field in self.template.fields)}
        for cell in self.header.own:
            name = cell.text
            number = 2
            while name in taken:
                name = f"{cell.text} ({number})"
                number += 1
            taken.add(name)
            self.own[name] = cell
            columns[name] = self._own_values(name, cell)
        return columns

    def _own_values(self, name: str, cell: HeaderCell) -> pa.Array | npt.NDArray[Any]:
        """A column of the team's own, of one type if it is of that type in every sheet."""
        pieces: list[pa.Array | npt.NDArray[Any]] = []
        for number, grid in enumerate(self.grids):
            values = own_column(grid, cell.column)
            piece = text_column(grid, cell.column) if values is None else values
            self.private[number][name] = is_private(cell, piece, self.template)
            pieces.append(piece)
        if len(pieces) == 1:
            return pieces[0]
        kinds = {piece.dtype if isinstance(piece, np.ndarray) else None for piece in pieces}
        if len(kinds) == 1 and None not in kinds:
            return np.concatenate(pieces)
        texts = [
            pa.array(as_dtype(pd.Series(piece), STR), type=pa.large_string(), from_pandas=True)
            if isinstance(piece, np.ndarray)
            else piece
            for piece in pieces
        ]
        flat = [t.combine_chunks() if isinstance(t, pa.ChunkedArray) else t for t in texts]
        return pa.concat_arrays(flat)

    def _filled(self) -> Mask:
        filled: Mask = np.zeros(int(self.starts[-1]), dtype=bool)
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
        columns: dict[str, Any] = {"row": self._excel_rows()[keep]}
        mask = None if every else pa.array(keep)
        for field in self.template.fields:
            columns[field.id] = self._series(field, keep, mask, count)
        for name, values in own.items():
            columns[name] = _kept(values, keep, mask)
        return pd.DataFrame(columns, copy=False)

    def _excel_rows(self) -> npt.NDArray[np.int32]:
        rows = [
            np.arange(grid.header.row + 1, grid.header.row + 1 + grid.height, dtype=np.int32)
            for grid in self.grids
        ]
        return np.concatenate(rows)

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
