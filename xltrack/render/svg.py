"""Charts as drawings inside a page, each with its figures in words for those who cannot see."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from xltrack.report import Chart, Rate, TableBlock, Wording
from xltrack.report.blocks import Cell
from xltrack.text import display_width

WIDTH, HEIGHT = 480, 210
TOP, BOTTOM, SIDE = 30, 38, 8
LABEL = 96
"""Room for the names beside lying bars."""
LINE = 12
NAME_LINES = 2
COLOURS = ("var(--series-1, #1F4E78)", "var(--series-2, #ED7D31)")
_TEXT = 'fill="currentColor" font-size="{size}" text-anchor="{anchor}"'


class Drawing(NamedTuple):
    """A chart as markup, and its figures in words."""

    svg: str
    description: str


class _Series(NamedTuple):
    name: str
    values: list[float | None]
    shown: list[str]


def chart_svg(chart: Chart, table: TableBlock, wording: Wording, id_: str) -> Drawing:
    """The drawing of a chart of columns of ``table``; ``id_`` is its own on the page.

    It refers to nothing outside and follows the colour of the text around it.
    """
    at = table.position(chart.category)
    names = [str(row[at]) for row in table.rows]
    series = [_series(column, table, wording) for column in chart.series]
    draw = _bars if chart.kind == "bar" else _columns
    height = 40 + 26 * len(names) if chart.kind == "bar" else HEIGHT
    description = _described(chart, names, series, wording)
    markup = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-labelledby="{id_}-t {id_}-d"><title id="{id_}-t">{escape(chart.title)}</title>'
        f'<desc id="{id_}-d">{escape(description)}</desc>'
        f"{draw(names, series, height)}{_legend(series)}</svg>"
    )
    return Drawing(markup, description)


def _series(column: str, table: TableBlock, wording: Wording) -> _Series:
    at = table.position(column)
    cells = [row[at] for row in table.rows]
    form = table.columns[at].format
    shown = [wording.shown(cell, form) for cell in cells]
    return _Series(table.columns[at].label, [_number(cell) for cell in cells], shown)


def _number(cell: Cell) -> float | None:
    if isinstance(cell, Rate):
        return cell.value
    return float(cell) if isinstance(cell, int | float) else None


def _described(
    chart: Chart, names: Sequence[str], series: Sequence[_Series], wording: Wording
) -> str:
    lines = []
    for number, name in enumerate(names):
        figures = wording.list_of(f"{each.name} {each.shown[number]}" for each in series)
        lines.append(f"{name}: {figures}")
    return f"{chart.value_title}. {'; '.join(lines)}"


def _most(series: Sequence[_Series]) -> float:
    return max((value for each in series for value in each.values if value), default=1.0)


def _columns(names: Sequence[str], series: Sequence[_Series], height: int) -> str:
    room = (WIDTH - 2 * SIDE) / max(1, len(names))
    floor, most = height - BOTTOM, _most(series)
    width = min(34.0, room * 0.72 / len(series))
    pieces = [_rule(SIDE, floor, WIDTH - SIDE, floor)]
    for number, name in enumerate(names):
        middle = SIDE + room * (number + 0.5)
        for place, each in enumerate(series):
            left = middle + (place - len(series) / 2) * width
            value = each.values[number]
            tall = 0.0 if value is None else max(0.0, value) / most * (floor - TOP - 14)
            pieces.append(_box(left + 1, floor - tall, width - 2, tall, place))
            pieces.append(_text(left + width / 2, floor - tall - 4, each.shown[number], 10))
        for line, part in enumerate(_wrapped(name, int(room / 6))):
            pieces.append(_text(middle, floor + 14 + line * LINE, part, 11))
    return "".join(pieces)


def _bars(names: Sequence[str], series: Sequence[_Series], height: int) -> str:
    most, span = _most(series), WIDTH - LABEL - 60
    upper = TOP if len(series) > 1 else SIDE
    room = (height - upper - SIDE) / max(1, len(names))
    thick = min(22.0, room * 0.72 / len(series))
    pieces = [_rule(LABEL, upper, LABEL, height - SIDE)]
    for number, name in enumerate(names):
        middle = upper + room * (number + 0.5)
        pieces.append(_text(LABEL - 6, middle + 4, _cut(name, LABEL // 6), 11, "end"))
        for place, each in enumerate(series):
            top = middle + (place - len(series) / 2) * thick
            value = each.values[number]
            long = 0.0 if value is None else max(0.0, value) / most * span
            pieces.append(_box(LABEL, top + 1, long, thick - 2, place))
            pieces.append(
                _text(LABEL + long + 5, top + thick / 2 + 4, each.shown[number], 11, "start")
            )
    return "".join(pieces)


def _legend(series: Sequence[_Series]) -> str:
    if len(series) == 1:
        return ""
    pieces, left = [], float(SIDE)
    for place, each in enumerate(series):
        pieces.append(_box(left, 8, 10, 10, place))
        pieces.append(_text(left + 15, 17, each.name, 11, "start"))
        left += 15 + 6.2 * display_width(each.name) + 16
    return "".join(pieces)


def _box(left: float, top: float, width: float, height: float, place: int) -> str:
    colour = COLOURS[place % len(COLOURS)]
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(0.0, width):.1f}"'
        f' height="{max(0.0, height):.1f}" style="fill:{colour}"/>'
    )


def _text(left: float, top: float, text: str, size: int, anchor: str = "middle") -> str:
    look = _TEXT.format(size=size, anchor=anchor)
    return f'<text x="{left:.1f}" y="{top:.1f}" {look}>{escape(text)}</text>'


def _rule(left: float, top: float, right: float, bottom: float) -> str:
    return (
        f'<line x1="{left:.1f}" y1="{top:.1f}" x2="{right:.1f}" y2="{bottom:.1f}"'
        ' stroke="currentColor" stroke-opacity="0.4"/>'
    )


def _cut(text: str, width: int) -> str:
    """The text, cut to so many columns."""
    if display_width(text) <= width:
        return text
    kept = text
    while kept and display_width(kept) > width - 1:
        kept = kept[:-1]
    return kept + "…"


def _wrapped(text: str, width: int) -> list[str]:
    """The text on at most two lines of so many columns."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < NAME_LINES - 1 and display_width(rest) > width:
        taken = rest
        while display_width(taken) > max(2, width):
            taken = taken[:-1]
        space = taken.rfind(" ")
        taken = taken[: space + 1] if space > 0 else taken
        lines.append(taken.strip())
        rest = rest[len(taken) :]
    return [*lines, _cut(rest.strip(), max(2, width))] if rest else lines
