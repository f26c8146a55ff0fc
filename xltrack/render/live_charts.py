"""The charts of a noted page on an open sheet: those that are there are brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xltrack.render.areas import address, addresses
from xltrack.render.noting import Box, NotedChart, NotedPage, Place

if TYPE_CHECKING:
    from xlwings import Chart, Sheet
    from xlwings.main import ChartAxis

POINTS = 0.75
"""Of a pixel."""

_KINDS = {"bar": "bar_clustered", "column": "column_clustered", "line": "line_markers"}


def draw_charts(page: NotedPage, sheet: Sheet) -> None:
    """Draw the charts of a page; what a team has done to their place and size stays."""
    if not page.charts:
        return
    there = {chart.name: chart for chart in sheet.charts}
    for noted in page.charts:
        _fill(noted, there.get(noted.name) or _added(noted, sheet), sheet)


def _added(noted: NotedChart, sheet: Sheet) -> Chart:
    row, column = noted.place
    corner = sheet.range((row + 1, column + 1))
    across, down = noted.offset
    width, height = noted.size
    return sheet.charts.add(
        left=corner.left + across * POINTS,
        top=corner.top + down * POINTS,
        width=width * POINTS,
        height=height * POINTS,
        name=noted.name,
    )


def _fill(noted: NotedChart, chart: Chart, sheet: Sheet) -> None:
    chart.set_source_data(sheet.range(_source(noted)), plot_by="columns")
    chart.chart_type = _KINDS[noted.kind]
    chart.set_x_axis_values(sheet.range(address(_box(noted.series[0]["categories"]))))
    chart.title = noted.title
    lying = noted.kind == "bar"
    categories, values = (noted.y_axis, noted.x_axis) if lying else (noted.x_axis, noted.y_axis)
    _set_axis(chart.category_axis, categories)
    _set_axis(chart.value_axis, values)
    if noted.legend.get("none"):
        chart.legend.visible = False
    else:
        chart.legend.visible = True
        chart.legend.position = noted.legend["position"]
    for number, series in enumerate(noted.series):
        _colour(chart, number, series)


def _set_axis(axis: ChartAxis, options: dict[str, Any]) -> None:
    axis.title = options["name"]
    if options.get("reverse"):
        axis.reverse_order = True
        axis.crosses = "maximum"
    if "min" in options:
        axis.minimum_scale = options["min"]


def _colour(chart: Chart, number: int, series: dict[str, Any]) -> None:
    drawn = chart.series[number]
    if "line" in series:
        marker = series["marker"]
        colour = series["line"]["color"]
        drawn.set(
            line_color=colour,
            marker_style=marker["type"],
            marker_size=marker["size"],
            marker_foreground_color=colour,
            marker_background_color=colour,
        )
    else:
        drawn.fill_color = series["fill"]["color"]


def _source(noted: NotedChart) -> str:
    """The columns of the series with their headers, as one address."""
    places: list[Place] = []
    for series in noted.series:
        _, header, column = series["name"]
        _, _, _, last, _ = series["values"]
        places += [(row, column) for row in range(header, last + 1)]
    (whole,) = addresses(places)
    return whole


def _box(reference: list[Any]) -> Box:
    _, top, left, bottom, right = reference
    return Box(top, left, bottom, right)
