"""Native Excel charts of columns of a table on the same sheet."""

from __future__ import annotations

from typing import Any, NamedTuple

from xltrack.render.formats import DARK
from xltrack.report import Chart, TableBlock

COLOURS = [DARK, "#ED7D31", "#7F7F7F"]
TEXT = {"size": 9, "color": "#404040"}


def add_chart(
    workbook: Any, chart: Chart, table: TableBlock, sheet_name: str, header_row: int
) -> Any:
    """An XlsxWriter chart of ``table``, whose header stands in ``header_row`` (0-based)."""
    drawn = workbook.add_chart({"type": chart.kind, "name": chart_name(chart)})
    first, last = header_row + 1, header_row + max(1, len(table.rows))
    category = table.position(chart.category)
    for number, series in enumerate(chart.series):
        column = table.position(series)
        place = _Place(sheet_name, header_row, first, last, category, column)
        drawn.add_series(_series(chart, number, place))
    drawn.set_title({"name": chart.title, "name_font": {"size": 12, "bold": True, "color": DARK}})
    categories: dict[str, Any] = {"name": chart.category_title, "name_font": TEXT, "num_font": TEXT}
    values = {
        "name": chart.value_title,
        "name_font": TEXT,
        "num_font": TEXT,
        "min": 0,
        "major_gridlines": {"visible": True, "line": {"color": "#E5E5E5"}},
    }
    if chart.kind == "bar":  # lying: categories on the y axis, the first of them on top
        drawn.set_y_axis(categories | {"reverse": True, "crossing": "max"})
        drawn.set_x_axis(values)
    else:
        drawn.set_x_axis(categories)
        drawn.set_y_axis(values)
    if len(chart.series) == 1:
        drawn.set_legend({"none": True})
    else:
        drawn.set_legend({"position": "bottom", "font": TEXT})
    return drawn


def chart_name(chart: Chart) -> str:
    """What a chart is called on its sheet, by which a program that updates it finds it."""
    return f"xltrack {chart.table} {chart.series[0]}"


class _Place(NamedTuple):
    """Where a series stands, rows and columns 0-based."""

    sheet: str
    header: int
    first: int
    last: int
    category: int
    column: int


def _series(chart: Chart, number: int, at: _Place) -> dict[str, Any]:
    colour = COLOURS[number % len(COLOURS)]
    series: dict[str, Any] = {
        "name": [at.sheet, at.header, at.column],
        "categories": [at.sheet, at.first, at.category, at.last, at.category],
        "values": [at.sheet, at.first, at.column, at.last, at.column],
    }
    if chart.kind == "line":
        series["line"] = {"color": colour, "width": 2.25}
        series["marker"] = {
            "type": "circle" if number == 0 else "square",
            "size": 5,
            "fill": {"color": colour},
            "border": {"color": colour},
        }
    else:
        series["fill"] = {"color": colour}
        series["gap"] = 60
        series["data_labels"] = {"value": True, "font": TEXT}
    return series
