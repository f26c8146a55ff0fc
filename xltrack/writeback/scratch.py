"""The workbook that the sheets to graft were authored in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xltrack.opc import Package, package_from_bytes
from xltrack.opc.markup import Element
from xltrack.sheetml.workbook import Sheet, Workbook, read_workbook
from xltrack.sheetml.worksheet import string_cells

_LEFT_BEHIND = frozenset({"worksheet", "styles", "theme", "sharedStrings"})


@dataclass(frozen=True)
class Scratch:
    """An XlsxWriter workbook: its sheets are moved, the rest of it is left behind."""

    package: Package
    workbook: Workbook

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets in their order."""
        return self.workbook.sheets

    def string_cells(self, inline: bool) -> list[bytes]:
        """Return the string cells' content; see :func:`xltrack.sheetml.worksheet.string_cells`."""
        part = self.package.related(self.workbook.part, "sharedStrings")
        return string_cells(self.package.read(part), inline) if part else []

    @cached_property
    def styles_part(self) -> str:
        """The styles part, which XlsxWriter always writes."""
        part = self.package.related(self.workbook.part, "styles")
        if part is None:
            raise ValueError("the scratch workbook has no styles")
        return part

    @cached_property
    def styles(self) -> Element:
        """The root of the styles part."""
        return self.package.xml(self.styles_part)


def read_scratch(data: bytes) -> Scratch:
    """Return the scratch workbook in ``data``.

    Raises: ValueError when it uses something that grafting does not move: chart sheets, defined
    names of the whole workbook, dynamic arrays, pictures in cells, checkboxes, macros.
    """
    package = package_from_bytes(data, "scratch")
    workbook = read_workbook(package)
    kinds = {relationship.kind for relationship in package.relationships(workbook.part)}
    if strange := kinds - _LEFT_BEHIND:
        raise ValueError(f"the scratch workbook has parts that are not moved: {sorted(strange)}")
    if names := [name.name for name in workbook.names if name.local is None]:
        raise ValueError(f"the scratch workbook has names of the whole workbook: {names}")
    return Scratch(package, workbook)
