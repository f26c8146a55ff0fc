"""What came in during the period: new leads by channel, and how soon they were first contacted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, key_text, ratio, sums_by
from xltrack.leads.follow_up import first_entry


def new_leads(scope: Scope) -> Table:
    """The leads acquired in the period by channel, beside those of the period before.

    Columns: channel (text, null where none is given), new_leads (int), share (of all new leads),
    previous_leads, change_leads (float, null without a period). Most new leads first, then those of
    the period before, then name; a channel of the period before alone has a row too.
    Left out: leads that nothing dates.
    Source: guide, step 5.
    """
    before = scope.before()
    counts = [scope.facts.loc[mask, "channel"].astype("object").value_counts(dropna=False)
              for mask in ([scope.new] if before is None else [scope.new, before.new])]  # fmt: skip
    names = list(dict.fromkeys(name for count in counts for name in count.index))
    aligned = [count.reindex(names, fill_value=0).reset_index(drop=True) for count in counts]
    frame = pd.DataFrame({"channel": pd.Series(names, dtype="object"), "new_leads": aligned[0]})
    frame["new_leads"] = frame["new_leads"].astype("int64")
    frame["share"] = ratio(frame["new_leads"], pd.Series(frame["new_leads"].sum(), frame.index))
    previous = aligned[1] if before is not None else pd.Series(float("nan"), frame.index)
    frame["previous_leads"] = previous.astype("float64")
    frame["change_leads"] = frame["new_leads"] - frame["previous_leads"]
    frame["channel"] = key_text(frame["channel"])
    frame = frame.sort_values(
        ["new_leads", "previous_leads", "channel"], ascending=[False, False, True]
    )
    return Table(frame.reset_index(drop=True), "cohort", scope.undated)


def first_contact(scope: Scope) -> Table:
    """How many of the period's new leads were first contacted in time, by owner.

    In time: the earliest dated entry of the follow-up log lies within the first-contact limit
    after the day of acquisition. Where a team keeps only the latest entry, the first one may have
    been earlier than the log tells: ``contacted_later`` says what the log shows, no more.

    Columns: owner (text, null for none), leads (int, those contacted or past the limit), in_time,
    contacted_later, never_contacted (int), in_time_rate (in_time / leads). Owners by name, leads
    without an owner last.
    Left out: new leads of which only the month of acquisition is known, and those whose log begins
    after the as-of day, so that what it said then is not known.
    Source: guide, step 1 and reminder 1.
    """
    facts = scope.facts[scope.new & scope.facts["acquired_on"].notna()]
    limit = pd.Timedelta(days=scope.settings.parameters.first_contact_days)
    first = first_entry(
        scope.leads.loc[facts.index, "latest_follow_up"], scope.as_of, facts["last_contact"]
    )
    unknown = first > pd.Timestamp(scope.as_of)
    until = facts["acquired_on"] + limit
    counted = (first.notna() | (pd.Timestamp(scope.as_of) > until)) & ~unknown
    figures = {
        "leads": np.ones(len(facts), dtype=bool),
        "in_time": (first <= until).to_numpy(),
        "contacted_later": (first > until).to_numpy(),
        "never_contacted": first.isna().to_numpy(),
    }
    kept = counted.to_numpy()
    frame = sums_by(
        [facts.loc[counted, "owner"]], {name: each[kept] for name, each in figures.items()}
    )
    frame["owner"] = key_text(frame["owner"])
    frame["in_time_rate"] = ratio(frame["in_time"], frame["leads"])
    left_out = int(scope.new.sum()) - len(facts) + int(unknown.sum())
    return Table(frame, "cohort", left_out)
