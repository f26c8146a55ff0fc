"""Columns of leads as dimensions: each lead's value as a code into a short list of texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from xltrack.analysis.scope import Scope
from xltrack.analysis.traits import band_labels, size_band
from xltrack.leads.amounts import AmountUnits
from xltrack.leads.cells import DECIMALS, number_text
from xltrack.template import load_template
from xltrack.template.market import load_market
from xltrack.text import fold

FACTS = {
    "channel": "channel",
    "owner": "owner",
    "priority": "priority",
    "stage": "stage",
    "lost_reason": "reason",
}
"""Fields whose synonyms are joined, by the column of the facts that holds them."""
IN_ORDER = {"priority", "stage"}
QUARTERS = 4

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dimension:
    """What leads are told apart by.

    ``codes``: for each lead of the cohort the position of its value in ``values``, -1 without one.
    ``ordered``: the values stand in an order of their own; else the most frequent goes first.
    ``derived``: the values are read out of other texts, the column itself being empty.
    """

    id: str
    values: tuple[str, ...]
    codes: Codes
    ordered: bool
    derived: bool = False

    def in_order(self, keys: Sequence[int] | Codes) -> list[int]:
        """The codes that occur in ``keys``, as rows of a table stand; -1 last."""
        present, counts = np.unique(np.asarray(keys, dtype=np.int64), return_counts=True)
        leads = dict(zip(present.tolist(), counts.tolist(), strict=True))

        def place(code: int) -> tuple[bool, int, str]:
            by_leads = 0 if self.ordered else -leads[code]
            return code < 0, code if self.ordered else by_leads, self.text(code) or ""

        return sorted(leads, key=place)

    def of(self, leads: npt.NDArray[np.bool_]) -> Dimension:
        """The dimension of some of the leads."""
        return replace(self, codes=self.codes[leads])

    def text(self, code: int) -> str | None:
        """The value of a code, None for that of no value."""
        return self.values[code] if code >= 0 else None


def dimension(scope: Scope, column: str) -> Dimension:
    """A field or column of the team's own as a dimension of the cohort.

    Amounts are cut into declared bands, sizes of companies too; days count by month; other numbers
    stand for themselves where few are different, else they are cut at their quartiles. A mark for
    none (—, 无) is no value.
    """
    if column in FACTS:
        return of_categories(column, _cohort(scope, scope.facts[FACTS[column]]))
    if column == "acquired_on":
        return of_days(column, _cohort(scope, scope.facts["acquired_from"]))
    values = _cohort(scope, scope.leads[column])
    if column == "company_size":
        return sizes(of_texts(column, values, scope.settings.no_loss_marks))
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return of_days(column, values)
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64)
        return of_money(scope, column, numbers) if is_money(column) else of_numbers(column, numbers)
    return of_texts(column, values, scope.settings.no_loss_marks)


def is_money(field_id: str) -> bool:
    """Whether a field holds amounts in the workbook's unit."""
    template = load_template()
    field = template.by_id.get(field_id)
    units = map(fold, template.amount.units)
    return (
        field is not None
        and field.type == "number"
        and any(unit in fold(field.header.zh) for unit in units)
    )


def of_categories(column: str, values: pd.Series) -> Dimension:
    """A category as a dimension."""
    texts = tuple(str(each) for each in values.cat.categories)
    codes = values.cat.codes.to_numpy().astype(np.int64)
    return Dimension(column, texts, codes, column in IN_ORDER)


def of_texts(column: str, values: pd.Series, none: frozenset[str] = frozenset()) -> Dimension:
    """Texts as a dimension; those that ``none`` holds when folded are no value."""
    texts, codes = encoded(values)
    return recoded(
        Dimension(column, tuple(texts.to_pylist()), codes, ordered=False),
        lambda text: None if fold(text) in none else text,
    )


