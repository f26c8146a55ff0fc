"""A second implementation of the action plan, first contacts and the leads to speak of.

Plain Python over lists of dicts, sharing no code with the program; what follows from each lead is
that of ``plain_analysis``, the other second implementation.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from types import ModuleType
from typing import Any

Lead = dict[str, Any]
MINIMUM, MOST, EACH = 10, 10, 5
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\b")


def problems(
    leads: list[Lead], as_of: dt.date, errors: Counter[str], plain: ModuleType
) -> list[str]:
    """Ids of the problems in their order, where no targets are set."""
    kinds = [_bottleneck(leads, plain)]
    reasons = [row[0] for row in plain.lost_reasons(leads) if row[0] is not None]
    kinds += [[f"lost_reason:{reason}"] for reason in reasons[:3]]
    kinds.append(_late_owners(leads, as_of, plain))
    verdicts = [(row[0], row[-2]) for row in plain.channels(leads)]
    kinds.append(
        [f"channel_review:{name}" for name, verdict in reversed(verdicts) if verdict == "review"]
    )
    kinds.append([f"channel_invest:{name}" for name, verdict in verdicts if verdict == "invest"])
    kinds.append(
        [f"data:{code}" for code, _ in sorted(errors.items(), key=lambda i: (-i[1], i[0]))]
    )
    ordered = []
    for rank in range(max(len(kind) for kind in kinds) or 1):
        ordered += [kind[rank] for kind in kinds if rank < len(kind)]
    return ordered[:MOST]


def _bottleneck(leads: list[Lead], plain: ModuleType) -> list[str]:
    rates = {}
    for step, stage in enumerate(plain.STAGES[:-1], start=1):
        there = [lead for lead in leads if (plain.index(lead) or 0) >= step]
        on = [lead for lead in there if plain.index(lead) > step]
        out = [
            lead for lead in there if plain.index(lead) == step and plain.outcome(lead) == "lost"
        ]
        if len(on) + len(out) >= MINIMUM:
            rates[stage] = len(on) / (len(on) + len(out))
    lowest = min(rates.values(), default=1)
    return [f"bottleneck:{stage}" for stage, rate in rates.items() if rate == lowest < 1]


def _late_owners(leads: list[Lead], as_of: dt.date, plain: ModuleType) -> list[str]:
    still = [lead for lead in leads if plain.outcome(lead) == "open"]

    def late(lead: Lead) -> bool:
        day = plain.due(lead, as_of)
        return day is not None and day < as_of

    people: dict[str, tuple[float, int]] = {}
    for name in {lead["owner"] for lead in still} - {None}:
        mine = [lead for lead in still if lead["owner"] == name]
        overdue = sum(map(late, mine))
        if overdue and overdue / len(mine) >= sum(map(late, still)) / len(still):
            people[name] = (overdue / len(mine), overdue)
    order = sorted(people, key=lambda name: (-people[name][0], -people[name][1], name))
    return [f"overdue:{name}" for name in order]


def evidence(
    leads: list[Lead],
    kind: str,
    subject: str,
    errors: Counter[str],
    as_of: dt.date,
    plain: ModuleType,
) -> dict[str, float] | None:
    """The figures of one problem as they are; None where there is nothing to measure."""
    if kind == "lost_reason":
        lost = [lead for lead in leads if plain.outcome(lead) == "lost"]
        mine = [lead for lead in lost if plain.reason(lead) == subject]
        share = len(mine) / len(lost) if mine else 0.0
        return {
            "leads": len(mine),
            "share": share,
            "amount": sum(lead["amount"] or 0 for lead in mine),
        }
    if kind == "overdue":
        mine = [lead for lead in leads if lead["owner"] == subject]
        still = [lead for lead in mine if plain.outcome(lead) == "open"]
        due = [day for lead in still if (day := plain.due(lead, as_of))]
        late = len([day for day in due if day < as_of])
        row = {"overdue": late, "open": len(still), "share": late / (len(still) or 1)}
        return row if mine else None
    if kind == "channel_review":
        mine = [lead for lead in leads if plain.channel(lead) == subject]
        won = [lead for lead in mine if plain.outcome(lead) == "won"]
        row = {
            "leads": len(mine),
            "won": len(won),
            "conversion": len(won) / (len(mine) or 1),
            "revenue_per_lead": plain.revenue(mine) / (len(mine) or 1),
        }
        return row if mine else None
    if kind == "bottleneck":
        step = plain.STAGES.index(subject) + 1
        on = [lead for lead in leads if (plain.index(lead) or 0) > step]
        out = [
            lead for lead in leads if plain.index(lead) == step and plain.outcome(lead) == "lost"
        ]
        rate = len(on) / (len(on) + len(out) or 1)
        row = {"decided_conversion": rate, "moved_on": len(on), "lost": len(out)}
        return row if on or out else None
    return {"findings": errors[subject], "leads": errors[subject]}


def first_contact(leads: list[Lead], as_of: dt.date) -> dict[str | None, tuple[int, int, int, int]]:
    """By owner: leads that count, contacted within a day, later, never."""
    found: dict[str | None, list[int]] = {}
    for lead in leads:
        came = lead["acquired_on"]
        if came is None:
            continue
        lines = (lead["latest_follow_up"] or "").splitlines()
        days = [dt.date(*map(int, match.groups())) for line in lines if (match := DAY.match(line))]
        first = min(days, default=None)
        if first is not None and first > as_of:
            continue
        limit = came + dt.timedelta(days=1)
        if first is None and as_of <= limit:
            continue
        row = found.setdefault(lead["owner"], [0, 0, 0, 0])
        row[0] += 1
        row[3 if first is None else 1 if first <= limit else 2] += 1
    return {name: (row[0], row[1], row[2], row[3]) for name, row in found.items()}


def key_leads(leads: list[Lead], as_of: dt.date, plain: ModuleType) -> dict[str, set[str]]:
    """Why each lead to speak of is one, by id."""
    still = [lead for lead in leads if plain.outcome(lead) == "open"]
    still.sort(key=lambda lead: (lead["amount"] is None, -(lead["amount"] or 0), lead["lead_id"]))
    why: dict[str, set[str]] = {}
    urgent = [lead for lead in still if lead["priority"] == "\u9ad8"]
    passed = [lead for lead in still if lead["expected_close"] and lead["expected_close"] < as_of]
    largest = [lead for lead in still if lead["amount"] is not None][:EACH]
    chosen = {
        lead["lead_id"] for group in (urgent[:EACH], passed[:EACH], largest) for lead in group
    }
    for name, group in (("largest", largest), ("high_priority", urgent), ("close_passed", passed)):
        for lead in group:
            if lead["lead_id"] in chosen:
                why.setdefault(lead["lead_id"], set()).add(name)
    return why
