"""A copy of a workbook that may leave the team: what is private is masked wherever it stands.

Every part that holds text is gone through; what cannot be seen into is refused, or taken out where
that is asked for. What is not masked keeps its bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from xltrack.errors import PackageError, Reason, Refused
from xltrack.opc import Package, open_package
from xltrack.opc.names import CONTENT_TYPES, fold, source_of
from xltrack.sheetml import lint
from xltrack.sheetml.markup_texts import AttributeText, TextGroup, decoded, replaced, texts_of
from xltrack.sheetml.workbook import Workbook, read_workbook
from xltrack.sheetml.worksheet import has_shared_strings
from xltrack.writeback.disk import replace_file
from xltrack.writeback.edit import only_changes
from xltrack.writeback.locks import refuse_open
from xltrack.writeback.redact_cells import (
    SheetScan,
    Strings,
    is_value,
    outside_cells,
    private_text,
    redact_cells,
    scan_sheet,
)
from xltrack.writeback.redact_masks import Masks
from xltrack.writeback.redact_parts import ALWAYS_OUT, hidden_parts, without_parts
from xltrack.writeback.redact_texts import PartTexts, RecordTexts, Texts, links_redacted
from xltrack.writeback.save import stored_digests

KnownColumns = Mapping[str, Mapping[int, int]]
"""Private columns by the name of their sheet, with the row of their header."""

_WORKSHEET = "spreadsheetml.worksheet+xml"
_TOKEN = re.compile(rb"1[3-9][0-9]{9}|[0-9A-Za-z@._+-]{7,}")
_NAMED_PARTS = 3


@dataclass(frozen=True, slots=True)
class Masked:
    """How much was masked in a part, by kind."""

    part: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """A workbook and what is to be laid over it: what was masked where, and which parts go."""

    package: Package
    overlay: Mapping[str, bytes | None]
    masked: tuple[Masked, ...]
    taken_out: tuple[str, ...]


def redact_package(
    path: Path,
    *,
    is_private: Callable[[str], bool],
    known: KnownColumns,
    drop: bool = False,
    keep: Collection[str] = (),
) -> Redaction:
    """Return the redaction of the workbook at ``path``.

    ``is_private``: whether a header is that of a private column, on any sheet; ``known``: private
    columns known otherwise. ``drop``: take parts out that cannot be seen into; ``keep``: kinds of
    them that somebody has looked at (``pictures``, ``macros``, …).

    Raises: Refused (CANNOT_SEE_INTO with the kinds and parts, without ``drop``; STILL_PRIVATE where
    a private value would be left; UTF16_PART); UnreadableWorkbook; PackageError.
    """
    package = open_package(path)
    workbook = read_workbook(package)
    hidden = {k: v for k, v in hidden_parts(package).items() if k not in keep}
    unseen = {kind: parts for kind, parts in hidden.items() if kind not in ALWAYS_OUT}
    if unseen and not drop:
        raise Refused(path, Reason.CANNOT_SEE_INTO, _named(unseen))
    dropped = without_parts(package, workbook, hidden)
    seen = package.laid_over(dropped)
    work = _Work(seen, workbook, is_private, known)
    overlay = only_changes(package, {**dropped, **work.run()})
    work.refuse_left(package.laid_over(overlay))
    out = tuple(name for parts in hidden.values() for name in parts)
    return Redaction(package, overlay, tuple(work.masked), out)


def _named(hidden: Mapping[str, list[str]]) -> str:
    pieces = []
    for kind, parts in hidden.items():
        more = f", +{len(parts) - _NAMED_PARTS}" if len(parts) > _NAMED_PARTS else ""
        pieces.append(f"{kind} ({', '.join(parts[:_NAMED_PARTS])}{more})")
    return "; ".join(pieces)


@dataclass
class _Work:
    """One redaction under way."""

    package: Package
    workbook: Workbook
    is_private: Callable[[str], bool]
    known: KnownColumns
    masks: Masks = field(default_factory=Masks)
    masked: list[Masked] = field(default_factory=list)

    def run(self) -> dict[str, bytes]:
        """The parts with what is private masked, those alone that change."""
        for scan in self.scans.values():
            for cell in scan.private_cells:
                if is_value(cell.text):
                    self.masks.learn(private_text(cell))
        changed: dict[str, bytes] = {}
        for key, name in self.package.names.items():
            if key == fold(CONTENT_TYPES):
                continue
            self.masks.counts = Counter()
            data = self.package.read(name)
            new = self._part(name, data)
            if new != data:
                changed[name] = new
            self.masked += [Masked(name, k, n) for k, n in sorted(self.masks.counts.items())]
        return changed

    @cached_property
    def strings(self) -> Strings:
        """The shared strings; none in a workbook without them."""
        found = decoded(self.package.read(self.strings_part)) if self.strings_part else None
        return Strings(found[0] if found else "")

    @cached_property
    def strings_part(self) -> str | None:
        """The part with the shared strings."""
        return self.package.related(self.workbook.part, "sharedStrings")

    @cached_property
    def scans(self) -> dict[str, SheetScan]:
        """The worksheets by folded part name, in the order of the workbook, then the others."""
        names = {fold(s.part): s.name for s in self.workbook.sheets if s.part}
        parts = {fold(s.part): s.part for s in self.workbook.sheets if s.part}
        parts |= {fold(part): part for part in self.package.parts_of_type(_WORKSHEET)}
        types = self.package.content_types
        return {
            key: scan_sheet(
                self.package.read(part),
                self.package.path,
                part,
                self.strings,
                self.is_private,
                self.known.get(names.get(key, "")),
            )
            for key, part in parts.items()
            if (types.of(part) or "").endswith(_WORKSHEET)
        }

    @cached_property
    def private_columns(self) -> dict[str, Collection[int]]:
        """Numbers of private columns by folded sheet name."""
        return {
            sheet.name.casefold(): self.scans[fold(sheet.part)].columns.keys()
            for sheet in self.workbook.sheets
            if sheet.part and fold(sheet.part) in self.scans
        }

    @cached_property
    def inline(self) -> bool:
        """Whether texts of cells are inline strings."""
        return has_shared_strings(self.package, self.workbook.part)

    def _part(self, name: str, data: bytes) -> bytes:
        scan = self.scans.get(fold(name))
        if scan is not None:
            return self._sheet(scan)
        found = decoded(data)
        if found is None:
            return data
        markup, encoding = found
        if self.strings_part is not None and fold(name) == fold(self.strings_part):
            new = self.strings.redacted(self.masks)
        elif source_of(name) is not None:
            new = links_redacted(markup, self.masks)
        else:
            new = replaced(markup, self._texts(name, markup))
        return data if new == markup else new.encode(encoding)

    def _sheet(self, scan: SheetScan) -> bytes:
        texts = self._plain()
        texts.own_columns = scan.columns.keys()
        splices, count = redact_cells(scan, self.strings, self.masks, texts, inline=self.inline)
        self.masks.counts["column"] += count
        self.masks.counts += Counter()  # a count of none is no count
        return outside_cells(scan, splices, texts)

    def _plain(self) -> PartTexts:
        return PartTexts(self.masks, self.is_private_header, self.private_columns)

    def is_private_header(self, text: str) -> bool:
        """Whether a column of this name is private, on a sheet or as a field of a pivot table."""
        return self.is_private(text) or text.casefold() in self._headers

    @cached_property
    def _headers(self) -> set[str]:
        """Headers of private columns that are known otherwise."""
        found = set()
        for sheet in self.workbook.sheets:
            known = self.known.get(sheet.name, {})
            if sheet.part and known and fold(sheet.part) in self.scans:
                found |= {t.casefold() for t in self.scans[fold(sheet.part)].header_texts(known)}
        return found

    def _texts(self, name: str, markup: str) -> Texts:
        kind = (self.package.content_types.of(name) or "").rpartition(".")[2]
        texts = self._plain()
        if kind == "comments+xml":
            texts.persons = ("author",)
            texts.authors = _authors(markup)
        elif kind == "core-properties+xml":
            texts.persons = ("creator", "lastModifiedBy")
        elif kind == "extended-properties+xml":
            texts.properties, texts.names = ("Company", "Manager", "HyperlinkBase"), False
        elif kind == "custom-properties+xml":
            texts.properties = ("lpwstr", "lpstr", "bstr")
        elif kind == "table+xml":
            texts.own_columns = self._columns_around(name)
        elif kind == "pivotCacheRecords+xml":
            return RecordTexts(self.masks, texts, self._private_fields(name))
        return texts

    def _columns_around(self, table: str) -> Collection[int]:
        """The private columns of the sheet that a table stands on."""
        for key, scan in self.scans.items():
            related = self.package.relationships(self.package.names[key])
            if any(r.part is not None and fold(r.part) == fold(table) for r in related):
                return scan.columns.keys()
        return ()

    def _private_fields(self, records: str) -> list[int]:
        """Places of the private fields of the cache that these records belong to."""
        for source, _ in self.package.relationship_parts():
            for relationship in self.package.relationships(source):
                if relationship.part is not None and fold(relationship.part) == fold(records):
                    found = decoded(self.package.read(source))
                    names = _cache_fields(found[0]) if found else []
                    return [n for n, text in enumerate(names) if self.is_private_header(text)]
        return []

    def refuse_left(self, package: Package) -> None:
        """Look once more, in another way: no value that stands nowhere by chance may be left.

        Raises: Refused (STILL_PRIVATE).
        """
        values = {value.encode() for value in self.masks.strong_values()}
        if not values:
            return
        for name in package.names.values():
            data = package.read(name)
            if decoded(data) is None:  # texts of two bytes a character, as binary parts have them
                data += b"\n" + data.replace(b"\0", b"")
            found = {token.lower() for token in _TOKEN.findall(data)}
            if not values.isdisjoint(found):
                raise Refused(package.path, Reason.STILL_PRIVATE, name)


def _authors(markup: str) -> list[str]:
    groups = (found for found in texts_of(markup) if isinstance(found, TextGroup))
    return [group.text for group in groups if group.name == "author" and group.text.strip()]


def _cache_fields(markup: str) -> list[str]:
    return [
        found.text
        for found in texts_of(markup)
        if isinstance(found, AttributeText)
        and found.element == "cacheField"
        and found.name == "name"
    ]


def write_redacted(redaction: Redaction, place: Path, *, overwrite: bool = False) -> None:
    """Write the copy, whole or not at all; read back and checked before it takes its place.

    Raises: Refused (EXISTS, NO_FOLDER, READ_ONLY, DISK_FULL, WRITE_FAILED, OPEN_ELSEWHERE);
    PackageError where the copy would not be sound.
    """
    source = redaction.package
    if place.is_dir() or (place.exists() and not overwrite):
        raise Refused(place, Reason.EXISTS)
    refuse_open(place)
    result = source.laid_over(redaction.overlay)
    known = lint(source)
    written: dict[str, str] = {}

    def write(out: BinaryIO) -> None:
        written.update(result.write(out))

    def check(temporary: Path) -> None:
        copy = open_package(temporary)
        if stored_digests(copy.archive) != written:
            raise PackageError(place, temporary.name, "was not written as it should be")
        for problem in lint(copy):
            if problem not in known:
                raise PackageError(place, problem.part, problem.what)

    replace_file(place.resolve(), write, check)
