"""What the small parts of a workbook say before its sheets are looked at, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xltrack.leads.known import Known, remember
from xltrack.leads.prepared import PreparedSheet, prepared_sheet
from xltrack.opc import Package
from xltrack.opc.archive import Stored
from xltrack.opc.names import CONTENT_TYPES, relationships_name
from xltrack.sheetml.ownership import ownership_of
from xltrack.sheetml.workbook import Sheet, Workbook, read_workbook
from xltrack.template import Template

_USUAL_WORKBOOK = "xl/workbook.xml"
_TOLD_BY = (
    CONTENT_TYPES,
    relationships_name(""),
    _USUAL_WORKBOOK,
    relationships_name(_USUAL_WORKBOOK),
)

OutlineKey = tuple[int | None, tuple[str, ...], tuple[Stored, ...]]


@dataclass(frozen=True)
class Outline:
    """The workbook part, the sheets that may hold leads, and the one that was prepared for them.

    ``owned`` names the sheets that the program owns by their keys.
    """

    workbook: Workbook
    sheets: tuple[Sheet, ...]
    owned: Mapping[str, str]
    prepared: PreparedSheet | None


def outline_of(package: Package, template: Template | None, known: Known | None = None) -> Outline:
    """The outline of a workbook; ``known`` saves working it out again for equal ones.

    Sheets that the program owns, and copies of them, are left out.

    Raises: as :func:`xltrack.sheetml.workbook.read_workbook` does.
    """
    key = _key(package, template) if known is not None else None
    if known is None or key is None:
        return _worked_out(package, template)
    if key not in known.outlines:
        outline = _worked_out(package, template)
        if outline.workbook.part != _USUAL_WORKBOOK:
            return outline  # told by other parts than those of the key
        return remember(known.outlines, key, outline)
    return known.outlines[key]


def _key(package: Package, template: Template | None) -> OutlineKey | None:
    if any(name not in package for name in _TOLD_BY):
        return None
    parts = [package.stored(name) for name in _TOLD_BY]
    told = tuple(part for part in parts if part is not None)
    if len(told) < len(parts):
        return None
    return None if template is None else id(template), tuple(package.names.values()), told


def _worked_out(package: Package, template: Template | None) -> Outline:
    workbook = read_workbook(package)
    ownership = ownership_of(workbook)
    left_out = frozenset(ownership.owned.values()) | ownership.copies
    sheets = tuple(
        sheet
        for sheet in workbook.sheets
        if sheet.kind == "worksheet" and sheet.part and sheet.name not in left_out
    )
    prepared = prepared_sheet(package, workbook, template) if template is not None else None
    return Outline(workbook, sheets, ownership.owned, prepared)
