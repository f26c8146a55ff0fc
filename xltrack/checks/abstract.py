"""What the rules across workbooks need of a book: some forty bytes of each lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xltrack.leads.header import column_letters
from xltrack.template import Settings
from xltrack.text import fold

if TYPE_CHECKING:
    import pyarrow as pa

    from xltrack.leads.book import LeadBook

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int32]
NOTHING = np.uint64(0)


@dataclass(frozen=True)
class AbstractSheet:
    """Where leads of an abstract stand, and the columns of id and owner."""

    workbook: str
    sheet: str
    lead_id: str
    owner: str


@dataclass(frozen=True)
class Texts:
    """Texts by position, end to end in UTF-8; an empty one stands for none."""

    data: bytes
    ends: npt.NDArray[np.int64]

    def __getitem__(self, position: int) -> str:
        start = int(self.ends[position - 1]) if position else 0
        return self.data[start : int(self.ends[position])].decode()

    def __len__(self) -> int:
        return len(self.ends)


def texts_end_to_end(texts: Sequence[str]) -> Texts:
    """Texts that take no more room than their characters."""
    encoded = [text.encode() for text in texts]
    return Texts(b"".join(encoded), np.cumsum([0, *map(len, encoded)], dtype=np.int64)[1:])


def arrow_texts(several: Sequence[Texts]) -> pa.Array:
    """All the texts as one Arrow array."""
    import pyarrow as pa  # noqa: PLC0415  # slow to import, seldom needed

    arrays = [
        pa.LargeStringArray.from_buffers(
            len(texts), pa.py_buffer(np.append([0], texts.ends)), pa.py_buffer(texts.data)
        )
        for texts in several
    ]
    return pa.concat_arrays(arrays)


@dataclass(frozen=True)
class Abstract:
    """What the rules across workbooks need of a book: small, and safe to send to a process.

    One entry per row of leads: number of its sheet, Excel row, id as typed, hashes of id and
    normalised customer (0 for none), number of its owner among ``owners`` (−1 for none).
    """

    settings: Settings
    sheets: tuple[AbstractSheet, ...]
    sheet: Numbers
    row: Numbers
    lead_ids: Texts
    ids: Keys
    customers: Keys
    owner: Numbers
    owners: tuple[str, ...]


def abstract_of(book: LeadBook) -> Abstract:
    """What the rules across workbooks need of ``book``."""
    sources = [source for source in book.sources if source.leads]
    sheets = tuple(
        AbstractSheet(
            source.workbook,
            source.sheet,
            column_letters(source.columns.get("lead_id", (0,))[0]),
            column_letters(source.columns.get("owner", (0,))[0]),
        )
        for source in sources
    )
    rows = book.rows
    ids = [text if isinstance(text, str) else "" for text in rows["lead_id"].tolist()]
    customers, _, plain = book.customers
    owner, owners = rows["owner"].factorize()
    numbers = np.arange(len(sources), dtype=np.int32)
    return Abstract(
        settings=book.settings,
        sheets=sheets,
        sheet=np.repeat(numbers, [source.leads for source in sources]),
        row=rows["row"].to_numpy().astype(np.int32),
        lead_ids=texts_end_to_end(ids),
        ids=_hashed([fold(text) for text in ids]),
        customers=np.append(_hashed(plain.to_pylist()), NOTHING)[customers],
        owner=owner.astype(np.int32),
        owners=tuple(map(str, owners)),
    )


def _hashed(texts: Sequence[Any]) -> Keys:
    """A hash by text that is the same in every process; 0 for an empty text."""
    from pandas.util import hash_array  # noqa: PLC0415  # slow to import, not needed to compare

    array = np.array(texts, dtype=object)
    if not len(array):
        return np.empty(0, dtype=np.uint64)
    hashed: Keys = hash_array(array, categorize=False)
    return np.where(array == "", NOTHING, hashed)
