"""Amounts that look as if they were in another unit."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xltrack.checks.examined import Examined
from xltrack.checks.rule import Hits, Positions, positions, rule
from xltrack.leads.amounts import AmountUnits
from xltrack.leads.cells import number_text

_MONEY = ("amount", "expected_amount", "budget")
_STEP = 10_000  # between 元 and 万, the two units people mix up


@rule("V132", fields=_MONEY)
def wrong_unit(examined: Examined) -> Iterator[Hits]:
    """An amount far from all others of its workbook that would fit in with them in another unit.

    In a column in 万 that is one in 元, ten thousand times too large; in a column in 元 one in 万,
    ten thousand times too small.
    """
    units = AmountUnits(examined.template.amount.units, examined.settings.parameters.amount_unit)
    too_small = units.factor("元") >= 1
    for field in _MONEY:
        column = examined.leads[field]
        values = column.where(column > 0)
        if values.notna().any():
            at = _outliers(examined, 1 / values if too_small else values)
            typed = column.to_numpy()[at]
            likely = typed * _STEP if too_small else typed / _STEP
            params = [{"likely": number_text(value)} for value in likely.tolist()]
            shown = [number_text(value) for value in typed.tolist()]
            yield Hits(field, at, shown, params=params)


def _outliers(examined: Examined, values: pd.Series[float]) -> Positions:
    """Where values are too large among the others of their workbook, and by how much."""
    limits, files = examined.words.outliers, pd.Series(examined.lead_file, index=values.index)
    median = values.groupby(files).transform("median")
    usual = values.where(values < limits.factor * median).groupby(files)
    largest, smallest = usual.transform("max"), usual.transform("min")
    odd = (values >= limits.factor * median) & (values >= limits.gap * largest)
    odd &= usual.transform("count") >= limits.least_leads
    fits = values / _STEP
    return positions(odd & fits.between(smallest / limits.gap, largest * limits.gap))
