"""The leads of several copies of a workbook as one list, and where the copies disagree.

Which row of a lead counts is the one rule of :func:`.identity.one_row_per_lead`. The order in
which the books are given decides nothing but ties, so that callers give them in an order that
does not depend on the user.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xltrack.leads.book import PLACE_COLUMNS, LeadBook, concatenated
from xltrack.leads.cells import number_text
from xltrack.leads.difference import columns_in
from xltrack.leads.facts import standing
from xltrack.leads.follow_up import last_contact
from xltrack.leads.identity import lead_keys, one_row_per_lead
from xltrack.leads.one_unit import in_unit_of
from xltrack.template import Settings

KINDS = ("undecided", "other_customer", "later", "further", "identical")
"""Why a row was left out or a value chosen, in the order in which they are told."""

COLUMNS = (
    *("kind", "lead_id", "customer", "field", "private", "kept", "other"),
    *("kept_file", "kept_sheet", "kept_row", "other_file", "other_sheet", "other_row"),
)
_AT = "\x00at"
_BOOK = "\x00book"


@dataclass(frozen=True)
class MergedLeads:
    """One row per lead, in the order in which they are first met, and what was decided.

    Attributes:
        leads: columns as those of :attr:`LeadBook.rows`.
        own: whether each of the team's own columns is private.
        columns: the columns that any of the books has.
        conflicts: one row per value that another row of the same lead has otherwise, per customer
            that shares an id, and per row that was there twice. Columns: ``kind`` (one of
            :data:`KINDS`), ``lead_id``, ``customer``, ``field``, ``private``, ``kept`` and
            ``other`` (as text; null where private), and where each stands.
        rows: how many rows there were.
        raw: the text of cells that could not be read as what they should be, by row of ``leads``
            and field.
    """

    leads: pd.DataFrame
    own: dict[str, bool]
    columns: tuple[str, ...]
    conflicts: pd.DataFrame
    rows: int
    raw: dict[tuple[int, str], str]


def merge_leads(books: Sequence[LeadBook], settings: Settings) -> MergedLeads:
    """The leads of ``books`` merged; ``settings`` tell how far a stage is, and the unit."""
    return _Merge(books, settings).merged()


class _Merge:
    def __init__(self, books: Sequence[LeadBook], settings: Settings) -> None:
        self.books, self.settings = books, settings
        self.suffixes = books[0].customer_suffixes
        self.own: dict[str, bool] = {}
        for book in books:
            for name, private in book.own.items():
                self.own[name] = private or self.own.get(name, False)
        self.columns = tuple(dict.fromkeys(name for book in books for name in columns_in(book)))
        self.compared = [name for name in self.columns if name not in ("lead_id", "customer")]
        frames = [
            in_unit_of(settings, book.rows, book.settings).assign(**{_BOOK: number})
            for number, book in enumerate(books)
        ]
        self.rows = concatenated(frames)
        self.rows[_AT] = np.arange(len(self.rows))
        self.cells: dict[str, Any] = {
            str(name): column.astype("object").to_numpy() for name, column in self.rows.items()
        }
        self.lacking = [set(self.columns) - set(columns_in(book)) for book in books]

    def merged(self) -> MergedLeads:
        rows, conflicts = self._without_repeats()
        kept = one_row_per_lead(rows, self.settings, self.suffixes)
        groups = self._groups(rows, set(kept[_AT].tolist()))
        kept = self._filled(kept, groups)
        conflicts += self._differences(groups)
        conflicts += self._shared_ids(rows, groups)
        first = {winner: min(at, *losers) for winner, losers in groups.items() for at in [winner]}
        order = kept[_AT].map(lambda at: first.get(at, at)).to_numpy()
        kept = kept.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
        raw = self._raw(kept)
        leads = kept.drop(columns=[_AT, _BOOK])
        told = pd.DataFrame(conflicts, columns=list(COLUMNS), dtype="object")
        rank = told["kind"].map({kind: number for number, kind in enumerate(KINDS)})
        told = told.iloc[np.argsort(rank.to_numpy(dtype=int), kind="stable")]
        return MergedLeads(
            leads, self.own, self.columns, told.reset_index(drop=True), len(self.rows), raw
        )

    def _without_repeats(self) -> tuple[pd.DataFrame, list[tuple[Any, ...]]]:
        """The rows without those that have no id and stand equally in another workbook.

        A lead without an id is known by nothing but its whole row: of two equal rows of one
        workbook both stay, of two copies of a workbook each keeps its own.
        """
        rows = self.rows
        nameless = rows[rows["lead_id"].isna()]
        if nameless.empty or len(self.books) == 1:
            return rows, []
        texts = pd.Series("", index=nameless.index, dtype="object")
        for name in self.columns:
            texts = texts + "\x1f" + nameless[name].astype("object").map(_text)
        frame = pd.DataFrame({"text": texts, "book": nameless[_BOOK]})
        frame["nth"] = frame.groupby(["text", "book"]).cumcount()
        again = frame[frame.duplicated(["text", "nth"])]
        first = frame.drop_duplicates(["text", "nth"])
        places = {
            (t, n): i for i, t, n in zip(first.index, first["text"], first["nth"], strict=True)
        }
        told = [
            self._told("identical", places[text, nth], at, "", private=False)
            for at, text, nth in zip(again.index, again["text"], again["nth"], strict=True)
        ]
        return rows.drop(index=again.index), told

    def _groups(self, rows: pd.DataFrame, winners: set[int]) -> dict[int, list[int]]:
        """The other rows of each lead by the row that counts, the best first."""
        keys = lead_keys(rows, self.suffixes)
        same = keys[keys.duplicated(keep=False)]
        if same.empty:
            return {}
        self.rank = self._ranks(rows.loc[same.index])
        groups: dict[int, list[int]] = {}
        for index in same.groupby(["id", "customer"], sort=False).groups.values():
            members = sorted(index, key=lambda at: self.rank[at])
            winner = next(at for at in members if at in winners)
            groups[winner] = [at for at in members if at != winner]
        return groups

    def _ranks(self, some: pd.DataFrame) -> dict[int, tuple[float, float, str, int]]:
        """What the rows of a lead are ordered by, the one that counts first."""
        contact = last_contact(some["latest_follow_up"]).fillna(pd.Timestamp(0))
        place = standing(some, self.settings)["index"].fillna(0)
        days = contact.to_numpy().astype("datetime64[D]").astype(float)
        return {
            int(at): (-day, -float(stage), str(file), int(at))
            for at, day, stage, file in zip(some.index, days, place, some["file"], strict=True)
        }

    def _filled(self, kept: pd.DataFrame, groups: dict[int, list[int]]) -> pd.DataFrame:
        """Columns that a lead's workbook does not have at all, from its other rows."""
        if not any(self.lacking) or not groups:
            return kept
        filled = kept.set_index(_AT, drop=False)
        for name in sorted(set().union(*self.lacking)):
            cells = self.cells[name]
            found = {
                winner: next((cells[at] for at in losers if not pd.isna(cells[at])), None)
                for winner, losers in groups.items()
                if name in self.lacking[self._book(winner)]
            }
            found = {at: value for at, value in found.items() if value is not None}
            if found:
                filled.loc[list(found), name] = list(found.values())
        return filled.reset_index(drop=True)

    def _differences(self, groups: dict[int, list[int]]) -> list[tuple[Any, ...]]:
        pairs: list[tuple[int, int]] = [
            (winner, loser) for winner, losers in groups.items() for loser in losers
        ]
        if not pairs:
            return []
        one, other = (self.rows.loc[list(side)] for side in zip(*pairs, strict=True))
        told: list[tuple[int, tuple[Any, ...]]] = []
        for name in self.compared:
            kept, left = one[name].reset_index(drop=True), other[name].reset_index(drop=True)
            differs = left.notna() & ~(kept == left).fillna(False)
            private = name == "contact_details" or self.own.get(name, False)
            for number in np.flatnonzero(differs.to_numpy(dtype=bool)).tolist():
                winner, loser = pairs[number]
                if pd.isna(kept[number]) and name in self.lacking[self._book(winner)]:
                    continue
                kind = self._decided(winner, loser)
                told.append((number, self._told(kind, winner, loser, name, private=private)))
        return [entry for _, entry in sorted(told, key=lambda entry: entry[0])]

    def _decided(self, winner: int, loser: int) -> str:
        one, other = self.rank[winner], self.rank[loser]
        return "later" if one[0] != other[0] else "further" if one[1] != other[1] else "undecided"

    def _shared_ids(
        self, rows: pd.DataFrame, groups: dict[int, list[int]]
    ) -> Iterator[tuple[Any, ...]]:
        """Ids that several customers have."""
        left_out = {at for losers in groups.values() for at in losers}
        keys = lead_keys(rows, self.suffixes)
        keys = keys.loc[[at for at in keys.index if at not in left_out]]
        for index in keys.groupby("id", sort=False).groups.values():
            first, *others = sorted(index)
            for at in others:
                yield self._told("other_customer", first, at, "customer", private=False)

    def _book(self, at: int) -> int:
        return int(self.cells[_BOOK][at])

    def _told(
        self, kind: str, kept: int, other: int, name: str, *, private: bool
    ) -> tuple[Any, ...]:
        cells, shown = self.cells, bool(name) and not private
        return (
            kind,
            _text(cells["lead_id"][kept]),
            _text(cells["customer"][kept]),
            name,
            private,
            _text(cells[name][kept]) if shown else "",
            _text(cells[name][other]) if shown else "",
            *(cells[place][kept] for place in PLACE_COLUMNS),
            *(cells[place][other] for place in PLACE_COLUMNS),
        )

    def _raw(self, kept: pd.DataFrame) -> dict[tuple[int, str], str]:
        """What stands in cells that are no number or day, though their column holds such."""
        places = {
            (book, sheet, row): number
            for number, (book, sheet, row) in enumerate(
                zip(kept[_BOOK], kept["sheet"].astype("str"), kept["row"], strict=True)
            )
        }
        missing = {name: kept[name].isna().to_numpy() for name in self.columns}
        raw: dict[tuple[int, str], str] = {}
        for number, book in enumerate(self.books):
            for finding in book.findings:
                digits = "".join(filter(str.isdigit, finding.cell))
                if not digits or finding.private or finding.field not in missing:
                    continue
                at = places.get((number, finding.sheet, int(digits)))
                empty = at is not None and bool(missing[finding.field][at])
                if at is not None and empty and finding.value:
                    raw.setdefault((at, finding.field), finding.value)
        return raw


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, pd.Timestamp):
        return str(value).removesuffix(" 00:00:00")
    return str(value)
