"""Filters of a worklist on an open sheet, kept from one drawing to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltrack.render.areas import address
from xltrack.render.noting import Box, NotedPage

if TYPE_CHECKING:
    from xlwings import AutoFilterCriteria, Range, Sheet

_NO_TEXT = "\x1a"  # what no cell holds


Kept = dict[str, "AutoFilterCriteria"]
"""What a list was filtered by, by the label of the column."""


def take_filter(page: NotedPage, sheet: Sheet) -> Kept:
    """What the list of a page was filtered by on a sheet drawn before, which then shows all rows.

    The list is found by its header: the first row that has the labels which the new one has.
    Where it will not take the same cells again, its filter is switched off.
    """
    if page.filtered is None:
        return {}
    labels, right = _labels(page), page.filtered.right
    last = sheet.used_range.last_cell.row
    cells = sheet.range((1, 1), (last, right + 1)).options(ndim=2).value
    rows = [[str(cell or "") for cell in row] for row in cells]
    if labels not in rows:
        return {}
    top = bottom = rows.index(labels)
    while bottom + 1 < len(rows) and rows[bottom + 1][0]:
        bottom += 1
    box = Box(top, 0, bottom, right)
    autofilter = sheet.range(address(box)).autofilter
    kept = {labels[each.field - 1]: each for each in autofilter.criteria if each.type != "none"}
    if kept:
        autofilter.clear()
    if box != page.filtered:  # there is no call that switches a filter off
        sheet.range(f"{top + 1}:{top + 1}").delete(shift="up")
        sheet.range(f"{top + 1}:{top + 1}").insert(shift="down")
    return kept


def put_filter(page: NotedPage, sheet: Sheet, kept: Kept) -> None:
    """Let the list of a page be filtered, and filter it as it was before."""
    if page.filtered is None:
        return
    cells = sheet.range(address(page.filtered))
    try:
        _switch_on(cells)
    except ValueError:  # the team has put a filter elsewhere on the sheet, which stays
        return
    labels = _labels(page)
    for label, criteria in kept.items():
        if label in labels:
            _filter(cells, labels.index(label) + 1, criteria)


def _labels(page: NotedPage) -> list[str]:
    box = page.filtered
    assert box is not None  # noqa: S101 - asked for lists alone
    return [str(page.values[box.top, column]) for column in range(box.right + 1)]


def _switch_on(cells: Range) -> None:
    """The arrows without a filter; there is no call for them alone."""
    cells.autofilter.apply_comparison(1, "not_equal_to", _NO_TEXT)
    cells.autofilter.clear(1)


def _filter(cells: Range, field: int, criteria: AutoFilterCriteria) -> None:
    match criteria.type:
        case "values" if criteria.values:
            cells.autofilter.apply_values(field, criteria.values)
        case "comparison" if criteria.operator:
            cells.autofilter.apply_comparison(
                field, criteria.operator, criteria.value1, criteria.value2
            )
        case "top_items" if criteria.count:
            cells.autofilter.apply_top_items(field, criteria.count)
        case "bottom_items" if criteria.count:
            cells.autofilter.apply_bottom_items(field, criteria.count)
        case "top_percent" if criteria.percent:
            cells.autofilter.apply_top_percent(field, criteria.percent)
        case "bottom_percent" if criteria.percent:
            cells.autofilter.apply_bottom_percent(field, criteria.percent)
