"""Formulas of rules, which are written for the first cell of the area that they apply to."""

from __future__ import annotations

import re
from collections.abc import Callable

from xltrack.sheetml.areas import MAX_COLUMN, MAX_ROW, Place, column_letters, column_number

_PIECES = re.compile(r'("[^"]*"|\'[^\']*\')')
_CELL = re.compile(r"(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w(.!])", re.IGNORECASE)
_FIXED_AREA = re.compile(r"\$([A-Z]{1,3})\$[0-9]+:\$\1\$[0-9]+")


def moved(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads so many rows and columns further on; what is fixed stays.

    >>> moved('AND($H2="A2",B2>$C$2)', 3, 1)
    'AND($H5="A2",C5>$C$2)'
    """

    def cell(fixed: str, letters: str, fixed_row: str, row: str) -> str:
        number = column_number(letters)
        column = letters if fixed else column_letters((number + columns - 1) % MAX_COLUMN + 1)
        line = row if fixed_row else str((int(row) + rows - 1) % MAX_ROW + 1)
        return f"{fixed}{column}{fixed_row}{line}"

    return _with_cells(formula, cell)


def shape(formula: str, base: Place) -> str:
    """The formula in a form that is the same wherever it stands, and however long columns are.

    >>> shape("$H5>A5", (5, 1)) == shape("$H2>A2", (2, 1))
    True
    >>> shape("SUM($C$2:$C$90)", (2, 1)) == shape("SUM($C$2:$C$80)", (2, 1))
    True
    """

    def cell(fixed: str, letters: str, fixed_row: str, row: str) -> str:
        number = column_number(letters)
        column = f"${number}" if fixed else f"C[{number - base[1]}]"
        return column + (f"${row}" if fixed_row else f"R[{int(row) - base[0]}]")

    return _with_cells(_FIXED_AREA.sub(r"<\1>", formula.strip()), cell)


def with_last_row(formula: str, before: int, after: int) -> str:
    """The formula with fixed areas of single columns that end at row ``before`` ending elsewhere.

    >>> with_last_row("MATCH($C2,$C$2:$C$90,0)", 90, 40)
    'MATCH($C2,$C$2:$C$40,0)'
    """
    ending = f"${before}"
    return _FIXED_AREA.sub(
        lambda area: (
            area[0].removesuffix(ending) + f"${after}" if area[0].endswith(ending) else area[0]
        ),
        formula,
    )


def _with_cells(formula: str, cell: Callable[[str, str, str, str], str]) -> str:
    pieces = _PIECES.split(formula)

    def replaced(found: re.Match[str]) -> str:
        is_name = column_number(found[2]) > MAX_COLUMN or int(found[4]) > MAX_ROW
        return found[0] if is_name else cell(found[1], found[2], found[3], found[4])

    pieces[::2] = [_CELL.sub(replaced, piece) for piece in pieces[::2]]
    return "".join(pieces)
