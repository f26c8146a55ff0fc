"""The action plan as the team left it: what was typed beside each problem."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

OWN = "own:"
"""What the id of a problem starts with that the team added itself."""


@dataclass(frozen=True)
class PlannedAction:
    """One row of the plan.

    ``problem`` is its text as it stands on the sheet, ``measure`` what the team typed instead of
    the proposed one; ``deadline`` is a day, or the text that was typed. Empty: nothing typed.
    """

    problem_id: str
    problem: str = ""
    measure: str = ""
    owner: str = ""
    deadline: dt.date | str = ""
    status: str = ""

    @property
    def typed(self) -> bool:
        """Whether the team has put anything into the row."""
        return bool(self.measure or self.owner or self.deadline or self.status)


def by_problem(plan: Iterable[PlannedAction]) -> dict[str, PlannedAction]:
    """The rows by problem id; the first of several counts."""
    rows: dict[str, PlannedAction] = {}
    for action in plan:
        rows.setdefault(action.problem_id, action)
    return rows
