"""Who, outside the owned sheets, refers to them.

Reading every formula of a workbook costs more than everything else a refresh does, so there are
two ways: :func:`is_referred_to` looks for a reference as cheaply as it can, and
:func:`references` names every one for a person to read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lxml import etree

from xltrack.errors import PackageError
from xltrack.opc.escapes import escape
from xltrack.opc.markup import local_name
from xltrack.opc.names import fold
from xltrack.opc.package import Package
from xltrack.sheetml.calculation import sheets_with_formulas
from xltrack.sheetml.ownership import PREFIX
from xltrack.sheetml.workbook import DefinedName, Sheet, Workbook

_PROBE = 1 << 18
"""A sheet that has formulas at all nearly always has one in its first quarter of a megabyte."""
_SMALL = 1 << 21
_FORMULAS = (b"<f>", b"<f ", b":f>", b":f ")
_OVERLAP = 256
_BEGIN = rb"(?<![\w.\x80-\xff])"
"""Where a name begins, in UTF-8."""


_NOT_THE_TEAMS = (PREFIX, "_xlnm.")
_RULE_FORMULAS = frozenset({"formula", "formula1", "formula2"})
_CHART = "drawingml.chart+xml"
_PIVOT_SOURCE = "spreadsheetml.pivotCacheDefinition+xml"


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that refers to an owned sheet: a cell, a defined name, a chart."""

    kind: str
    """``formula``, ``rule`` (validation, conditional format), ``name``, ``chart``, ``pivot``."""
    place: str
    """The sheet and cell, the defined name, or the part of the chart or of the pivot's cache."""
    text: str
    """The reference as it stands."""


@dataclass(frozen=True, slots=True)
class ReferencePattern:
    """What the markup of a formula holds that refers to one of some sheets or tables."""

    names: tuple[bytes, ...]
    expression: re.Pattern[bytes]

    def search(self, markup: bytes) -> re.Match[bytes] | None:
        """Return the first reference in ``markup``.

        Looking for the bare names first is a hundred times faster than the expression alone, and
        most sheets hold none of them.
        """
        found = any(name in markup for name in self.names)
        return self.expression.search(markup) if found else None


def reference_pattern(sheets: Collection[str], tables: Collection[str] = ()) -> ReferencePattern:
    """Return the pattern of references to these sheets and tables, in the spelling they have.

    Programs store a reference in the spelling of the sheet, however it was typed.
    """
    names: list[bytes] = []
    patterns: list[bytes] = []
    for sheet in sheets:
        doubled = escape(sheet.replace("'", "''")).encode()
        entities = doubled.replace(b"'", b"&apos;")
        names += {doubled, entities}
        patterns += [_BEGIN + _markup(sheet) + b"[!:]", re.escape(doubled) + b"'!"]
        patterns.append(re.escape(entities) + b"&apos;!")
    for table in tables:
        names.append(escape(table).encode())
        patterns.append(_BEGIN + _markup(table) + rb"\[")
    return ReferencePattern(tuple(names), re.compile(b"|".join(patterns) or b"(?!)"))


def _markup(name: str) -> bytes:
    return re.escape(escape(name).encode())


def is_referred_to(
    package: Package,
    workbook: Workbook,
    owned: Collection[str],
    pattern: ReferencePattern,
) -> bool:
    """Whether a defined name or a formula outside the sheets ``owned`` refers to one of them.

    Small sheets are searched whole. A larger one is searched when it has formulas: when the
    calculation chain lists it, or, in a workbook without one, when a formula stands in its first
    rows. So a single reference deep in a large sheet of a workbook without a chain is not seen.
    """
    if _referring_names(workbook, pattern):
        return True
    chain = package.related(workbook.part, "calcChain")
    listed = sheets_with_formulas(package, chain) if chain else None
    return any(
        _sheet_refers(package, sheet, listed, pattern)
        for sheet in workbook.sheets
        if sheet.kind == "worksheet" and sheet.name not in owned
    )


