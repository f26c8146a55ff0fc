"""The text of macros packed and unpacked; oletools is the other reader."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oletools.olevba import decompress_stream

from xltrack.create.button_compression import compress, decompress

# the first worked example of [MS-OVBA] 3.2: a text, and the container that it gives for it
TEXT = b"abcdefghijklmnopqrstuv."
CONTAINER = "0119b000616263646566676800696a6b6c6d6e6f70007172737475762e"


def test_the_published_example_is_packed_byte_for_byte() -> None:
    assert compress(TEXT).hex() == CONTAINER
    assert decompress(bytes.fromhex(CONTAINER)) == TEXT


@given(st.text("ab \r\nSub", max_size=9000))
@settings(deadline=None, max_examples=40)
def test_another_program_unpacks_what_is_packed(text: str) -> None:
    data = text.encode()
    packed = compress(data)
    assert bytes(decompress_stream(bytearray(packed))) == data
    assert decompress(packed) == data


@given(st.binary(max_size=600))
@settings(deadline=None, max_examples=200)
def test_a_damaged_container_is_text_or_a_value_error(noise: bytes) -> None:
    try:
        unpacked = decompress(b"\x01" + noise)
    except ValueError:
        return
    assert len(unpacked) <= 4098 * (len(noise) + 1)


def test_what_is_no_container_is_refused() -> None:
    with pytest.raises(ValueError, match="not a compressed container"):
        decompress(b"Sub a()")
