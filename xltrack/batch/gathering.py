"""The leads of many workbooks as one book, one row per lead, the same whatever their order.

Columns are put together one after another, each let go of where it came from, so that memory grows
little beyond the leads themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.amounts import AmountUnits
from xltrack.leads.book import PLACE_COLUMNS, LeadBook, Source, concatenated
from xltrack.leads.identity import one_row_per_lead
from xltrack.template import Settings, load_template
from xltrack.template.merged_settings import merged_settings

AMOUNTS = ("amount", "expected_amount", "budget")
_IDENTITY = ("lead_id", "customer", "stage", "latest_follow_up", "file")
_AT = "\x1fat"  # names no column of a workbook

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Gathered:
    """The merged leads, and how many amounts of a workbook are in another currency (left out)."""

    book: LeadBook
    foreign: Mapping[str, int]


def summary_settings(books: Sequence[LeadBook], first: str) -> tuple[Settings, Settings]:
    """The Settings of the workbook ``first``, and those with what only others add.

    Added are owners and targets: each team keeps its own. What two workbooks say differently
    stands as the first says it.
    """
    own = next(
        book.settings for book in books if any(each.workbook == first for each in book.sources)
    )
    others = {_in_unit(each, own): None for each in _different(books) if each != own}
    whole, _ = merged_settings([own, *others])
    return own, replace(own, owners=whole.owners, targets=whole.targets)


def _different(books: Sequence[LeadBook]) -> list[Settings]:
    return list(dict.fromkeys(book.settings for book in _by_name(books)))


def _in_unit(theirs: Settings, ours: Settings) -> Settings:
    """Settings with their targets in our unit; without any where the currency is another."""
    if theirs.parameters.currency != ours.parameters.currency:
        return replace(theirs, targets=())
    factor = _factor(theirs, ours)
    if factor == 1:
        return theirs
    scaled = (replace(target, amount=target.amount * factor) for target in theirs.targets)
    return replace(theirs, targets=tuple(scaled))


def _by_name(books: Sequence[LeadBook]) -> list[LeadBook]:
    """The books by the first of their workbooks' names."""
    return sorted(books, key=lambda book: min((each.workbook for each in book.sources), default=""))


def gather(
    books: list[LeadBook],
    names: Sequence[str],
    settings: Settings,
    copies: Mapping[str, str],
) -> Gathered:
    """The leads of ``books`` as one book whose rows are its leads; empties ``books``.

    Amounts come in the unit of ``settings``; those in another currency are left out. Rows come in
    the order of what stands in them, and of several rows of one lead the one that counts.

    Args:
        books: the leads, see :func:`.summarising.compact`.
        names: of the workbooks, in their order.
        settings: those of the summary.
        copies: by the name of a workbook that is a copy, the one whose leads it has: rows without
            an id that both have count once.
    """
    lang = settings.lang
    own = _own_columns(books)
    sources = _sources(books, names)
    journals = _journals(books)
    suffixes = books[0].customer_suffixes
    foreign = {name: count for book in books for name, count in _to_unit(book, settings).items()}
    frames = [book.rows.copy(deep=False) for book in books]
    books.clear()
    rows = _together(frames, names, own, settings, suffixes, copies)
    book = LeadBook(
        rows=rows,
        own={name: False for name, private in own.items() if not private},
        lang=lang,
        settings=settings,
        sources=sources,
        findings=(),
        customer_suffixes=suffixes,
        journal_texts=journals,
    )
    book.__dict__["leads"] = rows  # one row per lead already, and asking again costs as much
    return Gathered(book, foreign)


def _own_columns(books: Sequence[LeadBook]) -> dict[str, bool]:
    """The team's own columns by name; private where they are in one workbook."""
    own: dict[str, bool] = {}
    for book in _by_name(books):
        for name, private in book.own.items():
            own[name] = private or own.get(name, False)
    return own


def _sources(books: Sequence[LeadBook], names: Sequence[str]) -> tuple[Source, ...]:
    rank = {name: number for number, name in enumerate(names)}
    found = [source for book in books for source in book.sources]
    return tuple(sorted(found, key=lambda source: rank[source.workbook]))


def _journals(books: Sequence[LeadBook]) -> tuple[tuple[str, ...], ...]:
    """The stage journals, in an order of their own."""
    return tuple(sorted(texts for book in books for texts in book.journal_texts if texts)) or ((),)


