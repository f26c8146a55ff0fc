"""The journal's tables once more, slowly and obviously: no pandas, lead by lead, day by day.

A history is a list of refreshes: (day, {lead: (stage, lost)}), ``lost`` telling whether a reason is
filled. Stages are those of the template.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from dataclasses import dataclass, field

STAGES = ["初识", "意向明确", "方案对比", "商务谈判", "成交"]
SIDE = {"暂缓": "paused", "放弃": "lost"}
LIMITS: dict[str, float] = {}
Refresh = tuple[dt.date, dict[str, tuple[str | None, bool]]]


@dataclass
class Way:
    """What is known of a lead: how it was first seen, and how it stood at the end of each day on
    which something about it had changed: (day, stage, lost, there)."""

    seen: dt.date
    first: tuple[str | None, bool]
    days: list[tuple[dt.date, str | None, bool, bool]] = field(default_factory=list)

    def note(self, day: dt.date, stage: str | None, lost: bool, there: bool) -> None:
        if self.days and self.days[-1][0] == day:
            self.days.pop()
        before = self.days[-1][1:] if self.days else (*self.first, True)
        if before != (stage, lost, there):
            self.days.append((day, stage, lost, there))

    @property
    def now(self) -> tuple[str | None, bool, bool]:
        return self.days[-1][1:] if self.days else (*self.first, True)


def ways(refreshes: list[Refresh], until: dt.date) -> dict[str, Way]:
    found: dict[str, Way] = {}
    for day, leads in refreshes:
        if day > until:
            break
        for name, way in found.items():
            if name not in leads:
                stage, lost, _ = way.now
                way.note(day, stage, lost, False)
        for name, (stage, lost) in leads.items():
            if name not in found:
                found[name] = Way(day, (stage, lost))
            else:
                known = stage if stage in STAGES or stage in SIDE else found[name].now[0]
                found[name].note(day, known, lost, True)
    return found


def place(stage: str | None) -> int:
    return STAGES.index(stage) + 1 if stage in STAGES else 0


def is_open(stage: str | None, lost: bool) -> bool:
    return stage != STAGES[-1] and not lost and SIDE.get(stage or "") != "lost"


@dataclass
class Step:
    """What a lead did on a day: places before and after, and where it stood open (0: nowhere)."""

    day: dt.date
    before: int
    after: int
    stood: int
    stands: int
    there: bool


def steps(way: Way) -> list[Step]:
    at, (stage, lost) = place(way.first[0]), way.first
    stood = at if is_open(stage, lost) else 0
    done = []
    for day, new, is_lost, there in way.days:
        after = place(new) or at
        stands = after if there and is_open(new, is_lost) else 0
        done.append(Step(day, at, after, stood, stands, there))
        at, stood = after, stands
    return done


def stage_moves(
    refreshes: list[Refresh], periods: list[tuple[str, dt.date, dt.date]], as_of: dt.date
) -> list[tuple[object, ...]]:
    """period, from, to, standing, entered, moved_on, conversion, advance_rate."""
    begin = refreshes[0][0]
    rows: list[tuple[object, ...]] = []
    for label, first_day, last_day in periods:
        start = max(first_day, begin)
        standing: dict[int, set[str]] = {k: set() for k in range(6)}
        entered: dict[int, set[str]] = {k: set() for k in range(6)}
        went: dict[int, set[str]] = {k: set() for k in range(6)}
        for name, way in ways(refreshes, as_of).items():
            known = way.seen < start or way.seen == begin
            stands = place(way.first[0]) if is_open(*way.first) else 0
            for step in steps(way):
                if step.day < start:
                    stands = step.stands
                elif step.day <= last_day and step.before > 0:
                    if step.after > step.before:
                        for k in range(step.before, step.after):
                            went[k].add(name)
                            entered[k + 1].add(name)
                    elif step.after < step.before:
                        entered[step.after].add(name)
            if known and stands:
                standing[stands].add(name)
        for k in range(1, 5):
            moved = went[k] & (standing[k] | entered[k])
            base = len(standing[k]) + len(entered[k])
            rows.append(
                (
                    label,
                    STAGES[k - 1],
                    STAGES[k],
                    len(standing[k]),
                    len(entered[k]),
                    len(moved),
                    len(entered[k + 1]) / len(entered[k]) if entered[k] else math.nan,
                    len(moved) / base if base else math.nan,
                )
            )
    return rows


def stage_velocity(refreshes: list[Refresh], as_of: dt.date) -> list[tuple[object, ...]]:
    """stage, leads, median_days, p90_days, stalled, skipped, moved_back."""
    rows: list[tuple[object, ...]] = []
    current = refreshes[-1][1]
    for k, stage in enumerate(STAGES, start=1):
        stays: list[int] = []
        stalled = skipped = back = 0
        for name, way in ways(refreshes, as_of).items():
            came: dt.date | None = None
            for step in steps(way):
                if step.before and step.before < k < step.after:
                    skipped += 1
                if step.before == k and step.after < k:
                    back += 1
                if came is not None and step.stands != k:
                    if step.there:
                        stays.append((step.day - came).days)
                    came = None
                if step.stands == k and step.stood != k and step.after != step.before:
                    came = step.day if step.before else None
            limit = LIMITS.get(stage, 0)
            now, lost = current.get(name, (None, True))
            late = came is not None and 0 < limit < (as_of - came).days
            stalled += late and now == stage and is_open(now, lost)
        rows.append(
            (
                stage,
                len(stays),
                statistics.median(stays) if stays else math.nan,
                _p90(stays),
                stalled,
                skipped,
                back,
            )
        )
    return rows


def _p90(days: list[int]) -> float:
    """Interpolated between the two nearest of the sorted days."""
    if not days:
        return math.nan
    ordered, at = sorted(days), 0.9 * (len(days) - 1)
    low = math.floor(at)
    high = min(low + 1, len(days) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])