def encoded(values: pd.Series | pa.Array) -> tuple[pa.Array, Codes]:
    """The different texts of a column, and for each row the position of its own; -1 for none."""
    array = pa.array(values, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    found = array.dictionary_encode()
    codes: Codes = found.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return found.dictionary, codes


def recoded(dimension: Dimension, rename: Callable[[str], str | None]) -> Dimension:
    """The dimension with its values renamed; values of one name are one, None is none."""
    names = [rename(value) for value in dimension.values]
    values = tuple(dict.fromkeys(name for name in names if name))
    place = {name: position for position, name in enumerate(values)}
    codes = np.array([*(place.get(name or "", -1) for name in names), -1], dtype=np.int64)
    return replace(dimension, values=values, codes=codes[dimension.codes])


def of_days(column: str, days: pd.Series) -> Dimension:
    """Days as a dimension: their months, YYYY-MM."""
    months = days.to_numpy().astype("datetime64[M]")
    known = ~np.isnat(months)
    different, place = np.unique(months[known], return_inverse=True)
    codes = np.full(len(months), -1, dtype=np.int64)
    codes[known] = place
    return Dimension(column, tuple(map(str, different)), codes, ordered=True)


def sizes(typed: Dimension) -> Dimension:
    """Sizes of companies in their bands, what says no number after them."""
    market = load_market()
    bounds = market.bands.company_size
    bands = recoded(typed, lambda text: size_band(text, bounds, market.open_ended))
    order = [*band_labels(bounds), *sorted({*bands.values}.difference(band_labels(bounds)))]
    place = np.array([*(order.index(value) for value in bands.values), -1], dtype=np.int64)
    return Dimension(typed.id, tuple(order), place[bands.codes], ordered=True)


def of_money(scope: Scope, column: str, amounts: Numbers) -> Dimension:
    """Amounts in the workbook's unit as a dimension: the declared bands, in 万."""
    units = AmountUnits(load_template().amount.units, "万")
    factor = units.factor(scope.settings.parameters.amount_unit)
    return of_bands(column, amounts * factor, load_market().bands.money)


def of_numbers(column: str, numbers: Numbers) -> Dimension:
    """Numbers as a dimension: themselves where few are different, else bands at their quartiles."""
    numbers = np.round(numbers, DECIMALS)
    known = np.sort(numbers[~np.isnan(numbers)])
    different = np.unique(known)
    if len(different) > load_market().comparable.numbers:
        at = [math.ceil(len(known) * part / QUARTERS) - 1 for part in range(1, QUARTERS)]
        return of_bands(column, numbers, sorted(set(known[at].tolist())))
    codes = np.where(np.isnan(numbers), -1, np.searchsorted(different, numbers))
    return Dimension(column, tuple(map(number_text, different.tolist())), codes, ordered=True)


def of_bands(column: str, numbers: Numbers, bounds: Sequence[float]) -> Dimension:
    """Numbers as a dimension: bands between ascending bounds, the lower one included."""
    codes = np.searchsorted(np.asarray(bounds), numbers, side="right").astype(np.int64)
    codes[np.isnan(numbers)] = -1
    return Dimension(column, tuple(band_labels(bounds)), codes, ordered=True)


def own_dimensions(scope: Scope, own: Mapping[str, bool]) -> list[Dimension]:
    """The team's own columns that customers can be compared by, in their order.

    Private columns are none. Nor are texts that are names or notes: more different ones than the
    declared number, or on average too few leads with the same. Nor are running numbers.
    """
    limits = load_market().comparable
    found = []
    for column, private in own.items():
        if private or column not in scope.leads:
            continue
        values = _cohort(scope, scope.leads[column])
        if pd.api.types.is_numeric_dtype(values.dtype) and _runs(values.to_numpy(np.float64)):
            continue
        made = dimension(scope, column)
        known = int((made.codes >= 0).sum())
        of_words = not pd.api.types.is_numeric_dtype(values.dtype)
        few = len(made.values) <= limits.texts
        if of_words and not (few and len(made.values) * limits.leads_per_text <= known):
            continue
        found.append(made)
    return found


def _runs(numbers: Numbers) -> bool:
    """Whether numbers count the rows: whole, each one once, without a gap."""
    known = np.sort(numbers[~np.isnan(numbers)])
    return len(known) > 1 and bool((np.diff(known) == 1).all())


def _cohort(scope: Scope, column: pd.Series) -> pd.Series[Any]:
    """The column for the leads of the cohort."""
    cohort = scope.cohort.to_numpy()
    return column if cohort.all() else column[cohort]
