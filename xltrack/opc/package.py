"""A package: an archive that is never changed, and the parts laid over it.

The parts of a package are those of the zip directory, whether or not a relationship leads to
them: what nobody refers to is somebody's all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, TypeVar

from xltrack.errors import PackageError, Reason, UnreadableWorkbook
from xltrack.opc.access import NO_PASSWORDS, Passwords
from xltrack.opc.archive import Archive, Entry, Stored, archive_from_bytes, open_archive
from xltrack.opc.bounds import DEFAULT_BOUNDS, Bounds
from xltrack.opc.container import Container, container_of
from xltrack.opc.content_types import ContentTypes, read_content_types
from xltrack.opc.encryption import decrypted
from xltrack.opc.markup import Element, parse
from xltrack.opc.names import CONTENT_TYPES, fold, relationships_name, source_of
from xltrack.opc.relationships import Relationship, read_relationships
from xltrack.opc.zipwriter import rewrite

Overlay = Mapping[str, bytes | None]
T = TypeVar("T")

_REASONS = {
    Container.EMPTY: Reason.EMPTY_FILE,
    Container.COMPOUND: Reason.LEGACY_XLS,
    Container.OTHER: Reason.NOT_A_WORKBOOK,
}
_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
_ODF = b"application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Package:
    """An immutable package: ``archive`` with ``overlay`` (new bytes, or None for a part gone)."""

    archive: Archive
    overlay: Overlay = field(default_factory=lambda: MappingProxyType({}))

    @property
    def path(self) -> Path:
        """The file that the package was read from; errors name it."""
        return self.archive.path

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Spelled part names by folded ones, in the archive's order, new parts last."""
        gone = {fold(name) for name, data in self.overlay.items() if data is None}
        names = {k: e.name for k, e in self.archive.by_name.items() if k not in gone}
        for name, data in self.overlay.items():
            if data is not None:
                names.setdefault(fold(name), name)
        return MappingProxyType(names)

    @cached_property
    def _laid_over(self) -> dict[str, bytes | None]:
        return {fold(name): data for name, data in self.overlay.items()}

    def __contains__(self, name: str) -> bool:
        """Whether the package has a part of this name, in any case."""
        return fold(name) in self.names

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Return a part's content.

        Raises: PackageError (no such part, damaged); UnreadableWorkbook (TOO_LARGE) for a part of
        more than ``limit`` bytes.
        """
        data = self._laid_over.get(fold(name))
        return data if data is not None else self.archive.read(self._entry(name), limit)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part's content in pieces; raises as :meth:`read` does."""
        data = self._laid_over.get(fold(name))
        if data is not None:
            yield data
        else:
            yield from self.archive.chunks(self._entry(name))

    @cached_property
    def _kept(self) -> dict[str, Any]:
        return {}

    def kept(self, name: str) -> bytes:
        """Return a part's content, kept from the first time on; raises as :meth:`read` does."""
        return self.once(f"part {fold(name)}", lambda: self.read(name))

    def once(self, what: str, work: Callable[[], T]) -> T:
        """Return what ``work`` came to when it was first asked for under the name ``what``."""
        if what not in self._kept:
            self._kept[what] = work()
        found: T = self._kept[what]
        return found

    def forget(self, but: Iterable[str] = ()) -> None:
        """Let go of what is kept but the content of some parts; it is read again if need be."""
        spared = {f"part {fold(name)}" for name in but}
        for what in self._kept.keys() - spared:
            del self._kept[what]

    def stored(self, name: str) -> Stored | None:
        """Return what tells that two parts are equal, None where that is not at hand.

        Raises: PackageError as :meth:`read` does.
        """
        laid_over = fold(name) in self._laid_over
        return None if laid_over else self.archive.stored(self._entry(name))

    def head(self, name: str, size: int) -> bytes:
        """Return the first ``size`` bytes of a part's content, or less; nothing is verified."""
        data = self._laid_over.get(fold(name))
        return data[:size] if data is not None else self.archive.head(self._entry(name), size)

    def size(self, name: str) -> int:
        """Return the size of a part's content in bytes."""
        data = self._laid_over.get(fold(name))
        return len(data) if data is not None else self._entry(name).info.file_size

    def _entry(self, name: str) -> Entry:
        if name not in self:
            raise PackageError(self.path, name, "no such part")
        return self.archive.by_name[fold(name)]

    def xml(self, name: str) -> Element:
        """Return a part's root element.

        Raises: PackageError as :func:`xltrack.opc.markup.parse` does; UnreadableWorkbook
        (TOO_LARGE) for a part beyond ``bounds.parsed_size``.
        """
        return parse(self.read(name, self.archive.bounds.parsed_size), self.path, name)

    def relationships(self, source: str = "") -> list[Relationship]:
        """Return the relationships of a part, or of the package itself; none is an empty list."""
        name = relationships_name(source)
        if name not in self:
            return []
        data = self.read(name, self.archive.bounds.parsed_size)
        return read_relationships(data, source, self.path, name)

    def related(self, source: str, kind: str) -> str | None:
        """Return the first existing part that ``source`` relates to as ``kind``, spelled."""
        for relationship in self.relationships(source):
            part = relationship.part
            if relationship.kind == kind and part is not None and part in self:
                return self.names[fold(part)]
        return None

    @cached_property
    def content_types(self) -> ContentTypes:
        """The content types that the package declares."""
        data = self.read(CONTENT_TYPES, self.archive.bounds.parsed_size)
        return read_content_types(data, self.path)

    def parts_of_type(self, ending: str) -> list[str]:
        """Return the parts whose content type ends in ``ending``, in the package's order."""
        types = self.content_types
        return [name for name in self.names.values() if (types.of(name) or "").endswith(ending)]

    def reachable(self, without: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
        """Return the parts that relationships lead to from the package, and their ``.rels`` parts.

        ``without``: (source, relationship id) pairs that are not followed.

        Returns: spelled names by folded names.
        """
        barred = {(fold(source), identifier) for source, identifier in without}
        found: dict[str, str] = {}
        waiting = [""]
        while waiting:
            source = waiting.pop()
            rels = relationships_name(source)
            if rels in self:
                found[fold(rels)] = self.names[fold(rels)]
            for relationship in self._cached_relationships(source):
                part = relationship.part
                if part is None or part not in self or fold(part) in found:
                    continue
                if (fold(source), relationship.id) not in barred:
                    found[fold(part)] = self.names[fold(part)]
                    waiting.append(part)
        return found

    @cached_property
    def _by_source(self) -> dict[str, list[Relationship]]:
        return {}

    def _cached_relationships(self, source: str) -> list[Relationship]:
        key = fold(source)
        if key not in self._by_source:
            self._by_source[key] = self.relationships(source)
        return self._by_source[key]

    def relationship_parts(self) -> list[tuple[str, str]]:
        """Return (source, name) of every relationships part."""
        pairs = ((source_of(name), name) for name in self.names.values())
        return [(source, name) for source, name in pairs if source is not None]

    def laid_over(self, overlay: Overlay) -> Package:
        """Return this package with ``overlay`` on top; a part that stays the same is left out."""
        return replace(self, overlay=MappingProxyType(dict(self.overlay) | dict(overlay)))

    def write(self, out: BinaryIO) -> dict[str, str]:
        """Write the package as a zip archive; see :func:`xltrack.opc.zipwriter.rewrite`."""
        return rewrite(self.archive, self.overlay, out)


def open_package(
    path: Path, bounds: Bounds = DEFAULT_BOUNDS, passwords: Passwords = NO_PASSWORDS
) -> Package:
    """Return the package in the file at ``path``, with nothing read but its directory.

    An encrypted one is read whole and kept in memory; ``passwords`` are tried in turn.

    Raises: UnreadableWorkbook (missing, empty, encrypted, damaged, too large, or another format:
    of before 2007, plain text, OpenDocument, none known); Refused (two parts of one name).
    """
    container = container_of(path)
    if container is Container.OTHER and path.suffix.lower() in _TEXT_SUFFIXES:
        raise UnreadableWorkbook(path, Reason.PLAIN_TEXT)
    if container is Container.ENCRYPTED:
        return package_from_bytes(decrypted(path, passwords, bounds.total_size), str(path), bounds)
    if container is not Container.ZIP:
        raise UnreadableWorkbook(path, _REASONS[container])
    return _package(open_archive(path, bounds))


def package_from_bytes(data: bytes, label: str, bounds: Bounds = DEFAULT_BOUNDS) -> Package:
    """Return the package in ``data``; errors name ``label``; raises as :func:`open_package`."""
    return _package(archive_from_bytes(data, label, bounds))


def _package(archive: Archive) -> Package:
    package = Package(archive)
    if CONTENT_TYPES in package:
        return package
    open_document = "mimetype" in package and package.read("mimetype", 255).startswith(_ODF)
    reason = Reason.OPEN_DOCUMENT if open_document else Reason.NOT_A_WORKBOOK
    raise UnreadableWorkbook(archive.path, reason)
