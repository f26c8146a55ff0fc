"""Columns of text folded to text that can be compared."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def folded(texts: pa.Array) -> pa.Array:
    """The texts in half-width and lower case, without spaces at their ends."""
    return pc.utf8_lower(pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC")))
