"""How leads moved through the stages, as the journal has noted it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xltrack.analysis.period import Period, period_of
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, ratio
from xltrack.analysis.trend import LONGEST
from xltrack.leads.journal import Journal
from xltrack.leads.journal_history import History

Numbers = npt.NDArray[np.int64]

_MOVES = {
    "period": "object",
    "from_stage": "object",
    "to_stage": "object",
    "standing": "int64",
    "entered": "int64",
    "moved_on": "int64",
    "conversion": "float64",
    "advance_rate": "float64",
}
_VELOCITY = {
    "stage": "object",
    "leads": "int64",
    "median_days": "float64",
    "p90_days": "float64",
    "stalled": "int64",
    "skipped": "int64",
    "moved_back": "int64",
}
_LONG_AGO = np.datetime64("0001-01-01", "s")


def stage_moves(scope: Scope) -> Table:
    """What went on between each stage and the next, period by period.

    With a week, month or quarter the periods are such units over the window; with a range of days
    it is the one period; without, they are months. The first is that in which the journal begins,
    counted from that day on. Without history there are no rows.

    Columns: period (ISO Monday date, YYYY-MM, YYYY-Qn or two days), from_stage, to_stage (text),
    standing (int, open leads at from_stage when the period began), entered (int, leads that came
    to from_stage in the period, forwards or back), moved_on (int, of those two the leads that went
    on from it), conversion (leads that entered to_stage / leads that entered from_stage, null
    without), advance_rate (moved_on / (standing + entered), null without). Oldest first, then by
    stage. A lead that skips a stage enters it and moves on from it on the same day; one that is
    seen for the first time has entered nothing, and its first move counts as an entry only.
    Left out: leads that are not in the journal.
    Source: guide, step 3.
    """
    history = _history(scope)
    periods = _periods(scope) if history else []
    if history is None or not periods:
        return Table(_empty(_MOVES), "mixed", _unknown(scope))
    count = _Counts(history, periods, _begin(history.journal), len(scope.settings.funnel))
    frames = []
    names = [stage.name for stage in scope.settings.funnel]
    for number, period in enumerate(periods):
        frame = pd.DataFrame({"from_stage": names[:-1], "to_stage": names[1:]})
        frame.insert(0, "period", _label(period))
        frame["standing"] = count.standing(number)[:-1]
        entered = count.entered[number]
        frame["entered"], frame["moved_on"] = entered[:-1], count.moved_on[number][:-1]
        frame["conversion"] = ratio(pd.Series(entered[1:]), frame["entered"])
        frame["advance_rate"] = ratio(frame["moved_on"], frame["standing"] + frame["entered"])
        frames.append(frame)
    return Table(pd.concat(frames, ignore_index=True).astype(_MOVES), "mixed", _unknown(scope))


def stage_velocity(scope: Scope) -> Table:
    """How long leads stay at each stage.

    With a period, stays and moves of its window count; without, all that the journal knows.

    Columns: stage (text, Settings order), leads (int, stays with a known first day that have
    ended, by moving on or back, by winning or losing), median_days, p90_days (float, of those
    stays, null without; the 90th percentile is interpolated), stalled (int, open leads that are at
    the stage now, have a known day of coming there and are beyond its limit; 0 where it has none),
    skipped (int, moves that passed over the stage), moved_back (int, moves from it to an earlier
    one). A stage that is skipped is not stayed at; a lead first seen at a stage has no known day of
    coming there; being paused does not end a stay, and one that is not there any more does not
    count. Without history there are no rows.
    Left out: leads that are not in the journal.
    """
    history = _history(scope)
    if history is None:
        return Table(_empty(_VELOCITY), "mixed", _unknown(scope))
    stages = scope.settings.funnel
    start = _window_start(scope)
    stays = _stays(history)
    ended = stays[stays["ended"] & (stays["until"] >= start)]
    days = (ended["until"] - ended["day"]).dt.days.groupby(ended["index"])
    numbers = range(1, len(stages) + 1)
    moves = history.moves
    moves = moves[(moves["day"] >= start) & (moves["index_before"] > 0)]
    back = moves[moves["index"] < moves["index_before"]]
    frame = pd.DataFrame({"stage": [stage.name for stage in stages]})
    frame["leads"] = days.size().reindex(numbers, fill_value=0).to_numpy()
    frame["median_days"] = days.median().reindex(numbers).to_numpy()
    frame["p90_days"] = days.quantile(0.9).reindex(numbers).to_numpy()
    frame["stalled"] = _stalled(scope, stays)
    skipped = _between(moves["index_before"].to_numpy() + 1, moves["index"].to_numpy() - 1)[1]
    frame["skipped"] = np.bincount(skipped, minlength=len(stages) + 1)[1:]
    left = back["index_before"].value_counts()
    frame["moved_back"] = left.reindex(numbers, fill_value=0).to_numpy()
    return Table(frame.astype(_VELOCITY), "mixed", _unknown(scope))


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in columns.items()})


def _history(scope: Scope) -> History | None:
    """The history, none before there is any: on the day of the first refresh."""
    history = scope.history
    return history if history and scope.as_of > _begin(history.journal) else None


def _begin(journal: Journal) -> dt.date:
    """The day at whose beginning all leads stand where they were first seen."""
    days = [day for day in (journal.since, journal.compacted_to) if day is not None]
    return max(days, default=dt.date.max)


def _unknown(scope: Scope) -> int:
    if not scope.journal:
        return len(scope.leads)
    return int((scope.journal.places(scope.leads) < 0).sum())


def _window_start(scope: Scope) -> pd.Timestamp:
    if scope.period is None:
        return pd.Timestamp.min
    start, _ = scope.period.window(scope.settings.parameters.window_months)
    return pd.Timestamp(start)


def _periods(scope: Scope) -> list[Period]:
    """The periods with days that the journal knows, oldest first."""
    begin = _begin(scope.journal or Journal())
    if scope.period is not None and scope.period.kind == "range":
        return [scope.period] if scope.period.end > begin else []
    start = max(begin, _window_start(scope).date()) if scope.period else begin
    end = min(scope.as_of, scope.period.end) if scope.period else scope.as_of
    kind = scope.period.kind if scope.period else "month"

    def units() -> Iterator[Period]:
        period = period_of(kind, start)
        while period.start <= end:
            yield period
            period = period_of(kind, period.end + dt.timedelta(days=1))

    return list(units())[-LONGEST:]


def _label(period: Period) -> str:
    return f"{period.start:%Y-%m-%d}" if period.kind == "week" else period.label


class _Counts:
    """Leads by period and place in the funnel: those that stood there, came there, moved on."""

    def __init__(
        self, history: History, periods: list[Period], begin: dt.date, stages: int
    ) -> None:
        self._history = history
        self._stages = stages
        self._starts = [max(period.start, begin) for period in periods]
        self._ends = [period.end for period in periods]
        moves = history.moves
        starts = np.array(self._starts, dtype="datetime64[s]")
        ends = np.array(self._ends, dtype="datetime64[s]")
        day = moves["day"].to_numpy()
        period = np.searchsorted(starts, day, side="right") - 1
        inside = (period >= 0) & (day <= ends[period])
        self._moves, self._period = moves[inside], period[inside]
        came, went = self._entries(), self._departures()
        at_start = self._at_start(starts)
        counted = np.unique(went[np.isin(went, came) | np.isin(went, at_start)])
        self.entered = self._by_period(np.unique(came))
        self.moved_on = self._by_period(counted)

    def standing(self, number: int) -> Numbers:
        """Open leads by place when the period began."""
        days, places, steps = self._steps
        before = days < np.datetime64(self._starts[number], "s")
        sums = np.bincount(places[before], steps[before], minlength=self._stages + 1)
        return sums[1:].astype(np.int64)

    @cached_property
    def _steps(self) -> tuple[Any, Numbers, Numbers]:
        """Days, places and by how much the number of leads that stand there changes."""
        history, moves = self._history, self._history.moves
        begin = _begin(history.journal)
        seen = history.journal.states["first_seen"].to_numpy()
        # where a lead stood at the first refresh it stood before anything was noted
        seen = np.where(seen <= np.datetime64(begin, "s"), _LONG_AGO, seen)
        day = moves["day"].to_numpy()
        before, after = moves["standing_before"].to_numpy(), moves["standing"].to_numpy()
        first = history.standing_first
        days = np.concatenate([seen, day, day])
        places = np.concatenate([first, before, after]).astype(np.int64)
        signs = np.repeat([1, -1, 1], [len(first), len(day), len(day)])
        return days, places, signs

    def _coded(self, rows: npt.NDArray[np.intp], place: Numbers) -> Numbers:
        """Lead, period and place as one number."""
        lead = self._moves["lead"].to_numpy()[rows].astype(np.int64)
        return (lead * len(self._starts) + self._period[rows]) * (self._stages + 1) + place

    def _entries(self) -> Numbers:
        before, after = self._places()
        rows, place = _between(before + 1, after)
        back = np.flatnonzero((after < before) & (after > 0))
        return np.concatenate([self._coded(rows, place), self._coded(back, after[back])])

    def _departures(self) -> Numbers:
        before, after = self._places()
        return self._coded(*_between(before, after - 1))

    def _places(self) -> tuple[Numbers, Numbers]:
        """Places before and after; a move from an unknown place is none."""
        before, after = (self._moves[name].to_numpy() for name in ("index_before", "index"))
        return before, np.where(before > 0, after, 0)

    def _at_start(self, starts: Any) -> Numbers:
        """Where the leads that did something in a period stood when it began."""
        lead = self._moves["lead"].to_numpy()
        first = np.flatnonzero(~pd.DataFrame({"l": lead, "p": self._period}).duplicated())
        seen = self._history.journal.states["first_seen"].to_numpy()[lead[first]]
        begin = np.datetime64(_begin(self._history.journal), "s")
        known = (seen < starts[self._period[first]]) | (seen <= begin)
        rows = first[known]
        return self._coded(rows, self._moves["standing_before"].to_numpy()[rows])

    def _by_period(self, codes: Numbers) -> Numbers:
        width = self._stages + 1
        place, period = codes % width, codes // width % len(self._starts)
        cells = np.bincount(period * width + place, minlength=len(self._starts) * width)
        return cells.reshape(len(self._starts), width)[:, 1:]


def _between(first: Numbers, last: Numbers) -> tuple[npt.NDArray[np.intp], Numbers]:
    """All numbers from ``first`` to ``last`` of each row, and the rows that they are of.

    >>> [part.tolist() for part in _between(np.array([1, 5]), np.array([3, 4]))]
    [[0, 0, 0], [1, 2, 3]]
    """
    lengths = np.maximum(last - first + 1, 0)
    rows = np.repeat(np.arange(len(first)), lengths)
    offsets = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return rows, first[rows] + offsets


def _stays(history: History) -> pd.DataFrame:
    """Stays with a known first day. Columns: lead, index, day, until (null while it lasts), ended
    (bool: it is over, and not because the lead was no longer there)."""
    moves = history.moves
    moves = moves[moves["standing"] != moves["standing_before"]]
    following = moves.groupby("lead")[["day", "gone"]].shift(-1)
    stays = moves[["lead", "index", "day"]].assign(
        until=following["day"], ended=following["gone"] == 0
    )
    came = (moves["index"] != moves["index_before"]) & (moves["index_before"] > 0)
    return stays[came & (moves["standing"] > 0)]


def _stalled(scope: Scope, stays: pd.DataFrame) -> Numbers:
    """Open leads beyond the limit of the stage that they are at, by stage."""
    facts, journal = scope.facts, scope.journal or Journal()
    lasting = stays[stays["until"].isna()].set_index("lead")
    place = journal.places(scope.leads)
    known = lasting.reindex(place)
    limits = np.array([stage.limit_days for stage in scope.settings.funnel], dtype="float64")
    index = facts["index"].fillna(0).astype(int).to_numpy()
    limit = np.append(limits, 0.0)[index - 1]
    age = (pd.Timestamp(scope.as_of) - known["day"]).dt.days.to_numpy()
    beyond = (limit > 0) & (age > limit) & (known["index"].to_numpy() == index)
    beyond &= (scope.state & ~facts["paused"]).to_numpy()
    return np.bincount(index[beyond], minlength=len(limits) + 1)[1 : len(limits) + 1]