def _sheet_refers(
    package: Package, sheet: Sheet, listed: set[int] | None, pattern: ReferencePattern
) -> bool:
    part = sheet.part
    if part is None or (listed is not None and sheet.sheet_id not in listed):
        return False
    searched = None if package.size(part) <= _SMALL else _PROBE
    tail, formulas = b"", listed is not None
    for chunk in package.chunks(part):
        window = tail + chunk
        formulas = formulas or any(mark in window[:searched] for mark in _FORMULAS)
        if formulas and pattern.search(window):
            return True
        if searched and not formulas:
            return False
        tail = window[-_OVERLAP:]
    return False


def references(
    package: Package,
    workbook: Workbook,
    owned: Collection[str],
    pattern: ReferencePattern,
) -> list[Reference]:
    """Return every formula, name, chart and pivot source outside ``owned`` that refers to it.

    Formulas, those of rules among them, come in the order of sheets and cells, after the names,
    before the charts. Every formula of the workbook is read; nothing is evaluated.
    """
    found = [Reference("name", n.name, n.text) for n in _referring_names(workbook, pattern)]
    kept = package.reachable(
        (workbook.part, sheet.relationship) for sheet in workbook.sheets if sheet.name in owned
    )
    for sheet in workbook.sheets:
        if sheet.kind == "worksheet" and sheet.part is not None and sheet.name not in owned:
            found += [
                Reference(kind, f"{sheet.name}!{place}", text)
                for kind, place, text in formulas_of(package, sheet.part)
                if pattern.search(escape(text).encode())
            ]
    for kind, ending in (("chart", _CHART), ("pivot", _PIVOT_SOURCE)):
        for part in package.parts_of_type(ending):
            content = package.read(part, package.archive.bounds.parsed_size)
            match = pattern.search(content) or (kind == "pivot" and _source_of(content, owned))
            if match and fold(part) in kept:
                found.append(Reference(kind, part, match[0].decode()))
    return found


def _referring_names(workbook: Workbook, pattern: ReferencePattern) -> list[DefinedName]:
    return [
        name
        for name in workbook.names
        if not name.name.lower().startswith(_NOT_THE_TEAMS)
        and pattern.search(escape(name.text).encode())
    ]


def _source_of(cache: bytes, owned: Collection[str]) -> re.Match[bytes] | None:
    names = b"|".join(_markup(name) for name in owned)
    return re.search(rb'<(?:\w+:)?worksheetSource\b[^>]*\bsheet="(?:' + names + b')"', cache)


def formulas_of(package: Package, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, place, formula) of a worksheet, in its order.

    The kind is ``formula`` at a cell, ``rule`` for those of validations and conditional formats at
    their range. The followers of a shared formula, which have no text of their own, are left out.

    Raises: PackageError for a sheet that is not well-formed.
    """
    parser = etree.XMLPullParser(
        events=("end",), resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        for chunk in package.chunks(part):
            parser.feed(chunk)
            for _, element in parser.read_events():
                if isinstance(element, etree._Element):
                    yield from _formula_at(element)
    except etree.XMLSyntaxError as error:
        raise PackageError(package.path, part, str(error)) from error


def _formula_at(element: etree._Element) -> Iterator[tuple[str, str, str]]:
    name = local_name(element) if isinstance(element.tag, str) else ""
    parent = element.getparent()
    if name == "row":
        _forget(element)
    elif parent is None or not element.text:
        return
    elif name == "f" and local_name(parent) == "c":
        yield "formula", parent.get("r", ""), element.text
    elif name in _RULE_FORMULAS:
        holder = parent if parent.get("sqref") else parent.getparent()
        yield "rule", holder.get("sqref", "") if holder is not None else "", element.text


def _forget(row: etree._Element) -> None:
    """Free a row that has been read, and those before it, so that memory does not grow."""
    row.clear()
    parent = row.getparent()
    if parent is not None:
        for earlier in list(row.itersiblings(preceding=True)):
            parent.remove(earlier)
