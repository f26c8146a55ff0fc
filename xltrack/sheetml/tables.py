"""Tables: their names and ids are one list over the whole workbook."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from xltrack.errors import PackageError
from xltrack.opc.markup import parse, serialise, whole_number
from xltrack.opc.names import fold
from xltrack.opc.package import Package
from xltrack.sheetml.vocabulary import TABLE_TYPE_ENDING


@dataclass(frozen=True, slots=True)
class Table:
    """A table part: its id, the name that formulas use, the cells it covers."""

    part: str
    id: int
    name: str
    range: str


def read_tables(package: Package, without: Collection[str] = ()) -> list[Table]:
    """Return the package's tables, leaving out the parts named in ``without`` (folded names)."""
    tables = []
    for part in package.parts_of_type(TABLE_TYPE_ENDING):
        if fold(part) in without:
            continue
        root = package.xml(part)
        identifier = whole_number(root.get("id"))
        if identifier is None:
            raise PackageError(package.path, part, f"table id {root.get('id')!r}")
        name = root.get("displayName") or root.get("name") or ""
        tables.append(Table(part, identifier, name, root.get("ref", "")))
    return tables


def adapt_table(data: bytes, identifier: int, differential: tuple[int, ...]) -> bytes:
    """Return a scratch table's markup with its new id and its formats mapped."""
    root = parse(data, Path("scratch"), "table")
    root.set("id", str(identifier))
    for element in root.iter("*"):
        for attribute in list(element.attrib):
            if str(attribute).endswith(("dxfId", "DxfId")):
                index = whole_number(element.get(attribute)) or 0
                element.set(attribute, str(differential[index]))
    return serialise(root)
