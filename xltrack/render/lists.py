"""Plain lists as sheets: a title, a header that stays in view, rows; for what is read once."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook

_CREATED = dt.datetime(2024, 1, 1)  # fixed: the same lists give the same bytes
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_HEADER = "#1F4E79"
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class ListSheet:
    """One sheet: lines above the list, its headers with their widths, its rows."""

    name: str
    columns: Sequence[tuple[str, float]]
    rows: Iterable[Sequence[object]]
    above: Sequence[str] = ()


def list_workbook(sheets: Iterable[ListSheet], font: tuple[str, float]) -> bytes:
    """A workbook of lists; the same lists give the same bytes.

    Text is written as text, whatever it begins with; what exceeds a sheet is left out.
    """
    stream = io.BytesIO()
    body = {"font_name": font[0], "font_size": font[1]}
    book = Workbook(stream, {**_OPTIONS, "default_format_properties": body})
    head = book.add_format(
        {**body, "bold": True, "font_color": "#FFFFFF", "bg_color": _HEADER, "valign": "vcenter"}
    )
    cell = book.add_format({**body, "valign": "top", "text_wrap": True})
    title = book.add_format({**body, "bold": True})
    for listed in sheets:
        sheet = book.add_worksheet(listed.name)
        for number, text in enumerate(listed.above):
            sheet.write_string(number, 0, text, title)
        top = len(listed.above) + bool(listed.above)
        for column, (header, width) in enumerate(listed.columns):
            sheet.write_string(top, column, header, head)
            sheet.set_column(column, column, width)
        last = top
        for row in listed.rows:
            if last >= top + MOST_ROWS:
                break
            last += 1
            for column, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(last, column, value, cell)
                elif value not in (None, ""):
                    sheet.write_string(last, column, str(value), cell)
        sheet.freeze_panes(top + 1, 0)
        if last > top:
            sheet.autofilter(top, 0, last, len(listed.columns) - 1)
    book.set_properties({"author": "xltrack", "created": _CREATED})
    book.close()
    return stream.getvalue()
