"""What waits in the process that puts many workbooks together, packed.

It takes a fraction of the room there, and is unpacked one column at a time.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xltrack.leads.book import LeadBook

CODEC = "lz4"


@dataclass(frozen=True)
class Packed:
    """Anything of our own, compressed, and how many bytes it is when it is not."""

    data: bytes
    size: int


@dataclass(frozen=True)
class PackedBook:
    """A book whose rows are packed: ``book`` has none, ``columns`` holds them by name."""

    book: LeadBook
    rows: int
    columns: dict[str, Packed]


def packed(book: LeadBook, columns: Sequence[str]) -> PackedBook:
    """The book with these columns of its rows alone, packed."""
    rows = book.rows
    bare = replace(book, rows=rows.iloc[:0][["file"]].copy())
    return PackedBook(bare, len(rows), {name: pack(rows[name]) for name in columns})


def pack(content: object) -> Packed:
    """Something that pickle takes, packed."""
    import pyarrow as pa  # noqa: PLC0415

    data = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    return Packed(pa.compress(data, codec=CODEC, asbytes=True), len(data))


def unpack(packed_: Packed) -> Any:
    """What was packed, by a process of our own."""
    import pyarrow as pa  # noqa: PLC0415

    plain = pa.decompress(packed_.data, decompressed_size=packed_.size, codec=CODEC)
    return pickle.loads(plain)  # noqa: S301  # from our own process
