"""Lead ids: there, in their documented form, used once, and of the month of the lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from xltrack.checks.dates import day_texts
from xltrack.checks.examined import Examined
from xltrack.checks.free_ids import FreeIds
from xltrack.checks.ids import id_months, id_pattern
from xltrack.checks.rule import Hits, Params, positions, rule
from xltrack.leads.follow_up import last_contact
from xltrack.leads.identity import lead_keys
from xltrack.leads.tidy import tidied
from xltrack.template import lookup
from xltrack.text import fold


@rule("V101", fields=("lead_id", "customer"))
def id_missing(examined: Examined) -> Iterator[Hits]:
    """A lead without an id; a free one of its month is offered."""
    at = positions(~examined.filled("lead_id") & examined.has_column("lead_id"))
    if not len(at):
        return
    files = examined.lead_file[at].tolist()
    free = free_ids(examined, files)
    prefix = examined.settings.parameters.id_prefix
    form = examined.template.workbook.id_month_format
    corrected: list[str | None] = []
    params: list[Params] = []
    months = examined.leads["acquired_on"].take(at).dt.strftime(form).tolist()
    for file, month in zip(files, months, strict=True):
        known = isinstance(month, str)
        lead_id = free[file].of(f"{prefix}{month if known else format(examined.as_of, form)}")
        corrected.append(lead_id if known else None)
        params.append({"free_id": lead_id})
    yield Hits("lead_id", at, corrected=corrected, params=params)


def free_ids(examined: Examined, files: Iterable[int]) -> dict[int, FreeIds]:
    """What gives free ids away, by the number of the workbook."""
    digits = examined.template.workbook.id_digits
    ids = pa.array(examined.book.rows["lead_id"], type=pa.large_string(), from_pandas=True)
    return {
        file: FreeIds(ids.filter(pa.array(examined.row_file == file)), digits)
        for file in sorted(set(files))
    }


@rule("V102", fields=("lead_id",))
def id_of_another_form(examined: Examined) -> Iterator[Hits]:
    """An id that is not prefix, year and month, running number.

    Spaces inside and letters of the other case are corrected.
    """
    pattern = id_pattern(examined.settings, examined.template)
    suspect = positions(
        examined.filled("lead_id") & ~examined.matches("lead_id", f"^(?:{pattern.pattern})$")
    )
    at, corrected = [], []
    for position, text in zip(suspect.tolist(), examined.pick("lead_id", suspect), strict=True):
        clean = tidied(text, "lead_id")
        if not pattern.fullmatch(clean):
            compact = "".join(clean.split()).upper()
            at.append(position)
            corrected.append(compact if pattern.fullmatch(compact) else None)
    yield Hits("lead_id", np.array(at, dtype=np.intp), corrected=corrected)


@rule("V105", fields=("lead_id", "acquired_on"))
def id_of_another_month(examined: Examined) -> Iterator[Hits]:
    """The month in the id is not that of the day the lead was acquired on."""
    said = id_months(examined.texts("lead_id"))
    acquired = examined.leads["acquired_on"]
    months = acquired.to_numpy().astype("datetime64[M]").astype(np.int64) + 1970 * 12
    other = (said >= 0) & acquired.notna().to_numpy() & (said != months)
    at = positions(other)
    yield Hits("lead_id", at, params=[{"acquired": day} for day in day_texts(acquired, at)])


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


def _repeated(examined: Examined) -> _Repeated:
    if not isinstance(examined.repeated, _Repeated):
        examined.repeated = _Repeated(examined)
    return examined.repeated


@rule("V103", fields=("lead_id",))
def same_lead_twice(examined: Examined) -> Iterator[Hits]:
    """A row of a lead that another row stands for, and why that one counts."""
    pairs = _repeated(examined).same_lead
    if pairs.empty:
        return
    at, winners = pairs["at"].to_numpy(), pairs["winner"].to_numpy()
    rows = examined.book.rows
    contacts = last_contact(rows["latest_follow_up"].take(np.concatenate([at, winners])))
    before, after = np.split(contacts.to_numpy(), 2)
    stages = {stage.name: place for place, stage in enumerate(examined.settings.funnel)}
    names = lookup(examined.settings.stages)

    typed = dict(zip(at.tolist(), rows["stage"].take(at).tolist(), strict=True))
    typed |= dict(zip(winners.tolist(), rows["stage"].take(winners).tolist(), strict=True))

    def place(row: int) -> int:
        stage = typed[row]
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
    pairs = _repeated(examined).other_lead
    if pairs.empty:
        return
    free = free_ids(examined, pairs["file"].tolist())
    at = pairs["at"].to_numpy()
    ids = examined.book.rows["lead_id"].take(at).tolist()
    params = [
        {"other": examined.place(first, "lead_id"), "free_id": free[file].like(lead_id)}
        for first, file, lead_id in zip(
            pairs["first"].tolist(), pairs["file"].tolist(), ids, strict=True
        )
    ]
    yield Hits("lead_id", at, params=params, of_rows=True)
