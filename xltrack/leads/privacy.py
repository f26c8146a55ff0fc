"""Which of the team's own columns are private: by their header, or by what stands in them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.findings import masked
from xltrack.leads.header import HeaderCell
from xltrack.template import Template
from xltrack.text import fold

_LOOKED_AT = 500
_MOST = 0.5
_PRIVATE = (
    r"^\s*(\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}\s*$"  # mobile number
    r"|^\s*[^@\s]+@[^@\s]+\.[A-Za-z]{2,}\s*$"  # e-mail
    r"|^\s*[1-9]\d{16}[\dXx]\s*$"  # identity number
)


def is_private(cell: HeaderCell, column: pa.Array | npt.NDArray[Any], template: Template) -> bool:
    """Whether a column of the team's own is to be treated like contact details."""
    if cell.field is not None and template.by_id[cell.field].private:
        return True
    header = fold(cell.text)
    if any(fold(word) in header for word in template.private.header_words):
        return True
    if isinstance(column, pa.Array):
        return _mostly_private(column.drop_null().slice(0, _LOOKED_AT))
    if column.dtype.kind == "f":
        whole = [int(number) for number in column[~(column % 1 != 0)][:_LOOKED_AT]]
        return _mostly_private(pa.array(map(str, whole), type=pa.string()))
    return False


@lru_cache(maxsize=4096)
def without_private(text: str) -> str:
    """The text, masked where it is a phone, an address or an identity number put in its place.

    >>> without_private("张三"), without_private("13812345678")
    ('张三', '13***')
    """
    return masked(text) if re.search(_PRIVATE, text) else text


def _mostly_private(texts: pa.Array) -> bool:
    if not len(texts):
        return False
    found = pc.sum(pc.match_substring_regex(texts, _PRIVATE)).as_py() or 0
    return bool(found >= _MOST * len(texts))
