"""The figures of the live board, counted as its formulas count them.

They are the cached values of those formulas, so that a viewer that does not calculate shows
numbers. They follow the formulas to the letter (a text date is no date here), which is why they
are not taken from the analysis.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from xltrack.template import Settings, Template

Lead = Mapping[str, object]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Tally:
    """Counts and sums of some leads; amounts in the workbook's unit."""

    leads: int = 0
    won: int = 0
    lost: int = 0
    reasoned: int = 0  # with a lost reason, whatever the stage
    revenue: float = 0
    priced: int = 0
    pipeline: float = 0

    @property
    def open(self) -> int:
        """Neither won nor lost."""
        return self.leads - self.won - self.lost


@dataclass
class BoardFigures:
    """Everything the board shows, by stage, channel and reason as Settings name them."""

    settings: Settings
    as_of: dt.date
    by_stage: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_channel: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    reasons: Counter[str] = field(default_factory=Counter)
    reason_amounts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    overdue: int = 0
    unplaced: int = 0
    next_id: str = ""

    @property
    def total(self) -> Tally:
        """All leads with a known stage."""
        total = Tally()
        for tally in self.by_stage.values():
            for name, value in vars(tally).items():
                setattr(total, name, getattr(total, name) + value)
        return total


def board_figures(
    template: Template,
    settings: Settings,
    leads: Iterable[Lead],
    as_of: dt.date,
    *,
    with_expected: bool,
) -> BoardFigures:
    """Figures of these leads; ``with_expected``: the workbook has the expected amount apart."""
    figures = BoardFigures(settings, as_of)
    rows = list(leads)
    expected = with_expected and any(_number(lead.get("expected_amount")) for lead in rows)
    kinds = {stage.name: stage.kind for stage in settings.stages}
    for lead in rows:
        kind = kinds.get(str(lead.get("stage") or ""))
        figures.unplaced += bool(lead.get("stage")) and kind is None
        _count(figures, lead, kind, "expected_amount" if expected else "amount")
    month = f"{as_of:{template.workbook.id_month_format}}"
    ids = [str(lead.get("lead_id") or "") for lead in rows]
    figures.next_id = _next_id(template, settings.parameters.id_prefix + month, ids)
    return figures


def _count(figures: BoardFigures, lead: Lead, kind: str | None, value_field: str) -> None:
    reason = str(lead.get("lost_reason") or "").strip()
    has_reason = bool(reason) and reason not in figures.settings.parameters.no_loss_marks
    won, lost = kind == "won", kind == "lost" or (has_reason and kind != "won")
    amount, value = _number(lead.get("amount")), _number(lead.get(value_field))
    one = Tally(
        leads=1,
        won=int(won),
        lost=int(lost),
        reasoned=int(has_reason),
        revenue=(amount or 0) if won else 0,
        priced=int(won and amount is not None),
        pipeline=0 if won or lost else (value or 0),
    )
    if kind is not None:
        _add(figures.by_stage[str(lead["stage"])], one)
    _count_channel(figures, lead, one)
    if has_reason and (name := _listed_reason(figures.settings, reason)):
        figures.reasons[name] += 1
        figures.reason_amounts[name] += value or 0
    if kind == "open" and not has_reason and _is_overdue(figures, lead):
        figures.overdue += 1


def _count_channel(figures: BoardFigures, lead: Lead, one: Tally) -> None:
    channel = re.split("[:\uff1a]", str(lead.get("channel") or ""), maxsplit=1)[0]
    if channel in {entry.name for entry in figures.settings.channels}:
        _add(figures.by_channel[channel], one)


def _add(tally: Tally, one: Tally) -> None:
    for name, value in vars(one).items():
        setattr(tally, name, getattr(tally, name) + value)


def _listed_reason(settings: Settings, reason: str) -> str | None:
    for entry in settings.lost_reasons:
        if reason in (entry.name, *entry.synonyms):
            return entry.name
    return None


def _is_overdue(figures: BoardFigures, lead: Lead) -> bool:
    settings = figures.settings
    days = {priority.name: priority.interval_days for priority in settings.priorities}
    contact = _last_contact(str(lead.get("latest_follow_up") or ""), figures.as_of)
    agreed, acquired = _day(lead.get("next_follow_up")), _day(lead.get("acquired_on"))
    if lead.get("priority") not in days:
        return False
    if agreed is not None and (contact is None or agreed > contact):
        due = agreed
    elif contact is not None:
        due = contact + dt.timedelta(days=days[str(lead["priority"])])
    elif acquired is not None:
        due = acquired + dt.timedelta(days=settings.parameters.first_contact_days)
    else:
        return False
    return due <= _overdue_limit(settings, figures.as_of)


def _overdue_limit(settings: Settings, as_of: dt.date) -> dt.date:
    """A lead due on this day or before is overdue."""
    day = as_of - dt.timedelta(days=1)
    if settings.parameters.shift_to_working_days:
        while day.weekday() >= 5 or day in settings.holidays:
            day -= dt.timedelta(days=1)
    return day


def _last_contact(log: str, as_of: dt.date) -> dt.date | None:
    """The later day of the first and the last line, not after ``as_of``."""
    lines = [log, *log.split("\n")[-1:]]
    days = [dt.date.fromisoformat(line[:10]) for line in lines if _DAY.match(line)]
    return max((day for day in days if day <= as_of), default=None)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _day(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None


def _next_id(template: Template, start: str, ids: list[str]) -> str:
    """The first free number above the number of ids of the month."""
    used, taken = sum(lead_id.startswith(start) for lead_id in ids), set(ids)
    digits = template.workbook.id_digits
    return next(
        lead_id
        for number in count(used + 1)
        if (lead_id := f"{start}{number:0{digits}d}") not in taken
    )
