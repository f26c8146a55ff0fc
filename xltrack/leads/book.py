"""The leads of one workbook or of several, with where each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import union_categoricals

from xltrack.findings import Finding
from xltrack.leads.cells import number_text
from xltrack.leads.identity import one_row_per_lead
from xltrack.leads.one_unit import in_unit_of, with_people_of
from xltrack.leads.texts import STR
from xltrack.template import Settings
from xltrack.text import Lang

if TYPE_CHECKING:
    from xltrack.leads.journal import Journal

PLACE_COLUMNS = ("file", "sheet", "row")
"""The columns of a lead book that tell where a lead stands."""


@dataclass(frozen=True)
class Source:
    """One lead sheet that was read.

    ``leads`` counts its rows, ``last_row`` is the Excel row of the last of them (that of the
    header where there is none), ``columns`` holds the 1-based column numbers by field and
    ``own_columns`` those of the team's own columns by name.
    """

    path: Path
    workbook: str
    sheet: str
    leads: int
    header_row: int
    last_row: int
    columns: Mapping[str, tuple[int, ...]]
    own_columns: Mapping[str, int]


@dataclass(frozen=True)
class LeadBook:
    """The leads of one workbook or of several.

    Attributes:
        rows: one row per row of leads, in the order of file and sheet. Columns: ``file``,
            ``sheet`` (category), ``row`` (int32, the Excel row); every declared field by id (text
            and list fields ``str``, numbers float64 in the workbook's unit, dates and date-times
            datetime64[s]); then the team's own columns by name. Missing and unreadable: null.
        own: whether each of the team's own columns is private, by name.
        lang: the language of the headers.
        settings: what the team has set.
        sources: the sheets that were read.
        findings: what was odd about the cells.
        customer_suffixes: what a company's name may end in without being another company.
        journal_texts: of each workbook, the cells of its stage journal.
        settings_of: of several that were merged, what those have set that have other Settings, by
            the name of the workbook.
    """

    rows: pd.DataFrame
    own: Mapping[str, bool]
    lang: Lang
    settings: Settings
    sources: tuple[Source, ...]
    findings: tuple[Finding, ...]
    customer_suffixes: tuple[str, ...] = field(default=(), repr=False)
    journal_texts: tuple[tuple[str, ...], ...] = field(default=((),), repr=False)
    settings_of: Mapping[str, Settings] = field(default_factory=dict, repr=False)

    @cached_property
    def leads(self) -> pd.DataFrame:
        """One row per lead, columns as in :attr:`rows`; see :func:`.identity.one_row_per_lead`."""
        return one_row_per_lead(self.rows, self.settings, self.customer_suffixes)

    def of_leads(self, leads: pd.DataFrame) -> LeadBook:
        """The book with these rows, each of which is known to be a lead of its own."""
        book = replace(self, rows=leads)
        book.__dict__["leads"] = leads  # asking which rows are leads costs as much as reading them
        return book

    @cached_property
    def customers(self) -> tuple[npt.NDArray[np.intp], pa.Array, pa.Array]:
        """Number of each row's customer (−1 for none); their names as typed, and normalised."""
        from xltrack.leads.journal_keys import customers_of  # noqa: PLC0415

        texts = pa.array(self.rows["customer"], type=pa.large_string(), from_pandas=True)
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        encoded = texts.dictionary_encode()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.intp)
        return codes, encoded.dictionary, customers_of(encoded.dictionary, self.customer_suffixes)

    @cached_property
    def journal(self) -> Journal:
        """What refreshes have noted, of all workbooks; empty where none has a journal."""
        from xltrack.leads.journal_parse import decoded  # noqa: PLC0415  # seldom asked for
        from xltrack.leads.journal_union import side_by_side  # noqa: PLC0415

        return side_by_side([decoded(t, self.customer_suffixes) for t in self.journal_texts])


def merge_books(books: Sequence[LeadBook]) -> LeadBook:
    """The rows of all ``books`` in their order.

    The settings are those of the first, with the owners and targets that only others have. Amounts
    come in its unit; those in another currency are null.

    A column of the team's own that is not of one type in all of them is text.

    Raises: ValueError without a book.
    """
    if not books:
        raise ValueError("no books to merge")
    if len(books) == 1:
        return books[0]
    first = books[0]
    settings = with_people_of(first.settings, [book.settings for book in books])
    own: dict[str, bool] = {}
    for book in books:
        for name, private in book.own.items():
            own[name] = private or own.get(name, False)
    return LeadBook(
        rows=concatenated([in_unit_of(settings, book.rows, book.settings) for book in books]),
        own=own,
        lang=first.lang,
        settings=settings,
        sources=tuple(source for book in books for source in book.sources),
        findings=tuple(finding for book in books for finding in book.findings),
        customer_suffixes=first.customer_suffixes,
        journal_texts=tuple(texts for book in books for texts in book.journal_texts),
        settings_of={
            source.workbook: book.settings
            for book in books
            if book.settings != first.settings
            for source in book.sources
        },
    )


def concatenated(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all ``frames`` with all of their columns, each column of one dtype."""
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    columns = {name: _stacked([frame.get(name) for frame in frames], frames) for name in names}
    return pd.DataFrame(columns, copy=False)


def _stacked(
    pieces: Sequence[pd.Series[Any] | None], frames: Sequence[pd.DataFrame]
) -> pd.Series[Any]:
    known = [piece for piece in pieces if piece is not None]
    if isinstance(known[0].dtype, pd.CategoricalDtype):
        return pd.Series(union_categoricals(known))
    dtypes = {piece.dtype for piece in known}
    dtype = dtypes.pop() if len(dtypes) == 1 else STR
    filled = [
        pd.Series(index=frame.index, dtype=dtype) if piece is None else as_dtype(piece, dtype)
        for piece, frame in zip(pieces, frames, strict=True)
    ]
    return pd.concat(filled, ignore_index=True)


def as_dtype(piece: pd.Series[Any], dtype: object) -> pd.Series[Any]:
    """The column as ``dtype``, which is its own or text."""
    if piece.dtype == dtype:
        return piece
    if pd.api.types.is_float_dtype(piece.dtype):
        texts = [None if pd.isna(value) else number_text(value) for value in piece]
        return pd.Series(texts, index=piece.index, dtype=STR)
    days: pd.Series[str] = piece.dt.strftime("%Y-%m-%d %H:%M:%S")
    return days.str.removesuffix(" 00:00:00").astype(STR)
