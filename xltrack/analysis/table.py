"""A named table of the analysis and the arithmetic every table shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from xltrack.analysis.scope import Base, Mask, Scope

Z95 = NormalDist().inv_cdf(0.975)
Frames = Callable[[str], pd.DataFrame]
"""The other tables of an analysis by their ids."""


@dataclass(frozen=True, eq=False)
class Table:
    """One table with the base its figures count on.

    ``left_out``: leads that the base holds or could hold but this table cannot place.
    ``presumed``: closed leads in it whose close day is presumed.
    """

    frame: pd.DataFrame
    base: Base
    left_out: int = 0
    presumed: int = 0


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """``part / whole`` as float, null where ``whole`` is 0."""
    divided = part.astype("float64") / whole.astype("float64").where(whole != 0)
    return cast("pd.Series", divided)


def share(part: float, whole: float) -> float:
    """``part / whole``, null where ``whole`` is 0.

    >>> share(3, 20)
    0.15
    """
    return part / whole if whole else float("nan")


def tally(scope: Scope, mask: Mask, *keys: str) -> pd.DataFrame:
    """Counts and sums of the leads of ``mask`` by ``keys``, a missing key being a row of its own.

    Args:
        keys: names of columns of the facts that are categories.

    Columns: one per key, then leads, open, won, lost (int), revenue (float, won amounts), priced
    (int, won leads that have an amount).
    """
    facts = scope.facts.loc[mask, [*keys, "outcome", "value"]]
    outcome = facts["outcome"]
    won = (outcome == "won").to_numpy()
    figures = {
        "leads": np.ones(len(facts), dtype=bool),
        "open": (outcome == "open").to_numpy(),
        "won": won,
        "lost": (outcome == "lost").to_numpy(),
        "revenue": facts["value"].where(won).fillna(0.0).to_numpy(),
        "priced": won & facts["value"].notna().to_numpy(),
    }
    return sums_by([facts[key] for key in keys], figures)


def sums_by(keys: Sequence[pd.Series], figures: Mapping[str, npt.NDArray[Any]]) -> pd.DataFrame:
    """Figures of leads summed by ``keys``, which are categories; flags are counted.

    Columns: one per key, then the figures (int for flags, else float). In the order of the
    categories, a missing key last; no row for what no lead has.
    """
    place = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        codes, size = key.cat.codes.to_numpy(), len(key.cat.categories)
        place = place * (size + 1) + np.where(codes < 0, size, codes)
    row, present = pd.factorize(place, sort=True)
    sums = {
        name: np.bincount(row[values], minlength=len(present))
        if values.dtype == np.bool_
        else pd.Series(values).groupby(row).sum().to_numpy()  # compensated: no noise of the order
        for name, values in figures.items()
    }
    first = np.full(len(present), len(row))
    np.minimum.at(first, row, np.arange(len(row)))
    columns = {key.name: key.iloc[first].reset_index(drop=True) for key in keys}
    return pd.DataFrame(columns | sums)


def add_results(counts: pd.DataFrame) -> pd.DataFrame:
    """Add the rates and averages that follow from counts, in place.

    Adds conversion (won / leads), win_rate (won / (won + lost)), average_deal (revenue / won leads
    that have an amount), revenue_per_lead (revenue / leads).
    """
    counts["conversion"] = ratio(counts["won"], counts["leads"])
    counts["win_rate"] = ratio(counts["won"], counts["won"] + counts["lost"])
    counts["average_deal"] = ratio(counts["revenue"], counts["priced"])
    counts["revenue_per_lead"] = ratio(counts["revenue"], counts["leads"])
    return counts


def wilson(successes: pd.Series, trials: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Bounds of the Wilson score interval at 95 %, null without trials.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    JASA 22 (1927).

    >>> low, high = wilson(pd.Series([3]), pd.Series([20]))
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.0524, 0.3604)
    """
    n = trials.astype("float64").where(trials > 0)
    rate = successes / n
    centre = (rate + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    spread = Z95 / (1 + Z95**2 / n) * np.sqrt(rate * (1 - rate) / n + Z95**2 / (4 * n**2))
    return (centre - spread).clip(lower=0.0), (centre + spread).clip(upper=1.0)


def key_text(column: pd.Series) -> pd.Series:
    """A category of keys as plain text, null kept, so that tables hold simple types."""
    return column.astype("object").where(column.notna(), None)
