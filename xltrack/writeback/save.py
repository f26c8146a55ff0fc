"""Saving an edit: the checks around the one moment at which the file changes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from xltrack.errors import PackageError, Reason, Refused, UnreadableWorkbook, XltrackError
from xltrack.opc import Overlay, Package, open_package
from xltrack.opc.archive import Archive, open_archive
from xltrack.opc.names import CONTENT_TYPES, fold, relationships_name
from xltrack.sheetml import lint
from xltrack.writeback.disk import copy_beside, replace_file
from xltrack.writeback.edit import Edit
from xltrack.writeback.locks import refuse_open
from xltrack.writeback.receipt import Fate, PartReceipt, Receipt
from xltrack.writeback.target import Target


def save(
    edit: Edit,
    destination: Path | None = None,
    *,
    backup: bool = True,
    overwrite: bool = False,
) -> Receipt:
    """Write the edited workbook and return the receipt.

    ``destination``: None replaces the workbook itself. ``backup``: a copy of the workbook is put
    beside it before its first refresh, and before each edit of the team's own cells, as
    ``name.xlsx.bak``. ``overwrite``: a destination that
    exists may be replaced. A file that would come out the same is not written.

    The new file is checked before it takes its place: every kept part is the bytes that it was,
    and nothing is wrong with the package that was not wrong before.

    Raises: Refused (EXISTS, NO_FOLDER, READ_ONLY, DISK_FULL, WRITE_FAILED, OPEN_ELSEWHERE;
    CHANGED_ON_DISK when the workbook is no longer the one that was opened); PackageError when the
    check fails. In all cases the files are as they were.
    """
    target = edit.target
    place = _place(target, destination, overwrite)
    in_place = _is_same(place, target.path)
    for known_as in {place, Path(destination or target.path)}:
        refuse_open(known_as)
    _refuse_read_only(place)
    _refuse_changed(target)
    shared = _shared_parts(target)
    _hold_budget(edit, shared)
    if in_place and not edit.changed:
        digests = stored_digests(target.package.archive)
        untouched = _parts(digests, digests, _Draft(shared, {}), {})
        return Receipt(target.path, place, None, False, untouched)
    needs_copy = in_place and backup and (bool(edit.edited) or not target.owned)
    copy = _backup(target) if needs_copy else None
    edited = frozenset(map(fold, edit.edited))
    draft = _Draft(shared, stored_digests(target.package.archive, edit.overlay), edited)
    written: dict[str, str] = {}
    after: dict[str, str] = {}

    def write(out: BinaryIO) -> None:
        written.update(_write(edit, out))

    def check(temporary: Path) -> None:
        after.update(_checked(edit, temporary, written))
        _refuse_changed(target)

    replace_file(place, write, check)
    kept = {name: digest for name, digest in written.items() if name not in edit.overlay}
    parts = _parts(kept | draft.overlaid, after, draft, edit.overlay)
    return Receipt(target.path, place, copy, edit.changed, parts)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the receipt needs to know of the source, noted while the source is still there."""

    shared: frozenset[str]
    overlaid: dict[str, str]
    edited: frozenset[str] = frozenset()


def _hold_budget(edit: Edit, shared: frozenset[str]) -> None:
    """Whatever made the edit: of the team's parts only the shared ones may change, and the sheets
    that somebody asked to be edited; only the calculation chain may go."""
    target = edit.target
    owned = target.parts_of_sheets(set(target.owned.values()))
    may_change = shared | set(map(fold, edit.edited))
    chain = target.package.related(target.workbook.part, "calcChain")
    for name, data in edit.overlay.items():
        mine = name not in target.package or fold(name) in owned
        goes = data is None and name == chain
        if not mine and not goes and (data is None or fold(name) not in may_change):
            raise PackageError(target.path, name, "would be changed, and is not ours")


def _place(target: Target, destination: Path | None, overwrite: bool) -> Path:
    """Return the real file to write: what a symbolic link leads to, not the link."""
    if destination is None:
        return target.path.resolve()
    place = Path(destination).resolve()
    if place.is_dir() or (place.exists() and not overwrite):
        raise Refused(destination, Reason.EXISTS)
    if not place.parent.is_dir():
        raise Refused(destination, Reason.NO_FOLDER, str(place.parent))
    return place


def _is_same(place: Path, source: Path) -> bool:
    return place.exists() and source.exists() and place.samefile(source)


