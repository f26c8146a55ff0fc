"""The workbook part while it is edited: sheets come and go, everything else keeps its meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from lxml import etree

from xltrack.opc.markup import EditedPart, Element, children, local_name, whole_number
from xltrack.sheetml.vocabulary import R_ID, is_true, main
from xltrack.sheetml.workbook import DefinedName

_BEFORE_SHEETS = frozenset(
    (
        *("fileVersion", "fileSharing", "workbookPr", "AlternateContent"),
        *("revisionPtr", "workbookProtection", "bookViews"),
    )
)
_BEFORE_NAMES = _BEFORE_SHEETS | {"sheets", "functionGroups", "externalReferences"}
_NameKey = tuple[str, int | None]


class EditedWorkbook(EditedPart):
    """A workbook part being edited; positions are those of the list of sheets as it stands."""

    def __init__(self, data: bytes, path: Path, part: str) -> None:
        """Parse ``data``."""
        super().__init__(data, path, part)
        self._sheets = self._sheet_section()

    def sheet_names(self) -> list[str]:
        """Return the sheets' names in their order."""
        return [sheet.get("name", "") for sheet in self._listed()]

    def add_sheet(self, name: str, relationship: str, state: str) -> None:
        """Append a sheet with an id that no sheet has."""
        ids = [whole_number(sheet.get("sheetId")) or 0 for sheet in self._listed()]
        sheet = etree.SubElement(self._sheets, main("sheet"), name=name)
        sheet.set("sheetId", str(max(ids, default=0) + 1))
        if state != "visible":
            sheet.set("state", state)
        sheet.set(R_ID, relationship)

    def relate_sheet(self, name: str, relationship: str) -> None:
        """Make the sheet lead to the part of ``relationship``."""
        self._sheet(name).set(R_ID, relationship)

    def hide_again(self, name: str) -> None:
        """Make a hidden sheet very hidden; one that a person has made visible stays visible."""
        sheet = self._sheet(name)
        if sheet.get("state") == "hidden":
            sheet.set("state", "veryHidden")

    def remove_sheets(self, names: Collection[str]) -> None:
        """Take sheets out: local names go with their sheet, those of others keep theirs, the sheet
        that is active stays active."""
        before = self._listed()
        gone = [sheet for sheet in before if sheet.get("name") in names]
        for sheet in gone:
            self._sheets.remove(sheet)
        after = self._listed()
        moved = {i: after.index(sheet) for i, sheet in enumerate(before) if sheet in after}
        self._move_local_names(moved)
        self._move_views(moved, {sheet.get("sheetId") for sheet in gone})

    def active_sheet(self) -> int:
        """Return the position of the sheet that a program shows first."""
        views = self._views()
        return (whole_number(views[0].get("activeTab")) or 0) if views else 0

    def set_names(self, wanted: Iterable[DefinedName], replacing: Collection[_NameKey]) -> None:
        """Make ``wanted`` the defined names under the keys ``replacing`` (folded name, position).

        A name that is there already keeps its place, so that setting the same names changes
        nothing; a key of ``replacing`` that is not wanted goes.
        """
        left = {(name.name.casefold(), name.local): name for name in wanted}
        for element in self._names():
            key = _key(element)
            name = left.pop(key, None)
            if name is not None:
                _write_name(element, name)
            elif key in replacing:
                self._drop_name(element)
        if left:
            section = self._name_section()
            for name in left.values():
                element = etree.SubElement(section, main("definedName"), name=name.name)
                if name.local is not None:
                    element.set("localSheetId", str(name.local))
                _write_name(element, name)

    def recalculate_on_load(self) -> None:
        """Ask the program that opens the workbook to work out all formulas again."""
        calculation = self.root.find(main("calcPr"))
        if calculation is None:
            calculation = etree.Element(main("calcPr"))
            self._insert(calculation, _BEFORE_NAMES | {"definedNames"})
        if not is_true(calculation.get("fullCalcOnLoad")):
            calculation.set("fullCalcOnLoad", "1")

    def _sheet_section(self) -> Element:
        section = self.root.find(main("sheets"))
        if section is None:
            section = etree.Element(main("sheets"))
            self._insert(section, _BEFORE_SHEETS)
        return section

    def _insert(self, element: Element, after: Collection[str]) -> None:
        """Insert where the schema wants it: behind the last of the sections ``after``."""
        place = 0
        for position, child in enumerate(self.root):
            if isinstance(child.tag, str) and local_name(child) in after:
                place = position + 1
        self.root.insert(place, element)

    def _listed(self) -> list[Element]:
        return children(self._sheets)

    def _sheet(self, name: str) -> Element:
        return next(sheet for sheet in self._listed() if sheet.get("name") == name)

    def _names(self) -> list[Element]:
        return children(self.root.find(main("definedNames")))

    def _name_section(self) -> Element:
        section = self.root.find(main("definedNames"))
        if section is None:
            section = etree.Element(main("definedNames"))
            self._insert(section, _BEFORE_NAMES)
        return section

    def _drop_name(self, element: Element) -> None:
        section = element.getparent()
        if section is None:
            return
        section.remove(element)
        if not children(section):  # the schema asks for one name at least
            self.root.remove(section)

    def _move_local_names(self, moved: dict[int, int]) -> None:
        for element in self._names():
            local = whole_number(element.get("localSheetId"))
            if local in moved:
                element.set("localSheetId", str(moved[local]))
            elif local is not None:
                self._drop_name(element)

    def _move_views(self, moved: dict[int, int], gone: set[str | None]) -> None:
        for view in self._views():
            for attribute in ("activeTab", "firstSheet"):
                old = whole_number(view.get(attribute))
                if old is not None:
                    view.set(attribute, str(moved.get(old, self._first_visible())))
        first = self._listed()[0].get("sheetId", "1") if self._listed() else "1"
        for view in children(self.root.find(main("customWorkbookViews"))):
            if view.get("activeSheetId") in gone:
                view.set("activeSheetId", first)

    def _first_visible(self) -> int:
        states = [sheet.get("state", "visible") for sheet in self._listed()]
        return states.index("visible") if "visible" in states else 0

    def _views(self) -> list[Element]:
        return children(self.root.find(main("bookViews")))


def _key(element: Element) -> _NameKey:
    return element.get("name", "").casefold(), whole_number(element.get("localSheetId"))


def _write_name(element: Element, name: DefinedName) -> None:
    if name.hidden and not is_true(element.get("hidden")):
        element.set("hidden", "1")
    if element.text != name.text:
        element.text = name.text
