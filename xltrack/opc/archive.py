"""Reading a zip archive: the directory by the standard library, the entries by hand.

No file handle is kept between two reads, so that the file can be replaced while an archive of it
is in use (Windows refuses to replace an open file).
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from xltrack.errors import PackageError, Reason, Refused, UnreadableWorkbook
from xltrack.opc.bounds import DEFAULT_BOUNDS, Bounds
from xltrack.opc.names import fold, part_name

CHUNK = 1 << 20
HELD = 1 << 18
"""Bytes of a file that is read at once rather than for each entry anew."""
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
Stored = tuple[int, int, int, bytes]
"""Compression, size, checksum and compressed bytes of an entry: those with equal ones are equal."""
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_PATCHED = 0x0020


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the zip directory; ``name`` is its part name."""

    name: str
    info: zipfile.ZipInfo

    @property
    def is_folder(self) -> bool:
        """Whether this is a directory entry, which is no part."""
        return self.name.endswith("/") or not self.name


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells two states of a file apart without reading all of it."""

    inode: int
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Archive:
    """A zip archive, read-only: a file, or bytes under a label that errors may name.

    ``held`` are the bytes of a small file.
    """

    path: Path
    entries: tuple[Entry, ...]
    comment: bytes
    bounds: Bounds
    fingerprint: Fingerprint
    data: bytes | None = field(default=None, repr=False)
    held: bytes | None = field(default=None, repr=False, compare=False)

    def open(self) -> BinaryIO:
        """Return the archive's bytes as a new file object; the caller closes it."""
        here = self.data if self.data is not None else self.held
        if here is not None:
            return io.BytesIO(here)
        try:
            return self.path.open("rb")
        except OSError as error:
            raise unreadable(self.path, error) from error

    @cached_property
    def by_name(self) -> dict[str, Entry]:
        """Entries by folded part name, folders left out."""
        return {fold(entry.name): entry for entry in self.entries if not entry.is_folder}

    def raw_chunks(self, entry: Entry, file: BinaryIO) -> Iterator[bytes]:
        """Yield the entry's bytes as they are stored (compressed)."""
        file.seek(self._data_offset(entry, file))
        left = entry.info.compress_size
        while left:
            chunk = file.read(min(left, CHUNK))
            if not chunk:
                raise self._damaged(entry, "ends early")
            left -= len(chunk)
            yield chunk

    def stored(self, entry: Entry) -> Stored | None:
        """What tells that two entries are equal; None where that has to be read from a file first.

        Raises: PackageError for an entry without a local header.
        """
        if self.held is None:
            return None
        start = self._data_offset(entry, self.open())
        info = entry.info
        data = self.held[start : start + info.compress_size]
        return info.compress_type, info.file_size, info.CRC, data

    def local_header(self, entry: Entry, file: BinaryIO) -> tuple[bytes, bytes]:
        """Return the entry's name bytes and its extra field as its local header has them."""
        file.seek(entry.info.header_offset)
        head = file.read(LOCAL_HEADER.size)
        if len(head) < LOCAL_HEADER.size or head[:4] != b"PK\3\4":
            raise self._damaged(entry, "has no local header")
        *_, name_length, extra_length = LOCAL_HEADER.unpack(head)
        return file.read(name_length), file.read(extra_length)

    def chunks(self, entry: Entry, limit: int | None = None) -> Iterator[bytes]:
        """Yield the entry's content, inflated.

        Raises: PackageError when the content is not what the directory says; UnreadableWorkbook
        (TOO_LARGE) as soon as it is larger than ``limit`` bytes.
        """
        limit = self.bounds.entry_size if limit is None else limit
        inflate = _inflater(entry.info.compress_type)
        if inflate is None:
            raise self._damaged(entry, "is compressed in a way that workbooks do not use")
        size = crc = 0
        with self.open() as file:
            for raw in self.raw_chunks(entry, file):
                for chunk in self._inflated(entry, inflate, raw):
                    size += len(chunk)
                    if size > limit:
                        raise UnreadableWorkbook(self.path, Reason.TOO_LARGE, entry.name)
                    crc = zlib.crc32(chunk, crc)
                    yield chunk
        if size != entry.info.file_size or crc != entry.info.CRC:
            raise self._damaged(entry, "does not match its checksum")

    def read(self, entry: Entry, limit: int | None = None) -> bytes:
        """Return the entry's content; raises as :meth:`chunks` does."""
        limit = self.bounds.entry_size if limit is None else limit
        if entry.info.file_size > limit:
            raise UnreadableWorkbook(self.path, Reason.TOO_LARGE, entry.name)
        return b"".join(self.chunks(entry, limit))

    def head(self, entry: Entry, size: int) -> bytes:
        """Return at most the first ``size`` bytes of the entry's content, unverified.

        Raises: PackageError for an entry that is damaged there already.
        """
        inflate = _inflater(entry.info.compress_type)
        if inflate is None:
            raise self._damaged(entry, "is compressed in a way that workbooks do not use")
        with self.open() as file:
            file.seek(self._data_offset(entry, file))
            raw = file.read(min(size, entry.info.compress_size))
        return next(self._inflated(entry, lambda raw: inflate(raw, size), raw), b"")[:size]

    def _inflated(
        self, entry: Entry, inflate: Callable[[bytes], Iterator[bytes]], raw: bytes
    ) -> Iterator[bytes]:
        try:
            yield from inflate(raw)
        except zlib.error as error:
            raise self._damaged(entry, str(error)) from error

    def _data_offset(self, entry: Entry, file: BinaryIO) -> int:
        name, extra = self.local_header(entry, file)
        return entry.info.header_offset + LOCAL_HEADER.size + len(name) + len(extra)

    def _damaged(self, entry: Entry, detail: str) -> PackageError:
        return PackageError(self.path, entry.name, detail)


