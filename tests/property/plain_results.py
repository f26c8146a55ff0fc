"""A second implementation of forecast, cohorts, targets, key figures and competitors.

Plain Python over lists of dicts, sharing no code with the program; ``known`` leads and what follows
from each lead are those of ``plain_analysis``, the other second implementation.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from statistics import median
from types import ModuleType
from typing import Any

Lead = dict[str, Any]
MINIMUM = 10
MARKERS = ("竞品", "competitor")
MOVES = ("降价", "促销", "新品", "更低")


def month(day: dt.date) -> str:
    return f"{day:%Y-%m}"


def quarter(day: dt.date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def money(leads: list[Lead]) -> float:
    return sum(lead["amount"] or 0 for lead in leads)


def weights(leads: list[Lead], plain: ModuleType) -> list[float]:
    """Chance of winning from each stage; null while nothing is closed."""
    closed = [lead for lead in leads if plain.outcome(lead) != "open"]
    wins = [lead for lead in closed if plain.outcome(lead) == "won"]
    if not closed:
        return [math.nan] * len(plain.STAGES)
    rate = len(wins) / len(closed)
    return [
        (len(wins) + MINIMUM * rate)
        / (len([lead for lead in closed if (plain.index(lead) or 0) >= stage]) + MINIMUM)
        for stage in range(1, len(plain.STAGES) + 1)
    ]


def weighted(leads: list[Lead], chances: list[float], plain: ModuleType) -> float:
    if math.isnan(chances[0]):
        return math.nan
    placed = [(lead, plain.index(lead)) for lead in leads]
    return float(sum((lead["amount"] or 0) * chances[at - 1] for lead, at in placed if at))


def forecast(leads: list[Lead], as_of: dt.date, plain: ModuleType) -> list[tuple[Any, ...]]:
    """month, leads, pipeline, weighted pipeline."""
    groups: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        if plain.outcome(lead) == "open":
            day = lead["expected_close"]
            groups["none" if not day else "overdue" if day < as_of else month(day)].append(lead)
    order = sorted(groups, key=lambda name: ({"overdue": 0, "none": 2}.get(name, 1), name))
    chances = weights(leads, plain)
    return [
        (name, len(groups[name]), money(groups[name]), weighted(groups[name], chances, plain))
        for name in order
    ]


def cohort(leads: list[Lead], as_of: dt.date, plain: ModuleType) -> list[tuple[Any, ...]]:
    """month, leads, then the share won after 0, 1, 2 … months, null for months ahead."""

    def number(day: dt.date) -> int:
        return day.year * 12 + day.month

    dated = [lead for lead in leads if lead["acquired_on"]]
    oldest = min((number(lead["acquired_on"]) for lead in dated), default=number(as_of) + 1)
    rows = []
    for name in sorted({month(lead["acquired_on"]) for lead in dated}):
        group = [lead for lead in dated if month(lead["acquired_on"]) == name]
        start = number(group[0]["acquired_on"])
        closes = [
            number(day)
            for lead in group
            if plain.outcome(lead) == "won" and (day := plain.close_day(lead, as_of))
        ]
        shares = [
            len([close for close in closes if close - start <= after]) / len(group)
            if start + after <= number(as_of)
            else math.nan
            for after in range(number(as_of) - oldest + 1)
        ]
        rows.append((name, len(group), *shares))
    return rows


def targets(
    leads: list[Lead], aims: list[tuple[str, str, float]], as_of: dt.date, plain: ModuleType
) -> list[tuple[Any, ...]]:
    """month, owner, target, revenue, attainment, gap."""
    rows = []
    for name, owner, aim in sorted(aims):
        counted = [
            lead
            for lead in leads
            if plain.outcome(lead) == "won"
            and owner in ("", lead["owner"])
            and (day := plain.close_day(lead, as_of))
            and month(day) == name
        ]
        got = money(counted)
        rows.append((name, owner or None, aim, got, got / aim if aim else math.nan, aim - got))
    return rows


def trend(leads: list[Lead], as_of: dt.date, plain: ModuleType) -> dict[str, tuple[Any, ...]]:
    """Quarter: new leads, won, lost, revenue, conversion, immature."""
    new: dict[str, list[Lead]] = defaultdict(list)
    closed: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        if lead["acquired_on"]:
            new[quarter(lead["acquired_on"])].append(lead)
        if day := plain.close_day(lead, as_of):
            closed[quarter(day)].append(lead)
    rows = {}
    for name in {*new, *closed}:
        kinds = plain.counts(closed[name])
        won = plain.counts(new[name])["won"]
        young = [lead for lead in new[name] if (as_of - lead["acquired_on"]).days < 30]
        rows[name] = (
            len(new[name]),
            kinds["won"],
            kinds["lost"],
            plain.revenue(closed[name]),
            won / len(new[name]) if new[name] else math.nan,
            2 * len(young) > len(new[name]),
        )
    return rows


def overview(leads: list[Lead], as_of: dt.date, plain: ModuleType) -> dict[str, float]:
    """The key figures without a period."""
    kinds = plain.counts(leads)
    opened, wins, losses = (
        [lead for lead in leads if plain.outcome(lead) == kind] for kind in ("open", "won", "lost")
    )
    revenue, lost_amount = money(wins), money(losses)
    priced = [lead for lead in wins if lead["amount"] is not None]
    cycles = [
        (day - lead["acquired_on"]).days
        for lead in wins
        if (day := plain.close_day(lead, as_of)) and lead["acquired_on"]
    ]
    late = [lead for lead in opened if (day := plain.due(lead, as_of)) and day < as_of]
    return {
        "leads": len(leads),
        "new_leads": len(leads),
        "open": kinds["open"],
        "paused": 0,
        "overdue": len(late),
        "not_contacted": [plain.status(lead, as_of) for lead in opened].count("not_contacted"),
        "pipeline": money(opened),
        "weighted_pipeline": weighted(opened, weights(leads, plain), plain),
        "won": kinds["won"],
        "lost": kinds["lost"],
        "win_rate": plain.divide(kinds["won"], kinds["won"] + kinds["lost"]),
        "win_rate_by_value": plain.divide(revenue, revenue + lost_amount),
        "revenue": revenue,
        "average_deal": plain.divide(revenue, len(priced)),
        "sales_cycle_days": median(cycles) if cycles else math.nan,
        "conversion": plain.divide(kinds["won"], len(leads)),
    }


def crossed(leads: list[Lead], plain: ModuleType, by: str) -> dict[tuple[Any, str], int]:
    """Lost leads by reason and by stage or channel; those of none left out."""
    place = {"stage": lambda lead: lead["stage"], "channel": plain.channel}[by]
    known = plain.STAGES if by == "stage" else None
    return Counter(
        (plain.reason(lead), where)
        for lead in leads
        if plain.outcome(lead) == "lost"
        and (where := place(lead))
        and (known is None or where in known)
    )


def names_in(line: str, known: dict[str, str]) -> list[tuple[str, int, int]]:
    """Names of competitors in a line with where they start and end, from left to right."""
    found, at = [], 0
    while at < len(line):
        name, end = _name_at(line, at, known)
        if name:
            found.append((name, at, end))
        at = end if name else at + 1
    return found


def _name_at(line: str, at: int, known: dict[str, str]) -> tuple[str, int]:
    for word in sorted(known, key=lambda word: (-len(word), word)):
        end = at + len(word)
        inside = word[0].isascii() and _letter(line[at - 1 : at])
        inside = inside or (word[-1].isascii() and _letter(line[end : end + 1]))
        if line[at:end].lower() == word.lower() and not inside:
            return known[word], end
    lower = {word.lower(): name for word, name in known.items()}
    for marker in MARKERS:
        if line[at:].lower().startswith(marker):
            rest = line[at + len(marker) :].lstrip()
            start = len(line) - len(rest)
            if rest[:1] == "\u201c" and "\u201d" in rest:
                close = rest.index("\u201d")
                return lower.get(rest[1:close].lower(), rest[1:close]), start + close + 1
            run = 0
            while run < len(rest) and _letter(rest[run]):
                run += 1
            if run:
                told = rest[:run]
                return lower.get(told.lower(), f"竞品{told.upper()}"), start + run
    return "", at


def _letter(text: str) -> bool:
    return text.isascii() and text.isalnum()


def sentence(line: str, start: int, end: int) -> str:
    while start and line[start - 1] not in "。;":
        start -= 1
    while end < len(line) and line[end] not in "。;":
        end += 1
    said = line[start:end].strip()
    return said if len(said) <= 60 else said[:59] + "…"


def competitors(
    leads: list[Lead], known: dict[str, str], as_of: dt.date, plain: ModuleType
) -> list[tuple[Any, ...]]:
    """competitor, mentions, leads, won, lost, win rate, last seen, moves, excerpt."""
    seen: dict[str, list[tuple[Lead, dt.date | None, list[str], str]]] = defaultdict(list)
    for lead in leads:
        for field in ("market_note", "latest_follow_up", "lost_reason"):
            for line in (lead[field] or "").splitlines():
                for name, start, end in names_in(line, known):
                    day = plain.last_contact(lead, as_of) or lead["acquired_on"]
                    if field == "latest_follow_up":
                        day = dt.date.fromisoformat(line[:10])
                    if day and day > as_of:
                        continue  # not said yet
                    near = line[max(0, start - 14) : end + 14]
                    near_by = [move for move in MOVES if move in near]
                    seen[name].append((lead, day, near_by, sentence(line, start, end)))
    rows = []
    for name, mentions in seen.items():
        by_id = {lead["lead_id"]: plain.outcome(lead) for lead, *_ in mentions}
        kinds = Counter(by_id.values())
        last = max((day for _, day, *_ in mentions if day), default=None)
        moves = Counter(move for _, _, found, _ in mentions for move in found)
        ranked = "、".join(sorted(moves, key=lambda move: (-moves[move], move)))
        excerpt = min(text for _, day, _, text in mentions if day == last)
        rate = plain.divide(kinds["won"], kinds["won"] + kinds["lost"])
        figures = (len(mentions), len(by_id), kinds["won"], kinds["lost"], rate)
        rows.append((name, *figures, last, ranked or None, excerpt))
    return sorted(rows, key=lambda row: (-row[2], -row[1], row[0]))


def funnel_by(leads: list[Lead], unit: str, plain: ModuleType) -> list[tuple[Any, ...]]:
    """period, leads, then for each stage those that reached it and the share that went on."""
    name = {
        "week": lambda day: str(day - dt.timedelta(days=day.weekday())),
        "month": month,
        "quarter": quarter,
    }[unit]
    groups: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        if lead["acquired_on"] and plain.index(lead):
            groups[name(lead["acquired_on"])].append(lead)
    rows = []
    for period in sorted(groups):
        at = [plain.index(lead) for lead in groups[period]]
        reached = [len([stage for stage in at if stage >= number]) for number in range(1, 6)]
        cells: list[float] = []
        for number, count in enumerate(reached):
            cells.append(count)
            if number + 1 < len(reached):
                cells.append(plain.divide(reached[number + 1], count))
        rows.append((period, len(at), *cells))
    return rows


def detail(lead: Lead) -> str | None:
    _, _, rest = (lead["channel"] or "").replace("\uff1a", ":").partition(":")
    return rest.strip() or None


def channel_details(leads: list[Lead], plain: ModuleType) -> dict[tuple[Any, Any], tuple[Any, ...]]:
    """Channel and detail: leads, open, won, lost, conversion, revenue, share of leads."""
    groups: dict[tuple[Any, Any], list[Lead]] = defaultdict(list)
    for lead in leads:
        groups[plain.channel(lead), detail(lead)].append(lead)
    table = {}
    for key, group in groups.items():
        kinds = plain.counts(group)
        table[key] = (
            len(group),
            kinds["open"],
            kinds["won"],
            kinds["lost"],
            kinds["won"] / len(group),
            plain.revenue(group),
            len(group) / len(leads),
        )
    return table


def owners(leads: list[Lead], plain: ModuleType) -> dict[str | None, tuple[float, float, float]]:
    """Owner: weighted pipeline, win rate, average deal."""
    chances = weights(leads, plain)
    table = {}
    for name in {lead["owner"] for lead in leads}:
        group = [lead for lead in leads if lead["owner"] == name]
        kinds = plain.counts(group)
        opened = [lead for lead in group if plain.outcome(lead) == "open"]
        wins = [lead for lead in group if plain.outcome(lead) == "won"]
        priced = [lead for lead in wins if lead["amount"] is not None]
        table[name] = (
            weighted(opened, chances, plain),
            plain.divide(kinds["won"], kinds["won"] + kinds["lost"]),
            plain.divide(money(wins), len(priced)),
        )
    return table


def main_of(leads: list[Lead], plain: ModuleType, by: str) -> dict[str | None, str | None]:
    """Reason: the stage or channel most of its leads were lost at; the first of it on a tie."""
    counted = crossed(leads, plain, by)
    order = plain.STAGES if by == "stage" else sorted({where for _, where in counted})
    found: dict[str | None, str | None] = {}
    for reason in {plain.reason(lead) for lead in leads if plain.outcome(lead) == "lost"}:
        ranked = [where for where in order if counted.get((reason, where))]
        counts = {where: counted[reason, where] for where in ranked}
        found[reason] = max(ranked, key=counts.__getitem__, default=None)
    return found
