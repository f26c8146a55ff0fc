"""The workbook part, read: its sheets, its defined names, what kind of workbook it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xltrack.errors import PackageError, Reason, UnreadableWorkbook
from xltrack.opc.markup import Element, children, local_name, whole_number
from xltrack.opc.names import fold
from xltrack.opc.package import Package
from xltrack.sheetml.vocabulary import (
    BINARY_WORKBOOK_ENDING,
    MAIN,
    R_ID,
    STRICT_MAIN,
    STRICT_R_ID,
    is_true,
)

_SHEET_OF_REFERENCE = re.compile(r"\s*=?\s*\$?(?:'((?:[^']|'')+)'|([^'!\[\]]+?))\.?!")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the workbook part lists it; ``part`` is None where the list leads nowhere."""

    name: str
    sheet_id: int
    relationship: str
    state: str
    kind: str
    part: str | None


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name; ``local`` is the position of the sheet it belongs to, None for all."""

    name: str
    text: str
    local: int | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the workbook part says; sheets and names in their order."""

    part: str
    sheets: tuple[Sheet, ...]
    names: tuple[DefinedName, ...]
    strict: bool
    date_1904: bool
    reserved: bool
    """Whether its author asks for it to be opened read-only."""

    def sheet(self, name: str) -> Sheet | None:
        """Return the sheet of this name, in any case."""
        return next((sheet for sheet in self.sheets if same_name(sheet.name, name)), None)


def same_name(one: str, other: str) -> bool:
    """Whether two sheet names are the same to Excel."""
    return one.casefold() == other.casefold()


def quoted(sheet: str) -> str:
    """Return a sheet name as a formula may always write it.

    >>> quoted("Owner's")
    "'Owner''s'"
    """
    return "'" + sheet.replace("'", "''") + "'"


def sheet_of_reference(text: str) -> str | None:
    """Return the sheet name that a reference begins with, None for a reference to no sheet.

    >>> sheet_of_reference("'Owner''s'!$A$1"), sheet_of_reference("#REF!$A$1")
    ("Owner's", None)
    """
    match = _SHEET_OF_REFERENCE.match(text)
    if match is None:
        return None
    name = match[1].replace("''", "'") if match[1] else match[2]
    return None if name == "#REF" else name


def workbook_part(package: Package) -> str:
    """Return the name of the workbook part.

    Raises: UnreadableWorkbook (NOT_A_WORKBOOK) when the package is of another kind, BINARY_XLSB
    when its parts are not XML.
    """
    part = package.related("", "officeDocument")
    if part is None:
        raise UnreadableWorkbook(package.path, Reason.NOT_A_WORKBOOK)
    if (package.content_types.of(part) or "").endswith(BINARY_WORKBOOK_ENDING):
        raise UnreadableWorkbook(package.path, Reason.BINARY_XLSB)
    return part


def read_workbook(package: Package) -> Workbook:
    """Return what the package's workbook part says; raises as :func:`workbook_part` does."""
    part = workbook_part(package)
    root = package.xml(part)
    if root.tag not in (f"{{{MAIN}}}workbook", f"{{{STRICT_MAIN}}}workbook"):
        raise UnreadableWorkbook(package.path, Reason.NOT_A_WORKBOOK)
    sections = {local_name(element): element for element in children(root)}
    properties, sharing = sections.get("workbookPr"), sections.get("fileSharing")
    return Workbook(
        part=part,
        sheets=_sheets(package, part, sections.get("sheets")),
        names=tuple(_name(element) for element in children(sections.get("definedNames"))),
        strict=root.tag != f"{{{MAIN}}}workbook",
        date_1904=properties is not None and is_true(properties.get("date1904")),
        reserved=sharing is not None and _is_reserved(sharing),
    )


def _is_reserved(sharing: Element) -> bool:
    return is_true(sharing.get("readOnlyRecommended")) or any(
        sharing.get(key) for key in ("reservationPassword", "hashValue")
    )


def _sheets(package: Package, part: str, listed: Element | None) -> tuple[Sheet, ...]:
    related = {r.id: r for r in package.relationships(part)}
    sheets = []
    for element in children(listed):
        identifier = element.get(R_ID) or element.get(STRICT_R_ID) or ""
        relationship = related.get(identifier)
        found = relationship.part if relationship else None
        sheets.append(
            Sheet(
                name=element.get("name", ""),
                sheet_id=_number(package, part, element.get("sheetId")),
                relationship=identifier,
                state=element.get("state", "visible"),
                kind=relationship.kind if relationship else "",
                part=package.names[fold(found)] if found and found in package else None,
            )
        )
    return tuple(sheets)


def _number(package: Package, part: str, text: str | None) -> int:
    number = whole_number(text)
    if number is None:
        raise PackageError(package.path, part, f"sheetId {text!r}")
    return number


def _name(element: Element) -> DefinedName:
    return DefinedName(
        name=element.get("name", ""),
        text=element.text or "",
        local=whole_number(element.get("localSheetId")),
        hidden=is_true(element.get("hidden")),
    )
