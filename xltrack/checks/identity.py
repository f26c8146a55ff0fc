"""Lead ids: there, in their documented form, used once, and of the month of the lead."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import pandas as pd

from xltrack.checks.examined import Examined
from xltrack.checks.ids import FreeIds, id_pattern
from xltrack.checks.rule import Hits, Params, positions, rule
from xltrack.checks.tidy import tidied
from xltrack.leads.facts import id_month
from xltrack.leads.follow_up import last_contact
from xltrack.leads.identity import lead_keys
from xltrack.template import lookup
from xltrack.text import fold

_SPACE = r"\s+"


@rule("V101", fields=("lead_id", "customer"))
def id_missing(examined: Examined) -> Iterator[Hits]:
    """A lead without an id; a free one of its month is offered."""
    at = positions(~examined.filled("lead_id") & examined.has_column("lead_id"))
    if not len(at):
        return
    free = free_ids(examined)
    prefix = examined.settings.parameters.id_prefix
    form = examined.template.workbook.id_month_format
    corrected: list[str | None] = []
    params: list[Params] = []
    months = examined.leads["acquired_on"].take(at).dt.strftime(form).tolist()
    for file, month in zip(examined.lead_file[at].tolist(), months, strict=True):
        known = isinstance(month, str)
        lead_id = free[file].of(f"{prefix}{month if known else format(examined.as_of, form)}")
        corrected.append(lead_id if known else None)
        params.append({"free_id": lead_id})
    yield Hits("lead_id", at, corrected=corrected, params=params)


def free_ids(examined: Examined) -> dict[int, FreeIds]:
    """What gives free ids away, by the number of the workbook."""
    digits = examined.template.workbook.id_digits
    ids = examined.book.rows["lead_id"]
    grouped = ids.groupby(examined.row_file)
    return {int(file): FreeIds(some.dropna(), digits) for file, some in grouped}


@rule("V102", fields=("lead_id",))
def id_of_another_form(examined: Examined) -> Iterator[Hits]:
    """An id that is not prefix, year and month, running number.

    Spaces inside and letters of the other case are corrected.
    """
    pattern = id_pattern(examined.settings, examined.template)
    codes, typed = examined.encoded("lead_id")
    clean = [tidied(text, "lead_id") for text in typed]
    wrong = np.array([not pattern.fullmatch(text) for text in clean] + [False])
    at = positions(wrong[codes])
    corrected = []
    for code in codes[at].tolist():
        compact = "".join(clean[code].split())
        corrected.append(compact if pattern.fullmatch(compact) else None)
    yield Hits("lead_id", at, corrected=corrected)


@rule("V105", fields=("lead_id", "acquired_on"))
def id_of_another_month(examined: Examined) -> Iterator[Hits]:
    """The month in the id is not that of the day the lead was acquired on."""
    said = id_month(examined.leads["lead_id"])
    acquired = examined.leads["acquired_on"]
    both = said.notna() & acquired.notna()
    other = both & ((said.dt.year != acquired.dt.year) | (said.dt.month != acquired.dt.month))
    at = positions(other)
    days = acquired.take(at).dt.strftime("%Y-%m-%d").tolist()
    yield Hits("lead_id", at, params=[{"acquired": day} for day in days])


# ---------------------------------------------------------------------- the same id twice


class _Repeated:
    """The rows whose id stands more than once in their workbook."""

    def __init__(self, examined: Examined) -> None:
        self.examined = examined
        rows = examined.book.rows
        keys = lead_keys(rows, examined.book.customer_suffixes)
        self.frame = keys.assign(
            at=rows.index.get_indexer(keys.index),
        )
        self.frame["file"] = examined.row_file[self.frame["at"].to_numpy()]
        self.frame["counts"] = np.isin(self.frame["at"], examined.lead_rows)
        self.frame = self.frame.sort_values("at", kind="stable")

    @cached_property
    def same_lead(self) -> pd.DataFrame:
        """Rows that do not count, each with the row that does (``winner``)."""
        counting = self.frame[self.frame["counts"]]
        winners = counting.drop_duplicates(["file", "id", "customer"])
        joined = self.frame[~self.frame["counts"]].merge(
            winners[["file", "id", "customer", "at"]].rename(columns={"at": "winner"}),
            on=["file", "id", "customer"],
        )
        return joined.sort_values("at", kind="stable")

    @cached_property
    def other_lead(self) -> pd.DataFrame:
        """Leads whose id a lead of another customer has further up (``first``)."""
        counting = self.frame[self.frame["counts"]]
        firsts = counting.drop_duplicates(["file", "id"])
        joined = counting.merge(
            firsts[["file", "id", "customer", "at"]].rename(
                columns={"at": "first", "customer": "other"}
            ),
            on=["file", "id"],
        )
        return joined[joined["customer"] != joined["other"]].sort_values("at", kind="stable")


@rule("V103", fields=("lead_id",))
def same_lead_twice(examined: Examined) -> Iterator[Hits]:
    """A row of a lead that another row stands for, and why that one counts."""
    pairs = _Repeated(examined).same_lead
    if pairs.empty:
        return
    at, winners = pairs["at"].to_numpy(), pairs["winner"].to_numpy()
    rows = examined.book.rows
    contacts = last_contact(rows["latest_follow_up"].take(np.concatenate([at, winners])))
    before, after = np.split(contacts.to_numpy(), 2)
    stages = {stage.name: place for place, stage in enumerate(examined.settings.funnel)}
    names = lookup(examined.settings.stages)

    def place(row: int) -> int:
        stage = rows["stage"].iat[row]
        return stages.get(names.get(fold(stage), ""), -1) if isinstance(stage, str) else -1

    params: list[Params] = []
    for number, (row, winner) in enumerate(zip(at.tolist(), winners.tolist(), strict=True)):
        here, there = before[number], after[number]
        if not np.isnat(there) and (np.isnat(here) or there > here):
            reason = "follow_up"
        else:
            reason = "stage" if place(winner) > place(row) else "first"
        params.append({"counts": examined.place(winner, "lead_id"), "reason": reason})
    yield Hits("lead_id", at, params=params, of_rows=True)


@rule("V104", fields=("lead_id",))
def id_of_two_customers(examined: Examined) -> Iterator[Hits]:
    """A lead whose id belongs to a lead of another customer in the same workbook."""
    pairs = _Repeated(examined).other_lead
    if pairs.empty:
        return
    free = free_ids(examined)
    at = pairs["at"].to_numpy()
    ids = examined.book.rows["lead_id"].take(at).tolist()
    params = [
        {"other": examined.place(first, "lead_id"), "free_id": free[file].like(lead_id)}
        for first, file, lead_id in zip(
            pairs["first"].tolist(), pairs["file"].tolist(), ids, strict=True
        )
    ]
    yield Hits("lead_id", at, params=params, of_rows=True)
