"""The single cells of a few columns, out of the XML of a sheet that was read by whole columns.

Where a column mixes types, its texts are known already; what is missing is which cell was a text
and which a number or a date. The XML tells, at a fraction of the cost of reading all cells again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from xltrack.leads.extent import whole_cells
from xltrack.leads.grid import Cells
from xltrack.leads.header import column_letters

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = (b"s", b"str", b"inlineStr")
_TIME_ONLY = dt.date(1899, 12, 31)


class NotTold(Exception):
    """The XML does not tell what a cell is; another reader must."""


def single_cells(
    chunks: Iterable[bytes],
    columns: Collection[int],
    whole: Mapping[int, pa.Array],
    header_row: int,
) -> dict[int, Cells]:
    """The cells of ``columns`` below the header, each with its own type.

    Args:
        chunks: the XML of the sheet, whose cells must be written in the usual way.
        columns: 1-based column numbers.
        whole: the columns as they were read before: texts, or numbers that may be booleans.
        header_row: the Excel row number of the header.

    Raises: NotTold.
    """
    known = {column: whole[column].to_pylist() for column in columns}
    found: dict[int, Cells] = {column: [None] * len(texts) for column, texts in known.items()}
    by_letters = {column_letters(column).encode(): column for column in columns}
    letters = b"|".join(by_letters)
    pattern = re.compile(
        rb"<c r=\"(" + letters + rb")([0-9]+)\"([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL
    )
    for piece in whole_cells(chunks):
        for cell, row, attributes, content in pattern.findall(piece):
            position = int(row) - header_row - 1
            if position >= 0 and content:
                column = by_letters[cell]
                if position >= len(known[column]):
                    raise NotTold(f"a cell below the last row: {row!r}")
                text = known[column][position]
                found[column][position] = _value(attributes, content, text)
    if any(_count(found[column]) != _count(known[column]) for column in columns):
        raise NotTold("cells that were read before are missing")
    return found


def text_places(
    chunks: Iterable[bytes], columns: Collection[int], header_row: int, height: int
) -> dict[int, list[int]] | None:
    """The positions below the header of the cells of ``columns`` that are texts.

    The cells must be written in the usual way. None where one is of a type that is seldom seen.
    """
    by_letters = {column_letters(column).encode(): column for column in columns}
    pattern = re.compile(
        rb"<c r=\"(" + b"|".join(by_letters) + rb")([0-9]+)\""
        rb"(?: (?:s|cm|vm|ph)=\"[^\"<>]*\")* t=\"([a-zA-Z]+)\""
    )
    found: dict[int, list[int]] = {column: [] for column in columns}
    for piece in whole_cells(chunks):
        for letters, row, kind in pattern.findall(piece):
            position = int(row) - header_row - 1
            if kind in _TEXTS:
                if 0 <= position < height:
                    found[by_letters[letters]].append(position)
            elif kind not in (b"n", b"e"):
                return None
    return found


def _count(cells: Cells) -> int:
    return len(cells) - cells.count(None)


def _value(attributes: bytes, content: bytes, known: object) -> object:
    if b"'" in attributes:
        raise NotTold("attributes in single quotes")
    start = attributes.find(b't="') + 3
    kind = attributes[start : attributes.find(b'"', start)] if start > 2 else b"n"
    if known is None:
        return None  # an empty text, or an error
    if kind in _TEXTS:
        return known
    value = content[content.find(b"<v>") + 3 : content.rfind(b"</v>")]
    try:
        if kind == b"n":
            return _moment(known) if isinstance(known, str) and ":" in known else float(value)
        if kind == b"b":
            return bool(int(value))
    except ValueError as error:
        raise NotTold(str(error)) from error
    raise NotTold(f"a cell of type {kind!r}")


def _moment(text: str) -> dt.datetime | dt.time:
    moment = dt.datetime.fromisoformat(text)
    return moment.time() if moment.date() == _TIME_ONLY else moment
