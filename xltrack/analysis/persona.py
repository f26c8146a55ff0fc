"""What won customers have in common: conversion and revenue by trait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xltrack.analysis.dimensions import (
    Dimension,
    dimension,
    encoded,
    of_money,
    own_dimensions,
)
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, add_results, ratio, share
from xltrack.analysis.traits import decision_makers_of, industries_of
from xltrack.leads.amounts import AmountUnits
from xltrack.leads.budgets import budgets_of
from xltrack.leads.cells import DECIMALS
from xltrack.template import load_template
from xltrack.template.market import load_market

FIELDS = (
    "industry",
    "company_size",
    "decision_maker",
    "budget",
    "region",
    "channel",
    "priority",
    "decision_chain",
)
COLUMNS = [
    "dimension",
    "value",
    "leads",
    "won",
    "conversion",
    "lift",
    "average_deal",
    "revenue",
    "revenue_share",
    "derived",
]
SUMMARY_COLUMNS = [
    "dimension",
    "value",
    "won",
    "revenue",
    "revenue_share",
    "n",
    "small_sample",
    "derived",
]
FEWEST_LARGE_WINS = 8

Bools = npt.NDArray[np.bool_]


def customer_dimensions(scope: Scope, own: Mapping[str, bool]) -> list[Dimension]:
    """What customers are compared by: fields, then the team's own columns.

    One that no lead of the cohort has a value of is left out.

    Args:
        scope: the leads.
        own: whether each of the team's own columns is private, by name; private ones are left out.
    """
    declared = [_filled(scope, field) for field in FIELDS]
    return [each for each in (*declared, *own_dimensions(scope, own)) if (each.codes >= 0).any()]


def persona(scope: Scope, compared: Sequence[Dimension]) -> Table:
    """How leads with each trait convert and what they bring.

    Args:
        scope: the leads.
        compared: what they are compared by, as :func:`customer_dimensions` finds it.

    Columns: dimension (field id, or header of a column of the team's own), value (text; bands as
    ``5-10``, amounts in 万; null for leads that say nothing), leads, won (int), conversion
    (won / leads), lift (conversion / conversion of all leads, null while nothing is won),
    average_deal, revenue (in the workbook's unit), revenue_share (fraction of all revenue), derived
    (bool: read out of the need, contact or customer's name, the column being empty). Dimensions as
    declared, then the team's own; values in their own order where they have one, else most leads
    first, leads without a value last. A dimension that no lead has a value of is not there.
    Source: guide, step 4.
    """
    won, value = _results(scope)
    money = np.where(won, np.nan_to_num(value), 0.0)
    weights = {
        "leads": np.ones(len(won), dtype=bool),
        "won": won,
        "lost": np.zeros(len(won), dtype=bool),
        "priced": won & ~np.isnan(value),
        "revenue": money,
    }
    orders = [(each, each.in_order(each.codes)) for each in compared]
    sums = {name: _totals(orders, weight) for name, weight in weights.items()}
    frame = pd.DataFrame(sums).astype({name: "int64" for name in sums if name != "revenue"})
    add_results(frame)
    frame["lift"] = frame["conversion"] / (share(won.sum(), len(won)) or np.nan)
    frame["revenue_share"] = ratio(frame["revenue"], pd.Series(money.sum(), frame.index))
    rows = [(each.id, each.text(code), each.derived) for each, order in orders for code in order]
    for number, column in enumerate(("dimension", "value", "derived")):
        kind = "bool" if column == "derived" else "object"
        frame[column] = pd.Series([row[number] for row in rows], frame.index, dtype=kind)
    return Table(frame[COLUMNS], "cohort", scope.undated)


def persona_summary(scope: Scope, compared: Sequence[Dimension]) -> Table:
    """The traits of large wins: the value of each dimension that brings most of their revenue.

    Large wins are the won leads of the cohort with at least the median won amount.

    Columns: dimension, value (as in :func:`persona`), won (int, large wins with that value),
    revenue (in the workbook's unit, of those), revenue_share (of the revenue of all large wins),
    n (int, those that say a value of the dimension), small_sample (bool, fewer than 8 of
    them), derived (bool). Dimensions as in :func:`persona`; on a tie the value with more wins, then
    the first of its order. A dimension that no large win has a value of is not there.
    Source: guide, step 4.
    """
    won, value = _results(scope)
    priced = won & ~np.isnan(value)
    large = priced & (value >= np.median(value[priced])) if priced.any() else priced
    rows = [row for each in compared if (row := _leading(each, large, value)) is not None]
    return Table(pd.DataFrame(rows, columns=SUMMARY_COLUMNS), "cohort", scope.undated)


def _filled(scope: Scope, field: str) -> Dimension:
    """A field as a dimension, derived where its column is empty and there is a way to."""
    if field in ("industry", "decision_maker", "budget") and scope.leads[field].isna().all():
        return _derived(scope, field)
    return dimension(scope, field)


def _derived(scope: Scope, field: str) -> Dimension:
    """A field as a dimension by what other texts of the leads say outright."""
    market = load_market()
    sources = {"industry": "customer", "decision_maker": "contact", "budget": "need"}
    texts, codes = encoded(scope.leads.loc[scope.cohort, sources[field]])
    if field == "budget":
        parameters = scope.settings.parameters
        units = AmountUnits(
            load_template().amount.units, parameters.amount_unit, parameters.currency
        )
        budgets = np.append(budgets_of(texts, market.budget, units), np.nan)
        return replace(of_money(scope, field, budgets[codes]), derived=True)
    if field == "industry":
        named = industries_of(texts, market.industries, scope.settings.lang)
    else:
        named = decision_makers_of(texts, market.decision_makers)
    values, places = encoded(named)
    every = np.append(places, -1)[codes]
    return Dimension(field, tuple(values.to_pylist()), every, ordered=False, derived=True)


def _results(scope: Scope) -> tuple[Bools, npt.NDArray[np.float64]]:
    """Which leads of the cohort are won, and the amount of each."""
    facts = scope.facts.loc[scope.cohort, ["outcome", "value"]]
    won: Bools = (facts["outcome"] == "won").to_numpy()
    return won, facts["value"].to_numpy(dtype=np.float64)


def _totals(
    orders: Sequence[tuple[Dimension, list[int]]], weight: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """The sum of a weight over the leads of each value, one dimension after the other."""
    sums = [np.empty(0)]
    for each, order in orders:  # leads without a value count at 0
        totals = np.bincount(each.codes + 1, weight, len(each.values) + 1)
        sums.append(totals[np.array(order) + 1])
    return np.concatenate(sums)


def _leading(
    dimension: Dimension, large: Bools, value: npt.NDArray[np.float64]
) -> Sequence[object] | None:
    """The row of a dimension in the summary, None where no large win has a value of it."""
    counted = large & (dimension.codes >= 0)
    if not counted.any():
        return None
    keys, size = dimension.codes[counted], len(dimension.values)
    wins, revenue = np.bincount(keys, None, size), np.bincount(keys, value[counted], size)
    best = min(
        dimension.in_order(keys),
        key=lambda code: (-round(float(revenue[code]), DECIMALS), -int(wins[code])),
    )
    return (
        dimension.id,
        dimension.values[best],
        int(wins[best]),
        float(revenue[best]),
        share(float(revenue[best]), float(value[large].sum())),
        len(keys),
        len(keys) < FEWEST_LARGE_WINS,
        dimension.derived,
    )
