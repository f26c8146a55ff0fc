"""The action plan as a block: problems in words, with the columns that the team fills in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from xltrack.analysis import Analysis
from xltrack.analysis.actions import proposed_measure
from xltrack.report.blocks import ActionItem, ActionList, Cell, Column, TableBlock
from xltrack.report.wording import Wording
from xltrack.template import Settings

SHOWN = ("problem", "evidence", "measure", "owner", "deadline", "status")
TYPED = ("measure", "owner", "deadline", "status")
KEPT = ("problem_id", "proposed")
"""Hidden columns: what the team's entries are matched by, and the measure that was proposed."""
STATUSES = ("not_started", "in_progress", "done", "cancelled")
_RATES = frozenset({"share", "attainment", "conversion", "decided_conversion"})
_AMOUNTS = frozenset({"amount", "target", "revenue", "gap", "revenue_per_lead"})


def action_block(analysis: Analysis, wording: Wording) -> TableBlock:
    """The whole plan, with the columns that the team fills in."""
    rows = _rows(analysis, wording)
    muted = (number for number, row in enumerate(rows) if not row["current"])
    return TableBlock(
        id="actions",
        title=wording.title("actions"),
        subtitle=wording.phrase("plan_note"),
        columns=tuple(_column(column, analysis, wording) for column in (*SHOWN, *KEPT)),
        rows=tuple(tuple(row[column] for column in (*SHOWN, *KEPT)) for row in rows),
        muted=frozenset(muted),
    )


def action_list(analysis: Analysis, wording: Wording, most: int) -> ActionList:
    """The most urgent problems of the plan that are there now."""
    current = [row for row in _rows(analysis, wording) if row["current"]][:most]
    items = (
        ActionItem(str(row["problem"]), str(row["evidence"]), str(row["measure"]))
        for row in current
    )
    return ActionList(wording.title("actions"), tuple(items))


def _rows(analysis: Analysis, wording: Wording) -> list[dict[str, Cell]]:
    records = cast("list[dict[str, Any]]", analysis["actions"].to_dict("records"))
    return [_row(record, analysis.settings, wording) for record in records]


def problem_text(problem_id: str, problem: str, wording: Wording) -> str:
    """A problem in words; one of the team's own stays as it was typed."""
    known = wording.labels.values["problem"].get(problem)
    if known is None:
        return problem
    subject = problem_id.partition(":")[2]
    return known.of(wording.lang).format(subject=subject)


def evidence_text(problem: str, evidence: Mapping[str, Any] | str | None, wording: Wording) -> str:
    """The figures behind a problem in one sentence."""
    if evidence is None:
        return wording.phrase("gone")
    if isinstance(evidence, str):
        return evidence
    sentence = wording.labels.values["evidence"][problem].of(wording.lang)
    words = _Figures({key: _figure(key, value, wording) for key, value in evidence.items()})
    words |= {"unit": wording.unit}
    return sentence.format_map(words)


def _usual(problem: str, wording: Wording) -> str:
    """What is usually done about problems of that kind, where Settings says nothing."""
    usual = wording.labels.values["measure"].get(problem)
    return usual.of(wording.lang) if usual else ""


class _Figures(dict[str, str]):
    """Figures by name; one that is not known is a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def _figure(key: str, value: object, wording: Wording) -> str:
    if key == "reason":
        return wording.word("reason", str(value))
    if key in _RATES:
        return f"{value:.1%}"
    if key in _AMOUNTS:
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _column(column: str, analysis: Analysis, wording: Wording) -> Column:
    declared = wording.header("actions", column)
    choices: tuple[str, ...] = ()
    if column == "status":
        choices = tuple(wording.word("status", status) for status in STATUSES)
    if column == "owner":
        choices = tuple(owner.name for owner in analysis.settings.owners if owner.active)
    return Column(
        column,
        wording.label("actions", column),
        "date" if column == "deadline" else "text",
        declared.width,
        typed=column in TYPED,
        choices=choices,
        hidden=column in KEPT,
    )


def _row(record: Mapping[str, Any], settings: Settings, wording: Wording) -> dict[str, Cell]:
    problem = record["problem"]
    proposed = proposed_measure(record["problem_id"], settings) or _usual(problem, wording)
    return {
        "problem": problem_text(record["problem_id"], problem, wording),
        "evidence": evidence_text(problem, record["evidence"], wording),
        "measure": record["measure"] or proposed,
        "owner": record["owner"] or "",
        "deadline": cast("dt.date | str", record["deadline"] or ""),
        "status": wording.word("status", record["status"]),
        "problem_id": record["problem_id"],
        "proposed": proposed,
        "current": isinstance(record["evidence"], Mapping),
    }
