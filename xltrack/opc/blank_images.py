"""The smallest image of each format: what a picture is replaced with that must not be seen."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

_GIF = b"GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


def blank_image(extension: str) -> bytes | None:
    """An image of one pixel, or of none, in the format of a file extension; None for others."""
    makers: dict[str, Callable[[], bytes]] = {
        "png": _png,
        "gif": lambda: _GIF,
        "bmp": _bmp,
        "jpg": _jpeg,
        "jpeg": _jpeg,
        "tif": _tiff,
        "tiff": _tiff,
        "emf": _emf,
        "wmf": _wmf,
        "svg": lambda: _SVG,
    }
    make = makers.get(extension)
    return make() if make is not None else None


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", crc)

    head = struct.pack(">2L5B", 1, 1, 8, 0, 0, 0, 0)
    pixel = chunk(b"IDAT", zlib.compress(b"\0\xff", 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixel + chunk(b"IEND", b"")


def _bmp() -> bytes:
    info = struct.pack("<L2l2H6L", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0)
    return struct.pack("<2sL2HL", b"BM", 58, 0, 0, 54) + info + b"\xff\xff\xff\0"


def _jpeg() -> bytes:
    """One grey pixel: both tables of codes hold one code of one bit.

    Source: ITU-T T.81, annex B.
    """
    quantisers = b"\xff\xdb\x00\x43\x00" + b"\x01" * 64
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    codes = b"\x01" + b"\0" * 15 + b"\0"
    tables = b"\xff\xc4\x00\x14\x00" + codes + b"\xff\xc4\x00\x14\x10" + codes
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x3f"
    return b"\xff\xd8" + quantisers + frame + tables + scan + b"\xff\xd9"


def _tiff() -> bytes:
    entries = [
        (256, 4, 1, 1),
        (257, 4, 1, 1),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (278, 4, 1, 1),
        (279, 4, 1, 1),
    ]
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<2H2L", *entry) for entry in entries
    )
    return b"II*\0" + struct.pack("<L", 10) + b"\xff\0" + directory + b"\0\0\0\0"


def _emf() -> bytes:
    """A metafile without a drawing. Source: [MS-EMF] 2.3.4.2 and 2.3.4.1."""
    head = struct.pack("<2L8l", 1, 88, 0, 0, 1, 1, 0, 0, 26, 26)
    head += struct.pack("<2L2L2H3L4l", 0x464D4520, 0x10000, 108, 2, 1, 0, 0, 0, 0, 1, 1, 1, 1)
    return head + struct.pack("<5L", 14, 20, 0, 16, 20)


def _wmf() -> bytes:
    """A metafile without a drawing. Source: [MS-WMF] 2.3.2.3 and 2.3.2.2."""
    placed = struct.pack("<LH4hHL", 0x9AC6CDD7, 0, 0, 0, 1, 1, 1440, 0)
    words = struct.unpack("<10H", placed)
    check = 0
    for word in words:
        check ^= word
    head = struct.pack("<3HL2LH", 1, 9, 0x300, 12, 3, 3, 0)[:18]
    return placed + struct.pack("<H", check) + head + struct.pack("<LH", 3, 0)
