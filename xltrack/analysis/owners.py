"""How each owner does. Leads count for the person who owns them now."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xltrack.analysis.funnel import stage_weights
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, key_text, ratio, sums_by, tally
from xltrack.analysis.targets import target_of

COLUMNS = [
    "owner",
    "group",
    "active",
    "leads",
    "open",
    "overdue",
    "pipeline",
    "weighted_pipeline",
    "won",
    "lost",
    "win_rate",
    "average_deal",
    "revenue",
    "target",
    "attainment",
]


def owners(scope: Scope) -> Table:
    """One row per owner of the leads or of Settings; null for leads without an owner.

    Columns: owner, group (text), active (bool, null where not in Settings), leads (int, cohort),
    open, overdue (int, state), pipeline, weighted_pipeline (state; the latter null while nothing
    is closed), won, lost (int), win_rate, average_deal, revenue, target, attainment (closed;
    amounts in the workbook's unit). Most revenue first, then most leads, then name.
    Source: guide, reminder 4.
    """
    cohort = tally(scope, scope.cohort, "owner").set_index("owner")["leads"]
    closed = tally(scope, scope.closed, "owner").set_index("owner")
    state = _state(scope)
    listed = {owner.name: owner for owner in scope.settings.owners}
    names = list(dict.fromkeys([*cohort.index, *closed.index, *state.index, *listed]))
    frame = pd.DataFrame(index=pd.Index(names, dtype="object"))
    frame["owner"] = key_text(pd.Series(names, index=frame.index, dtype="object"))
    frame["group"] = [listed[name].group or None if name in listed else None for name in names]
    frame["active"] = pd.Series(
        [listed[name].active if name in listed else None for name in names],
        index=frame.index,
        dtype="object",
    )
    frame["leads"] = _aligned(cohort, frame)
    for column in ("won", "lost", "revenue", "priced"):
        frame[column] = _aligned(closed[column], frame)
    for column in ("open", "overdue", "pipeline", "weighted_pipeline"):
        frame[column] = _aligned(state[column], frame)
    counts = ["leads", "open", "overdue", "won", "lost", "priced"]
    frame = frame.astype(dict.fromkeys(counts, "int64"))
    if stage_weights(scope).isna().all():
        frame["weighted_pipeline"] = float("nan")
    frame["win_rate"] = ratio(frame["won"], frame["won"] + frame["lost"])
    frame["average_deal"] = ratio(frame["revenue"], frame["priced"])
    frame["target"] = [
        target_of(scope.settings, scope.period, name) if isinstance(name, str) else float("nan")
        for name in names
    ]
    frame["attainment"] = ratio(frame["revenue"], frame["target"])
    frame = frame.sort_values(["revenue", "leads", "owner"], ascending=[False, False, True])
    return Table(frame[COLUMNS].reset_index(drop=True), "mixed", scope.undated, scope.presumed)


def _state(scope: Scope) -> pd.DataFrame:
    facts = scope.facts.loc[scope.state, ["days_overdue", "index", "owner", "value"]]
    weight = facts["index"].map(stage_weights(scope))
    figures = {
        "open": np.ones(len(facts), dtype=bool),
        "overdue": (facts["days_overdue"] > 0).to_numpy(),
        "pipeline": facts["value"].fillna(0.0).to_numpy(),
        "weighted_pipeline": (facts["value"] * weight).fillna(0.0).to_numpy(),
    }
    return sums_by([facts["owner"]], figures).set_index("owner")


def _aligned(column: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """The column by owner on the rows of ``frame``, 0 where an owner has none."""
    plain = column.copy()
    plain.index = plain.index.astype("object")
    aligned: pd.Series = plain.reindex(frame.index).fillna(0)
    return aligned
