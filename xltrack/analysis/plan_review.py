"""What became of the last plan: each of its actions beside the figure as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import pandas as pd

from xltrack.analysis.actions import NOT_STARTED, proposed_measure
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Frames, Table
from xltrack.leads.plan import PlannedAction

Evidence = dict[str, float | str]
COLUMNS = [
    "problem_id",
    "problem",
    "measure",
    "owner",
    "deadline",
    "status",
    "noted_on",
    "evidence_before",
    "evidence_now",
    "in_hand",
]


def plan_review(
    scope: Scope, frames: Frames, checked: bool, plan: Iterable[PlannedAction] = ()
) -> Table:
    """The actions of the last plan with their figures then and now.

    Args:
        scope: the leads.
        frames: any other table by its id.
        checked: whether the leads were checked, so that no finding means no error.
        plan: the rows of the last plan.

    Columns: problem_id (kind:subject), problem (the kind; the team's own text for its own),
    measure, owner, deadline (day, or text as typed), status (as in ``actions``), noted_on
    (the as-of day of that plan, null where it does not say), evidence_before (the sentence on the
    sheet; null where there is none, or where the plan is not older than this look), evidence_now
    (figures by name, null where nothing measures it), in_hand (bool, the team has put something
    into the row). What the team has in hand first, in the order of the plan.
    Source: guide, step 5.
    """
    rows = [_row(action, scope, frames, checked) for action in plan if action.problem]
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
    frame["in_hand"] = frame["in_hand"].astype("bool")
    frame = frame.where(frame.notna() & (frame != ""), None)
    frame = frame.sort_values("in_hand", ascending=False, kind="stable")
    return Table(frame.reset_index(drop=True), "mixed")


def _row(action: PlannedAction, scope: Scope, frames: Frames, checked: bool) -> tuple[object, ...]:
    kind, _, subject = action.problem_id.partition(":")
    return (
        action.problem_id,
        action.problem if action.own else kind,
        action.measure or proposed_measure(action.problem_id, scope.settings) or None,
        action.owner or None,
        action.deadline or None,
        action.status or NOT_STARTED,
        action.noted_on,
        action.evidence if action.noted_on is None or action.noted_on < scope.as_of else None,
        None if action.own else evidence_now(kind, subject, frames, checked),
        action.typed or action.own,
    )


def evidence_now(kind: str, subject: str, frames: Frames, checked: bool) -> Evidence | None:
    """The figures of one problem as they are, whether or not it still is one; None if unknown."""
    if kind == "target":
        month, _, owner = subject.partition("/")
        row = _row_of(frames("targets"), month=month, owner=owner or None)
        return _picked(row, "target", "revenue", "attainment", "gap")
    if kind == "bottleneck":
        return _step(frames("funnel"), subject)
    if kind == "lost_reason":
        row = _row_of(frames("lost_reasons"), reason=subject)
        return _picked(row, "leads", "share", "amount") or {"leads": 0, "share": 0.0, "amount": 0.0}
    if kind == "overdue":
        row = _row_of(frames("owners"), owner=subject)
        found = _picked(row, "overdue", "open")
        return found and found | {"share": float(found["overdue"]) / (float(found["open"]) or 1)}
    if kind in ("channel_review", "channel_invest"):
        row = _row_of(frames("channels"), channel=subject)
        return _picked(row, "leads", "won", "conversion", "revenue_per_lead", "reason")
    if kind == "data" and checked:
        row = _row_of(frames("data_quality"), code=subject)
        return _picked(row, "findings", "leads") or {"findings": 0, "leads": 0}
    return None


def _step(frame: pd.DataFrame, stage: str) -> Evidence | None:
    position = frame.index[frame["stage"] == stage]
    if not len(position) or pd.isna(frame.loc[position[0], "decided_conversion"]):
        return None
    following = frame["reached"].shift(-1, fill_value=0)
    return {
        "decided_conversion": float(frame.loc[position[0], "decided_conversion"]),
        "moved_on": int(following[position[0]]),
        "lost": int(frame.loc[position[0], "lost"]),
    }


def _row_of(frame: pd.DataFrame, **keys: str | None) -> Mapping[str, Any] | None:
    """The first row with these keys, None where there is none."""
    chosen = pd.Series(True, frame.index)
    for column, value in keys.items():
        chosen &= frame[column].isna() if value is None else frame[column] == value
    rows = cast("list[dict[str, Any]]", frame[chosen].head(1).to_dict("records"))
    return rows[0] if rows else None


def _picked(row: Mapping[str, Any] | None, *keys: str) -> Evidence | None:
    """Figures of a row as plain Python; None where the row or a figure is missing."""
    if row is None or any(pd.isna(row[key]) for key in keys):
        return None
    return {key: row[key].item() if hasattr(row[key], "item") else row[key] for key in keys}
