"""The leads of many workbooks as one book, one row per lead, the same whatever their order.

Columns are unpacked and put together one after another, so that memory grows little beyond the
leads themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.batch.memory import let_go
from xltrack.batch.packing import PackedBook, unpack
from xltrack.leads.book import PLACE_COLUMNS, LeadBook, Source, concatenated
from xltrack.leads.identity import one_row_per_lead
from xltrack.leads.one_unit import AMOUNTS, amount_factor, with_people_of
from xltrack.template import Settings

_IDENTITY = ("lead_id", "customer", "stage", "latest_follow_up", "file")
_FIRST = ("lead_id", "customer")
_AT = "\x1fat"  # names no column of a workbook

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Gathered:
    """The merged leads, and how many amounts of a workbook are in another currency (left out)."""

    book: LeadBook
    foreign: Mapping[str, int]


def summary_settings(packages: Sequence[PackedBook], first: str) -> tuple[Settings, Settings]:
    """The Settings of the workbook ``first``, and those with what only others add.

    Added are owners and targets: each team keeps its own. What two workbooks say differently
    stands as the first says it.
    """
    books = [package.book for package in packages]
    own = next(
        book.settings for book in books if any(each.workbook == first for each in book.sources)
    )
    return own, with_people_of(own, [book.settings for book in _by_name(books)])


def _by_name(books: Sequence[LeadBook]) -> list[LeadBook]:
    """The books by the first of their workbooks' names."""
    return sorted(books, key=lambda book: min((each.workbook for each in book.sources), default=""))


def gather(
    packages: list[PackedBook],
    names: Sequence[str],
    settings: Settings,
    copies: Mapping[str, str],
) -> Gathered:
    """The leads of all books as one book whose rows are its leads; empties ``packages``.

    Amounts come in the unit of ``settings``; those in another currency are left out. Rows come in
    the order of what stands in them, and of several rows of one lead the one that counts.

    Args:
        packages: the books, see :func:`.summarising.compact`.
        names: of the workbooks, in their order.
        settings: those of the summary.
        copies: by the name of a workbook that is a copy, the one whose leads it has: rows without
            an id that both have count once.
    """
    books = [package.book for package in packages]
    own = _own_columns(books)
    merging = _Rows(packages, settings, names, copies)
    foreign, rows = merging.foreign(), merging.together(own)
    book = LeadBook(
        rows=rows,
        own={name: False for name, private in own.items() if not private},
        lang=settings.lang,
        settings=settings,
        sources=_sources(books, names),
        findings=(),
        customer_suffixes=books[0].customer_suffixes,
        journal_texts=_journals(books),
    )
    packages.clear()
    del merging
    let_go()
    return Gathered(book.of_leads(rows), foreign)


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


