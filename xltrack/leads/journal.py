"""The stage journal: what each refresh saw of the leads, kept so that their history can be told.

A workbook holds how its leads stand today. The journal adds how they came there: for each lead the
state that the last refresh saw, and one row for each value that was another one than before.
Nothing private is in it.

A lead is known again by its folded id and its normalised customer. A lead whose customer is renamed
is therefore another lead; the one of the old name is kept as gone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.facts import standing
from xltrack.leads.journal_bounds import compacted
from xltrack.leads.journal_frames import (
    CHANGE_FIELDS,
    KEY,
    as_text,
    changes_frame,
    counts_frame,
    sorted_changes,
    sorted_states,
    states_frame,
    words_column,
)
from xltrack.leads.journal_keys import LONGEST, arrow_text, joined_keys, keys_of
from xltrack.leads.texts import STR
from xltrack.template import Settings

Rename = tuple[dt.date, str, str]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class StageList:
    """The stages of Settings on the day they were first seen so: (name, kind) in order."""

    day: dt.date
    stages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Journal:
    """What refreshes saw of the leads of a workbook.

    Attributes:
        states: one row per lead that was seen, sorted by key. Columns: ``lead_id`` (folded),
            ``customer`` (normalised), ``stage``, ``owner``, ``lost_reason`` (category, synonyms
            joined), ``amount`` (float, in the workbook's unit: of a won lead its amount, of any
            other the expected one), ``expected_close``, ``first_seen``, ``changed_on``, ``gone_on``
            (date: the refresh that no longer found it; null while it is there).
        changes: one row per change, sorted by lead, day and field, at most one per lead, field and
            day. Columns: ``lead`` (row of ``states``), ``day`` (date), ``field`` (category),
            ``old``, ``new`` (text, null for empty). A first sight is no change.
        counts: changes of compacted months. Columns: ``month`` (YYYY-MM), ``field``, ``changes``.
        since: the first refresh; none while there was none.
        compacted_to: the last day whose changes are kept as counts only.
        excluded: leads that cannot be known again at the last refresh: without an id, or two of
            one id and customer.
        stage_list: the stages of Settings as last seen.
        renames: stages that Settings called otherwise from a day on: (day, old, new).
        skipped: lines of the sheet that could not be understood.
        whole: False where leads of a workbook without a journal stand beside it.
        suffixes: what a company's name may end in without being another company.
    """

    states: pd.DataFrame = field(default_factory=states_frame)
    changes: pd.DataFrame = field(default_factory=changes_frame)
    counts: pd.DataFrame = field(default_factory=counts_frame)
    since: dt.date | None = None
    compacted_to: dt.date | None = None
    excluded: int = 0
    stage_list: StageList | None = None
    renames: tuple[Rename, ...] = ()
    skipped: int = 0
    whole: bool = True
    suffixes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there was a refresh."""
        return self.since is not None

    @cached_property
    def keys(self) -> pa.Array:
        """The key of each lead as one text."""
        return joined_keys(arrow_text(self.states["lead_id"]), arrow_text(self.states["customer"]))

    @property
    def last_day(self) -> dt.date | None:
        """The last day that anything was noted on."""
        days = [self.since, *(rename[0] for rename in self.renames)]
        if len(self.states):
            days.append(self.states["changed_on"].max().date())
        return max((day for day in days if day is not None), default=None)

    def covers(self, day: dt.date) -> bool:
        """Whether the journal tells how all leads stood at the end of ``day``."""
        start = max((d for d in (self.since, self.compacted_to) if d is not None), default=None)
        return self.whole and not self.excluded and start is not None and start <= day

    def places(self, leads: pd.DataFrame) -> Places:
        """The row of ``states`` of each of ``leads``, -1 for one that is not in the journal."""
        keys = keys_of(leads, self.suffixes)
        return np.where(keys.unique, found_in(keys.joined, self.keys), -1)

    def stage_names(self, settings: Settings) -> Mapping[str, str]:
        """What each stage of the journal is called now: its own name where Settings has it, else
        what it was renamed to."""
        known = {stage.name for stage in settings.stages}
        newer = {old: new for _, old, new in sorted(self.renames)}
        names = {}
        for name in {*self.states["stage"].cat.categories, *self._changed_stages}:
            now, left = name, len(newer)
            while now not in known and now in newer and left:
                now, left = newer[now], left - 1
            names[name] = now
        return MappingProxyType(names)

    @property
    def _changed_stages(self) -> set[str]:
        of_stage = self.changes[self.changes["field"] == "stage"]
        return {*of_stage["old"].dropna().unique(), *of_stage["new"].dropna().unique()}

    def updated(self, leads: pd.DataFrame, settings: Settings, day: dt.date) -> Journal:
        """The journal after a refresh on ``day`` that saw ``leads`` (one row per lead).

        Returns itself where nothing has changed. An empty stage, or one that Settings does not
        have, is no news. A day before the last noted one counts as that one.
        """
        return _Update(self, leads, settings, day).journal()


