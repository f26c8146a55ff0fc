"""The action plan as the team left it: what was typed beside each problem."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from xltrack.template import Labels, Text

COLUMNS = (
    "problem",
    "evidence",
    "measure",
    "owner",
    "deadline",
    "status",
    "problem_id",
    "proposed",
)
EPOCH = dt.date(1899, 12, 30)  # day 0 of a spreadsheet
MOST_DAYS = 2_958_466  # the day after 9999-12-31
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
OWN = "own:"
"""What the id of a problem starts with that the team added itself."""


@dataclass(frozen=True)
class PlannedAction:
    """One row of the plan.

    ``problem`` and ``evidence`` are the texts on the sheet, ``measure`` what the team typed instead
    of the proposed one; ``deadline`` is a day, or the text that was typed. Empty: nothing typed.
    ``noted_on`` is the as-of day of the sheet, none where it does not say.
    """

    problem_id: str
    problem: str = ""
    evidence: str = ""
    measure: str = ""
    owner: str = ""
    deadline: dt.date | str = ""
    status: str = ""
    noted_on: dt.date | None = field(default=None, compare=False)

    @property
    def own(self) -> bool:
        """Whether the team added the problem itself."""
        return self.problem_id.startswith(OWN)

    @property
    def typed(self) -> bool:
        """Whether the team has put anything into the row."""
        return bool(self.measure or self.owner or self.deadline or self.status)


def read_plan(
    cells: Mapping[int, Mapping[int, str | float]], labels: Labels
) -> tuple[PlannedAction, ...]:
    """The plan on a sheet of actions: its rows, and problems that the team added below them.

    Args:
        cells: the filled cells of the sheet, by row and column.
        labels: the words its header may be in.
    """
    header = _header(cells, labels)
    if header is None:
        return ()
    top, columns = header
    noted_on = _noted_on(cells, top, labels)
    plan: dict[str, PlannedAction] = {}
    for row in sorted(row for row in cells if row > top):
        texts = {column: cells[row].get(number, "") for column, number in columns.items()}
        action = _action(texts, labels)
        if action is not None and action.problem_id in plan:  # a row that the team copied
            action = replace(action, problem_id=OWN + action.problem)
        if action is not None:
            plan[action.problem_id] = replace(action, noted_on=noted_on)
    return tuple(plan.values())


def _header(
    cells: Mapping[int, Mapping[int, str | float]], labels: Labels
) -> tuple[int, dict[str, int]] | None:
    """The row of the header and the column of each field; none where there is no header."""
    words = {
        label: column
        for column in COLUMNS
        for label in _both(labels.column("actions", column).label)
    }
    for row in sorted(cells):
        found = {words[str(text)]: number for number, text in cells[row].items() if text in words}
        if {"problem", "measure", "status"} <= found.keys():
            return row, found
    return None


def _noted_on(
    cells: Mapping[int, Mapping[int, str | float]], top: int, labels: Labels
) -> dt.date | None:
    """The as-of day above the header, where a line begins as the sheet's own does."""
    begins = tuple(text.partition("{")[0] for text in _both(labels.phrases["as_of"]))
    lines = (str(text) for row in sorted(cells) if row < top for text in cells[row].values())
    found = (_DAY.search(line) for line in lines if line.startswith(begins))
    for match in found:
        if match:
            try:
                return dt.date.fromisoformat(match[0])
            except ValueError:
                return None
    return None


def _action(texts: Mapping[str, str | float], labels: Labels) -> PlannedAction | None:
    plain = {column: str(value).strip() for column, value in texts.items()}
    problem, measure = plain.get("problem", ""), plain.get("measure", "")
    known = plain.get("problem_id", "")
    if not known and (not problem or not (measure or plain.get("owner") or plain.get("status"))):
        return None  # nothing, or the note below the table
    owner, status = plain.get("owner", ""), _status(plain.get("status", ""), labels)
    if status == "not_started":
        status = ""
    if not status and known.endswith(owner):
        owner = ""  # as it was proposed
    return PlannedAction(
        known or OWN + problem,
        problem,
        plain.get("evidence", ""),
        "" if measure == plain.get("proposed") else measure,
        owner,
        _day(texts.get("deadline", "")),
        status,
    )


def _status(text: str, labels: Labels) -> str:
    for status, words in labels.values["status"].items():
        if text in _both(words):
            return status
    return text


def _day(value: str | float) -> dt.date | str:
    if isinstance(value, str):
        return value.strip()
    if 1 <= value < MOST_DAYS:
        return EPOCH + dt.timedelta(days=int(value))
    return f"{value:g}"


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en
