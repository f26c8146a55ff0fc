"""Leads as a frame, without any workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from xltrack.analysis.period import Period
from xltrack.analysis.scope import Scope, scope_of
from xltrack.template import Settings, default_settings, load_template

DTYPES = {"date": "datetime64[s]", "datetime": "datetime64[s]", "number": "float64"}
Rows = list[Mapping[str, Any]]


def leads_frame(rows: Rows) -> pd.DataFrame:
    """Leads in the shape that reading gives; what a row does not name is empty.

    What is no field is a column of the team's own: of numbers where it holds only numbers.
    """
    columns: dict[str, Any] = {}
    for field in load_template().fields:
        values = pd.Series([row.get(field.id) for row in rows], dtype="object")
        columns[field.id] = values.astype(DTYPES.get(field.type, "str"))  # type: ignore[call-overload]
    for name in dict.fromkeys(name for row in rows for name in row if name not in columns):
        values = pd.Series([row.get(name) for row in rows], dtype="object")
        numbers = all(isinstance(value, int | float) for value in values.dropna())
        columns[name] = values.astype("float64" if numbers else "str")
    frame = pd.DataFrame(columns)
    frame.insert(0, "file", pd.Series(["leads.xlsx"] * len(rows), dtype="category"))
    frame.insert(1, "sheet", pd.Series(["线索跟踪表"] * len(rows), dtype="category"))
    frame.insert(2, "row", pd.Series(range(2, len(rows) + 2), dtype="int32"))
    return frame


@pytest.fixture
def settings() -> Settings:
    """The template's own settings in Chinese."""
    return default_settings(load_template(), "zh")


@pytest.fixture
def scope(settings: Settings) -> Callable[..., Scope]:
    """A scope of rows; parameters of Settings by name."""

    def make(
        rows: Rows,
        as_of: dt.date = dt.date(2024, 5, 31),
        period: Period | None = None,
        base: Settings = settings,
        **parameters: Any,
    ) -> Scope:
        changed = replace(base, parameters=replace(base.parameters, **parameters))
        return scope_of(leads_frame(rows), changed, as_of, period)

    return make
