"""Why leads were lost."""

from __future__ import annotations

import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Frames, Table, key_text, ratio


def lost_reasons(scope: Scope) -> Table:
    """The reasons of the leads lost in the period; the TOP3 are the first three rows.

    Columns: reason (text, synonyms joined; null where the stage alone says lost), leads (int),
    share (of the lost leads), amount (sum of what was expected, null amounts counting 0),
    main_stage, main_channel (text, the most frequent; earlier stage, then name, on a tie; null
    where unknown). Most leads first, then amount, then reason.
    Left out: lost leads without any close day where there is a period.
    Source: guide, steps 3 and 5.
    """
    lost = _lost(scope)
    grouped = lost.groupby("reason", observed=True, dropna=False)
    frame = grouped.agg(leads=("outcome", "size"), amount=("value", "sum")).reset_index()
    for column, key in (("main_stage", "stage"), ("main_channel", "channel")):
        most_frequent = _most_frequent(lost, key).reindex(frame["reason"])
        frame[column] = key_text(most_frequent).set_axis(frame.index)
    frame["share"] = ratio(frame["leads"], pd.Series(frame["leads"].sum(), frame.index))
    frame["reason"] = key_text(frame["reason"])
    frame = frame.sort_values(["leads", "amount", "reason"], ascending=[False, False, True])
    columns = ["reason", "leads", "share", "amount", "main_stage", "main_channel"]
    unplaced = 0
    if scope.period is not None:
        without_day = (scope.facts["outcome"] == "lost") & scope.facts["close_day"].isna()
        unplaced = int(without_day.sum())
    presumed = int(lost["close_presumed"].sum())
    return Table(frame[columns].reset_index(drop=True), "closed", unplaced, presumed)


def lost_reasons_by_stage(scope: Scope, frames: Frames) -> Table:
    """How many leads were lost at which stage, by reason.

    Args:
        scope: the leads.
        frames: any other table by its id.

    Columns: reason (as in :func:`lost_reasons`, in its order), then ``leads:<stage>`` (int) for
    each stage at which leads were lost, in Settings order; leads lost at no known stage are left
    out and counted.
    """
    return _crossed(scope, frames("lost_reasons")["reason"], "stage")


def lost_reasons_by_channel(scope: Scope, frames: Frames) -> Table:
    """As :func:`lost_reasons_by_stage`, by the channel the lead came from, names in order."""
    return _crossed(scope, frames("lost_reasons")["reason"], "channel")


def _crossed(scope: Scope, reasons: pd.Series, key: str) -> Table:
    lost = _lost(scope)
    counts = lost.groupby(["reason", key], observed=True, dropna=False).size()
    crossed = counts.unstack(key, fill_value=0) if len(counts) else pd.DataFrame()
    known = [each for each in crossed.columns if pd.notna(each)]
    crossed = crossed.reindex(index=pd.Index(reasons), columns=known).astype("int64")
    frame = crossed.reset_index(drop=True).set_axis([f"leads:{each}" for each in known], axis=1)
    frame.insert(0, "reason", key_text(reasons))
    return Table(frame, "closed", len(lost) - int(crossed.to_numpy().sum()))


def _lost(scope: Scope) -> pd.DataFrame:
    columns = ["channel", "close_presumed", "outcome", "reason", "stage", "value"]
    return scope.facts.loc[scope.closed & (scope.facts["outcome"] == "lost"), columns]


def _most_frequent(lost: pd.DataFrame, key: str) -> pd.Series:
    """The most frequent value of ``key`` by reason; the first category on a tie."""
    counts = lost.groupby(["reason", key], observed=True, dropna=False).size().rename("leads")
    ordered = counts.reset_index().dropna(subset=[key])
    ordered = ordered.sort_values(["leads", key], ascending=[False, True], kind="stable")
    first = ordered.drop_duplicates("reason").set_index("reason")[key]
    return first.astype("object")