class _Inflater:
    """Turns stored chunks into content, never more than a chunk at a time."""

    def __init__(self, compressed: bool) -> None:
        self._stream = zlib.decompressobj(-15) if compressed else None

    def __call__(self, raw: bytes, most: int = CHUNK) -> Iterator[bytes]:
        if self._stream is None:
            yield raw
            return
        while raw:
            chunk = self._stream.decompress(raw, most)
            if not chunk:
                return
            yield chunk
            raw = self._stream.unconsumed_tail


def _inflater(method: int) -> _Inflater | None:
    if method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return _Inflater(method == zipfile.ZIP_DEFLATED)
    return None


def open_archive(path: Path, bounds: Bounds = DEFAULT_BOUNDS) -> Archive:
    """Return the archive in the file at ``path``.

    Raises: UnreadableWorkbook (a file that is missing, empty, no zip archive, too large);
    Refused (two entries of one name).
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            held = file.read() if status.st_size <= HELD else None
            directory = _directory(path, file if held is None else io.BytesIO(held))
    except OSError as error:
        raise unreadable(path, error) from error
    fingerprint = Fingerprint(status.st_ino, status.st_size, status.st_mtime_ns)
    return _checked(Archive(path, *directory, bounds, fingerprint, held=held))


def archive_from_bytes(data: bytes, label: str, bounds: Bounds = DEFAULT_BOUNDS) -> Archive:
    """Return the archive in ``data``; raises as :func:`open_archive` does, naming ``label``."""
    path = Path(label)
    directory = _directory(path, io.BytesIO(data))
    return _checked(Archive(path, *directory, bounds, Fingerprint(0, len(data), 0), data))


def unreadable(path: Path, error: OSError) -> UnreadableWorkbook:
    """Return the error that says why the system would not open the file at ``path``."""
    if isinstance(error, FileNotFoundError):
        return UnreadableWorkbook(path, Reason.MISSING)
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return UnreadableWorkbook(path, Reason.NOT_A_FILE)
    return UnreadableWorkbook(path, Reason.NOT_READABLE, error.strerror or "")


def _directory(path: Path, file: BinaryIO) -> tuple[tuple[Entry, ...], bytes]:
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            comment = archive.comment
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise UnreadableWorkbook(path, Reason.DAMAGED, str(error)) from error
    # not .filename: on Windows that has other slashes, and it ends at a NUL
    return tuple(Entry(part_name(info.orig_filename), info) for info in infos), comment


def _checked(archive: Archive) -> Archive:
    bounds, path = archive.bounds, archive.path
    infos = [entry.info for entry in archive.entries]
    if len(infos) > bounds.entries or sum(info.file_size for info in infos) > bounds.total_size:
        raise UnreadableWorkbook(path, Reason.TOO_LARGE)
    for entry in archive.entries:
        info = entry.info
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableWorkbook(path, Reason.ENCRYPTED)
        if info.flag_bits & _PATCHED:
            raise UnreadableWorkbook(path, Reason.DAMAGED, entry.name)
        inflates_to = info.file_size / max(info.compress_size, 1)
        too_dense = info.file_size > bounds.ratio_from and inflates_to > bounds.ratio
        if info.file_size > bounds.entry_size or too_dense:
            raise UnreadableWorkbook(path, Reason.TOO_LARGE, entry.name)
    _refuse_overlap(archive)
    _refuse_duplicates(archive)
    return archive


def _refuse_overlap(archive: Archive) -> None:
    """Entries that share bytes are how a small file claims an endless content."""
    end = 0
    for entry in sorted(archive.entries, key=lambda entry: entry.info.header_offset):
        info = entry.info
        if info.header_offset < end:
            raise UnreadableWorkbook(archive.path, Reason.DAMAGED, entry.name)
        end = info.header_offset + LOCAL_HEADER.size + info.compress_size


def _refuse_duplicates(archive: Archive) -> None:
    seen: set[str] = set()
    for entry in archive.entries:
        if entry.is_folder:
            continue
        key = fold(entry.name)
        if key in seen:
            raise Refused(archive.path, Reason.DUPLICATE_PARTS, entry.name)
        seen.add(key)