def found_in(keys: pa.Array, known: pa.Array) -> Places:
    """The position of each of ``keys`` in ``known``, -1 where it is not there."""
    place = pc.fill_null(pc.index_in(keys, value_set=known), -1)
    places: Places = place.to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def observed(
    leads: pd.DataFrame, settings: Settings, suffixes: tuple[str, ...]
) -> tuple[pd.DataFrame, int]:
    """What a refresh notes of ``leads``, and how many of them cannot be known again.

    Columns: those of the key and of ``CHANGE_FIELDS`` but ``gone_on``, as in the states.
    """
    keys = keys_of(leads, suffixes)
    facts = standing(leads, settings)
    seen = pd.DataFrame(
        {
            "lead_id": pd.Series(pd.array(pa.chunked_array([keys.lead_id]), dtype=STR)),
            "customer": pd.Series(pd.array(pa.chunked_array([keys.customer]), dtype=STR)),
            "stage": facts["stage"].array,
            "owner": _cut(facts["owner"]).array,
            "amount": facts["value"].to_numpy(),
            "lost_reason": _cut(facts["reason"]).array,
            "expected_close": leads["expected_close"].astype("datetime64[s]").dt.normalize().array,
        }
    )
    kept = seen[keys.unique] if not keys.unique.all() else seen
    return kept.reset_index(drop=True), len(seen) - len(kept)


def _cut(words: pd.Series[Any]) -> pd.Series[Any]:
    """A category with overlong words cut."""
    if all(len(word) <= LONGEST for word in words.cat.categories):
        return words
    cut = {word: word[:LONGEST] for word in words.cat.categories}
    return words.astype("object").map(cut).astype("category")


class _Update:
    """One refresh: what it saw against what the journal knows."""

    def __init__(
        self, journal: Journal, leads: pd.DataFrame, settings: Settings, day: dt.date
    ) -> None:
        self.old = journal
        self.settings = settings
        self.day = max(day, journal.last_day or day)
        self.stamp = pd.Timestamp(self.day).as_unit("s")
        self.seen, self.excluded = observed(leads, settings, journal.suffixes)

    def journal(self) -> Journal:
        old = self._with_stages()
        place = found_in(joined_keys(*(arrow_text(self.seen[k]) for k in KEY)), old.keys)
        known = place >= 0
        states = old.states.copy(deep=False)
        changes = self._changes(old, states, place[known], self.seen[known])
        new = self.seen[~known]
        if self._is_same(old, changes, new):
            return self.old
        if len(changes):
            touched = changes["lead"].unique()
            dates = states["changed_on"].to_numpy().copy()
            dates[touched] = np.datetime64(self.day, "s")
            states["changed_on"] = dates
        merged = replace(
            old,
            states=states,
            changes=_with_today(old.changes, changes, self.stamp),
            since=old.since or self.day,
            excluded=self.excluded,
        )
        return compacted(_with_leads(merged, new, self.stamp))

    def _is_same(self, old: Journal, changes: pd.DataFrame, new: pd.DataFrame) -> bool:
        return (
            old is self.old
            and bool(old)
            and not len(changes)
            and not len(new)
            and self.excluded == old.excluded
        )

    def _with_stages(self) -> Journal:
        """The journal with the stages of Settings noted, and those that were renamed since."""
        now = tuple((stage.name, str(stage.kind)) for stage in self.settings.stages)
        before = self.old.stage_list
        if before is not None and before.stages == now:
            return self.old
        renames = self.old.renames
        if before is not None:
            renames += tuple((self.day, *pair) for pair in renamed(before.stages, now))
        return replace(self.old, stage_list=StageList(self.day, now), renames=renames)

    def _changes(
        self, old: Journal, states: pd.DataFrame, place: Places, seen: pd.DataFrame
    ) -> pd.DataFrame:
        """The changes of this refresh; writes what was seen into ``states``."""
        rows = []
        names = old.stage_names(self.settings)
        for name in CHANGE_FIELDS[:-1]:
            before = states[name].take(place)
            after = seen[name].set_axis(before.index)
            if isinstance(before.dtype, pd.CategoricalDtype):
                both = _same_words(before, after, names if name == "stage" else {})
                before, after = both
            if name == "stage":
                after = after.where(after.notna(), before)
            differs = _differs(before, after)
            if differs.any():
                at = place[differs]
                rows.append(self._rows(at, name, before[differs], after[differs]))
                states[name] = _written(states[name], at, after[differs])
        rows += self._presence(states, place)
        return pd.concat(rows, ignore_index=True) if rows else changes_frame()

    def _presence(self, states: pd.DataFrame, place: Places) -> list[pd.DataFrame]:
        there = np.zeros(len(states), dtype=bool)
        there[place] = True
        gone_on = states["gone_on"]
        gone = ~there & gone_on.isna().to_numpy()
        back = there & gone_on.notna().to_numpy()
        if not gone.any() and not back.any():
            return []
        at = np.flatnonzero(gone | back)
        after = pd.Series(np.where(gone[at], np.datetime64(self.day, "s"), np.datetime64("NaT")))
        before = gone_on.take(at)
        states["gone_on"] = _written(gone_on, at, after)
        return [self._rows(at, "gone_on", before, after)]

    def _rows(
        self, at: Places, name: str, before: pd.Series[Any], after: pd.Series[Any]
    ) -> pd.DataFrame:
        return changes_frame(at, self.stamp, name, as_text(before), as_text(after))