def _refuse_read_only(path: Path) -> None:
    """Replacing a file takes no right to write to it, so that right is asked for here."""
    if path.exists() and not os.access(path, os.W_OK):
        raise Refused(path, Reason.READ_ONLY)


def _refuse_changed(target: Target) -> None:
    before = target.package.archive
    try:
        now = open_archive(target.path, before.bounds)
    except XltrackError as error:
        raise Refused(target.path, Reason.CHANGED_ON_DISK) from error
    if now.fingerprint != before.fingerprint or _directory(now) != _directory(before):
        raise Refused(target.path, Reason.CHANGED_ON_DISK)


def _directory(archive: Archive) -> list[tuple[object, ...]]:
    infos = [entry.info for entry in archive.entries]
    return [(i.orig_filename, i.header_offset, i.compress_size, i.file_size, i.CRC) for i in infos]


def _backup(target: Target) -> Path:
    """Return where a copy of the workbook is; one that is there already will do if it is equal."""
    number = 1
    while True:
        ending = ".bak" if number == 1 else f".bak{number}"
        place = target.path.resolve()
        place = place.with_name(place.name + ending)
        if not place.exists():
            copy_beside(target.path, place)
            return place
        if place.is_file() and _file_digest(place) == _file_digest(target.path):
            return place
        number += 1


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(edit: Edit, out: BinaryIO) -> dict[str, str]:
    package = edit.package
    if edit.changed:
        return package.write(out)
    with package.archive.open() as file:
        while chunk := file.read(1 << 20):
            out.write(chunk)
    return stored_digests(package.archive)


def _checked(edit: Edit, temporary: Path, written: dict[str, str]) -> dict[str, str]:
    """Return the digests of the file's parts, read back; raise when it is not what it should be."""
    path = edit.target.path
    try:
        package = open_package(temporary)
        digests = stored_digests(package.archive)
        for name, data in edit.overlay.items():
            if data is not None and package.read(name) != data:
                raise PackageError(path, name, "was not written as it should be")
    except UnreadableWorkbook as error:
        raise PackageError(path, temporary.name, str(error)) from error
    if digests != written:
        odd = sorted(k for k in {*digests, *written} if digests.get(k) != written.get(k))
        raise PackageError(path, odd[0], "was not written as it should be")
    for problem in _new_problems(edit, package):
        raise PackageError(path, problem[0], problem[1])
    return digests


def _new_problems(edit: Edit, package: Package) -> Iterator[tuple[str, str]]:
    found = lint(package, edit.grafted) if edit.changed else []
    if found:
        known = lint(edit.target.package)
        yield from ((p.part, p.what) for p in found if p not in known)


def stored_digests(archive: Archive, only: Collection[str] | None = None) -> dict[str, str]:
    """Return the SHA-256 of the stored bytes of the entries, or of those named in ``only``."""
    digests = {}
    with archive.open() as file:
        for entry in archive.entries:
            if only is None or entry.name in only:
                digest = hashlib.sha256()
                for chunk in archive.raw_chunks(entry, file):
                    digest.update(chunk)
                digests[entry.name] = digest.hexdigest()
    return digests


def _parts(
    before: dict[str, str],
    after: dict[str, str],
    draft: _Draft,
    overlay: Overlay,
) -> tuple[PartReceipt, ...]:
    names = [name for name in {**after, **before} if not name.endswith("/")]
    fates = [_fate(name, before, after, draft, overlay) for name in names]
    return tuple(
        PartReceipt(name, fate, before.get(name), after.get(name))
        for name, fate in zip(names, fates, strict=True)
    )


def _fate(
    name: str,
    before: dict[str, str],
    after: dict[str, str],
    draft: _Draft,
    overlay: Overlay,
) -> Fate:
    if name not in after:
        return Fate.REMOVED
    if name not in before:
        return Fate.ADDED
    if name not in overlay:
        return Fate.UNTOUCHED
    if fold(name) in draft.edited:
        return Fate.EDITED
    return Fate.CHANGED if fold(name) in draft.shared else Fate.REPLACED


def _shared_parts(target: Target) -> frozenset[str]:
    shared = [
        CONTENT_TYPES,
        target.workbook.part,
        relationships_name(target.workbook.part),
        target.styles_part,
        target.package.related("", "extended-properties"),
    ]
    return frozenset(fold(part) for part in shared if part is not None)
