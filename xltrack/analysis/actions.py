"""What to do next: the problems the other tables show, with what the team planned for each."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, zip_longest
from typing import NamedTuple

import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Frames, Table
from xltrack.findings import Finding
from xltrack.leads.plan import PlannedAction
from xltrack.template import Settings

MOST = 10
TOP_REASONS = 3
COLUMNS = [
    "problem_id",
    "problem",
    "evidence",
    "measure",
    "owner",
    "deadline",
    "status",
]
NOT_STARTED = "not_started"


class Problem(NamedTuple):
    """A problem of one kind about one subject, with the figures that show it."""

    kind: str
    subject: str
    evidence: Mapping[str, float | str]
    owner: str = ""

    @property
    def id(self) -> str:
        """What the team's own entries are matched by, whatever the figures become."""
        return f"{self.kind}:{self.subject}"


def actions(
    scope: Scope,
    frames: Frames,
    findings: Iterable[Finding] | None = None,
    plan: Iterable[PlannedAction] = (),
) -> Table:
    """At most ten problems, each with a measure, and what the team typed beside them.

    The kinds are missed targets, the bottleneck, each of the TOP3 of lost reasons, owners with more
    than the team's share of overdue leads, channels to review and to invest in, and data errors.
    The worst of each kind comes first, then the second of each, so that no kind hides another.

    Args:
        scope: the leads.
        frames: any other table by its id.
        findings: what the checks found; none = not checked.
        plan: the rows of the last plan. Where it has an owner, deadline, status or measure for a
            problem, that stands; rows with something typed whose problem is gone, and rows the
            team added, follow at the end.

    Columns: problem_id (kind:subject), problem (the kind; the text of the plan for rows at the
    end), evidence (figures by name; at the end what the team typed, null for a problem that is
    gone), measure (the team's, else that of Settings), owner, deadline (day, or text as typed),
    status (not_started, in_progress, done, cancelled, or as typed); null where there is none.
    Source: guide, step 5.
    """
    found = _worst_first(
        [
            list(_missed_targets(scope, frames("targets"))),
            list(_bottlenecks(frames("funnel"))),
            *([each] for each in _lost_reasons(frames("lost_reasons"))),
            list(_overdue_owners(frames("owners"))),
            list(_channels(frames("channels"), "review")),
            list(_channels(frames("channels"), "invest")),
            list(_data_errors(frames("data_quality"))) if findings is not None else [],
        ]
    )
    planned: dict[str, PlannedAction] = {}
    for action in plan:
        planned.setdefault(action.problem_id, action)
    rows = [_row(problem, planned.pop(problem.id, None), scope.settings) for problem in found]
    rows += [_kept(action) for action in planned.values() if action.typed or action.own]
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
    return Table(frame.where(frame.notna(), None), "mixed")


def proposed_measure(problem_id: str, settings: Settings) -> str:
    """The measure that Settings has for a problem, empty where it has none."""
    kind, _, subject = problem_id.partition(":")
    if kind == "lost_reason":
        return next((r.measure for r in settings.lost_reasons if r.name == subject), "")
    if kind == "bottleneck":
        return next((s.measure for s in settings.stages if s.name == subject), "")
    return ""


def _worst_first(kinds: list[list[Problem]]) -> list[Problem]:
    ranks = zip_longest(*kinds)
    return [problem for problem in chain.from_iterable(ranks) if problem is not None][:MOST]


def _row(problem: Problem, planned: PlannedAction | None, settings: Settings) -> tuple[object, ...]:
    typed = planned or PlannedAction(problem.id)
    return (
        problem.id,
        problem.kind,
        problem.evidence,
        typed.measure or proposed_measure(problem.id, settings) or None,
        typed.owner or problem.owner or None,
        typed.deadline or None,
        typed.status or NOT_STARTED,
    )


