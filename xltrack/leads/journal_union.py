"""Journals made one: of copies of a workbook that were refreshed apart, or of several workbooks.

The union of copies does not depend on their order or on how often one is taken in, as long as
nothing was compacted; what one of them has compacted counts as compacted in all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from xltrack.leads.book import concatenated
from xltrack.leads.journal import Journal
from xltrack.leads.journal_frames import (
    CHANGE_FIELDS,
    KEY,
    WORDS,
    changes_frame,
    counts_frame,
    states_frame,
)
from xltrack.leads.journal_keys import arrow_text, joined_keys

Groups = npt.NDArray[np.int64]


def union(journals: Iterable[Journal]) -> Journal:
    """The journal of copies of one workbook, refreshed apart by several people.

    Of a value that they saw differently the one that changed last counts, then the greater one.
    """
    listed = [journal for journal in journals if journal]
    if len(listed) < 2:
        return listed[0] if listed else Journal()
    compacted_to = _latest(journal.compacted_to for journal in listed)
    merged = _merged(listed, compacted_to)
    same = [journal for journal in listed if journal.compacted_to == compacted_to]
    return replace(
        merged,
        counts=_greatest_counts(same),
        since=min(journal.since for journal in listed if journal.since),
        compacted_to=compacted_to,
        whole=all(journal.whole for journal in listed),
    )


def side_by_side(journals: Sequence[Journal]) -> Journal:
    """The journals of several workbooks as one, for an analysis of all of their leads.

    ``since`` is the day from which on all that have a journal are covered; ``whole`` is False where
    one of them has none.
    """
    listed = [journal for journal in journals if journal]
    if len(journals) == 1:
        return journals[0]
    if not listed:
        return Journal(suffixes=journals[0].suffixes if journals else ())
    if len(listed) == 1:
        return replace(listed[0], whole=len(journals) == 1)
    counts = pd.concat([journal.counts for journal in listed])
    return replace(
        _merged(listed, None),
        counts=counts_frame(counts.groupby(["month", "field"], as_index=False).sum()),
        since=max(journal.since for journal in listed if journal.since),
        compacted_to=_latest(journal.compacted_to for journal in listed),
        excluded=sum(journal.excluded for journal in listed),
        whole=len(listed) == len(journals) and all(journal.whole for journal in listed),
    )


def _merged(listed: Sequence[Journal], after: dt.date | None) -> Journal:
    """States and changes of all; no changes up to ``after``."""
    stacked = concatenated(
        [journal.states for journal in listed if len(journal.states)] or [states_frame()]
    )
    keys = joined_keys(*(arrow_text(stacked[name]) for name in KEY))
    group, order = _groups(keys)
    changes = _changes(listed, group, after)
    states = _states(stacked, group, order, changes)
    lists = [journal.stage_list for journal in listed if journal.stage_list is not None]
    return Journal(
        states=states,
        changes=changes,
        excluded=max(journal.excluded for journal in listed),
        stage_list=max(lists, key=lambda stages: (stages.day, stages.stages), default=None),
        renames=tuple(sorted({rename for journal in listed for rename in journal.renames})),
        skipped=sum(journal.skipped for journal in listed),
        suffixes=listed[0].suffixes,
    )


def _groups(keys: pa.Array) -> tuple[Groups, Groups]:
    """The number of each key in their sorted order, and a row of each."""
    coded = keys.dictionary_encode()
    order = np.argsort(
        np.array([word.encode() for word in coded.dictionary.to_pylist()], dtype=object),
        kind="stable",
    )
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    group = rank[coded.indices.to_numpy(zero_copy_only=False)]
    return group, np.unique(group, return_index=True)[1]


def _states(
    stacked: pd.DataFrame, group: Groups, first: Groups, changes: pd.DataFrame
) -> pd.DataFrame:
    changed_on = stacked["changed_on"].to_numpy().astype(np.int64)
    columns: dict[str, Any] = {name: stacked[name].take(first).array for name in KEY}
    for name in CHANGE_FIELDS:
        rank = _rank(stacked[name])
        winner = np.lexsort((rank, changed_on, group))
        last = np.append(np.flatnonzero(np.diff(group[winner])), len(group) - 1)
        values = stacked[name].take(winner[last] if len(group) else winner).reset_index(drop=True)
        columns[name] = _with_last_changes(values, changes, name)
    by_group = stacked.groupby(group, sort=True)
    columns["first_seen"] = by_group["first_seen"].min().array
    columns["changed_on"] = by_group["changed_on"].max().array
    return states_frame(pd.DataFrame(columns))


def _rank(column: pd.Series[Any]) -> npt.NDArray[Any]:
    """What the values of a column are ordered by, missing ones first."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = [str(word) for word in column.cat.categories]
        rank = np.empty(len(words) + 1, dtype=np.int64)
        rank[:-1][np.argsort(np.array(words, dtype=object), kind="stable")] = np.arange(len(words))
        rank[-1] = -1
        return rank[column.cat.codes.to_numpy()]
    if column.dtype.kind == "M":
        return column.to_numpy().astype(np.int64)  # no day is the least of all numbers
    return column.fillna(-np.inf).to_numpy()


def _with_last_changes(values: pd.Series[Any], changes: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The values, those of leads with a change of that field being what the last one says."""
    rows = changes[changes["field"] == name]
    rows = rows[~rows["lead"].duplicated(keep="last")]
    if rows.empty:
        return values
    at, new = rows["lead"].to_numpy(), rows["new"]
    if name in WORDS:
        texts = values.astype("object")
        texts.iloc[at] = new.to_numpy(dtype="object")
        return texts.astype("category")
    typed = values.copy()
    if name == "amount":
        typed.iloc[at] = new.astype("float64").to_numpy()
    else:
        typed.iloc[at] = pd.to_datetime(new, format="%Y-%m-%d").to_numpy()
    return typed


def _changes(listed: Sequence[Journal], group: Groups, after: dt.date | None) -> pd.DataFrame:
    pieces, start = [], 0
    for journal in listed:
        rows = journal.changes
        lead = group[start : start + len(journal.states)]
        start += len(journal.states)
        pieces.append(rows.assign(lead=lead[rows["lead"].to_numpy()].astype(np.int32)))
    changes = pd.concat(pieces, ignore_index=True)
    if after is not None:
        changes = changes[changes["day"] > pd.Timestamp(after)]
    if changes.empty:
        return changes_frame()
    texts = [changes[side].fillna("").to_numpy(dtype="object") for side in ("old", "new")]
    ranks = [np.unique(side, return_inverse=True)[1] for side in texts]
    codes = changes["field"].cat.codes.to_numpy()
    order = np.lexsort(
        (*ranks, codes, changes["day"].to_numpy().astype(np.int64), changes["lead"].to_numpy())
    )
    changes = changes.take(order)
    kept = ~changes.duplicated(["lead", "day", "field"], keep="last")
    return changes[kept].reset_index(drop=True)


def _greatest_counts(listed: Sequence[Journal]) -> pd.DataFrame:
    counts = pd.concat([journal.counts for journal in listed])
    return counts_frame(counts.groupby(["month", "field"], as_index=False).max())


def _latest(days: Iterable[dt.date | None]) -> dt.date | None:
    return max((day for day in days if day is not None), default=None)
