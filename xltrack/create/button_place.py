"""Where on which sheet the buttons go."""

from __future__ import annotations

from xltrack.create.button_shapes import Columns, Corner, columns_taken
from xltrack.errors import UsageError
from xltrack.opc.markup import Element
from xltrack.sheetml.areas import place_of
from xltrack.sheetml.sheet_markup import SheetMarkup
from xltrack.sheetml.workbook import Sheet
from xltrack.writeback import Target

_TOP = 20  # rows that are looked at: where a header stands
_ROOM = 2  # empty rows above everything that a button fits into
_FURTHEST = 16_000


def chosen_sheet(target: Target) -> Sheet:
    """Return the first visible worksheet that is the team's own.

    Raises: UsageError when there is none.
    """
    owned = {*target.owned.values(), *target.copies}
    for sheet in target.workbook.sheets:
        shown = sheet.state == "visible" and sheet.kind == "worksheet" and sheet.part
        if shown and sheet.name not in owned:
            return sheet
    raise UsageError("no_sheet_for_button", target.path.name)


def corner_of(cell: str) -> Corner:
    """Return the corner of a cell that was typed: ``X1``.

    Raises: UsageError for anything else.
    """
    try:
        row, column = place_of(cell.strip().upper())
    except ValueError as error:
        raise UsageError("bad_cell", cell) from error
    return Corner(column - 1, row - 1)


def free_corner(markup: SheetMarkup, drawing: Element, columns: Columns) -> Corner:
    """Return a corner near the top that covers nothing: above the first row that holds anything
    where two rows are free, else right of all that stands at the top."""
    last = columns_taken(drawing, _TOP)
    first_row = None
    for row in markup.rows:
        if row.number > _TOP:
            break
        filled = [column for column, cell in markup.cells(row) if not cell.empty]
        if filled:
            first_row = first_row or row.number
            last = max(last, *filled)
    if first_row is not None and first_row > _ROOM and columns_taken(drawing, _ROOM) == 0:
        return Corner(0, 0)
    if first_row is None and last == 0:
        return Corner(0, 0)
    column = min(last, _FURTHEST)
    while columns.width(column) == 0 and column < _FURTHEST:
        column += 1
    return Corner(column, 0)