def _kept(action: PlannedAction) -> tuple[object, ...]:
    return (
        action.problem_id,
        action.problem,
        action.evidence if action.own else None,
        action.measure or None,
        action.owner or None,
        action.deadline or None,
        action.status or NOT_STARTED,
    )


def _missed_targets(scope: Scope, frame: pd.DataFrame) -> Iterator[Problem]:
    """Targets not reached of the period's months, else of the last month that is over."""
    if frame.empty:
        return
    if scope.period is not None:
        first, last = (f"{day:%Y-%m}" for day in (scope.period.start, scope.period.end))
        shown = frame[frame["month"].between(first, last)]
    else:
        over = scope.as_of.replace(day=1) - dt.timedelta(days=1)
        shown = frame[frame["month"] == f"{over:%Y-%m}"]
    missed = shown[shown["attainment"] < 1]
    team_first = missed.assign(person=missed["owner"].notna())
    for row in team_first.sort_values(["person", "gap"], ascending=[True, False]).to_dict(
        "records"
    ):
        owner = "" if pd.isna(row["owner"]) else str(row["owner"])
        subject = f"{row['month']}/{owner}" if owner else str(row["month"])
        figures = {key: float(row[key]) for key in ("target", "revenue", "attainment", "gap")}
        yield Problem("target", subject, figures, owner=owner)


def _bottlenecks(frame: pd.DataFrame) -> Iterator[Problem]:
    reached = frame["reached"].shift(-1, fill_value=0)
    for position in frame.index[frame["bottleneck"]]:
        row = frame.loc[position]
        figures = {
            "decided_conversion": float(row["decided_conversion"]),
            "moved_on": int(reached[position]),
            "lost": int(row["lost"]),
        }
        yield Problem("bottleneck", str(row["stage"]), figures)


def _lost_reasons(frame: pd.DataFrame) -> Iterator[Problem]:
    named = frame[frame["reason"].notna()].head(TOP_REASONS)
    for row in named.to_dict("records"):
        figures: dict[str, float | str] = {
            "leads": int(row["leads"]),
            "share": float(row["share"]),
            "amount": float(row["amount"]),
        }
        for key in ("main_stage", "main_channel"):
            if isinstance(row[key], str):
                figures[key] = row[key]
        yield Problem("lost_reason", str(row["reason"]), figures)


def _overdue_owners(frame: pd.DataFrame) -> Iterator[Problem]:
    """Owners whose share of overdue leads is above that of the team."""
    total = frame["open"].sum()
    average = frame["overdue"].sum() / total if total else math.nan
    named = frame[frame["owner"].notna() & (frame["overdue"] > 0)]
    named = named.assign(late=named["overdue"] / named["open"])
    worst = named[named["late"] >= average].sort_values(
        ["late", "overdue", "owner"], ascending=[False, False, True]
    )
    for row in worst.to_dict("records"):
        figures = {
            "overdue": int(row["overdue"]),
            "open": int(row["open"]),
            "share": float(row["late"]),
        }
        owner = str(row["owner"])
        yield Problem("overdue", owner, figures, owner=owner)


def _channels(frame: pd.DataFrame, verdict: str) -> Iterator[Problem]:
    told = frame[frame["verdict"] == verdict]
    for row in (told.iloc[::-1] if verdict == "review" else told).to_dict("records"):
        figures: dict[str, float | str] = {
            "leads": int(row["leads"]),
            "won": int(row["won"]),
            "conversion": float(row["conversion"]),
            "revenue_per_lead": float(row["revenue_per_lead"]),
            "reason": str(row["reason"]),
        }
        yield Problem(f"channel_{verdict}", str(row["channel"]), figures)


def _data_errors(frame: pd.DataFrame) -> Iterator[Problem]:
    errors = frame[frame["severity"] == "error"]
    for row in errors.to_dict("records"):
        figures = {"findings": int(row["findings"]), "leads": int(row["leads"])}
        yield Problem("data", str(row["code"]), figures)
