"""Folding text quickly comes to the same as folding it step by step."""

from __future__ import annotations

import re
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from xltrack.text import fold

INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])


def step_by_step(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(INVISIBLE)
    return re.sub(r"\s+", " ", plain).strip().casefold()


@given(st.text())
def test_any_text_is_folded_as_step_by_step(text: str) -> None:
    assert fold(text) == step_by_step(text)


def test_every_character_is_folded_as_step_by_step() -> None:
    for code in range(sys.maxunicode + 1):
        text = f"a {chr(code)}  b"
        assert fold(text) == step_by_step(text)
