"""The findings of reading one sheet, with the cell and the lead of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xltrack.findings import Corrected, Finding
from xltrack.leads.grid import Grid
from xltrack.leads.header import HeaderCell, cell_name, column_letters, nearest
from xltrack.leads.prepared import gone_dropdowns
from xltrack.leads.typed import Oddity
from xltrack.template import Template

Mask = npt.NDArray[np.bool_]
Own = Mapping[str, tuple[HeaderCell, bool]]

_UNSTORED = "=…"


class SheetFindings:
    """Collects the findings of one sheet."""

    def __init__(
        self,
        workbook: str,
        grid: Grid,
        template: Template,
        lead_ids: Callable[[], Sequence[str | None]],
    ) -> None:
        self._workbook = workbook
        self._grid = grid
        self._template = template
        self._read_ids = lead_ids
        self._private = {field.id for field in template.fields if field.private}
        self._found: list[tuple[int, int, Finding]] = []

    def sorted(self) -> list[Finding]:
        """The findings by row and column; those of the whole sheet come first."""
        return [finding for *_, finding in sorted(self._found, key=lambda found: found[:2])]

    @cached_property
    def _lead_ids(self) -> Sequence[str | None]:
        return self._read_ids()

    def _add(
        self,
        code: str,
        row: int,
        column: int,
        field: str = "",
        value: str = "",
        corrected: Corrected = None,
        cell: str | None = None,
        params: Mapping[str, str] | None = None,
    ) -> None:
        finding = Finding(
            code,
            self._workbook,
            self._grid.sheet,
            cell_name(row, column) if cell is None else cell,
            self._lead_id(row, column),
            field,
            value,
            corrected,
            dict(params or {}),
            field in self._private,
        )
        self._found.append((row, column, finding))

    def _lead_id(self, row: int, column: int) -> str:
        """The id of the lead in that row; none where the finding is about no cell of it."""
        position = row - self._grid.header.row - 1
        if position < 0 or column < 0 or position >= len(self._lead_ids):
            return ""
        return self._lead_ids[position] or ""

    def of_header(self) -> None:
        """Missing, repeated and differently named columns."""
        header, lang = self._grid.header, self._grid.header.lang
        own = [cell.text for cell in header.own if cell.field is None]
        for field in self._template.fields:
            if field.set == "documented" and field.id not in header.fields:
                name = field.header.of(lang)
                near = [text for text in own if nearest(text, self._template, field.id)]
                params = {"header": name, "nearest": "、".join(near) or "—"}
                self._add("F003", header.row, 0, field.id, cell="", params=params)
        for cell in header.own:
            if cell.field is not None:
                first = header.fields[cell.field][0].text
                self._add(
                    "F004", header.row, cell.column, cell.field, cell.text, params={"first": first}
                )
        for field_id, cells in header.fields.items():
            if len(cells) == 1 and not cells[0].exact:
                name = self._template.by_id[field_id].header.of(lang)
                self._add("F005", header.row, cells[0].column, field_id, cells[0].text, name)

    def of_template(self) -> None:
        """The table and the dropdowns that the sheet was made with and that are gone."""
        header, marks = self._grid.header, self._grid.marks
        if not marks.prepared.table:
            return
        if not marks.prepared.has_table:
            params = {"part": "table", "name": marks.prepared.table}
            self._add("F006", header.row, header.cells[0].column, params=params)
        for field_id, column in gone_dropdowns(
            marks.dropdowns, marks.prepared, header, self._template
        ):
            name = self._template.by_id[field_id].header.of(header.lang)
            cell = cell_name(header.row + 1, column)
            params = {"part": "dropdown", "name": name}
            self._add("F006", header.row, column, field_id, cell=cell, params=params)

    def of_totals(self, totals: Mapping[int, str]) -> None:
        """Rows of totals, by position."""
        for position, text in totals.items():
            row = self._grid.excel_row(position)
            self._add("F010", row, -1, value=text, cell=f"{row}:{row}", params={"row": str(row)})

    def of_marks(self, keep: Mask, own: Own) -> None:
        """Error cells, formulas without a value and merged cells, among the leads."""
        self._private |= {name for name, (_, private) in own.items() if private}
        marks, first = self._grid.marks, self._grid.header.row + 1
        if not (marks.unstored or marks.errors or marks.merged):
            return
        fields = self._by_column(own)
        places = dict.fromkeys(marks.unstored, _UNSTORED) | marks.errors
        for (row, column), text in places.items():
            if column in fields and 0 <= row - first < len(keep) and keep[row - first]:
                self._add("F007", row, column, fields[column], text)
        last = first + (int(np.flatnonzero(keep)[-1]) if keep.any() else -1)
        for (top, left), (bottom, right) in marks.merged:
            columns = [column for column in fields if left <= column <= right]
            if columns and top <= last and bottom >= first:
                name = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
                self._add("F008", max(top, first), columns[0], fields[columns[0]], cell=name)

    def of_oddities(
        self,
        field_id: str,
        cell: HeaderCell,
        oddities: Sequence[Oddity],
        keep: Mask,
        currency: str,
    ) -> None:
        """What was odd about the dates or numbers of a column, by position below the header."""
        letters, private = column_letters(cell.column), field_id in self._private
        ids = self._lead_ids or [None] * len(keep)
        for odd in oddities:  # there may be one in every cell
            if keep[odd.position]:
                row = self._grid.excel_row(odd.position)
                finding = Finding(
                    odd.code,
                    self._workbook,
                    self._grid.sheet,
                    f"{letters}{row}",
                    ids[odd.position] or "",
                    field_id,
                    odd.value,
                    odd.corrected,
                    {"currency": currency} if odd.code == "V133" else {},
                    private,
                )
                self._found.append((row, cell.column, finding))

    def of_foreign_column(self, field_id: str, cell: HeaderCell, currency: str) -> None:
        """A whole column of amounts in another currency, found in its header."""
        row = self._grid.header.row
        self._add("V133", row, cell.column, field_id, cell.text, params={"currency": currency})

    def _by_column(self, own: Own) -> dict[int, str]:
        fields = {cell.column: name for name, (cell, _) in own.items()}
        for field_id, cells in self._grid.header.fields.items():
            fields.update({cell.column: field_id for cell in cells})
        return dict(sorted(fields.items()))
