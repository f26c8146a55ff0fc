"""Writing a zip archive whose kept entries are the bytes of another one.

What is kept is never inflated: compressed bytes, name bytes, extra fields, times, attributes and
order are those of the source. Only a data descriptor goes, since the sizes that it repeats are
written where readers look first; and offsets change, in zip64 form where they need it.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import BinaryIO

from xltrack.opc.archive import LOCAL_HEADER, Archive, Entry
from xltrack.opc.names import fold

_CENTRAL_HEADER = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_MAX_32 = 0xFFFFFFFF
_MAX_16 = 0xFFFF
_DESCRIPTOR = 0x0008
_UTF8_NAME = 0x0800
# The first day that a zip can name: entries made here always carry it, or the same content
# written twice would differ.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


class _Writer:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._position = 0
        self._central: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._position += len(data)

    def begin(self, info: zipfile.ZipInfo, name: bytes, extra: bytes, central_name: bytes) -> None:
        """Write the local header of the entry that ``info`` describes and note it for the end."""
        offset = self._position
        wide = max(info.file_size, info.compress_size) >= _MAX_32
        sizes = (_MAX_32, _MAX_32) if wide else (info.compress_size, info.file_size)
        version = max(info.extract_version, 45 if wide else 20)
        day, time = _dos_time(info.date_time)
        common = (info.flag_bits & ~_DESCRIPTOR, info.compress_type, time, day, info.CRC, *sizes)
        local_extra = _without_zip64(extra)
        if wide:
            local_extra = _zip64(info.file_size, info.compress_size) + local_extra
        head = LOCAL_HEADER.pack(b"PK\3\4", version, *common, len(name), len(local_extra))
        self.write(head + name + local_extra)
        self._note(info, common, offset, central_name, wide)

    def _note(
        self,
        info: zipfile.ZipInfo,
        common: tuple[int, ...],
        offset: int,
        name: bytes,
        wide: bool,
    ) -> None:
        far = offset >= _MAX_32
        numbers = [info.file_size, info.compress_size] if wide else []
        numbers += [offset] if far else []
        extra = (_zip64(*numbers) if numbers else b"") + _without_zip64(info.extra)
        version = max(info.extract_version, 45 if numbers else 20)
        made_by = info.create_version | info.create_system << 8
        comment = info.comment
        tail = (0, info.internal_attr, info.external_attr, _MAX_32 if far else offset)
        lengths = (len(name), len(extra), len(comment))
        head = _CENTRAL_HEADER.pack(b"PK\1\2", made_by, version, *common, *lengths, *tail)
        self._central.append(head + name + extra + comment)

    def end(self, comment: bytes) -> None:
        """Write the directory."""
        start = self._position
        self.write(b"".join(self._central))
        size, count = self._position - start, len(self._central)
        if count >= _MAX_16 or start >= _MAX_32 or size >= _MAX_32:
            where = self._position
            counts = (count, count, size, start)
            self.write(_END_64.pack(b"PK\6\6", _END_64.size - 12, 45, 45, 0, 0, *counts))
            self.write(_LOCATOR_64.pack(b"PK\6\7", 0, where, 1))
        short = min(count, _MAX_16)
        numbers = (0, 0, short, short, min(size, _MAX_32), min(start, _MAX_32), len(comment))
        self.write(_END.pack(b"PK\5\6", *numbers) + comment)


def rewrite(source: Archive, overlay: Mapping[str, bytes | None], out: BinaryIO) -> dict[str, str]:
    """Write ``source`` to ``out`` with the parts of ``overlay`` put in, or taken out where None.

    A replaced part keeps its place in the archive, a new one comes last, in the overlay's order.

    Returns: SHA-256 of every part as it is stored now (of the compressed bytes), by part name.
    """
    writer = _Writer(out)
    digests: dict[str, str] = {}
    pending = {fold(name): (name, data) for name, data in overlay.items()}
    with source.open() as file:
        for entry in source.entries:
            if entry.is_folder or fold(entry.name) not in pending:
                digests[entry.name] = _copy(writer, source, entry, file)
                continue
            name, data = pending.pop(fold(entry.name))
            if data is not None:
                utf8 = bool(entry.info.flag_bits & _UTF8_NAME)
                digests[name] = _add(writer, entry.info.orig_filename, data, utf8)
    for name, data in pending.values():
        if data is not None:
            digests[name] = _add(writer, name, data, not name.isascii())
    writer.end(source.comment)
    return digests


def _copy(writer: _Writer, source: Archive, entry: Entry, file: BinaryIO) -> str:
    name, extra = source.local_header(entry, file)
    central_name = _name_bytes(entry.info.orig_filename, entry.info.flag_bits)
    writer.begin(entry.info, name, extra, central_name)
    digest = hashlib.sha256()
    for chunk in source.raw_chunks(entry, file):
        digest.update(chunk)
        writer.write(chunk)
    return digest.hexdigest()


def _add(writer: _Writer, item: str, data: bytes, utf8: bool) -> str:
    info = zipfile.ZipInfo(item, _FIRST_DAY)
    info.flag_bits = _UTF8_NAME if utf8 else 0
    info.create_system = 0
    info.compress_type = zipfile.ZIP_DEFLATED
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    stored = deflate.compress(data) + deflate.flush()
    info.CRC = zlib.crc32(data)
    info.file_size, info.compress_size = len(data), len(stored)
    name = _name_bytes(item, info.flag_bits)
    writer.begin(info, name, b"", name)
    writer.write(stored)
    return hashlib.sha256(stored).hexdigest()


def _name_bytes(item: str, flags: int) -> bytes:
    return item.encode("utf-8" if flags & _UTF8_NAME else "cp437")


def _dos_time(date_time: tuple[int, int, int, int, int, int]) -> tuple[int, int]:
    year, month, day, hour, minute, second = date_time
    return (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2


def _zip64(*numbers: int) -> bytes:
    return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def _without_zip64(extra: bytes) -> bytes:
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept + extra[at:]
