"""Rows of totals among the leads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_LONGEST_PREFIX = 6
_COLONS = ":\uff1a"  # the full-width one as well


def total_rows(
    filled: npt.NDArray[np.bool_],
    texts: Mapping[str, pa.Array],
    own: Mapping[str, pa.Array | npt.NDArray[Any]],
    words: Sequence[str],
) -> dict[int, str]:
    """The rows of totals by position, with the text that tells them.

    Such a row names a total in one of its texts and stands at no stage.
    """
    possible = filled.copy()
    if "stage" in texts:
        possible &= ~texts["stage"].is_valid().to_numpy(zero_copy_only=False)
    positions = np.flatnonzero(possible)
    found: dict[int, str] = {}
    if not len(positions):
        return found
    pattern = total_pattern(words)
    columns = [*texts.values(), *(c for c in own.values() if isinstance(c, pa.Array))]
    for column in columns:
        some = column.take(pa.array(positions))
        hits = pc.fill_null(pc.match_substring_regex(some, pattern), False)
        for hit in np.flatnonzero(hits.to_numpy(zero_copy_only=False)):
            found.setdefault(int(positions[hit]), some[int(hit)].as_py())
    return dict(sorted(found.items()))


def total_pattern(words: Sequence[str]) -> str:
    """What names a total: a word alone or, in Chinese, behind a few characters.

    >>> import re
    >>> pattern = total_pattern(["合计", "total"])
    >>> [bool(re.search(pattern, text)) for text in ("5月合计:", "Total", "Total Energies")]
    [True, True, False]
    """
    alone = "|".join(re.escape(word) for word in words)
    behind = "|".join(re.escape(word) for word in words if not word.isascii())
    ways = [rf"(?:{alone})"]
    if behind:
        ways.append(rf".{{1,{_LONGEST_PREFIX}}}(?:{behind})")
    return rf"(?i)^\s*(?:{'|'.join(ways)})\s*[{_COLONS}]?\s*$"
