"""One customer under two owners, or under two names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from xltrack.checks.alike import AlikeNames
from xltrack.checks.examined import Examined
from xltrack.checks.ownership import one_owner
from xltrack.checks.rule import Hits, Params, Positions, positions, rule
from xltrack.text import fold


@rule("V162", fields=("owner", "customer"))
def two_owners(examined: Examined) -> Iterator[Hits]:
    """A customer that another owner follows further up in the workbook."""
    codes, typed = examined.encoded("owner")
    known: dict[str, int] = {}
    owners = np.array([known.setdefault(fold(text), len(known)) for text in typed] + [-1])[codes]
    counted = positions(one_owner(examined) & (examined.customer_keys >= 0))
    at, first = others_of_group(_customers(examined)[counted], owners[counted])
    at, first = counted[at], counted[first]
    rows = examined.lead_rows[first]
    params: list[Params] = [
        {"other": examined.place(row, "owner"), "other_owner": typed[code]}
        for row, code in zip(rows.tolist(), codes[first].tolist(), strict=True)
    ]
    yield Hits("owner", at, params=params)


@rule("V163", fields=("customer",))
def two_names(examined: Examined) -> Iterator[Hits]:
    """A customer that is likely the same as one further up under another name."""
    codes, names, _ = examined.customer_names
    counted = positions(codes >= 0)
    at, first = others_of_group(_customers(examined)[counted], codes[counted])
    at, first = counted[at], counted[first]
    more_at, more_first = _alike(examined, set(at.tolist()))
    at, first = np.concatenate([at, more_at]), np.concatenate([first, more_first])
    params: list[Params] = [
        {"other": examined.place(row, "customer"), "other_name": names[code]}
        for row, code in zip(examined.lead_rows[first].tolist(), codes[first].tolist(), strict=True)
    ]
    yield Hits("customer", at, params=params)


def _customers(examined: Examined) -> Positions:
    """Number of the customer in its workbook."""
    keys = examined.customer_keys
    return examined.lead_file * (int(keys.max(initial=0)) + 1) + keys


def others_of_group(groups: Positions, values: Positions) -> tuple[Positions, Positions]:
    """Entries whose value differs from the first entry of their group, and that first entry."""
    order = np.argsort(groups, kind="stable")
    new = np.ones(len(order), dtype=bool)
    new[1:] = groups[order][1:] != groups[order][:-1]
    first = order[np.flatnonzero(new)[np.cumsum(new) - 1]] if len(order) else order
    other = values[order] != values[first]
    return order[other], first[other]


def _alike(examined: Examined, done: set[int]) -> tuple[Positions, Positions]:
    """Leads whose customer is like that of a lead further up, and that lead."""
    _, names, plain = examined.customer_names
    codes = examined.customer_names[0]
    counted = positions(codes >= 0)
    customers = _customers(examined)[counted]
    _, leaders = np.unique(customers, return_index=True)
    leaders = counted[np.sort(leaders)]  # the first lead of every customer of every workbook
    keys = codes[leaders].tolist()
    alike = AlikeNames(
        plain.take(pa.array(keys, type=pa.int64())).to_pylist(),
        [names[key] for key in keys],
        examined.lead_file[leaders],
        examined.words.names,
    )
    first_of = dict(alike.pairs())  # a later name by the earlier one it is like
    if not first_of:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    group = np.full(len(codes), -1)
    number = {customer: n for n, customer in enumerate(_customers(examined)[leaders].tolist())}
    group[counted] = [number[customer] for customer in customers.tolist()]
    at = positions(np.isin(group, list(first_of)))
    at = np.array([each for each in at.tolist() if each not in done], dtype=np.intp)
    first = leaders[[first_of[each] for each in group[at].tolist()]] if len(at) else at
    return at, first
