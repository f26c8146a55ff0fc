"""What changed between two states of the same leads: which came, went, moved, closed.

A lead is known by the one rule: its id and its customer. Pure frames; no file, no words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xltrack.leads.book import PLACE_COLUMNS, LeadBook, as_dtype
from xltrack.leads.cells import DECIMALS
from xltrack.leads.facts import standing
from xltrack.leads.identity import normalised_customer
from xltrack.leads.one_unit import amount_factor, in_unit_of
from xltrack.leads.texts import STR
from xltrack.text import fold

CHANGES = (
    *("added", "gone", "won", "lost", "reopened", "moved_on", "moved_back", "stage"),
    *("amount", "owner", "field"),
)
"""Kinds of change, in the order in which they are told."""

COLUMNS = (
    *("change", "lead_id", "customer", "owner"),
    *("field", "old", "new", "private", "sheet", "row"),
)
_AMOUNTS = ("amount", "expected_amount")
_NO_ID = "\x00"

Places = npt.NDArray[np.intp]
Marks = npt.NDArray[np.bool_]
Series = pd.Series


@dataclass(frozen=True)
class Difference:
    """What changed from one workbook, or state of it, to another.

    Attributes:
        before, after: what the workbooks are called.
        leads_before, leads_after: how many leads each has.
        changes: one row per change. Columns: ``change`` (one of :data:`CHANGES`), ``lead_id``,
            ``customer``, ``owner`` (as they are after; of a lead that is gone as they were),
            ``field`` (a field id or the name of a column of the team's own; null where the lead
            as a whole came, went or closed), ``old`` and ``new`` (text, float or an ISO day; null
            where empty and where ``private``), ``private``, ``sheet`` and ``row`` (after; before
            for what is gone). Order: as the leads stand after, then those that are gone.
        columns_added, columns_gone: columns that only one of the two has; not compared.
    """

    before: str
    after: str
    leads_before: int
    leads_after: int
    changes: pd.DataFrame
    columns_added: tuple[str, ...] = ()
    columns_gone: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many leads each kind of change is about, and ``same``: leads without any."""
        changes = self.changes
        lead = changes.groupby("change", observed=True)["at"].nunique()
        counts = {kind: int(lead.get(kind, 0)) for kind in CHANGES}
        touched = changes.loc[~changes["change"].isin(["added", "gone"]), "at"].nunique()
        return counts | {"same": self.leads_after - counts["added"] - int(touched)}

    def as_dict(self) -> dict[str, object]:
        """The difference as JSON can hold it; private values are null."""
        listed = self.changes[list(COLUMNS)].astype("object")
        rows = listed.where(listed.notna(), None).to_dict("records")
        return {
            "before": {"workbook": self.before, "leads": self.leads_before},
            "after": {"workbook": self.after, "leads": self.leads_after},
            "counts": dict(self.counts),
            "columns_added": list(self.columns_added),
            "columns_gone": list(self.columns_gone),
            "changes": [{str(key): value for key, value in row.items()} for row in rows],
        }


def difference(before: LeadBook, after: LeadBook) -> Difference:
    """What changed from the leads of ``before`` to those of ``after``.

    Stages are placed by the Settings of ``after``. Amounts of ``before`` are taken in the unit of
    ``after``. Leads without an id are told apart by their customer, in the order they stand in.
    """
    was, now = _comparable(before, after), after.leads
    keys_was, keys_now = lead_keys_of(was, now, after.customer_suffixes)
    place = pd.Index(keys_was).get_indexer(pd.Index(keys_now))
    paired = np.flatnonzero(place >= 0)
    pair = _Pairs(was, now, place[paired], paired, before, after)
    shared, added, gone = _columns_of(before, after)
    frames = [
        _whole("added", now, np.flatnonzero(place < 0), 0),
        *pair.progress(),
        *(frame for name in shared for frame in pair.field(name)),
        _whole("gone", was, np.setdiff1d(np.arange(len(was)), place[paired]), len(now)),
    ]
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    changes = pd.concat(filled, ignore_index=True)
    order = {kind: number for number, kind in enumerate(CHANGES)}
    rank = changes["change"].map(order).to_numpy(dtype=np.int64)
    changes = changes.iloc[np.lexsort((rank, changes["at"].to_numpy(dtype=np.int64)))]
    return Difference(
        _name(before),
        _name(after),
        len(was),
        len(now),
        changes.reset_index(drop=True),
        tuple(added),
        tuple(gone),
    )


