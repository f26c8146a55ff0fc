"""The follow-up logs of the leads: which entries they hold, and which is the latest.

Nearly every log is one line that starts with a date, which is told without a look at each; only
logs of several lines, and those without a readable date, are taken apart.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.checks.examined import Examined, Mask
from xltrack.checks.rule import Positions, positions
from xltrack.leads.dates import leading_day

_LIKE_A_DAY = re.compile(r"\s*(?:\d{4} ?[-/.年]|\d{1,2} ?月|(?:19|20)\d{6}(?!\d))")
FIELD = "latest_follow_up"


@dataclass(frozen=True)
class Entry:
    """One entry of a log: its day, whether the year was typed, and its text."""

    day: dt.date
    full: bool
    text: str


@dataclass(frozen=True)
class Log:
    """The entries of a log in its order; ``odd`` tells of a line whose date is none."""

    entries: tuple[Entry, ...]
    odd: bool

    def latest(self, as_of: dt.date) -> str:
        """The text of the latest entries not after ``as_of``, else of the latest of all."""
        if not self.entries:
            return ""
        past = [entry.day for entry in self.entries if entry.day <= as_of]
        day = max(past or [entry.day for entry in self.entries])
        return "\n".join(entry.text for entry in self.entries if entry.day == day)


def parsed(text: str, as_of: dt.date) -> Log:
    """A log taken apart; lines without a date belong to the entry above them."""
    entries: list[Entry] = []
    odd = False
    for line in text.splitlines():
        full = leading_day(line)
        day = full or _last_such_day(line, as_of)
        if day is not None:
            entries.append(Entry(day, full is not None, line.strip()))
            continue
        odd = odd or _LIKE_A_DAY.match(line) is not None
        if entries and line.strip():
            entries[-1] = Entry(
                entries[-1].day, entries[-1].full, f"{entries[-1].text}\n{line.strip()}"
            )
    return Log(tuple(entries), odd)


def _last_such_day(line: str, as_of: dt.date) -> dt.date | None:
    this_year = leading_day(line, as_of.year)
    if this_year is not None and this_year > as_of:
        return leading_day(line, as_of.year - 1)
    return this_year


class Logs:
    """The logs of all leads."""

    def __init__(self, examined: Examined) -> None:
        self._as_of = examined.as_of
        self._texts = examined.texts(FIELD)
        self._filled = examined.filled(FIELD)
        self._contact = examined.facts["last_contact"].to_numpy().astype("datetime64[D]")
        self.taken_apart = self._taken_apart()

    def _taken_apart(self) -> dict[int, Log]:
        lines = pc.fill_null(pc.match_substring(self._texts, "\n"), False)
        several = lines.to_numpy(zero_copy_only=False)
        old = self._contact < np.datetime64("2000-01-01")
        at = positions(self._filled & (several | old | np.isnat(self._contact)))
        known: dict[str, Log] = {}
        found = {}
        for position, text in zip(
            at.tolist(), self._texts.take(pa.array(at)).to_pylist(), strict=True
        ):
            if text not in known:
                known[text] = parsed(text, self._as_of)
            found[position] = known[text]
        return found

    def undated(self) -> Positions:
        """Logs without a date in front, or with one that does not exist."""
        return np.array(
            [at for at, log in self.taken_apart.items() if log.odd or not log.entries],
            dtype=np.intp,
        )

    @cached_property
    def dated(self) -> Mask:
        """Which logs hold a dated entry."""
        mask = self._filled.copy()
        mask[[at for at, log in self.taken_apart.items() if not log.entries]] = False
        return mask

    def days_out_of(self, first: dt.date, last: dt.date) -> Iterator[tuple[int, dt.date]]:
        """Positions of logs with a day outside, and the first such day in each."""
        for at, log in self.taken_apart.items():
            days = [e.day for e in log.entries if e.full and not first <= e.day <= last]
            if days:
                yield at, days[0]

    @cached_property
    def latest(self) -> pa.Array:
        """The text of each lead's latest entry, null where there is none."""
        changed = {at: log.latest(self._as_of) for at, log in self.taken_apart.items()}
        if not changed:
            return self._texts
        mask = np.zeros(len(self._texts), dtype=bool)
        mask[list(changed)] = True
        texts = [changed[at] or None for at in sorted(changed)]
        return pc.replace_with_mask(self._texts, pa.array(mask), pa.array(texts, pa.large_string()))

    def holds(self, pattern: str) -> Mask:
        """Which latest entries hold ``pattern`` (RE2)."""
        found = pc.fill_null(pc.match_substring_regex(self.latest, pattern), False)
        mask: Mask = found.to_numpy(zero_copy_only=False)
        return mask


def logs_of(examined: Examined) -> Logs:
    """The logs of the leads, taken apart once."""
    if examined.logs is None:
        examined.logs = Logs(examined)
    return examined.logs
