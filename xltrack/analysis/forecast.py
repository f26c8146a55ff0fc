"""What the open leads may still bring, and what was aimed at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xltrack.analysis.funnel import stage_weights
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, key_text, ratio


def forecast(scope: Scope) -> Table:
    """Open leads by the month they are expected to close in.

    Columns: month (YYYY-MM; ``overdue`` for an expected close before the as-of day, ``none``
    without one), leads (int), pipeline, weighted_pipeline (in the workbook's unit; amount × chance
    of winning from the lead's stage, null while nothing is closed). Overdue first, then by month,
    then those without a day; rows without leads are not there.
    Left out: none; leads at no stage of the funnel weigh nothing.
    Source: guide, step 4.
    """
    facts = scope.facts.loc[scope.state, ["index", "value"]]
    expected = scope.leads.loc[facts.index, "expected_close"].astype("datetime64[s]")
    month = expected.to_numpy().astype("datetime64[M]")
    names, place = np.unique(month, return_inverse=True)  # a day that is none comes last
    words = np.array([*("none" if np.isnat(name) else str(name) for name in names), "overdue"])
    late = (expected < pd.Timestamp(scope.as_of)).to_numpy()
    months = words[np.where(late, len(names), place)]
    weights = stage_weights(scope)
    frame = pd.DataFrame(
        {
            "leads": 1,
            "pipeline": facts["value"].fillna(0.0),
            "weighted_pipeline": (facts["value"] * facts["index"].map(weights)).fillna(0.0),
        },
        index=facts.index,
    )
    frame = frame.groupby(months.astype("object")).sum().rename_axis("month").reset_index()
    if weights.isna().all():
        frame["weighted_pipeline"] = float("nan")
    order = frame["month"].map({"overdue": 0, "none": 2}).fillna(1)
    frame = frame.assign(_order=order).sort_values(["_order", "month"]).drop(columns="_order")
    frame["month"] = key_text(frame["month"])
    return Table(frame.reset_index(drop=True), "state")


def targets(scope: Scope) -> Table:
    """Each target of Settings beside what was won in its month.

    Columns: month (YYYY-MM), owner (text, null for the team), target, revenue (won amounts by
    close day, of that owner or of all), attainment (revenue / target, null for a target of 0), gap
    (target − revenue). Oldest first, the team before its owners.
    Left out: won leads without a close day.
    """
    columns = ["close_day", "close_presumed", "owner", "value"]
    facts = scope.facts.loc[scope.facts["outcome"] == "won", columns]
    won = pd.DataFrame(
        {
            "month": _months(facts["close_day"]),
            "owner": facts["owner"],
            "revenue": facts["value"].fillna(0.0),
        }
    )
    rows = []
    for target in scope.settings.targets:
        counted = won["month"] == np.datetime64(target.month, "M").astype(np.int64)
        if target.owner:
            counted &= won["owner"] == target.owner
        revenue = float(won.loc[counted, "revenue"].sum())
        rows.append((target.month, target.owner or None, target.amount, revenue))
    frame = pd.DataFrame(rows, columns=["month", "owner", "target", "revenue"])
    frame["owner"] = key_text(frame["owner"])
    frame["attainment"] = ratio(frame["revenue"], frame["target"])
    frame["gap"] = frame["target"] - frame["revenue"]
    frame = frame.sort_values(["month", "owner"], na_position="first", kind="stable")
    undated = int(facts["close_day"].isna().sum())
    presumed = int(facts["close_presumed"].sum())
    return Table(frame.reset_index(drop=True), "closed", undated, presumed)


def cohort(scope: Scope) -> Table:
    """How many of the leads acquired in a month were won after 0, 1, 2 … months.

    Columns: month (YYYY-MM), leads (int), then ``after:0``, ``after:1`` … (cumulative conversion,
    a fraction of the leads, the current month up to the as-of day; null for months still ahead).
    Oldest first; months without leads have no row.
    Left out: leads whose month is unknown, and won leads without a close day.
    """
    known = scope.cohort & scope.facts["acquired_from"].notna()
    facts = scope.facts.loc[known, ["acquired_from", "close_day", "close_presumed", "outcome"]]
    acquired, closed = (_months(facts[day]) for day in ("acquired_from", "close_day"))
    won = facts["outcome"] == "won"
    placed = won & facts["close_day"].notna()
    since = (closed - acquired).clip(lower=0).where(placed)
    leads = acquired.value_counts().sort_index()
    this_month = np.datetime64(scope.as_of, "M").astype(np.int64)
    ages = [int(this_month - month) for month in leads.index]
    counts = pd.crosstab(acquired[placed], since[placed])
    columns = range(max(ages, default=-1) + 1)
    reached = counts.reindex(index=leads.index, columns=columns, fill_value=0).cumsum(axis=1)
    months_of = leads.index.to_numpy().astype("datetime64[M]").astype(str)
    frame = pd.DataFrame({"month": months_of.astype("object"), "leads": leads.to_numpy()})
    for months in columns:
        seen = pd.Series([age >= months for age in ages], dtype="bool")
        share = ratio(reached[months].reset_index(drop=True), frame["leads"])
        frame[f"after:{months}"] = share.where(seen)
    left_out = int((scope.cohort & scope.facts["acquired_from"].isna()).sum())
    left_out += scope.undated + int((won & ~placed).sum())
    return Table(frame, "cohort", left_out, int((placed & facts["close_presumed"]).sum()))


def _months(days: pd.Series) -> pd.Series:
    """Months counted from 1970, meaningless where the day is null."""
    months = days.to_numpy().astype("datetime64[M]").astype(np.int64)
    return pd.Series(months, index=days.index)
