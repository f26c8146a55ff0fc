"""What a person sees on a sheet of LibreOffice: values and looks, cell by cell."""

from __future__ import annotations

from typing import Any

import xlwings

Seen = dict[tuple[int, int], tuple[Any, ...]]


def seen(sheet: xlwings.Sheet) -> Seen:
    """By 1-based place: value, number format, bold, fill, font colour, font size, wrapped."""
    cells = sheet.used_range.impl
    values, looks = cells.uno.getDataArray(), _looks(sheet)
    found: Seen = {}
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            place = cells.row + i, cells.column + j
            if value != "":
                shown = round(value, 9) if isinstance(value, float) else value
                found[place] = (shown, *looks[place])
    return found


def _looks(sheet: xlwings.Sheet) -> dict[tuple[int, int], tuple[Any, ...]]:
    formats = sheet.book.impl.doc.NumberFormats
    alike = sheet.used_range.impl.uno.getUniqueCellFormatRanges()
    looks = {}
    for number in range(alike.Count):
        some = alike.getByIndex(number)
        at = some.RangeAddresses[0]
        cell = sheet.impl.uno.getCellByPosition(at.StartColumn, at.StartRow)
        look = (
            formats.getByKey(cell.NumberFormat).FormatString,
            cell.CharWeight > 100,
            cell.CellBackColor,
            cell.CharColor,
            cell.CharHeight,
            cell.IsTextWrapped,
        )
        for at in some.RangeAddresses:
            for row in range(at.StartRow, at.EndRow + 1):
                for column in range(at.StartColumn, at.EndColumn + 1):
                    looks[row + 1, column + 1] = look
    return looks


def charts(sheet: xlwings.Sheet) -> dict[str, tuple[Any, ...]]:
    """By name: title, kind, place, what is shown."""
    return {
        chart.name: (
            *(chart.title, chart.chart_type, round(chart.left), round(chart.top)),
            *(chart.impl.ranges, len(chart.series)),
        )
        for chart in sheet.charts
    }
