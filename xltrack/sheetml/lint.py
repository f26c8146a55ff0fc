"""What is wrong with a workbook as a workbook, beyond what is wrong with its package."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from xltrack.opc import Package, Problem
from xltrack.opc import lint as lint_package
from xltrack.opc.markup import Element, children
from xltrack.sheetml.tables import read_tables
from xltrack.sheetml.vocabulary import main
from xltrack.sheetml.workbook import Workbook, read_workbook

_COUNTED = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")
_CELL_FORMAT = re.compile(rb'<(?:c|row)\b[^>]*? s="([0-9]+)"|<col\b[^>]*? style="([0-9]+)"')
_DIFFERENTIAL = re.compile(rb'<\w+\b[^>]*?[dD]xfId="([0-9]+)"')
MAX_NAME = 31


def lint(package: Package, sheets: Collection[str] = ()) -> list[Problem]:
    """Return the problems of a workbook, sorted; an empty list is a sound one.

    Looked at: everything of :func:`xltrack.opc.lint`; sheet names, ids and their relationships;
    defined names without a double and with a sheet that exists; ids and names of tables without a
    double; counts in the styles. The cells of the sheets named in ``sheets`` are read: their
    formats must exist. No other sheet is.
    """
    problems = lint_package(package)
    workbook = read_workbook(package)
    problems += _sheets(workbook)
    problems += _names(workbook)
    problems += _tables(package)
    styles_part = package.related(workbook.part, "styles")
    styles = package.xml(styles_part) if styles_part else None
    if styles is not None and styles_part is not None:
        problems += [Problem(styles_part, what) for what in _counts(styles)]
    for sheet in workbook.sheets:
        if sheet.name in sheets and sheet.part is not None:
            content = package.read(sheet.part)
            problems += [Problem(sheet.part, what) for what in _formats(content, styles)]
    return sorted(problems)


def _sheets(workbook: Workbook) -> Iterable[Problem]:
    part = workbook.part
    if not any(sheet.state == "visible" for sheet in workbook.sheets):
        yield Problem(part, "no sheet is visible")
    for sheet in workbook.sheets:
        if len(sheet.name.encode("utf-16-le")) > 2 * MAX_NAME:
            yield Problem(part, f"sheet name {sheet.name!r} is too long")
        if sheet.relationship and sheet.part is None:
            yield Problem(part, f"sheet {sheet.name!r} has no part")
    yield from _doubles(part, "sheet name", (s.name.casefold() for s in workbook.sheets))
    yield from _doubles(part, "sheet id", (str(s.sheet_id) for s in workbook.sheets))
    related = (s.relationship for s in workbook.sheets if s.relationship)
    yield from _doubles(part, "sheet relationship", related)


def _names(workbook: Workbook) -> Iterable[Problem]:
    part = workbook.part
    keys = (f"{name.name.casefold()} of sheet {name.local}" for name in workbook.names)
    yield from _doubles(part, "defined name", keys)
    for name in workbook.names:
        if name.local is not None and name.local >= len(workbook.sheets):
            yield Problem(part, f"defined name {name.name} belongs to no sheet")


def _tables(package: Package) -> Iterable[Problem]:
    tables = read_tables(package)
    yield from _doubles("tables", "table id", (str(table.id) for table in tables))
    yield from _doubles("tables", "table name", (table.name.casefold() for table in tables))


def _counts(styles: Element) -> Iterable[str]:
    for tag in _COUNTED:
        section = styles.find(main(tag))
        if section is not None and section.get("count") is not None:
            real = len(children(section))
            if section.get("count") != str(real):
                yield f"{tag} says {section.get('count')} and has {real}"


def _formats(sheet: bytes, styles: Element | None) -> Iterable[str]:
    cells = len(children(styles.find(main("cellXfs")))) if styles is not None else 0
    differential = len(children(styles.find(main("dxfs")))) if styles is not None else 0
    used = {int(one or other) for one, other in _CELL_FORMAT.findall(sheet)}
    if used and max(used) >= cells:
        yield f"cell format {max(used)} of {cells}"
    used = {int(number) for number in _DIFFERENTIAL.findall(sheet)}
    if used and max(used) >= differential:
        yield f"differential format {max(used)} of {differential}"


def _doubles(part: str, what: str, keys: Iterable[str]) -> Iterable[Problem]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield Problem(part, f"{what} {key} {count} times")
