"""How the text of macros is packed inside a VBA project.

Source: [MS-OVBA] 2.4.1, compression and decompression: chunks of 4,096 bytes, each a row of
literal bytes and of copies of what came before in the chunk.
"""

from __future__ import annotations

import struct

_CHUNK = 4096
_SIGNATURE = 1
_PACKED, _AS_IT_IS = 0xB000, 0x3FFF
_MOST = 1 << 25  # the largest module of text that is believed, in bytes


def decompress(data: bytes) -> bytes:
    """Return what a compressed container holds.

    Raises: ValueError for a container that is damaged, or that would become too large.
    """
    if data[:1] != bytes([_SIGNATURE]):
        raise ValueError("not a compressed container")
    out, at = bytearray(), 1
    while at < len(data):
        header = int.from_bytes(data[at : at + 2], "little")
        end = min(at + (header & 0x0FFF) + 3, len(data))
        if header & 0x8000:
            out += _unpacked(data[at + 2 : end])
        else:
            out += data[at + 2 : end]
        if len(out) > _MOST:
            raise ValueError("a module is too large")
        at = end
    return bytes(out)


def _unpacked(chunk: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(chunk):
        flags, at = chunk[at], at + 1
        for bit in range(8):
            if at >= len(chunk):
                break
            if not flags >> bit & 1:
                out.append(chunk[at])
                at += 1
                continue
            if at + 2 > len(chunk) or not out:
                raise ValueError("a copy from nowhere")
            token, at = int.from_bytes(chunk[at : at + 2], "little"), at + 2
            shift = 16 - _offset_bits(len(out))
            back, length = (token >> shift) + 1, (token & (1 << shift) - 1) + 3
            if back > len(out):
                raise ValueError("a copy from nowhere")
            for _ in range(length):  # a copy may overlap what it makes
                out.append(out[-back])
    return bytes(out)


def compress(data: bytes) -> bytes:
    """Return the compressed container that holds ``data``.

    >>> decompress(compress(b"Sub a()\\r\\nSub b()\\r\\n"))
    b'Sub a()\\r\\nSub b()\\r\\n'
    """
    out = bytearray([_SIGNATURE])
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        packed = _packed(chunk)
        if len(packed) < _CHUNK:
            out += struct.pack("<H", _PACKED | len(packed) - 1) + packed
        else:  # text never gets here but for a chunk without a single repetition
            out += struct.pack("<H", _AS_IT_IS) + chunk.ljust(_CHUNK, b" ")
    return bytes(out)


def _packed(chunk: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(chunk):
        flags_at = len(out)
        out.append(0)
        for bit in range(8):
            if at >= len(chunk):
                break
            shift = 16 - _offset_bits(at)
            start, length = _longest(chunk, at, (1 << shift) + 2)
            if length:
                out[flags_at] |= 1 << bit
                out += struct.pack("<H", (at - start - 1) << shift | length - 3)
                at += length
            else:
                out.append(chunk[at])
                at += 1
    return bytes(out)


def _offset_bits(position: int) -> int:
    """How many bits of a copy's token say how far back it reaches."""
    return max(4, (position - 1).bit_length()) if position else 4


def _longest(chunk: bytes, at: int, most: int) -> tuple[int, int]:
    """Where the longest run before ``at`` starts that repeats what stands there, and its length;
    a length of 0 where three bytes do not repeat."""
    best, length = 0, 0
    wanted = 3
    while wanted <= most and at + wanted <= len(chunk):
        found = chunk.rfind(chunk[at : at + wanted], 0, at + wanted - 1)
        if found < 0:
            break
        best, length = found, wanted
        wanted += 1
    return best, length
