"""Which open leads need a call now."""

from __future__ import annotations

import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, key_text


def follow_ups(scope: Scope) -> Table:
    """Open leads that are overdue, due, due soon, or have no date to count from.

    Columns: lead_id, customer, owner, priority, stage (text, null where empty), last_contact, due
    (date), days_overdue (float, whole days, negative while ahead; null without a due day), status
    (overdue, due, due_soon, not_contacted, no_date), file, sheet (text), row (int, Excel row).
    High priority first, then most days overdue, then lead id.
    Left out: none; paused leads and leads that are due later are not on the list.
    Source: guide, steps 2 and 4.
    """
    facts = scope.facts[scope.state & scope.facts["status"].notna()]
    leads = scope.leads.loc[facts.index]
    frame = pd.DataFrame(
        {
            "lead_id": leads["lead_id"],
            "customer": leads["customer"],
            "owner": facts["owner"],
            "priority": facts["priority"],
            "stage": facts["stage"],
            "last_contact": facts["last_contact"],
            "due": facts["due"],
            "days_overdue": facts["days_overdue"],
            "status": facts["status"],
            "file": leads["file"],
            "sheet": leads["sheet"],
            "row": leads["row"],
            "_rank": facts["rank"],
        }
    )
    frame = frame.sort_values(
        ["_rank", "days_overdue", "lead_id", "file", "sheet", "row"],
        ascending=[True, False, True, True, True, True],
    )
    for column in ("lead_id", "customer", "owner", "priority", "stage", "status", "file", "sheet"):
        frame[column] = key_text(frame[column])
    return Table(frame.drop(columns="_rank").reset_index(drop=True), "state")
