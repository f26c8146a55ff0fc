"""What the journal tells of the leads' way through the stages.

Changes count up to the end of the as-of day. A first sight tells where a lead was, not when it came
there.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xltrack.leads.journal import Journal
from xltrack.leads.journal_frames import WORDS
from xltrack.template import Settings

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Places = npt.NDArray[np.int64]

OPEN, WON, LOST = 0, 1, 2
_EVENT_FIELDS = ("stage", "lost_reason", "gone_on")
_NO_DAY = np.datetime64("NaT", "s")


class Stages:
    """The stages of Settings by number: their place in the funnel and their kind."""

    def __init__(self, settings: Settings) -> None:
        self.names = [stage.name for stage in settings.stages]
        kinds = [stage.kind for stage in settings.stages]
        place = {stage.name: number for number, stage in enumerate(settings.funnel, start=1)}
        self.index = np.array([*(place.get(name, 0) for name in self.names), 0])
        """1 for the first stage of the funnel; 0 for one that has no place in it, or none."""
        self.won = np.array([*(kind == "won" for kind in kinds), False])
        self.lost = np.array([*(kind == "lost" for kind in kinds), False])
        self.paused = np.array([*(kind == "paused" for kind in kinds), False])


class History:
    """The changes of stage and of lost reason up to the end of ``as_of``, in order by lead."""

    def __init__(self, journal: Journal, settings: Settings, as_of: dt.date) -> None:
        self.journal = journal
        self.stages = Stages(settings)
        self.as_of = as_of
        number = {name: code for code, name in enumerate(self.stages.names)}
        names = journal.stage_names(settings)
        self._number = {name: number.get(now, -1) for name, now in names.items()}

    def _codes(self, texts: pd.Series[Any]) -> Codes:
        """The number of each stage by its name in the journal, -1 for one that is not known."""
        words = texts.astype("category")
        codes = [self._number.get(str(word), -1) for word in words.cat.categories]
        return np.array([*codes, -1], dtype=np.int64)[words.cat.codes.to_numpy()]

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row per lead and day with a change of stage, of lost reason or of being there.

        Columns: lead, day; stage (number, -1 unknown), reason, gone (0 or 1), each after the change
        and, with ``_before``, before it.
        """
        changes = self.journal.changes
        rows = changes[
            changes["field"].isin(_EVENT_FIELDS) & (changes["day"] <= pd.Timestamp(self.as_of))
        ]
        field, new = rows["field"].to_numpy(dtype="object"), rows["new"]
        filled = new.notna().to_numpy(dtype="float64")
        frame = pd.DataFrame({"lead": rows["lead"].to_numpy(), "day": rows["day"].to_numpy()})
        frame["stage"] = np.where(field == "stage", self._codes(new), np.nan)
        frame["reason"] = np.where(field == "lost_reason", filled, np.nan)
        frame["gone"] = np.where(field == "gone_on", filled, np.nan)
        events = frame.groupby(["lead", "day"], as_index=False, sort=True).first()
        lead, start = events["lead"], self.values_before_all()
        for name in ("stage", "reason", "gone"):
            first = pd.Series(start[name].to_numpy()[lead.to_numpy()], dtype="float64")
            after = events[name].groupby(lead).ffill().fillna(first)
            before = after.groupby(lead).shift().fillna(first)
            events[f"{name}_before"], events[name] = before.astype(int), after.astype(int)
        return events

    def values_before_all(self) -> pd.DataFrame:
        """Stage (number) and reason (bool) of each lead as it was first seen."""
        return self._values(None)

    def values_on(self, day: dt.date) -> pd.DataFrame:
        """How each lead of the journal stood at the end of ``day``, whether it was there or not.

        Columns: stage (number, -1 unknown), reason (bool), amount (float), gone (bool).
        """
        return self._values(day)

    def _values(self, day: dt.date | None) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "stage": self._codes(value_on(self.journal, "stage", day)),
                "reason": value_on(self.journal, "lost_reason", day).notna().to_numpy(),
                "amount": value_on(self.journal, "amount", day).to_numpy(),
                "gone": value_on(self.journal, "gone_on", day).notna().to_numpy(),
            }
        )

    def outcome(self, stage: Codes, reason: Codes) -> Codes:
        """OPEN, WON or LOST by stage number and lost reason."""
        won = self.stages.won[stage]
        lost = ~won & (reason.astype(bool) | self.stages.lost[stage])
        return np.select([won, lost], [WON, LOST], OPEN)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """The events with what they mean for the way through the funnel.

        Further columns: index_before, index (last place in the funnel up to then, 0 unknown),
        outcome_before, outcome; standing_before, standing (the place in the funnel that the lead is
        open at, 0 for none: closed, gone, or never known to be in the funnel).
        """
        moves = self.events.copy()
        lead = moves["lead"]
        place = pd.Series(self.stages.index[moves["stage"].to_numpy()], moves.index)
        first = pd.Series(self.stages.index[moves["stage_before"].to_numpy()], moves.index)
        is_first = ~lead.duplicated()
        start = first.where(is_first & (first > 0)).groupby(lead).ffill()
        after = place.where(place > 0).groupby(lead).ffill().fillna(start).fillna(0)
        before = after.groupby(lead).shift().fillna(first.where(is_first, 0)).fillna(0)
        moves["index_before"], moves["index"] = before.astype(int), after.astype(int)
        for end in ("_before", ""):
            stage, reason = (moves[f"{name}{end}"].to_numpy() for name in ("stage", "reason"))
            moves[f"outcome{end}"] = self.outcome(stage, reason)
            there = (moves[f"outcome{end}"] == OPEN) & (moves[f"gone{end}"] == 0)
            moves[f"standing{end}"] = moves[f"index{end}"].where(there, 0)
        return moves

    @cached_property
    def standing_first(self) -> Codes:
        """The place in the funnel that each lead was first seen open at, 0 for none."""
        first = self.values_before_all()
        stage, reason = first["stage"].to_numpy(), first["reason"].to_numpy()
        there = (self.outcome(stage, reason) == OPEN) & ~first["gone"].to_numpy()
        return np.where(there, self.stages.index[stage], 0)


