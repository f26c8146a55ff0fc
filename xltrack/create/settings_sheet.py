"""The Settings sheet: one small Excel table per list, side by side, nothing below them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook

from xltrack.create.layout import Layout
from xltrack.create.names import settings_columns, word
from xltrack.create.palette import Palette
from xltrack.template import SettingsTable, Text

Rows = Mapping[str, Sequence[Mapping[str, object]]]
_HEADER_POINTS = 24
_GAP = 3  # width of the empty column between two tables
_SCALE = 60  # per cent in print
_PAGE_WIDTH = 190  # characters on a landscape A4 page at that scale


def settings_rows(layout: Layout, more: Rows, id_prefix: str | None) -> dict[str, list[Any]]:
    """Rows by table id in the workbook's language: the template's, or those of ``more``."""
    template, lang = layout.template, layout.lang
    rows: dict[str, list[dict[str, object]]] = {}
    for table in template.settings.tables:
        declared = list(table.rows)
        declared += [
            entry.row
            for entry in template.settings.with_field
            if entry.table == table.id and layout.has(entry.field)
        ]
        rows[table.id] = [dict(row) for row in more.get(table.id, declared)]
    rows["parameters"] = [
        {
            "parameter": parameter.label.of(lang),
            "value": id_prefix
            if parameter.id == "id_prefix" and id_prefix is not None
            else parameter.value,
        }
        for parameter in template.parameters
    ]
    return {
        table_id: [{key: _shown(layout, key, value) for key, value in row.items()} for row in body]
        for table_id, body in rows.items()
    }


def _shown(layout: Layout, column: str, value: object) -> object:
    words = layout.template.words
    if isinstance(value, Text):
        return value.of(layout.lang)
    if isinstance(value, bool):
        return word(words.yes if value else words.no, layout.lang)
    for kind, known in words.kinds.items():
        if column == "kind" and value == kind:
            return word(known, layout.lang)
    return value


def write_settings(
    book: Workbook, palette: Palette, layout: Layout, rows: Mapping[str, Sequence[Any]]
) -> None:
    """Adds the sheet with its tables, widths and dropdowns."""
    sheet = book.add_worksheet(layout.sheet("settings"))
    for table in layout.template.settings.tables:
        _write_table(sheet, palette, layout, table, rows[table.id])
    sheet.set_row(0, _HEADER_POINTS)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_print_scale(_SCALE)
    sheet.set_v_pagebreaks(_page_breaks(layout))
    sheet.repeat_rows(0)
    sheet.set_tab_color(f"#{layout.template.look.header.fill}")


def _page_breaks(layout: Layout) -> list[int]:
    """Columns to break a printed page before, so that no table is cut in two."""
    breaks: list[int] = []
    places, used = settings_columns(layout.template), 0.0
    for table in layout.template.settings.tables:
        width = sum(column.width for column in table.columns) + _GAP
        if used and used + width > _PAGE_WIDTH:
            breaks.append(places[table.id, table.columns[0].id])
            used = 0
        used += width
    return breaks


def _write_table(
    sheet: Any,
    palette: Palette,
    layout: Layout,
    table: SettingsTable,
    rows: Sequence[Mapping[str, object]],
) -> None:
    left = settings_columns(layout.template)[table.id, table.columns[0].id]
    last = left + len(table.columns) - 1
    sheet.add_table(
        0,
        left,
        max(1, len(rows)),
        last,
        {
            "name": table.name,
            "title": table.title.of(layout.lang),
            "style": "Table Style Light 1",
            "autofilter": False,
            "columns": [
                {"header": column.header.of(layout.lang), "header_format": palette.header()}
                for column in table.columns
            ],
        },
    )
    for offset, column in enumerate(table.columns):
        form = (
            palette.plain() if column.type == "number" else palette.cell(column.type, column.width)
        )
        sheet.set_column(left + offset, left + offset, column.width, form)
        for number, row in enumerate(rows, start=1):
            _write_cell(sheet, number, left + offset, row.get(column.id), form)
        _add_dropdown(sheet, layout, column.type, left + offset)
    sheet.set_column(last + 1, last + 1, _GAP)


def _write_cell(sheet: Any, row: int, column: int, value: object, form: Any) -> None:
    if value in (None, ""):
        return
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, form)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, str(value), form)


def _add_dropdown(sheet: Any, layout: Layout, kind: str, column: int) -> None:
    words, lang = layout.template.words, layout.lang
    sources: dict[str, object] = {
        "kind": [word(entry, lang) for entry in words.kinds.values()],
        "yes_no": [word(words.yes, lang), word(words.no, lang)],
        "aggregate": [word(entry, lang) for entry in words.aggregates.values()],
        "owner": "=owner_list",
    }
    if kind not in sources:
        return
    prompt = layout.template.validation["list_blocked" if kind == "kind" else "list_warned"]
    sheet.data_validation(
        1,
        column,
        layout.template.settings.rows - 1,
        column,
        {
            "validate": "list",
            "source": sources[kind],
            "error_type": "stop" if kind == "kind" else "warning",
            "error_title": prompt.title.of(lang),
            "error_message": prompt.message.of(lang),
        },
    )