def lead_keys_of(
    one: pd.DataFrame, other: pd.DataFrame, suffixes: Sequence[str]
) -> tuple[list[str], list[str]]:
    """A text per lead of each frame that is equal where the lead is the same one.

    That is the folded id and the normalised customer; leads without an id are numbered by
    customer, so that each has a key of its own.
    """
    known: dict[str, str] = {}
    for name in pd.concat([one["customer"], other["customer"]]).dropna().unique():
        known[str(name)] = normalised_customer(str(name), suffixes)
    return _keys(one, known), _keys(other, known)


def _keys(leads: pd.DataFrame, customers: Mapping[str, str]) -> list[str]:
    ids = {str(text): fold(str(text)) for text in leads["lead_id"].dropna().unique()}
    seen: dict[str, int] = {}
    keys = []
    for identifier, customer in zip(leads["lead_id"], leads["customer"], strict=True):
        key = f"{ids.get(identifier, _NO_ID)}\x1f{customers.get(customer, '')}"
        number = seen.get(key, 0)
        seen[key] = number + 1
        keys.append(f"{key}\x1f{number}" if number else key)
    return keys


def _comparable(before: LeadBook, after: LeadBook) -> pd.DataFrame:
    """The leads of ``before`` in the unit of ``after``; as they stand in another currency."""
    if amount_factor(before.settings, after.settings) is None:
        return before.leads
    return in_unit_of(after.settings, before.leads, before.settings)


def _name(book: LeadBook) -> str:
    return book.sources[0].workbook if book.sources else ""


def columns_in(book: LeadBook) -> list[str]:
    """The columns that the sheets of a book have: field ids, then the team's own."""
    names = dict.fromkeys(field for source in book.sources for field in source.columns)
    return [*names, *book.own]


def _columns_of(before: LeadBook, after: LeadBook) -> tuple[list[str], list[str], list[str]]:
    """The columns that both have, those that only ``after`` has, and those only ``before`` has."""
    was, now = dict.fromkeys(columns_in(before)), dict.fromkeys(columns_in(after))
    shared = [name for name in now if name in was and name not in ("lead_id", *PLACE_COLUMNS)]
    return shared, [n for n in now if n not in was], [n for n in was if n not in now]