def _same_words(
    before: pd.Series[Any], after: pd.Series[Any], names: Mapping[str, str]
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Two categories on the same words, those of ``before`` called as ``names`` says."""
    old = [names.get(word, word) for word in before.cat.categories]
    words = pd.Index(list(dict.fromkeys([*old, *after.cat.categories])), dtype="object")
    codes = np.append(words.get_indexer(pd.Index(old, dtype="object")), -1)
    recoded = pd.Categorical.from_codes(codes[before.cat.codes.to_numpy()], categories=words)
    return pd.Series(recoded, index=before.index), after.cat.set_categories(words)


def _differs(before: pd.Series[Any], after: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    if isinstance(before.dtype, pd.CategoricalDtype):
        changed: npt.NDArray[np.bool_] = before.cat.codes.to_numpy() != after.cat.codes.to_numpy()
        return changed
    one, other = before.to_numpy(), after.to_numpy()
    missing = pd.isna(one) & pd.isna(other)
    differs: npt.NDArray[np.bool_] = (one != other) & ~missing
    return differs


def _written(column: pd.Series[Any], at: Places, values: pd.Series[Any]) -> pd.Series[Any]:
    """The column with ``values`` at the positions ``at``."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column, values = _same_words(column, values, {})
        codes = column.cat.codes.to_numpy().astype(np.int32)
        codes[at] = values.cat.codes.to_numpy()
        return words_column(
            pd.Series(pd.Categorical.from_codes(codes, categories=column.cat.categories))
        )
    changed = column.to_numpy().copy()
    changed[at] = values.to_numpy()
    return pd.Series(changed)


def _with_today(changes: pd.DataFrame, today: pd.DataFrame, stamp: pd.Timestamp) -> pd.DataFrame:
    """All changes; two on one day are one from the first value to the last, or none."""
    if not len(today):
        return changes
    earlier = changes[changes["day"] == stamp]
    if len(earlier):
        first = earlier.set_index(["lead", "field"])["old"]
        keys = pd.MultiIndex.from_frame(today[["lead", "field"]])
        again = keys.isin(first.index)
        old = today["old"].to_numpy(dtype="object").copy()
        old[again] = first.reindex(keys[again]).to_numpy(dtype="object")
        today = today.assign(old=pd.array(old, dtype=STR))
        done = pd.MultiIndex.from_frame(earlier[["lead", "field"]]).isin(keys)
        changes = changes.drop(index=earlier.index[done])
        same = (today["old"] == today["new"]) | (today["old"].isna() & today["new"].isna())
        today = today[~same]
    return sorted_changes(pd.concat([changes, today], ignore_index=True))


def _with_leads(journal: Journal, new: pd.DataFrame, stamp: pd.Timestamp) -> Journal:
    """The journal with leads that are seen for the first time."""
    if not len(new):
        return journal
    fresh = new.assign(first_seen=stamp, changed_on=stamp, gone_on=np.datetime64("NaT"))
    states, moved = sorted_states([journal.states, states_frame(fresh)])
    changes = journal.changes
    if len(changes):
        lead = moved[: len(journal.states)][changes["lead"].to_numpy()]
        changes = sorted_changes(changes.assign(lead=lead.astype(np.int32)))
    return replace(journal, states=states, changes=changes)


def renamed(
    before: tuple[tuple[str, str], ...], now: tuple[tuple[str, str], ...]
) -> list[tuple[str, str]]:
    """Stages that are called otherwise: as many new names of the same kinds where old ones stood.

    >>> old = (("初识", "open"), ("谈判", "open"), ("成交", "won"))
    >>> renamed(old, (("初识", "open"), ("议价", "open"), ("成交", "won")))
    [('谈判', '议价')]
    >>> renamed(old, (("初识", "open"), ("成交", "won")))
    []
    """
    pairs = []
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "replace" and [s[1] for s in before[i:j]] == [s[1] for s in now[k:m]]:
            pairs += [(b[0], n[0]) for b, n in zip(before[i:j], now[k:m], strict=True)]
    names = {name for name, _ in now}, {name for name, _ in before}
    return [(old, new) for old, new in pairs if old not in names[0] and new not in names[1]]
