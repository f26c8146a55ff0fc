"""Following up: logs that tell nothing, leads that wait, leads that are pestered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from xltrack.checks.dates import day_texts
from xltrack.checks.examined import Examined, Mask
from xltrack.checks.logs import FIELD, Log, logs_of
from xltrack.checks.required import missing
from xltrack.checks.rule import Hits, Params, Positions, positions, rule
from xltrack.leads.amounts import AmountUnits
from xltrack.leads.budgets import budgets_of
from xltrack.template import Settings
from xltrack.template.market import load_market

_DATE = r"^[\s\d:\x{FF1A}/.\-T年月日号时点分上下午周星期一二三四五六天()\x{FF08}\x{FF09}]*"
_NOTHING_SAID = r"[\s:\x{FF1A};\x{FF1B},\x{FF0C}.。]*(?:$|(?:下一步|下步|(?i:next))\s*[:\x{FF1A}])"


@rule("V150", fields=(FIELD,))
def undated(examined: Examined) -> Iterator[Hits]:
    """A log in which no entry starts with a date, or one starts with a date that is none."""
    at = logs_of(examined).undated()
    yield Hits(FIELD, at[~missing(examined)[FIELD][at]])


@rule("V151", fields=(FIELD,))
def no_next_action(examined: Examined) -> Iterator[Hits]:
    """An open lead whose latest entry names no next action."""
    logs = logs_of(examined)
    open_ = examined.is_open & ~examined.is_paused & logs.dated
    pattern = "|".join(f"(?:{words})" for words in examined.words.next_action)
    at = positions(open_ & ~logs.holds(pattern))
    yield Hits(FIELD, at, _latest(examined, at))


@rule("V152", fields=(FIELD, "next_follow_up", "stage"))
def overdue(examined: Examined) -> Iterator[Hits]:
    """An open lead that is overdue for follow-up."""
    yield _late(examined, "overdue")


@rule("V153", fields=(FIELD, "acquired_on", "stage"))
def never_contacted(examined: Examined) -> Iterator[Hits]:
    """An open lead that nobody has contacted within the limit for the first contact."""
    yield _late(examined, "not_contacted")


def _late(examined: Examined, status: str) -> Hits:
    facts = examined.facts
    at = positions(facts["status"] == status)
    due = day_texts(facts["due"], at)
    late = facts["days_overdue"].to_numpy()[at].astype(np.int64).tolist()
    params: list[Params] = [
        {"due": day, "days": str(days)} for day, days in zip(due, late, strict=True)
    ]
    return Hits(FIELD, at, due, params=params)


@rule("V154", fields=(FIELD,))
def pestered(examined: Examined) -> Iterator[Hits]:
    """An open lead of the lowest priority that is contacted far more often than its interval."""
    interval = _longest_interval(examined.settings)
    limits = examined.words.contacts
    rank = (examined.facts["interval_days"] == interval).to_numpy()
    at, params = [], []
    for position, log in sorted(logs_of(examined).taken_apart.items()):
        if interval and rank[position] and examined.is_open[position]:
            gap = _gap(log, limits.least)
            if gap is not None and gap < limits.share_of_interval * interval:
                at.append(position)
                params.append(
                    {
                        "contacts": str(len({entry.day for entry in log.entries})),
                        "gap": f"{gap:.1f}".removesuffix(".0"),
                        "interval": f"{interval:g}",
                    }
                )
    yield Hits(FIELD, np.array(at, dtype=np.intp), [""] * len(at), params=params)


def _longest_interval(settings: Settings) -> float:
    """The interval of the lowest priority; 0 where the priorities do not differ."""
    days = [priority.interval_days for priority in settings.priorities]
    return max(days) if len(set(days)) > 1 else 0


def _gap(log: Log, least: int) -> float | None:
    """Mean days between the latest contacts, None for too few of them."""
    days = sorted({entry.day for entry in log.entries})[-least:]
    return (days[-1] - days[0]).days / (least - 1) if len(days) == least else None


@rule("V155", fields=("priority", "need"))
def rich_and_last(examined: Examined) -> Iterator[Hits]:
    """An open lead of the lowest priority whose budget is a high one."""
    parameters = examined.settings.parameters
    units = AmountUnits(examined.template.amount.units, parameters.amount_unit, parameters.currency)
    lowest = len(examined.settings.priorities) - 1
    last = (examined.facts["rank"] == lowest).to_numpy() & examined.is_open
    at = positions(last if lowest > 0 else np.zeros_like(last))
    stated = examined.leads["budget"].to_numpy()[at]
    needs = examined.texts("need").take(pa.array(at, type=pa.int64()))
    said = budgets_of(needs, load_market().budget, units)
    budgets = np.where(np.isnan(stated), said, stated)
    high = budgets >= examined.words.high_budget * units.factor("元")
    params = [{"budget": f"{value:g} {parameters.amount_unit}"} for value in budgets[high]]
    yield Hits("priority", at[high], params=params)


@rule("V156", fields=(FIELD,))
def says_too_little(examined: Examined) -> Iterator[Hits]:
    """A latest entry that names no method, or says nothing about what came of it."""
    logs = logs_of(examined)
    methods = "|".join(examined.words.methods)
    named = logs.holds(f"(?i){methods}")
    silent = logs.holds(f"{_DATE}(?:(?i:{methods}))*{_NOTHING_SAID}")
    at = positions(logs.dated & (~named | silent))
    params = [{"missing": word} for word in _missing_words(named[at], silent[at])]
    yield Hits(FIELD, at, _latest(examined, at), params=params)


def _missing_words(named: Mask, silent: Mask) -> list[str]:
    return [
        "method" if not quiet else "feedback" if known else "both"
        for known, quiet in zip(named.tolist(), silent.tolist(), strict=True)
    ]


def _latest(examined: Examined, at: Positions) -> list[str]:
    picked = logs_of(examined).latest.take(at).to_pylist()
    return [text or "" for text in picked]
