"""The values of a small sheet: text and numbers by row and column, formulas by their results."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from xltrack.errors import PackageError
from xltrack.opc.markup import Element, local_name, whole_number
from xltrack.opc.package import Package

Value = str | float
_DOCTYPE = b"<!DOCTYPE"


def cell_values(package: Package, workbook_part: str, part: str) -> dict[int, dict[int, Value]]:
    """The filled cells of the sheet in ``part``: by 1-based row, then by 1-based column.

    Numbers and booleans are floats, dates the serial numbers they are held as; a cell that holds
    an error is left out. The shared strings are gone through only if the sheet uses them, as far
    as it does.

    Raises: PackageError for a part that is not well-formed.
    """
    cells: dict[int, dict[int, Value]] = {}
    shared: dict[int, list[tuple[int, int]]] = {}
    row = 0
    for element in _elements(package, part, "row"):
        row = whole_number(element.get("r")) or row + 1
        column = 0
        for cell in element:
            if not isinstance(cell.tag, str) or local_name(cell) != "c":
                continue
            column = _column(cell.get("r")) or column + 1
            value = _value(cell)
            if cell.get("t") == "s":
                index = whole_number(str(value))
                if index is not None:
                    shared.setdefault(index, []).append((row, column))
            elif value not in (None, ""):
                cells.setdefault(row, {})[column] = value
    strings = package.related(workbook_part, "sharedStrings")
    if shared and strings is not None:
        _fill_in(cells, shared, package, strings)
    return cells


def _fill_in(
    cells: dict[int, dict[int, Value]],
    shared: dict[int, list[tuple[int, int]]],
    package: Package,
    part: str,
) -> None:
    last = max(shared)
    for number, item in enumerate(_elements(package, part, "si")):
        for row, column in shared.get(number, ()):
            cells.setdefault(row, {})[column] = _text(item)
        if number == last:
            return


def _elements(package: Package, part: str, name: str) -> Iterator[Element]:
    """The elements of that name, one at a time; each is emptied before the next comes."""
    parser = etree.XMLPullParser(
        events=("end",), resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        for chunk in package.chunks(part):
            if _DOCTYPE in chunk:
                raise PackageError(package.path, part, "DOCTYPE")
            parser.feed(chunk)
            for _, element in parser.read_events():
                if isinstance(element, etree._Element) and _is(element, name):
                    yield element
                    element.clear()
        parser.close()
    except etree.XMLSyntaxError as error:
        raise PackageError(package.path, part, str(error)) from error


def _value(cell: Element) -> Value | None:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    text = next((child.text or "" for child in cell if _is(child, "v")), "")
    if kind in ("s", "str", "d"):
        return text
    if kind == "e" or not text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _text(element: Element) -> str:
    """The text of a string, without what says how it is pronounced."""
    return "".join(
        child.text or ""
        for child in element.iter()
        if _is(child, "t") and not any(_is(parent, "rPh") for parent in child.iterancestors())
    )


def _is(element: Element, name: str) -> bool:
    return isinstance(element.tag, str) and local_name(element) == name


def _column(reference: str | None) -> int:
    """The column of a reference, 0 without one.

    >>> _column("A1"), _column("AA12"), _column(None)
    (1, 27, 0)
    """
    number = 0
    for mark in reference or "":
        if not mark.isalpha():
            break
        number = number * 26 + ord(mark.upper()) - 64
    return number
