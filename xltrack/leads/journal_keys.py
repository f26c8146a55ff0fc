"""The keys by which the stage journal knows a lead again, for whole columns at once.

They are those of :mod:`xltrack.leads.identity`. Names of plain letters, digits and ideographs are
treated by column, the few others one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.identity import normalised_customer
from xltrack.text import fold

LONGEST = 200
"""Characters that are kept of any text; what is longer is no name, and a sheet has its limits."""

_TEXT = pa.large_string()
_BETWEEN = "\x1f"
_PLAIN_ID = r"^[!-~]+( [!-~]+)*$"
_LETTERS = r"0-9A-Za-z\x{4E00}-\x{9FFF}"
_MARKS = "()\uff08\uff09\u00b7.,\uff0c\u3002\u3001&'\"_ -"
_PLAIN_NAME = f"^[{_LETTERS}{_MARKS}]*$"
_NOT_LETTERS = f"[^{_LETTERS}]+"


@dataclass(frozen=True)
class Keys:
    """Folded ids and normalised customers; ``unique`` tells which rows can be known again: those
    with an id whose key no other row has."""

    lead_id: pa.Array
    customer: pa.Array
    unique: npt.NDArray[np.bool_]

    @property
    def joined(self) -> pa.Array:
        """Both as one text."""
        return joined_keys(self.lead_id, self.customer)


def keys_of(leads: pd.DataFrame, suffixes: Sequence[str]) -> Keys:
    """The keys of ``leads``, in their order; without a customer, an empty name."""
    ids = _cut(_by_kind(arrow_text(leads["lead_id"]), _PLAIN_ID, pc.utf8_lower, fold))
    customers = _cut(customers_of(arrow_text(leads["customer"]), suffixes))
    joined = joined_keys(ids, customers)
    codes = joined.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    unique = np.bincount(codes, minlength=1)[codes] == 1 if len(codes) else np.zeros(0, dtype=bool)
    filled = pc.not_equal(ids, "").to_numpy(zero_copy_only=False)
    return Keys(ids, customers, unique & filled)


def joined_keys(ids: pa.Array, customers: pa.Array) -> pa.Array:
    """Ids and customers as one text each."""
    return pc.binary_join_element_wise(ids, customers, pa.scalar(_BETWEEN, _TEXT))


def customers_of(names: pa.Array, suffixes: Sequence[str]) -> pa.Array:
    """As :func:`.identity.normalised_customer`, for a column."""

    def plain(texts: pa.Array) -> pa.Array:
        bare = pc.utf8_lower(pc.replace_substring_regex(texts, _NOT_LETTERS, ""))
        return _without_suffix(bare, suffixes)

    return _by_kind(names, _PLAIN_NAME, plain, lambda name: normalised_customer(name, suffixes))


def _without_suffix(names: pa.Array, suffixes: Sequence[str]) -> pa.Array:
    endings = {normalised_customer(suffix, ()) for suffix in suffixes}
    done = np.zeros(len(names), dtype=bool)
    for ending in sorted(endings, key=lambda ending: (-len(ending), ending)):
        found = pc.ends_with(names, ending).to_numpy(zero_copy_only=False)
        found &= ~done & pc.not_equal(names, ending).to_numpy(zero_copy_only=False)
        if found.any():
            short = pc.utf8_slice_codeunits(names.filter(pa.array(found)), 0, -len(ending))
            names = pc.replace_with_mask(names, pa.array(found), short)
            done |= found
    return names


def arrow_text(column: pd.Series[str]) -> pa.Array:
    """A text column as one Arrow array, missing ones empty."""
    texts = pa.array(column, type=_TEXT, from_pandas=True)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    return pc.fill_null(texts, "")


def _by_kind(
    texts: pa.Array,
    plain: str,
    columnwise: Callable[[pa.Array], pa.Array],
    one: Callable[[str], str],
) -> pa.Array:
    odd = ~pc.match_substring_regex(texts, plain).to_numpy(zero_copy_only=False)
    changed = columnwise(texts)
    if not odd.any():
        return changed
    slow = pa.array(odd)
    few = [one(text) for text in texts.filter(slow).to_pylist()]
    return pc.replace_with_mask(changed, slow, pa.array(few, type=_TEXT))


def _cut(texts: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(texts, 0, LONGEST)
