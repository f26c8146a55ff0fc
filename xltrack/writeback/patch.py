"""Patching: single cells of the team's own sheets set to other values, everything else as it was.

Only asked for by name: what may be set is for the caller to know. The sheet's part changes in
those cells alone; besides it the styles may (a day needs a format that shows days), the workbook
part (a request to calculate again), and the calculation chain may go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from xltrack.errors import Reason, Refused
from xltrack.opc.content_types import EditedContentTypes
from xltrack.opc.markup import EditedPart
from xltrack.opc.names import CONTENT_TYPES, fold, free_name, relationships_name
from xltrack.opc.relationships import EditedRelationships
from xltrack.sheetml.areas import Area, Place, areas_of, place_of
from xltrack.sheetml.calculation import chain_mentions
from xltrack.sheetml.cell_markup import CellValue
from xltrack.sheetml.number_formats import Shown
from xltrack.sheetml.references import is_referred_to, reference_pattern
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.splice import Obstacle, SheetCells
from xltrack.sheetml.styles import EditedStyles, edit_styles, least_styles
from xltrack.sheetml.vocabulary import STYLES_TYPE, relationship_type
from xltrack.sheetml.workbook import Sheet
from xltrack.sheetml.workbook_edit import EditedWorkbook
from xltrack.sheetml.worksheet import has_shared_strings
from xltrack.writeback.edit import Edit, only_changes
from xltrack.writeback.target import Target

_STYLES = "xl/styles.xml"

_NOTHING_LIKE: Mapping[str, Mapping[str, str]] = MappingProxyType({})
Left = Callable[[str, str, Obstacle], None]
"""Told of a cell that is left as it is: sheet, cell, why."""


@dataclass(frozen=True, slots=True)
class Formats:
    """Number formats of cells that do not show what they are to hold; None is the general one."""

    date: str = "yyyy-mm-dd"
    moment: str = "yyyy-mm-dd hh:mm"
    number: str | None = None


def patch(
    target: Target,
    cells: Mapping[str, Mapping[str, CellValue]],
    *,
    formats: Formats = Formats(),
    keep_formulas: bool = False,
    left: Left | None = None,
    like: Mapping[str, Mapping[str, str]] = _NOTHING_LIKE,
) -> Edit:
    """Return the edit that sets cells of the team's own sheets.

    ``cells``: new values by the name of the sheet and the A1 name of the cell; None empties it.
    ``formats``: for cells whose own format would show the value as something else; all else of
    their format stays. ``keep_formulas``: leave a cell alone that holds any formula. ``like``: by
    sheet and cell, the cell whose format one takes that is not there yet.

    Never set are cells that one array formula fills, the formula that others share, cells hidden
    in a merged area, and headers of tables: ``left`` is told of them.

    Raises: Refused (CELL_IN_THE_WAY) for the first of those without ``left``; PackageError for a
    sheet that is not sound where it would change; ValueError for a sheet that is not there or is
    owned, and for a value that no cell can hold.
    """
    return _Patch(target, formats, keep_formulas, left, like).edit(cells)


class _Patch:
    def __init__(
        self,
        target: Target,
        formats: Formats,
        keep_formulas: bool,
        left: Left | None,
        like: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.like = like
        self.target, self.package, self.book = target, target.package, target.workbook
        self.formats, self.keep_formulas, self.left = formats, keep_formulas, left
        self.overlay: dict[str, bytes | None] = {}
        self.changed: list[Sheet] = []
        self.with_formulas = False
        self.formula_went = False

    def edit(self, cells: Mapping[str, Mapping[str, CellValue]]) -> Edit:
        for name, values in cells.items():
            self._set(own_sheet(self.target, name), values)
        changes = only_changes(self.package, self.overlay)
        if not changes:
            return Edit(self.target, {})
        self._drop_stale_chain()
        self._recalculate()
        self._collect()
        edited = frozenset(sheet.part for sheet in self.changed if sheet.part in changes)
        kept = only_changes(self.package, self.overlay)
        return Edit(self.target, kept, edited=frozenset(part for part in edited if part))

    def _set(self, sheet: Sheet, values: Mapping[str, CellValue]) -> None:
        part = sheet.part or ""
        markup = SheetCells(self.package.read(part), self.target.path, part)
        SheetFrame(markup.markup)  # one that is cut short is not written as if it were whole
        headers = table_headers(self.target, part)
        free: dict[Place, CellValue] = {}
        for name, value in values.items():
            place = place_of(name)
            obstacle = markup.obstacle(place, keep_formulas=self.keep_formulas)
            if obstacle is None and any(place in area for area in headers):
                obstacle = Obstacle.TABLE_HEADER
            if obstacle is None:
                free[place] = value
                self.formula_went = self.formula_went or markup.has_formula(place)
            else:
                self._leave(sheet.name, name, obstacle)
        if free:
            self.overlay[part] = markup.spliced(
                free, inline=self._inline, restyle=self._style, like=self._models(sheet.name)
            )
            self.changed.append(sheet)
            self.with_formulas = self.with_formulas or markup.markup.has_formulas

    def _models(self, sheet: str) -> dict[Place, Place]:
        return {place_of(a): place_of(b) for a, b in self.like.get(sheet, {}).items()}

    def _leave(self, sheet: str, cell: str, obstacle: Obstacle) -> None:
        if self.left is None:
            raise Refused(self.target.path, Reason.CELL_IN_THE_WAY, f"{sheet}!{cell}")
        self.left(sheet, cell, obstacle)

    @cached_property
    def _inline(self) -> bool:
        return has_shared_strings(self.package, self.book.part)

    @cached_property
    def _styles(self) -> EditedStyles:
        """The styles, new ones in a workbook that has none."""
        part = self.target.styles_part
        if part is not None:
            return edit_styles(self.package.read(part), self.target.path, part)
        part = free_name(_STYLES, self.package.names) if _STYLES in self.package else _STYLES
        self._rels.add(relationship_type("styles"), part)
        self._types.declare(part, STYLES_TYPE)
        data = least_styles()
        self.overlay[part] = data
        return edit_styles(data, self.target.path, part)

    @cached_property
    def _rels(self) -> EditedRelationships:
        part = relationships_name(self.book.part)
        data = self.package.read(part)
        return EditedRelationships(data, self.book.part, self.target.path, part)

    @cached_property
    def _types(self) -> EditedContentTypes:
        return EditedContentTypes(self.package.read(CONTENT_TYPES), self.target.path)

    def _style(self, style: int, value: CellValue) -> int:
        """The format of a cell that has ``style`` and is to hold ``value``."""
        if isinstance(value, str | bool) or value is None:
            return style
        key = style, type(value)
        if key not in self._restyled:
            self._restyled[key] = self._shown_style(style, value)
        return self._restyled[key]

    @cached_property
    def _restyled(self) -> dict[tuple[int, type], int]:
        return {}

    def _shown_style(self, style: int, value: CellValue) -> int:
        if not isinstance(value, dt.date) and self.target.styles_part is None:
            return style
        styles = self._styles
        wanted = Shown.DATE if isinstance(value, dt.date) else Shown.NUMBER
        if styles.shown(style) is wanted and not styles.is_quoted(style):
            return style
        if isinstance(value, dt.datetime):
            return styles.showing(style, self.formats.moment)
        if isinstance(value, dt.date):
            return styles.showing(style, self.formats.date)
        return styles.showing(style, self.formats.number)

    def _drop_stale_chain(self) -> None:
        chain = self.package.related(self.book.part, "calcChain")
        ids = {sheet.sheet_id for sheet in self.changed}
        if chain is None or not self.formula_went or not chain_mentions(self.package, chain, ids):
            return
        for relationship in self._rels.all():
            if relationship.kind == "calcChain":
                self._rels.remove(relationship.id)
        self._types.forget(chain)
        self.overlay[chain] = None

    def _collect(self) -> None:
        for name in ("_styles", "_rels", "_types"):
            part: EditedPart | None = self.__dict__.get(name)
            changed = part.changed() if part is not None else None
            if part is not None and changed is not None:
                self.overlay[part.part] = changed

    def _recalculate(self) -> None:
        """Formulas that may refer to the cells have stored values of before."""
        names = [sheet.name for sheet in self.changed]
        parts = {fold(sheet.part) for sheet in self.changed if sheet.part}
        tables = [t.name for t in self.target.user_tables if self._table_sheet(t.part) in parts]
        pattern = reference_pattern(names, tables)
        if not self.with_formulas and not is_referred_to(self.package, self.book, names, pattern):
            return
        book = EditedWorkbook(self.package.read(self.book.part), self.target.path, self.book.part)
        book.recalculate_on_load()
        changed = book.changed()
        if changed is not None:
            self.overlay[self.book.part] = changed

    def _table_sheet(self, table: str) -> str | None:
        return next((fold(s) for s, parts in self._tables.items() if fold(table) in parts), None)

    @cached_property
    def _tables(self) -> dict[str, set[str]]:
        """The tables on each sheet that changes, as folded part names by the sheet's part."""
        return {
            sheet.part: {
                fold(relationship.part)
                for relationship in self.package.relationships(sheet.part)
                if relationship.kind == "table" and relationship.part
            }
            for sheet in self.changed
            if sheet.part
        }


def own_sheet(target: Target, name: str) -> Sheet:
    """Return the team's own worksheet of this name.

    Raises: ValueError when there is none.
    """
    sheet = target.workbook.sheet(name)
    if sheet is None or sheet.part is None or sheet.kind != "worksheet":
        raise ValueError(f"no worksheet {name!r}")
    if sheet.name in target.owned.values():
        raise ValueError(f"{name!r} is not the team's own")
    return sheet


def table_headers(target: Target, part: str) -> list[Area]:
    """Return the header rows of the tables on the sheet in ``part``."""
    related = target.package.relationships(part)
    parts = {fold(r.part) for r in related if r.kind == "table" and r.part}
    headers = []
    for table in target.user_tables:
        if fold(table.part) in parts:
            headers += [Area(a.top, a.left, a.top, a.right) for a in areas_of(table.range)]
    return headers
