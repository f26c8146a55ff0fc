"""Grafting: scratch sheets put into a team's workbook as sheets that the program owns."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xltrack.errors import Reason, Refused
from xltrack.opc.content_types import EditedContentTypes
from xltrack.opc.names import CONTENT_TYPES, fold, free_name, relationships_name
from xltrack.opc.relationships import EditedRelationships
from xltrack.sheetml.calculation import chain_mentions
from xltrack.sheetml.ownership import key_of, mark
from xltrack.sheetml.properties import EditedProperties
from xltrack.sheetml.references import (
    Reference,
    is_referred_to,
    reference_pattern,
    references,
)
from xltrack.sheetml.styles import StyleMap, default_styles, edit_styles
from xltrack.sheetml.tables import Table, adapt_table, read_tables
from xltrack.sheetml.vocabulary import (
    STYLES_TYPE,
    TABLE_TYPE_ENDING,
    WORKSHEET_TYPE,
    relationship_type,
)
from xltrack.sheetml.workbook import DefinedName, Sheet, quoted
from xltrack.sheetml.workbook_edit import EditedWorkbook
from xltrack.sheetml.worksheet import Adaptation, Kept, adapt, kept_of
from xltrack.writeback.edit import Edit, only_changes
from xltrack.writeback.scratch import Scratch, read_scratch
from xltrack.writeback.target import Target
from xltrack.writeback.transplant import Transplant

_NO_FORMATS = StyleMap((0,), ())
_BUILT_IN = "_xlnm."
_STYLES = "xl/styles.xml"
"""Where some readers look for the styles, whatever the relationships say."""


@dataclass(frozen=True, slots=True)
class ReadySheet:
    """An owned sheet that was not authored in the scratch workbook; it is very hidden.

    ``name``: what it is called if that is free and it is new. ``markup``: its worksheet part, with
    strings in the cells and without formats; None for one that stays as it is, where it is hidden
    again.
    """

    name: str
    markup: bytes | None


_NO_SHEETS: Mapping[str, ReadySheet] = MappingProxyType({})


def graft(
    target: Target,
    scratch: bytes,
    keys: Mapping[str, str],
    *,
    drop: Collection[str] = (),
    ready: Mapping[str, ReadySheet] = _NO_SHEETS,
) -> Edit:
    """Return the edit that puts the sheets of an XlsxWriter workbook into ``target``.

    ``keys``: the ownership key of each scratch sheet, by its name, which must be the one that
    ``target.sheet_name`` gave. ``drop``: keys of owned sheets to take out in the same step.
    ``ready``: by key, very hidden sheets whose markup is there already.

    A sheet whose key is owned already is replaced: place, name, id, visibility and tab colour are
    kept. Any other comes last. Only these parts of the target can be in the edit besides those of
    owned sheets: content types, the workbook part and its relationships, styles, the extended
    properties; the calculation chain may go.

    Raises: ValueError for a scratch workbook that cannot be grafted; PackageError for a broken
    part of the target; Refused (NO_SHEET_LEFT) when no visible sheet would remain.
    """
    return _Graft(target, read_scratch(scratch), keys, drop, ready).edit()


def clean(target: Target, *, keep: Collection[str] = ()) -> Edit:
    """Return the edit that takes all owned sheets out of ``target``, but for the keys in ``keep``.

    Entries in the styles that only those sheets used stay. ``references`` of the edit names every
    formula, defined name and chart of the team that refers to a sheet that goes.

    Raises: Refused (NO_SHEET_LEFT) when no visible sheet would remain.
    """
    return _Graft(target, None, {}, [key for key in target.owned if key not in keep]).edit()


@dataclass(frozen=True, slots=True)
class _Plan:
    """Owned sheets that are replaced, by the name of the scratch sheet or the ready one, and those
    that only go."""

    replaced: dict[str, Sheet]
    dropped: list[Sheet]


class _Graft:
    def __init__(
        self,
        target: Target,
        scratch: Scratch | None,
        keys: Mapping[str, str],
        drop: Collection[str],
        ready: Mapping[str, ReadySheet] = _NO_SHEETS,
    ) -> None:
        self.target, self.scratch, self.keys = target, scratch, keys
        self.package, self.book = target.package, target.workbook
        self.incoming = scratch.sheets if scratch else ()
        self.ready = {target.sheet_name(key, sheet.name): key for key, sheet in ready.items()}
        self.markup = {key: sheet.markup for key, sheet in ready.items()}
        self._check()
        self.plan = self._planned(drop)
        part, path = self.book.part, target.path
        self.workbook = EditedWorkbook(self.package.read(part), path, part)
        rels = relationships_name(part)
        data = self.package.read(rels) if rels in self.package else None
        self.rels = EditedRelationships(data, part, path, rels)
        self.types = EditedContentTypes(self.package.read(CONTENT_TYPES), path)
        self.overlay: dict[str, bytes | None] = {}

    def _check(self) -> None:
        given = [self.keys.get(sheet.name) for sheet in self.incoming]
        if None in given or len(set(given)) != len(given):
            raise ValueError("every scratch sheet needs an ownership key of its own")
        if not self.markup.keys().isdisjoint(given):
            raise ValueError("a sheet is in the scratch workbook and ready at once")
        for key, markup in self.markup.items():
            if markup is None and key not in self.target.owned:
                raise ValueError(f"there is no sheet of {key} to leave as it is")
            mark(key)
        for sheet in self.incoming:
            key = self.keys[sheet.name]
            mark(key)
            name = self.target.sheet_name(key, sheet.name)
            if name != sheet.name:
                raise ValueError(f"the sheet of {key} is called {name!r}, not {sheet.name!r}")

    def _planned(self, drop: Collection[str]) -> _Plan:
        owned = {key: self.book.sheet(name) for key, name in self.target.owned.items()}
        replaced = {}
        for sheet in self.incoming:
            existing = owned.get(self.keys[sheet.name])
            if existing is not None:
                replaced[sheet.name] = existing
        for name, key in self.ready.items():
            existing = owned.get(key)
            if existing is not None and self.markup[key] is not None:
                replaced[name] = existing
        names = {sheet.name for sheet in replaced.values()}
        dropped = [s for k, s in owned.items() if k in drop and s and s.name not in names]
        gone = {sheet.name for sheet in dropped}
        stays = any(s.state == "visible" and s.name not in gone for s in self.book.sheets)
        if not stays and not any(sheet.state == "visible" for sheet in self.incoming):
            raise Refused(self.target.path, Reason.NO_SHEET_LEFT)
        return _Plan(replaced, dropped)

    def edit(self) -> Edit:
        dropped = {sheet.name for sheet in self.plan.dropped}
        going = dropped | {sheet.name for sheet in self.plan.replaced.values()}
        old_parts = self.target.parts_of_sheets(going)
        pointing = self._references(dropped, old_parts)
        self._drop_sheets(dropped)
        if self.scratch is not None:
            self._move_sheets(self.scratch, old_parts)
            self._place_ready(old_parts)
        self._remove(old_parts)
        self._write_names()
        self._drop_stale_chain(going)
        self._retitle()
        self._recalculate()
        self._collect()
        changes = only_changes(self.package, self.overlay)
        grafted = (*(sheet.name for sheet in self.incoming), *self._rewritten)
        return Edit(self.target, changes, grafted, tuple(pointing))

    def _references(
        self, dropped: Collection[str], old_parts: Mapping[str, str]
    ) -> list[Reference]:
        if not dropped:
            return []
        tables = [t.name for t in read_tables(self.package) if fold(t.part) in old_parts]
        pattern = reference_pattern(sorted(dropped), tables)
        owned = set(self.target.owned.values())
        return references(self.package, self.book, owned, pattern)

    def _drop_sheets(self, dropped: Collection[str]) -> None:
        for sheet in self.plan.dropped:
            self.rels.remove(sheet.relationship)
        if dropped:
            self.workbook.remove_sheets(dropped)

    def _move_sheets(self, scratch: Scratch, old_parts: Mapping[str, str]) -> None:
        styles = self._styles(scratch)
        staying = read_tables(self.package, without=old_parts.keys())
        self._check_table_names(scratch, staying)
        table_ids = self._table_ids(staying)
        active = self.workbook.active_sheet()
        names = self.workbook.sheet_names()
        by_part = {sheet.part: sheet for sheet in scratch.sheets}
        strings = scratch.string_cells(self.target.inline_strings)

        def adapted(part: str, data: bytes) -> bytes:
            sheet = by_part.get(part)
            if sheet is not None:
                selected = active < len(names) and names[active] == sheet.name
                kept = self._kept(sheet)
                return adapt(data, Adaptation(styles, strings, selected, kept))
            if (scratch.package.content_types.of(part) or "").endswith(TABLE_TYPE_ENDING):
                return adapt_table(data, next(table_ids), styles.differential)
            return data

        folders = posixpath.dirname(scratch.workbook.part), posixpath.dirname(self.book.part)
        taken = self._taken_names() - set(old_parts)
        transplant = Transplant(scratch.package, folders, taken, self.types, adapted)
        for old in self.plan.replaced.values():
            if old.part is not None:
                transplant.reserve(old.part)
        for sheet in scratch.sheets:
            if sheet.part is not None:
                self._place(sheet, transplant)
        self.overlay |= transplant.parts

    def _place(self, sheet: Sheet, transplant: Transplant) -> None:
        part = sheet.part or ""
        old = self.plan.replaced.get(sheet.name)
        new = transplant.move(part, old.part if old else None)
        self.types.declare(new, WORKSHEET_TYPE)
        if old is not None and old.part is not None:
            if sheet.state == "veryHidden":
                self.workbook.hide_again(old.name)
            return
        relationship = self.rels.add(relationship_type("worksheet"), new)
        if old is not None:
            self.workbook.relate_sheet(old.name, relationship)
        else:
            self.workbook.add_sheet(sheet.name, relationship, sheet.state)

    @property
    def _rewritten(self) -> list[str]:
        return [name for name, key in self.ready.items() if self.markup[key] is not None]

    def _place_ready(self, old_parts: Mapping[str, str]) -> None:
        for name, key in self.ready.items():
            markup, old = self.markup[key], self.plan.replaced.get(name)
            if markup is None or (old is not None and old.part is not None):
                self.workbook.hide_again(name)
            if markup is None:
                continue
            part = old.part if old else None
            if old is not None and part is not None:
                kept = kept_of(self.package, part)
                markup = adapt(markup, Adaptation(_NO_FORMATS, (), selected=False, kept=kept))
            else:
                part = self._free_sheet_part(old_parts)
                relationship = self.rels.add(relationship_type("worksheet"), part)
                if old is not None:
                    self.workbook.relate_sheet(name, relationship)
                else:
                    self.workbook.add_sheet(name, relationship, "veryHidden")
            self.types.declare(part, WORKSHEET_TYPE)
            self.overlay[part] = markup

    def _free_sheet_part(self, old_parts: Mapping[str, str]) -> str:
        folder = posixpath.dirname(self.book.part)
        taken = (self._taken_names() - set(old_parts)) | {fold(name) for name in self.overlay}
        return free_name(posixpath.join(folder, "worksheets/sheet1.xml"), taken)

    def _taken_names(self) -> set[str]:
        """Folded names of the parts, and those of parts that relationships wait for."""
        waiting = {fold(source) for source, _ in self.package.relationship_parts()}
        return set(self.package.names) | waiting

    def _styles(self, scratch: Scratch) -> StyleMap:
        part = self.target.styles_part
        if part is None:
            taken = self.package.names
            part = free_name(_STYLES, taken) if _STYLES in taken else _STYLES
            self.rels.add(relationship_type("styles"), part)
            self.types.declare(part, STYLES_TYPE)
            data = default_styles(scratch.styles)
            self.overlay[part] = data
        else:
            data = self.package.read(part)
        styles = edit_styles(data, self.target.path, part)
        mapped = styles.merge(scratch.styles)
        changed = styles.changed()
        if changed is not None:
            self.overlay[part] = changed
        return mapped

    def _check_table_names(self, scratch: Scratch, staying: Iterable[Table]) -> None:
        taken = {table.name.casefold() for table in staying}
        for table in read_tables(scratch.package):
            if table.name.casefold() in taken:
                raise ValueError(f"the workbook has a table {table.name!r} already")

    def _table_ids(self, staying: Iterable[Table]) -> Iterator[int]:
        taken = {table.id for table in staying}
        return (number for number in itertools.count(1) if number not in taken)

    def _kept(self, sheet: Sheet) -> Kept | None:
        old = self.plan.replaced.get(sheet.name)
        return kept_of(self.package, old.part) if old and old.part else None

    def _remove(self, old_parts: Mapping[str, str]) -> None:
        kept = {fold(name) for name in self.overlay}
        for key, name in old_parts.items():
            if key not in kept:
                self.overlay[name] = None
                self.types.forget(name)

    def _write_names(self) -> None:
        position = {name: i for i, name in enumerate(self.workbook.sheet_names())}
        wanted: list[DefinedName] = []
        for sheet in self.scratch.workbook.names if self.scratch else ():
            owner = self.incoming[sheet.local or 0].name
            wanted.append(DefinedName(sheet.name, sheet.text, position[owner], sheet.hidden))
        owned = dict(self.target.owned) | {self.keys[s.name]: s.name for s in self.incoming}
        owned |= {key: name for name, key in self.ready.items()}
        for key, name in owned.items():
            if name in position:
                text = f"{quoted(name)}!$A$1"
                wanted.append(DefinedName(mark(key), text, None, hidden=True))
                wanted.append(DefinedName(mark(key), text, position[name], hidden=True))
        self.workbook.set_names(wanted, self._stale_names(position, owned))

    def _stale_names(
        self, position: Mapping[str, int], owned: Mapping[str, str]
    ) -> set[tuple[str, int | None]]:
        """Marks of sheets that are gone, and the built-in names of sheets that were replaced."""
        grafted = {position[sheet.name] for sheet in self.incoming}
        marks = {mark(key) for key, name in owned.items() if name in position}
        at = {position[name] for name in owned.values() if name in position}
        stale: set[tuple[str, int | None]] = set()
        for name in self.book.names:
            folded = name.name.casefold()
            if key_of(folded) is None:
                stale |= {(folded, i) for i in grafted if folded.startswith(_BUILT_IN)}
            else:
                stale |= {(folded, i) for i in at}
                if folded not in marks:
                    stale.add((folded, None))
        return stale

    def _drop_stale_chain(self, going: Collection[str]) -> None:
        ids = {sheet.sheet_id for sheet in self.book.sheets if sheet.name in going}
        for relationship in self.rels.all():
            part = relationship.part
            if relationship.kind != "calcChain" or part is None or part not in self.package:
                continue
            if ids and self._sheets_change() and chain_mentions(self.package, part, ids):
                self.rels.remove(relationship.id)
                self.overlay[self.package.names[fold(part)]] = None
                self.types.forget(part)

    def _sheets_change(self) -> bool:
        parts = [sheet.part for sheet in self.plan.replaced.values()]
        replaced = {part: self.overlay.get(part) for part in parts if part is not None}
        return bool(self.plan.dropped) or bool(only_changes(self.package, replaced))

    def _retitle(self) -> None:
        part = self.package.related("", "extended-properties")
        if part is None:
            return
        properties = EditedProperties(self.package.read(part), self.target.path, part)
        listed = [s.name for s in self.book.sheets if s.kind == "worksheet"]
        others = {s.name for s in self.book.sheets} - set(listed)
        after = [name for name in self.workbook.sheet_names() if name not in others]
        properties.retitle(listed, after)
        changed = properties.changed()
        if changed is not None:
            self.overlay[part] = changed

    def _recalculate(self) -> None:
        if self.scratch is None or not only_changes(self.package, self.overlay):
            return
        names = [sheet.name for sheet in self.incoming]
        tables = [table.name for table in read_tables(self.scratch.package)]
        owned = {*names, *self.target.owned.values()}
        pattern = reference_pattern(names, tables)
        if is_referred_to(self.package, self.book, owned, pattern):
            self.workbook.recalculate_on_load()

    def _collect(self) -> None:
        for part in (self.workbook, self.rels, self.types):
            changed = part.changed()
            if changed is not None:
                self.overlay[part.part] = changed