def value_on(journal: Journal, name: str, day: dt.date | None) -> pd.Series[Any]:
    """A field of each lead of the journal at the end of ``day``; none = as it was first seen."""
    changes = journal.changes
    rows = changes[changes["field"] == name]
    values = journal.states[name]
    if name in WORDS:
        values = values.astype("object")
    stamp = pd.Timestamp.min if day is None else pd.Timestamp(day)
    later = rows[rows["day"] > stamp]
    later = later[~later["lead"].duplicated()]
    if later.empty:
        return values
    before = later["old"]
    typed: Any = before.to_numpy(dtype="object")
    if name == "amount":
        typed = before.astype("float64").to_numpy()
    elif name not in WORDS:
        typed = pd.to_datetime(before, format="%Y-%m-%d").to_numpy()
    changed = values.copy()
    changed.iloc[later["lead"].to_numpy()] = typed
    return changed


def close_days(
    journal: Journal,
    settings: Settings,
    as_of: dt.date,
    place: Places,
    outcome: pd.Series[Any],
) -> Days:
    """The day on which each lead came to its ``outcome`` (open, won, lost) for the last time.

    ``place``: the row of each lead in the journal, -1 for none. Null where the journal does not
    know it to have come there, and for open leads.
    """
    moves = History(journal, settings, as_of).moves
    last = moves[~moves["lead"].duplicated(keep="last")]
    ended = np.full(len(journal.states) + 1, OPEN)
    ended[last["lead"].to_numpy()] = last["outcome"].to_numpy()
    came = moves[moves["outcome"] != moves["outcome_before"]]
    came = came[~came["lead"].duplicated(keep="last")]
    day = np.full(len(journal.states) + 1, _NO_DAY)
    day[came["lead"].to_numpy()] = came["day"].to_numpy()
    wanted = outcome.map({"open": OPEN, "won": WON, "lost": LOST}).to_numpy(dtype=np.int64)
    known = (wanted != OPEN) & (ended[place] == wanted)
    return np.where(known, day[place], _NO_DAY)


def last_index(
    journal: Journal, settings: Settings, as_of: dt.date, place: Places
) -> npt.NDArray[np.float64]:
    """The place in the funnel of the last stage that had one, by row in the journal; null where
    the journal does not know any."""
    history = History(journal, settings, as_of)
    known = history.stages.index[history.values_before_all()["stage"].to_numpy()]
    moves = history.moves
    last = moves[~moves["lead"].duplicated(keep="last")]
    index = np.append(known, 0)
    index[last["lead"].to_numpy()] = last["index"].to_numpy()
    return np.where(index[place] > 0, index[place].astype("float64"), np.nan)


def standing_on(journal: Journal, settings: Settings, day: dt.date) -> pd.DataFrame:
    """How the leads that were there stood at the end of ``day``, one row each.

    Columns: outcome (category), paused (bool), index (float), value (float), as in the facts.
    """
    history = History(journal, settings, day)
    values, stages = history.values_on(day), history.stages
    stage = values["stage"].to_numpy()
    outcome = history.outcome(stage, values["reason"].to_numpy())
    place = np.arange(len(values))
    frame = pd.DataFrame(
        {
            "outcome": pd.Categorical.from_codes(
                outcome, categories=pd.Index(["open", "won", "lost"])
            ),
            "paused": stages.paused[stage] & (outcome != LOST),
            "index": last_index(journal, settings, day, place),
            "value": values["amount"],
        }
    )
    seen = (journal.states["first_seen"] <= pd.Timestamp(day)).to_numpy()
    there: npt.NDArray[np.bool_] = seen & ~values["gone"].to_numpy()
    return frame.loc[there].reset_index(drop=True)


def slipped_close(journal: Journal, as_of: dt.date) -> pd.DataFrame:
    """Leads whose expected close was put off, in the order of the journal.

    Columns: lead (row of the journal's states), lead_id, customer, postponements (int, how often a
    later day took the place of an earlier one), days (int, by how much in all). A day brought
    forward is no postponement and takes nothing off.
    """
    changes = journal.changes
    rows = changes[(changes["field"] == "expected_close") & (changes["day"] <= pd.Timestamp(as_of))]
    before, after = (
        pd.to_datetime(rows[side], format="%Y-%m-%d").dt.as_unit("s") for side in ("old", "new")
    )
    days = (after - before).dt.days
    put_off = rows.assign(days=days)[days > 0]
    summed = put_off.groupby("lead")["days"].agg(["size", "sum"])
    states = journal.states.loc[summed.index, ["lead_id", "customer"]]
    return pd.DataFrame(
        {
            "lead": summed.index.to_numpy(),
            "lead_id": states["lead_id"].to_numpy(),
            "customer": states["customer"].to_numpy(),
            "postponements": summed["size"].to_numpy(),
            "days": summed["sum"].astype("int64").to_numpy(),
        }
    )
