"""A second implementation of the tables: slow, obvious, plain Python over lists of dicts.

It shares no code with the program. Each lead is a dict by field id with dates as ``date``.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

Lead = dict[str, Any]

STAGES = ["初识", "意向明确", "方案对比", "商务谈判", "成交"]
INTERVALS = {"高": 3, "中": 7, "低": 14}
NO_LOSS = {"", "—", "-", "/", "无"}
REASONS = {"价格高": "价格过高", "太贵": "价格过高"}
CHANNELS = {"展会": "行业展会", "官网": "官网注册"}


def reason(lead: Lead) -> str | None:
    text = lead.get("lost_reason") or ""
    return None if text in NO_LOSS else REASONS.get(text, text)


def outcome(lead: Lead) -> str:
    if lead.get("stage") == "成交":
        return "won"
    return "lost" if reason(lead) else "open"


def index(lead: Lead) -> int | None:
    return STAGES.index(lead["stage"]) + 1 if lead.get("stage") in STAGES else None


def last_contact(lead: Lead, as_of: dt.date) -> dt.date | None:
    days = [
        dt.date.fromisoformat(line[:10])
        for line in (lead.get("latest_follow_up") or "").splitlines()
        if re.match(r"\d{4}-\d\d-\d\d", line)
    ]
    return max((day for day in days if day <= as_of), default=None)


def close_day(lead: Lead, as_of: dt.date) -> dt.date | None:
    kind = outcome(lead)
    if kind == "open":
        return None
    expected = lead.get("expected_close") if kind == "won" else None
    day: dt.date | None = lead.get("closed_on") or expected or last_contact(lead, as_of)
    return day


def due(lead: Lead, as_of: dt.date) -> dt.date | None:
    if outcome(lead) != "open":
        return None
    contact = last_contact(lead, as_of)
    agreed: dt.date | None = lead.get("next_follow_up")
    if agreed and (contact is None or agreed > contact):
        return agreed
    if contact is not None:
        days = INTERVALS.get(lead.get("priority") or "")
        return None if days is None else contact + dt.timedelta(days=days)
    acquired: dt.date | None = lead.get("acquired_on")
    return None if acquired is None else acquired + dt.timedelta(days=1)


def status(lead: Lead, as_of: dt.date) -> str | None:
    if outcome(lead) != "open":
        return None
    day = due(lead, as_of)
    if day is None:
        return "no_date"
    late = (as_of - day).days
    if late >= 0 and last_contact(lead, as_of) is None:
        return "not_contacted"
    if late > 0:
        return "overdue"
    if late == 0:
        return "due"
    return "due_soon" if late >= -2 else None


def known(leads: Iterable[Lead], as_of: dt.date) -> list[Lead]:
    return [lead for lead in leads if not (lead.get("acquired_on") and lead["acquired_on"] > as_of)]


def channel(lead: Lead) -> str | None:
    head = re.split("[:\uff1a]", lead.get("channel") or "")[0].strip()
    return CHANNELS.get(head, head) or None


def divide(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def revenue(leads: Iterable[Lead]) -> float:
    return sum(lead.get("amount") or 0 for lead in leads if outcome(lead) == "won")


def counts(leads: list[Lead]) -> Counter[str]:
    return Counter(outcome(lead) for lead in leads)


def funnel(leads: list[Lead]) -> list[tuple[Any, ...]]:
    """stage, current, open, lost, reached, step_conversion, decided_conversion, from_start."""
    rows = []
    reached = [sum(1 for lead in leads if (index(lead) or 0) >= number) for number in range(1, 7)]
    for number, stage in enumerate(STAGES, start=1):
        here = [lead for lead in leads if index(lead) == number]
        lost = counts(here)["lost"]
        last = number == len(STAGES)
        rows.append(
            (
                stage,
                len(here),
                counts(here)["open"],
                lost,
                reached[number - 1],
                math.nan if last else divide(reached[number], reached[number - 1]),
                math.nan if last else divide(reached[number], reached[number] + lost),
                divide(reached[number - 1], reached[0]),
            )
        )
    return rows


def channels(leads: list[Lead]) -> list[tuple[Any, ...]]:
    """channel, leads, open, won, lost, conversion, win_rate, average_deal, revenue, per lead."""
    groups: dict[str | None, list[Lead]] = defaultdict(list)
    for lead in leads:
        groups[channel(lead)].append(lead)
    rows = []
    for name, group in groups.items():
        kinds = counts(group)
        priced = sum(
            1 for lead in group if outcome(lead) == "won" and lead.get("amount") is not None
        )
        money = revenue(group)
        rows.append(
            (
                name,
                len(group),
                kinds["open"],
                kinds["won"],
                kinds["lost"],
                kinds["won"] / len(group),
                divide(kinds["won"], kinds["won"] + kinds["lost"]),
                divide(money, priced),
                money,
                money / len(group),
            )
        )
    return sorted(rows, key=lambda row: (-row[9], -row[5], row[0] is None, row[0] or ""))


def lost_reasons(leads: list[Lead]) -> list[tuple[Any, ...]]:
    """reason, leads, share, amount."""
    lost = [lead for lead in leads if outcome(lead) == "lost"]
    groups: dict[str | None, list[Lead]] = defaultdict(list)
    for lead in lost:
        groups[reason(lead)].append(lead)
    rows = [
        (name, len(group), len(group) / len(lost), sum(lead.get("amount") or 0 for lead in group))
        for name, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row[1], -row[3], row[0] or ""))


def follow_ups(leads: list[Lead], as_of: dt.date) -> list[tuple[Any, ...]]:
    """lead_id, due, days_overdue, status."""
    listed = [lead for lead in leads if status(lead, as_of)]
    ranks = {"高": 0, "中": 1, "低": 2}

    def order(lead: Lead) -> tuple[Any, ...]:
        day = due(lead, as_of)
        late = -math.inf if day is None else (as_of - day).days
        return ranks.get(lead.get("priority") or "", 3), -late, lead["lead_id"]

    rows = []
    for lead in sorted(listed, key=order):
        day = due(lead, as_of)
        late = None if day is None else (as_of - day).days
        rows.append((lead["lead_id"], day, late, status(lead, as_of)))
    return rows


def trend(leads: list[Lead], as_of: dt.date) -> dict[str, tuple[int, int, int, float]]:
    """Month: new_leads, won, lost, revenue; only months with something in them."""
    months: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0.0])
    for lead in leads:
        if lead.get("acquired_on"):
            months[f"{lead['acquired_on']:%Y-%m}"][0] += 1
        day = close_day(lead, as_of)
        if day:
            row = months[f"{day:%Y-%m}"]
            row[1 if outcome(lead) == "won" else 2] += 1
            if outcome(lead) == "won":
                row[3] += lead.get("amount") or 0
    return {
        month: (int(new), int(won), int(lost), money)
        for month, (new, won, lost, money) in months.items()
    }


def owners(leads: list[Lead], as_of: dt.date) -> dict[str | None, tuple[Any, ...]]:
    """Owner: leads, open, overdue, pipeline, won, lost, revenue."""
    groups: dict[str | None, list[Lead]] = defaultdict(list)
    for lead in leads:
        groups[lead.get("owner") or None].append(lead)
    table: dict[str | None, tuple[Any, ...]] = {}
    for name, group in groups.items():
        kinds = counts(group)
        late = [lead for lead in group if (day := due(lead, as_of)) and day < as_of]
        pipeline = sum(lead.get("amount") or 0 for lead in group if outcome(lead) == "open")
        table[name] = (
            len(group),
            kinds["open"],
            len(late),
            pipeline,
            kinds["won"],
            kinds["lost"],
            revenue(group),
        )
    return table