class _Rows:
    """The rows of packed books on their way into one table."""

    def __init__(
        self,
        packages: Sequence[PackedBook],
        settings: Settings,
        names: Sequence[str],
        copies: Mapping[str, str],
    ) -> None:
        self._packages = packages
        self._settings = settings
        self._names = names
        self._copies = copies
        self._suffixes = packages[0].book.customer_suffixes
        self._codes = _ranks(self._column("file"), names)

    def together(self, own: Mapping[str, bool]) -> pd.DataFrame:
        """The rows that count, without private columns."""
        listed = dict.fromkeys(name for each in self._packages for name in each.columns)
        names = [name for name in listed if name != "file" and not own.get(name, False)]
        order = self._by_content(self._kept(), names)
        let_go()
        categories = pd.Index(list(self._names))
        columns: dict[str, Any] = {
            "file": pd.Categorical.from_codes(self._codes[order], categories=categories)
        }
        for name in names:
            columns[name] = self._column(name).take(order).reset_index(drop=True)
            for package in self._packages:
                package.columns.pop(name, None)
        return pd.DataFrame(columns, copy=False)

    def foreign(self) -> dict[str, int]:
        """By workbook, how many rows have amounts in another currency."""
        counts: Counter[str] = Counter()
        for package in self._packages:
            if self._factor(package) is None:
                files = unpack(package.columns["file"])
                there = [unpack(package.columns[name]).notna() for name in AMOUNTS]
                counts.update(files[np.logical_or.reduce(there)].astype("str"))
        return dict(counts)

    def _column(self, name: str) -> pd.Series[Any]:
        """A column of all books, amounts in the unit of the summary."""
        pieces = []
        for package in self._packages:
            if name not in package.columns:
                pieces.append(pd.DataFrame(index=pd.RangeIndex(package.rows)))
                continue
            column = unpack(package.columns[name])
            if name in AMOUNTS:
                factor = self._factor(package)
                column = column * (np.nan if factor is None else factor) if factor != 1 else column
            pieces.append(column.to_frame())
        whole: pd.Series[Any] = concatenated(pieces)[name]
        return whole

    def _factor(self, package: PackedBook) -> float | None:
        """What an amount of a book is to be multiplied by; none for another currency."""
        return amount_factor(package.book.settings, self._settings)

    def _kept(self) -> Positions:
        """Where the rows stand that count, in the order of workbooks, sheets and rows."""
        order = np.argsort(self._codes, kind="stable")
        ids = self._column("lead_id")
        several = ids.str.upper().duplicated(keep=False).to_numpy()  # those without an id, too
        if not several.any():
            return order
        some = order[several[order]]
        rows = pd.DataFrame({name: self._column(name).take(some) for name in _IDENTITY})
        rows = rows.assign(**{_AT: some}).reset_index(drop=True)
        again = self._again(rows, self._codes[some])
        rows = rows[~again] if again.any() else rows
        counting = one_row_per_lead(rows, self._settings, self._suffixes)[_AT]
        left_out = np.setdiff1d(some, counting.to_numpy(), assume_unique=True)
        kept: Positions = order[~np.isin(order, left_out)]
        return kept

    def _again(self, rows: pd.DataFrame, codes: Positions) -> npt.NDArray[np.bool_]:
        """Rows without an id of a copy whose customer has such a row in what it is a copy of."""
        again = np.zeros(len(rows), dtype=bool)
        nameless = rows["lead_id"].isna().to_numpy()
        if not nameless.any():
            return again
        number = {name: position for position, name in enumerate(self._names)}
        for copy, first in self._copies.items():
            here = nameless & (codes == number[copy])
            there = set(rows.loc[nameless & (codes == number[first]), "customer"])
            again |= here & rows["customer"].isin(there).to_numpy()
        return again

    def _by_content(self, kept: Positions, names: Sequence[str]) -> Positions:
        """The order of the rows by id and customer, then by everything that stands in them.

        Rows with an id differ in those two, so that the rest is looked at for few.
        """
        keys = {name: _sortable(self._column(name), kept) for name in _FIRST}
        order = _sorted(keys)
        same = np.ones(max(0, len(order) - 1), dtype=bool)
        for values in keys.values():
            codes = values.dictionary_encode(null_encoding="encode").indices.to_numpy()[order]
            same &= codes[1:] == codes[:-1]
        tied = np.append(same, False) | np.append(False, same) if len(order) else same
        if tied.any():
            rows = kept[order[tied]]
            rest = [name for name in names if name not in PLACE_COLUMNS]
            content = {name: _sortable(self._column(name), rows) for name in rest}
            order[tied] = order[tied][_sorted(content)]
        by_content: Positions = kept[order]
        return by_content


def _ranks(files: pd.Series[Any], names: Sequence[str]) -> Positions:
    """The number of each row's workbook."""
    rank = {name: number for number, name in enumerate(names)}
    known = np.array([rank[str(name)] for name in files.cat.categories], dtype=np.int64)
    ranks: Positions = known[files.cat.codes.to_numpy()]
    return ranks


def _sortable(column: pd.Series[Any], at: Positions) -> Any:
    values = pa.array(column.take(at), from_pandas=True)
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _sorted(arrays: Mapping[str, Any]) -> Positions:
    """The order by all arrays, equal entries in the order they stand in."""
    numbered = {str(number): array for number, array in enumerate(arrays.values())}
    numbered["at"] = pa.array(np.arange(len(next(iter(arrays.values())))))
    keys = [(name, "ascending") for name in numbered]
    return np.array(pc.sort_indices(pa.table(numbered), sort_keys=keys), dtype=np.int64)
