"""What a tracking workbook comes with around its leads, and what of it is gone.

A workbook that the program made has its Settings sheet; its sheet of leads then has a dropdown in
every column of a list and is an Excel table. Pasting whole columns over it takes them away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xltrack.leads.header import Header, column_number
from xltrack.leads.marks import Dropdown, Prepared
from xltrack.opc import Package
from xltrack.sheetml.vocabulary import TABLE_TYPE_ENDING
from xltrack.sheetml.workbook import Workbook
from xltrack.template import Template
from xltrack.template.own_headers import adopted_names
from xltrack.text import fold

_DEAD = "#REF!"
_NAME = re.compile(r"[A-Za-z_\\\u4e00-\u9fff][\w.]*")
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_TABLE_NAME = re.compile(rb"\s(?:displayName|name)=[\"']([^\"']*)[\"']")
_HEAD = 2048  # bytes of a table part that hold its names


@dataclass(frozen=True)
class PreparedSheet:
    """The sheet that was prepared for leads, by its name.

    ``table`` names the Excel table it should be, ``tables`` the parts of those that the workbook
    has, ``alive`` the folded defined names that lead somewhere.
    """

    name: str
    table: str
    tables: tuple[str, ...]
    alive: frozenset[str]

    def of(self, package: Package) -> Prepared:
        """What the sheet comes with outside its cells."""
        return Prepared(self.table, self._has_table(package), self.alive)

    def _has_table(self, package: Package) -> bool:
        for part in self.tables:
            head = next(package.chunks(part), b"")[:_HEAD]
            if self.table.encode() in _TABLE_NAME.findall(head):
                return _DEAD.encode() not in head
        return False


def prepared_sheet(
    package: Package, workbook: Workbook, template: Template
) -> PreparedSheet | None:
    """The sheet that was prepared for leads.

    None where the program did not make the workbook, or the sheet goes by another name.
    """
    sheets = template.workbook.sheets
    settings = {fold(sheets["settings"].zh), fold(sheets["settings"].en)}
    leads = {fold(sheets["leads"].zh), fold(sheets["leads"].en)}
    named = {fold(sheet.name): sheet.name for sheet in workbook.sheets}
    name = next((named[key] for key in leads & named.keys()), "")
    if not name or not settings & named.keys():
        return None
    if not adopted_names(template).isdisjoint(defined.name for defined in workbook.names):
        return None  # its sheets of leads are those that the team had
    alive = frozenset(fold(defined.name) for defined in workbook.names if _DEAD not in defined.text)
    tables = tuple(package.parts_of_type(TABLE_TYPE_ENDING))
    return PreparedSheet(name, template.workbook.table, tables, alive)


def gone_dropdowns(
    dropdowns: list[Dropdown], prepared: Prepared, header: Header, template: Template
) -> Iterator[tuple[str, int]]:
    """Field and column of the lists whose first lead has no dropdown, or one that leads nowhere."""
    alive = [dropdown for dropdown in dropdowns if _leads_somewhere(dropdown.formula, prepared)]
    areas = [area for dropdown in alive for area in _AREA.findall(dropdown.cells)]
    for field_id, cells in header.fields.items():
        field = template.by_id[field_id]
        column = cells[0].column
        if field.list is not None and not any(
            _covers(area, header.row + 1, column) for area in areas
        ):
            yield field_id, column


def _leads_somewhere(formula: str, prepared: Prepared) -> bool:
    plain = formula.strip()
    if not plain or _DEAD in plain:
        return False
    return not _NAME.fullmatch(plain) or fold(plain) in prepared.names


def _covers(area: tuple[str, str, str, str], row: int, column: int) -> bool:
    left, top, right, bottom = area
    first, last = column_number(left), column_number(right or left)
    return first <= column <= last and int(top) <= row <= int(bottom or top)