class _Pairs:
    """The leads that both states have: positions of each, and what differs between them."""

    def __init__(
        self,
        was: pd.DataFrame,
        now: pd.DataFrame,
        at_was: Places,
        at_now: Places,
        before: LeadBook,
        after: LeadBook,
    ) -> None:
        self.was, self.now, self.at_was, self.at_now = was, now, at_was, at_now
        self.settings = after.settings
        self.private = {name for book in (before, after) for name, is_ in book.own.items() if is_}
        self.private.add("contact_details")
        self.closed_by_reason = np.zeros(len(at_now), dtype=bool)
        self.same_stage = np.zeros(len(at_now), dtype=bool)

    def _both(self, name: str) -> tuple[Series[Any], Series[Any]]:
        old, new = (
            frame[name].iloc[at].reset_index(drop=True)
            for frame, at in ((self.was, self.at_was), (self.now, self.at_now))
        )
        if old.dtype != new.dtype:
            old, new = as_dtype(old, STR), as_dtype(new, STR)
        return old, new

    def progress(self) -> Iterator[pd.DataFrame]:
        """Leads won, lost, open again, and those that moved through the stages."""
        before = standing(self.was, self.settings).iloc[self.at_was].reset_index(drop=True)
        after = standing(self.now, self.settings).iloc[self.at_now].reset_index(drop=True)
        old, new = self._both("stage")
        ended = before["outcome"].astype("str") != after["outcome"].astype("str")
        won = (ended & (after["outcome"] == "won")).to_numpy()
        lost = (ended & (after["outcome"] == "lost")).to_numpy()
        again = (ended & (after["outcome"] == "open")).to_numpy()
        yield self._made("won", won, "stage", old, new)
        reason = self._both("lost_reason")[1]
        yield self._made("lost", lost, "lost_reason", old, reason.where(reason.notna(), new))
        yield self._made("reopened", again, "stage", old, new)
        self.closed_by_reason = lost | again
        step = (after["index"] - before["index"]).to_numpy(dtype=float)
        moves = ~won & ~again
        yield self._made("moved_on", moves & (step > 0), "stage", old, new)
        yield self._made("moved_back", moves & (step < 0), "stage", old, new)
        told = won | again | (np.nan_to_num(step) != 0)
        same = (before["stage"].astype("str") == after["stage"].astype("str")).to_numpy()
        known = before["stage"].notna().to_numpy() & after["stage"].notna().to_numpy()
        yield self._made("stage", _differ(old, new) & ~told & ~(same & known), "stage", old, new)

    def field(self, name: str) -> Iterator[pd.DataFrame]:
        """The leads in which one column changed; stages are told by :meth:`progress`."""
        if name == "stage":
            return
        old, new = self._both(name)
        changed = _differ(old, new)
        if name == "lost_reason":
            changed &= ~self.closed_by_reason
        kind = "amount" if name in _AMOUNTS else "owner" if name == "owner" else "field"
        yield self._made(kind, changed, name, old, new)

    def _made(
        self, kind: str, mask: Marks, name: str, old: Series[Any], new: Series[Any]
    ) -> pd.DataFrame:
        some = np.flatnonzero(mask)
        frame = _whole(kind, self.now, self.at_now[some], 0)
        if not len(some):
            return frame
        frame["field"] = pd.Series([name] * len(some), dtype="object")
        if name in self.private:
            frame["private"] = True
        else:
            frame["old"], frame["new"] = _plain(old.iloc[some]), _plain(new.iloc[some])
        return frame


def _differ(old: Series[Any], new: Series[Any]) -> Marks:
    """Where two columns of one dtype differ; two empty cells are equal."""
    if pd.api.types.is_float_dtype(old.dtype):
        close = np.isclose(old, new, rtol=1e-12, atol=0.5 * 10.0**-DECIMALS, equal_nan=True)
        return np.asarray(~close, dtype=bool)
    missing = old.isna().to_numpy(), new.isna().to_numpy()
    equal = (old == new).fillna(False).to_numpy(dtype=bool)
    differ: Marks = ~(equal | (missing[0] & missing[1]))
    return differ


def _plain(values: Series[Any]) -> Series[Any]:
    """Values as text, float or ISO day; null as None."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = as_dtype(values, STR)
    listed = values.astype("object").reset_index(drop=True)
    return listed.where(listed.notna(), None)


def _whole(kind: str, leads: pd.DataFrame, places: Places, offset: int) -> pd.DataFrame:
    """Changes of one kind at the leads at ``places``; ``at`` tells where they are told."""
    some = leads.iloc[places]
    empty = pd.Series([None] * len(some), dtype="object")
    return pd.DataFrame(
        {
            "change": pd.Series([kind] * len(some), dtype="object"),
            **{name: _plain(some[name]) for name in ("lead_id", "customer", "owner")},
            **dict.fromkeys(("field", "old", "new"), empty),
            "private": np.zeros(len(some), dtype=bool),
            "sheet": _plain(some["sheet"]),
            "row": some["row"].to_numpy(dtype=np.int64),
            "at": places + offset,
        }
    )
