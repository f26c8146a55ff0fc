"""The tables of the stage journal: their columns and types."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.book import concatenated
from xltrack.leads.journal_keys import LONGEST, arrow_text, joined_keys
from xltrack.leads.texts import STR

KEY = ("lead_id", "customer")
CHANGE_FIELDS = ("stage", "owner", "amount", "lost_reason", "expected_close", "gone_on")
"""What changes are noted of; the last one says that a lead was no longer there, or was back."""

Places = npt.NDArray[np.int64]

WORDS = ("stage", "owner", "lost_reason")
"""Fields whose values are words that many leads share."""

DATES = ("expected_close", "first_seen", "changed_on", "gone_on")
_DAY = "datetime64[s]"
_FIELD = pd.CategoricalDtype(list(CHANGE_FIELDS))


def states_frame(rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """States with the columns and types that they have; without rows where there are none."""
    rows = pd.DataFrame() if rows is None else rows
    columns: dict[str, Any] = {name: _typed(rows, name, STR) for name in KEY}
    for name in CHANGE_FIELDS[:-1]:
        kind = "category" if name in WORDS else "float64" if name == "amount" else _DAY
        columns[name] = _typed(rows, name, kind)
    for name in DATES[1:]:
        columns[name] = _typed(rows, name, _DAY)
    return pd.DataFrame(columns)


def _typed(rows: pd.DataFrame, name: str, kind: object) -> Any:
    values = rows[name].reset_index(drop=True) if name in rows else pd.Series([], dtype="object")
    if kind == "category":
        return words_column(values.astype("category"))
    return values if values.dtype == kind else values.astype(kind)  # type: ignore[call-overload]


def words_column(column: pd.Series[Any]) -> pd.Series[Any]:
    """A category whose words are of the one type that lets categories be joined."""
    words = pd.Index([str(word) for word in column.cat.categories], dtype="str")
    recoded = pd.Categorical.from_codes(column.cat.codes.to_numpy(), categories=words)
    return pd.Series(recoded, index=column.index)


def changes_frame(
    lead: npt.NDArray[np.integer] | None = None,
    day: Any = pd.NaT,
    field: str | npt.NDArray[np.integer] = CHANGE_FIELDS[0],
    old: pa.Array | None = None,
    new: pa.Array | None = None,
) -> pd.DataFrame:
    """Changes with the columns and types that they have; ``field`` is one for all, or codes."""
    lead = np.empty(0, dtype=np.int32) if lead is None else lead
    none = pa.nulls(len(lead), pa.large_string())
    if isinstance(field, str):
        field = np.full(len(lead), CHANGE_FIELDS.index(field), dtype=np.int8)
    return pd.DataFrame(
        {
            "lead": lead.astype(np.int32),
            "day": pd.Series(day, index=range(len(lead)), dtype=_DAY),
            "field": pd.Categorical.from_codes(field, dtype=_FIELD),
            "old": pd.array(pa.chunked_array([none if old is None else old]), dtype=STR),
            "new": pd.array(pa.chunked_array([none if new is None else new]), dtype=STR),
        }
    )


def counts_frame(rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Monthly counts, sorted by month and field."""
    if rows is None:
        rows = pd.DataFrame({"month": [], "field": [], "changes": []})
    typed = rows.astype({"month": "str", "field": "str", "changes": "int64"})
    return typed.sort_values(["month", "field"]).reset_index(drop=True)


def as_text(column: pd.Series[Any]) -> pa.Array:
    """A column of states as changes write it: days in ISO form, numbers as short as they are
    exact, nothing for what is missing."""
    text = pa.large_string()
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pa.array([_word(word) for word in column], type=text)
    if column.dtype.kind == "M":
        days = column.to_numpy().astype("datetime64[D]")
        return pa.array(np.datetime_as_string(days), type=text, mask=np.isnat(days))
    return pa.array(column.to_numpy(), from_pandas=True).cast(text)


def _word(word: Any) -> str | None:
    return None if pd.isna(word) else str(word)[:LONGEST]


def sorted_changes(changes: pd.DataFrame) -> pd.DataFrame:
    """Changes by lead, day and field."""
    order = np.lexsort(
        (
            changes["field"].cat.codes.to_numpy(),
            changes["day"].to_numpy(),
            changes["lead"].to_numpy(),
        )
    )
    return changes.take(order).reset_index(drop=True)


def sorted_states(frames: list[pd.DataFrame]) -> tuple[pd.DataFrame, Places]:
    """The states of all ``frames`` by key, and the new row of each."""
    states = (
        frames[0] if len(frames) == 1 else concatenated([f for f in frames if len(f)] or frames)
    )
    keys = joined_keys(arrow_text(states["lead_id"]), arrow_text(states["customer"]))
    order = pc.sort_indices(keys).to_numpy(zero_copy_only=False).astype(np.int64)
    moved = np.empty(len(order), dtype=np.int64)
    moved[order] = np.arange(len(order))
    return states.take(order).reset_index(drop=True), moved
