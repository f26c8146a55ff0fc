"""Blank images are images of their format."""

from __future__ import annotations

import struct
import zlib

import pytest

from xltrack.opc.blank_images import blank_image


@pytest.mark.parametrize(
    ("extension", "begins"),
    [
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("gif", b"GIF89a"),
        ("bmp", b"BM"),
        ("jpg", b"\xff\xd8\xff"),
        ("jpeg", b"\xff\xd8\xff"),
        ("tif", b"II*\0"),
        ("emf", b"\x01\0\0\0"),
        ("wmf", b"\xd7\xcd\xc6\x9a"),
        ("svg", b"<svg"),
    ],
)
def test_an_image_begins_as_its_format_asks(extension: str, begins: bytes) -> None:
    image = blank_image(extension)
    assert image is not None
    assert image.startswith(begins)


def test_there_is_none_of_an_unknown_format() -> None:
    assert blank_image("pdf") is None


def test_the_chunks_of_the_png_have_their_checksums() -> None:
    image = blank_image("png")
    assert image is not None
    at, kinds = 8, []
    while at < len(image):
        length, kind = struct.unpack_from(">L4s", image, at)
        data = image[at + 8 : at + 8 + length]
        assert struct.unpack_from(">L", image, at + 8 + length)[0] == zlib.crc32(kind + data)
        kinds.append(kind)
        at += 12 + length
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]


def test_the_emf_says_how_long_it_is() -> None:
    image = blank_image("emf")
    assert image is not None
    assert image[40:44] == b" EMF"
    assert struct.unpack_from("<L", image, 48)[0] == len(image)
