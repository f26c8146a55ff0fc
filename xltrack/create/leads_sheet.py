"""The sheet of leads: an Excel table, prepared rows, header notes, print setup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from xlsxwriter import Workbook

from xltrack.create.highlights import add_highlights
from xltrack.create.layout import HEADER_POINTS, Layout
from xltrack.create.palette import Palette
from xltrack.create.validations import add_validations
from xltrack.template import Field

Lead = Mapping[str, object]
_A4 = 9
_EPOCH = dt.datetime(1899, 12, 30)


def write_leads(book: Workbook, palette: Palette, layout: Layout, leads: Iterable[Lead]) -> None:
    """Adds the sheet with the leads; an empty table keeps one empty row."""
    sheet = book.add_worksheet(layout.leads_sheet)
    for column, field in enumerate(layout.fields):
        sheet.set_column(column, column, field.width, palette.cell(field.type, field.width))
    last = _write_rows(sheet, palette, layout, leads)
    header = palette.header(low=layout.header_points > HEADER_POINTS)
    sheet.add_table(
        0,
        0,
        max(1, last),
        len(layout.fields) - 1,
        {
            "name": layout.template.workbook.table,
            "title": layout.leads_sheet,
            "style": "Table Style Light 15",
            "banded_rows": False,  # the fills of the formats are what should be seen
            "columns": [
                {"header": field.header.of(layout.lang), "header_format": header}
                for field in layout.fields
            ],
        },
    )
    add_validations(sheet, layout)
    add_highlights(sheet, palette, layout)
    _add_notes(sheet, layout)
    _set_up_page(sheet, layout)


def _write_rows(sheet: Any, palette: Palette, layout: Layout, leads: Iterable[Lead]) -> int:
    writers: list[tuple[int, str, Callable[..., Any], Any]] = [
        (column, field.id, _writer(sheet, field), palette.cell(field.type, field.width))
        for column, field in enumerate(layout.fields)
    ]
    row = 0
    for row, lead in enumerate(leads, start=1):
        for column, field_id, write, form in writers:
            value = lead.get(field_id)
            if value is not None and value != "":
                write(row, column, value, form)
    return row


def _writer(sheet: Any, field: Field) -> Callable[..., Any]:
    """Writes one value by its own type; text never becomes a formula or a link."""

    def write(row: int, column: int, value: object, form: Any) -> None:
        if isinstance(value, str):
            sheet.write_string(row, column, value, form)
        elif isinstance(value, dt.date):
            sheet.write_number(row, column, serial(value), form)
        else:
            sheet.write_number(row, column, value, form)

    return sheet.write_string if field.type == "text" else write


def serial(day: dt.date) -> float:
    """Excel's number of a day or a time.

    >>> serial(dt.date(2024, 5, 10))
    45422
    """
    if isinstance(day, dt.datetime):
        span = day - _EPOCH
        return span.days + round(span.seconds / 86400, 10)
    return day.toordinal() - _EPOCH.toordinal()


def _add_notes(sheet: Any, layout: Layout) -> None:
    for column, field in enumerate(layout.fields):
        text = field.help.of(layout.lang)
        sheet.write_comment(
            0,
            column,
            text,
            {
                "author": "xltrack",
                "font_name": layout.template.look.font.of(layout.lang),
                "font_size": layout.template.look.font_size,
                "color": "#FFFBE6",
                "width": 260,
                "height": 24 + 20 * _lines(text),
            },
        )


def _lines(text: str) -> int:
    """Lines a note takes at 260 pixels: a Chinese character is as wide as two Latin ones."""
    return 1 + sum(1 if letter.isascii() else 2 for letter in text) // 36


def _set_up_page(sheet: Any, layout: Layout) -> None:
    sheet.set_row(0, layout.header_points)
    frozen = layout.position.get("customer", 0) + 1 if layout.has("customer") else 1
    sheet.freeze_panes(1, min(frozen, 3))
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.set_tab_color(f"#{layout.template.look.header.fill}")


def in_language(layout: Layout, example: Mapping[str, object]) -> Lead:
    """A declared lead with its texts in the workbook's language."""
    return {
        key: value[layout.lang] if isinstance(value, Mapping) else value
        for key, value in example.items()
    }
