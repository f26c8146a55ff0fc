"""Writing the compound file that a VBA project is kept in.

Source: [MS-CFB], version 3: sectors of 512 bytes, streams below 4,096 bytes in sectors of 64.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NOBODY = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_IN_HEADER = 109  # sectors of the table that the header itself can name

Tree = Mapping[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    color: int = _BLACK
    left: int = _NOBODY
    right: int = _NOBODY
    child: int = _NOBODY
    start: int = 0
    size: int = 0


@dataclass
class _Sectors:
    """Sectors in a row, and the table that chains them."""

    width: int
    content: list[bytes] = field(default_factory=list)
    chain: list[int] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        """Append a chain and return its first sector."""
        if not data:
            return _END
        first = len(self.content)
        count = -(-len(data) // self.width)
        for number in range(count):
            piece = data[number * self.width : (number + 1) * self.width]
            self.content.append(piece.ljust(self.width, b"\0"))
            self.chain.append(first + number + 1 if number < count - 1 else _END)
        return first


def compound_file(tree: Tree) -> bytes:
    """Return the compound file with these storages (mappings) and streams (bytes).

    Raises: ValueError for a tree that would take more than 7 MB, or a name beyond 31 letters.
    """
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add_siblings(tree, entries)
    sectors, small = _Sectors(_SECTOR), _Sectors(_MINI)
    for entry in entries[1:]:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (small if entry.size < _CUTOFF else sectors).add(entry.data)
    stored_small = b"".join(small.content)
    entries[0].size, entries[0].start = len(stored_small), sectors.add(stored_small)
    table = _numbers(small.chain, _SECTOR // 4)
    small_table, small_count = sectors.add(table), len(table) // _SECTOR
    directory = sectors.add(_directory(entries))
    fat_sectors = _add_fat(sectors)
    header = _header(fat_sectors, directory, small_table, small_count)
    return header + b"".join(sectors.content)


def _add_siblings(tree: Tree, entries: list[_Entry]) -> int:
    """Append the entries of one storage and return the root of their search tree."""
    numbers = []
    for name, content in tree.items():
        if len(name) > 31:
            raise ValueError(f"{name} is too long a name")
        numbers.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entry = _Entry(name, _STORAGE)
            entries.append(entry)
            entry.child = _add_siblings(content, entries)
    numbers.sort(key=lambda n: (len(entries[n].name), entries[n].name.upper()))
    full_levels = (len(numbers) + 1).bit_length() - 1
    return _balanced(numbers, entries, full_levels)


def _balanced(numbers: Sequence[int], entries: list[_Entry], levels_left: int) -> int:
    """Halve the sorted entries into a tree; those below the full levels are its red ones."""
    if not numbers:
        return _NOBODY
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.color = _BLACK if levels_left > 0 else _RED
    entry.left = _balanced(numbers[:middle], entries, levels_left - 1)
    entry.right = _balanced(numbers[middle + 1 :], entries, levels_left - 1)
    return numbers[middle]


def _directory(entries: Sequence[_Entry]) -> bytes:
    out = bytearray()
    for entry in entries:
        name = entry.name.encode("utf-16-le") + b"\0\0"
        out += name.ljust(64, b"\0") + struct.pack("<HBB", len(name), entry.kind, entry.color)
        out += struct.pack("<III", entry.left, entry.right, entry.child) + bytes(36)
        out += struct.pack("<IQ", entry.start, entry.size)
    unused = bytes(68) + struct.pack("<III", _NOBODY, _NOBODY, _NOBODY) + bytes(48)
    while len(out) % _SECTOR:
        out += unused
    return bytes(out)


def _add_fat(sectors: _Sectors) -> list[int]:
    """Append the table of all sectors, which describes itself too; return where it stands."""
    per_sector, count = _SECTOR // 4, 1
    while count * per_sector < len(sectors.content) + count:
        count += 1
    if count > _IN_HEADER:
        raise ValueError("too large for a project")
    first = len(sectors.content)
    table = _numbers(sectors.chain + [_FAT] * count, per_sector)
    sectors.content += [table[number * _SECTOR : (number + 1) * _SECTOR] for number in range(count)]
    return list(range(first, first + count))


def _numbers(values: Sequence[int], multiple: int) -> bytes:
    filled = [*values, *[_FREE] * (-len(values) % multiple)]
    return struct.pack(f"<{len(filled)}I", *filled)


def _header(fat: Sequence[int], directory: int, small_table: int, small_count: int) -> bytes:
    out = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    out += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    out += struct.pack("<IIIII", 0, len(fat), directory, 0, _CUTOFF)
    out += struct.pack("<IIII", small_table, small_count, _END, 0)
    return out + _numbers(fat, _IN_HEADER)