def _to_unit(book: LeadBook, settings: Settings) -> dict[str, int]:
    """Bring the amounts of a book into the unit of the summary; how many are left out, by name."""
    theirs, ours = book.settings.parameters, settings.parameters
    rows = book.rows
    if theirs.currency != ours.currency:
        there = rows[list(AMOUNTS)].notna().any(axis=1)
        counts = rows.loc[there, "file"].value_counts()
        for name in AMOUNTS:
            rows[name] = np.nan
        return {str(name): int(count) for name, count in counts.items() if count}
    factor = _factor(book.settings, settings)
    if factor != 1:
        for name in AMOUNTS:
            rows[name] = rows[name] * factor
    return {}


def _factor(theirs: Settings, ours: Settings) -> float:
    """What one unit of theirs is in ours."""
    parameters = ours.parameters
    units = AmountUnits(load_template().amount.units, parameters.amount_unit, parameters.currency)
    return units.factor(theirs.parameters.amount_unit)


def _together(
    frames: list[pd.DataFrame],
    names: Sequence[str],
    own: Mapping[str, bool],
    settings: Settings,
    suffixes: Sequence[str],
    copies: Mapping[str, str],
) -> pd.DataFrame:
    identity = concatenated([frame[list(_IDENTITY)] for frame in frames])
    codes = _ranks(identity["file"], names)
    order = np.argsort(codes, kind="stable")
    kept = _kept(identity.take(order), codes[order], order, settings, suffixes, names, copies)
    del identity
    listed = dict.fromkeys(name for frame in frames for name in frame.columns)
    columns: dict[str, Any] = {}
    for name in listed:
        pieces = [frame.pop(name).to_frame() if name in frame else None for frame in frames]
        if own.get(name, False) or name == "file":
            continue
        filled = [
            pd.DataFrame(index=frame.index) if piece is None else piece
            for piece, frame in zip(pieces, frames, strict=True)
        ]
        columns[name] = concatenated(filled)[name].take(kept).reset_index(drop=True)
    order = _by_content(columns, codes[kept])
    file = pd.Categorical.from_codes(codes[kept][order], categories=pd.Index(list(names)))
    for name in listed:
        if name in columns:
            columns[name] = columns[name].take(order).reset_index(drop=True)
    return pd.DataFrame({"file": file, **columns}, copy=False)


def _ranks(files: pd.Series, names: Sequence[str]) -> Positions:
    """The number of each row's workbook."""
    rank = {name: number for number, name in enumerate(names)}
    known = np.array([rank[str(name)] for name in files.cat.categories], dtype=np.int64)
    ranks: Positions = known[files.cat.codes.to_numpy()]
    return ranks


def _kept(
    identity: pd.DataFrame,
    codes: Positions,
    order: Positions,
    settings: Settings,
    suffixes: Sequence[str],
    names: Sequence[str],
    copies: Mapping[str, str],
) -> Positions:
    """The rows that count, by where they stand before they are put in order."""
    marked = identity.assign(**{_AT: order}).reset_index(drop=True)
    again = _again(marked, codes, names, copies)
    marked = marked[~again] if again.any() else marked
    kept = one_row_per_lead(marked, settings, suffixes)[_AT].to_numpy()
    return np.asarray(kept, dtype=np.int64)


def _again(
    rows: pd.DataFrame, codes: Positions, names: Sequence[str], copies: Mapping[str, str]
) -> npt.NDArray[np.bool_]:
    """Rows without an id in a copy whose customer has such a row in the workbook it copies."""
    again = np.zeros(len(rows), dtype=bool)
    nameless = rows["lead_id"].isna().to_numpy()
    if not nameless.any():
        return again
    for copy, first in copies.items():
        here = nameless & (codes == names.index(copy))
        there = set(rows.loc[nameless & (codes == names.index(first)), "customer"])
        again |= here & rows["customer"].isin(there).to_numpy()
    return again


def _by_content(columns: Mapping[str, Any], codes: Positions) -> Positions:
    """The order of rows by what stands in them, then by workbook, sheet and row."""
    keys = [name for name in columns if name not in PLACE_COLUMNS]
    arrays = {f"{number}": _sortable(columns[name]) for number, name in enumerate(keys)}
    arrays |= {"file": pa.array(codes), "row": pa.array(columns["row"].to_numpy())}
    arrays["sheet"] = pa.array(columns["sheet"].astype("str"))
    sort_keys = [
        (name, "ascending") for name in (*map(str, range(len(keys))), "file", "sheet", "row")
    ]
    ordered: Positions = pc.sort_indices(pa.table(arrays), sort_keys=sort_keys).to_numpy()
    return ordered


def _sortable(column: pd.Series) -> Any:
    return pa.array(column, from_pandas=True)
