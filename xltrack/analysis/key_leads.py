"""The open leads that a review should speak of one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, key_text
from xltrack.leads.journal_history import slipped_close

EACH = 5
"""How many leads of each kind there are."""
COLUMNS = [
    "lead_id",
    "customer",
    "owner",
    "priority",
    "stage",
    "amount",
    "expected_close",
    "last_contact",
    "days_overdue",
    "why",
    "file",
    "sheet",
    "row",
]


def key_leads(scope: Scope) -> Table:
    """The five largest open leads: of all, of the first priority, with a close date gone or moved.

    Columns: lead_id, customer, owner, priority, stage (text, null where empty), amount (float, what
    is expected, in the workbook's unit), expected_close, last_contact (date), days_overdue (float,
    null without a due day), why (codes joined by +: largest, high_priority, close_passed, and
    slipped where the stage journal tells that the expected close was put off), file, sheet (text),
    row (int). Largest first, then lead id; paused leads are not there.
    Source: guide, steps 1 and 5.
    """
    columns = ["days_overdue", "last_contact", "owner", "priority", "rank", "stage", "value"]
    facts = scope.facts.loc[scope.state & ~scope.facts["paused"], columns]
    whys = _whys(scope, facts)
    facts = facts.loc[whys.index]
    leads = scope.leads.loc[whys.index]
    frame = pd.DataFrame(
        {
            "lead_id": leads["lead_id"],
            "customer": leads["customer"],
            "owner": facts["owner"],
            "priority": facts["priority"],
            "stage": facts["stage"],
            "amount": facts["value"],
            "expected_close": leads["expected_close"].astype("datetime64[s]"),
            "last_contact": facts["last_contact"],
            "days_overdue": facts["days_overdue"],
            "why": whys,
            "file": leads["file"],
            "sheet": leads["sheet"],
            "row": leads["row"],
        }
    )
    for column in ("lead_id", "customer", "owner", "priority", "stage", "file", "sheet"):
        frame[column] = key_text(frame[column])
    return Table(frame[COLUMNS].reset_index(drop=True), "state")


def _whys(scope: Scope, facts: pd.DataFrame) -> pd.Series[str]:
    """Why each lead worth a word is; largest amount first, then lead id and place."""
    leads = scope.leads.loc[facts.index, ["lead_id", "file", "row"]]
    frame = leads.assign(amount=facts["value"]).sort_values(
        ["amount", "lead_id", "file", "row"], ascending=[False, True, True, True]
    )
    order = frame.index
    closes = scope.leads.loc[order, "expected_close"].astype("datetime64[s]")
    marks = pd.DataFrame(
        {
            "largest": frame["amount"].notna() & (np.arange(len(frame)) < EACH),
            "high_priority": facts["rank"].reindex(order) == 0,
            "close_passed": closes < pd.Timestamp(scope.as_of),
            "slipped": _slipped(scope).reindex(order),
        }
    )
    chosen = marks[(marks & (marks.cumsum() <= EACH)).any(axis=1)]
    whys = ["+".join(chosen.columns[row]) for row in chosen.to_numpy(dtype=bool)]
    return pd.Series(whys, chosen.index, dtype="object")


def _slipped(scope: Scope) -> pd.Series[bool]:
    """Leads whose expected close was put off, as far as the journal tells."""
    if not scope.journal:
        return pd.Series(False, scope.leads.index)
    places = scope.journal.places(scope.leads)
    told = slipped_close(scope.journal, scope.as_of)["lead"].to_numpy()
    return pd.Series(np.isin(places, told), scope.leads.index)
