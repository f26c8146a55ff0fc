"""Leads of several workbooks on common ground: one unit, the owners and targets of each team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xltrack.leads.amounts import AmountUnits
from xltrack.template import Settings, load_template
from xltrack.template.merged_settings import merged_settings

if TYPE_CHECKING:
    import pandas as pd

AMOUNTS = ("amount", "expected_amount", "budget")
"""Fields that are kept in the unit of the workbook."""


def amount_factor(theirs: Settings, ours: Settings) -> float | None:
    """What their amounts are multiplied by to be in our unit, None for another currency."""
    parameters = ours.parameters
    if theirs.parameters.currency != parameters.currency:
        return None
    units = AmountUnits(load_template().amount.units, parameters.amount_unit, parameters.currency)
    return units.factor(theirs.parameters.amount_unit)


def in_unit_of(ours: Settings, rows: pd.DataFrame, theirs: Settings) -> pd.DataFrame:
    """The rows with their amounts in our unit, null where they are in another currency."""
    factor = amount_factor(theirs, ours)
    if factor == 1:
        return rows
    scale = np.nan if factor is None else factor
    return rows.assign(**{name: rows[name] * scale for name in AMOUNTS if name in rows})


def with_people_of(own: Settings, others: Iterable[Settings]) -> Settings:
    """Our Settings with the owners and targets that only others have: each team keeps its own.

    What two say differently stands as ours say it; targets in another currency are left out.
    """
    different = dict.fromkeys(settings_in_unit_of(own, each) for each in others if each != own)
    if not different:
        return own
    whole, _ = merged_settings([own, *different])
    return replace(own, owners=whole.owners, targets=whole.targets)


def settings_in_unit_of(ours: Settings, theirs: Settings) -> Settings:
    """Their Settings with targets in our unit, without any where the currency is another."""
    factor = amount_factor(theirs, ours)
    if factor is None:
        return replace(theirs, targets=())
    if factor == 1:
        return theirs
    scaled = (replace(target, amount=target.amount * factor) for target in theirs.targets)
    return replace(theirs, targets=tuple(scaled))
