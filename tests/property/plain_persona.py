"""A second implementation of traits and pivots: plain Python over lists of dicts.

It shares no code with the program, and knows only the words that the tests use.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from statistics import mean, median
from typing import Any

Lead = dict[str, Any]
Values = list[str | None]

STAGES = ["初识", "意向明确", "方案对比", "商务谈判", "成交"]
INDUSTRIES = {"制造": "制造", "物流": "物流", "医院": "医疗", "学校": "教育"}
TITLES = ["副总经理", "采购经理", "总经理", "IT主管"]
CHANNELS = {"展会": "行业展会", "官网": "官网注册"}
NO_VALUE = {"", "—", "-", "/", "无"}
MONEY: list[float] = [1, 5, 10, 20, 50, 100]
PEOPLE: list[float] = [50, 200, 500, 1000]


def won(lead: Lead) -> bool:
    return bool(lead["stage"] == "成交")


def amount(lead: Lead) -> float:
    return lead["amount"] or 0


def band(number: float | None, bounds: list[float]) -> str | None:
    if number is None:
        return None
    below = [bound for bound in bounds if number >= bound]
    above = [bound for bound in bounds if number < bound]
    if not below:
        return f"<{bounds[0]:g}"
    return f"{below[-1]:g}-{above[0]:g}" if above else f">={bounds[-1]:g}"


def labels(bounds: list[float]) -> list[str]:
    middles = [(low + high) / 2 for low, high in pairwise(bounds)]
    return [str(band(number, bounds)) for number in [bounds[0] - 1, *middles, bounds[-1] + 1]]


def filled(text: str | None) -> str | None:
    return None if text is None or text in NO_VALUE else text


def industry(name: str | None) -> str | None:
    places = [(name.rfind(word), word) for word in INDUSTRIES if name and word in name]
    return INDUSTRIES[max(places)[1]] if places else None


def title(contact: str | None) -> str | None:
    places = [(contact.find(word), word) for word in TITLES if contact and word in contact]
    return min(places)[1] if places else None


def budget(need: str | None) -> float | None:
    match = re.search(r"预算约?(\d+)(?:-(\d+))?(万|元)", need or "")
    if match is None:
        return None
    numbers = [float(digits) for digits in match.groups()[:2] if digits]
    return mean(numbers) / (10_000 if match[3] == "元" else 1)


def size(text: str | None) -> str | None:
    match = re.match(r"(\d+)(?:-(\d+))?", text or "")
    if match is None:
        return text
    return band(mean(float(digits) for digits in match.groups() if digits), PEOPLE)


def channel(text: str | None) -> str | None:
    head = re.split("[:\uff1a]", text or "")[0].strip()
    return CHANNELS.get(head, head) or None


def numbers(values: list[float | None]) -> tuple[Values, list[str]]:
    known = sorted(value for value in values if value is not None)
    if len(set(known)) > 12:
        cuts = sorted({known[math.ceil(len(known) * part / 4) - 1] for part in (1, 2, 3)})
        return [band(value, cuts) for value in values], labels(cuts)
    texts = [None if value is None else f"{value:g}" for value in values]
    return texts, [f"{value:g}" for value in sorted(set(known))]


def dimension(leads: list[Lead], column: str) -> tuple[Values, list[str] | None, bool]:
    """The value of each lead, the order of the values (None: most leads first), derived."""
    cells = [lead[column] for lead in leads]
    empty = all(cell is None for cell in cells)
    if column == "industry" and empty:
        return [industry(lead["customer"]) for lead in leads], None, True
    if column == "decision_maker" and empty:
        return [title(lead["contact"]) for lead in leads], None, True
    if column == "budget":
        sums = [budget(lead["need"]) for lead in leads] if empty else cells
        return [band(each, MONEY) for each in sums], labels(MONEY), empty
    if column == "amount":
        return [band(cell, MONEY) for cell in cells], labels(MONEY), False
    if column == "company_size":
        words = sorted({cell for cell in cells if cell and not cell[0].isdigit()})
        return [size(filled(cell)) for cell in cells], [*labels(PEOPLE), *words], False
    if column == "channel":
        return [channel(cell) for cell in cells], None, False
    if column == "priority":
        typed = sorted({cell for cell in cells if cell} - {"高", "中", "低"})
        return cells, ["高", "中", "低", *typed], False
    if column == "stage":
        return [cell if cell in STAGES else None for cell in cells], STAGES, False
    if column == "acquired_on":
        months = [cell and f"{cell:%Y-%m}" for cell in cells]
        return months, sorted({month for month in months if month}), False
    if column in ("decision_chain", "拜访次数"):
        return (*numbers(cells), False)
    return [filled(cell) for cell in cells], None, False


def in_order(values: Values, order: list[str] | None) -> Values:
    counts = Counter(values)

    def place(value: str | None) -> tuple[Any, ...]:
        if value is None:
            return (1,)
        return (0, order.index(value)) if order is not None else (0, -counts[value], value)

    return sorted(counts, key=place)


def compared(leads: list[Lead]) -> list[str]:
    """The dimensions of the tests' leads that at least one of them has a value of."""
    fields = ["industry", "company_size", "decision_maker", "budget", "region", "channel"]
    own = []
    levels = [value for lead in leads if (value := filled(lead["客户等级"]))]
    if len(set(levels)) * 2 <= len(levels):
        own.append("客户等级")
    visits = sorted(lead["拜访次数"] for lead in leads if lead["拜访次数"] is not None)
    steps = {high - low for low, high in pairwise(visits)}
    if steps != {1}:
        own.append("拜访次数")
    every = [*fields, "priority", "decision_chain", *own]
    return [each for each in every if any(dimension(leads, each)[0])]


def persona(leads: list[Lead]) -> list[tuple[Any, ...]]:
    """dimension, value, leads, won, conversion, lift, average deal, revenue, its share, derived."""
    overall = len([lead for lead in leads if won(lead)]) / len(leads) if leads else 0
    total = sum(amount(lead) for lead in leads if won(lead))
    rows = []
    for name in compared(leads):
        values, order, derived = dimension(leads, name)
        for value in in_order(values, order):
            group = [lead for lead, own in zip(leads, values, strict=True) if own == value]
            wins = [lead for lead in group if won(lead)]
            money = sum(map(amount, wins))
            priced = [lead for lead in wins if lead["amount"] is not None]
            rate = len(wins) / len(group)
            rows.append(
                (
                    name,
                    value,
                    len(group),
                    len(wins),
                    rate,
                    rate / overall if overall else math.nan,
                    money / len(priced) if priced else math.nan,
                    money,
                    money / total if total else math.nan,
                    derived,
                )
            )
    return rows


def persona_summary(
    leads: list[Lead], counts: Callable[[Lead], bool] = won
) -> list[tuple[Any, ...]]:
    """dimension, value, won, revenue, share, n, small sample, derived, of wins that count."""
    priced = [lead["amount"] for lead in leads if counts(lead) and lead["amount"] is not None]
    middle = median(priced) if priced else 0
    rows = []
    for name in compared(leads):
        values, order, derived = dimension(leads, name)
        large = [
            (value, lead["amount"])
            for value, lead in zip(values, leads, strict=True)
            if counts(lead) and lead["amount"] is not None and lead["amount"] >= middle
        ]
        known = [(value, money) for value, money in large if value is not None]
        if not known:
            continue
        ranked = in_order([value for value, _ in known], order)
        money = {each: sum(paid for value, paid in known if value == each) for each in ranked}
        wins: Counter[str | None] = Counter(value for value, _ in known)
        best = max(ranked, key=lambda each: (money[each], wins[each], -ranked.index(each)))
        total = sum(paid for _, paid in large)
        share = money[best] / total if total else math.nan
        few = len(known) < 8
        rows.append((name, best, wins[best], money[best], share, len(known), few, derived))
    return rows


def persona_changes(leads: list[Lead], quarter_end: dt.date) -> list[tuple[Any, ...]]:
    """dimension, value, share, n, the same three of the wins up to a day, whether it changed."""

    def then(lead: Lead) -> bool:
        days = (lead["acquired_on"], lead["closed_on"])
        return won(lead) and all(day is None or day <= quarter_end for day in days)

    before = {row[0]: row for row in persona_summary(leads, then)}
    nothing = (None, None, None, None, math.nan, math.nan)
    return [
        (row[0], row[1], row[4], row[5], old[1], old[4], old[5], old[1] not in (None, row[1]))
        for row in persona_summary(leads)
        for old in [before.get(row[0], nothing)]
    ]


def aggregate(group: list[Lead], kind: str, value: str) -> float:
    cells = [lead[value] for lead in group if value and lead[value] is not None]
    wins = len([lead for lead in group if won(lead)])
    ways: dict[str, Callable[[], float]] = {
        "count": lambda: len(cells) if value else len(group),
        "won": lambda: wins,
        "conversion": lambda: wins / len(group) if group else math.nan,
        "sum": lambda: sum(cells),
        "mean": lambda: mean(cells) if cells else math.nan,
        "median": lambda: median(cells) if cells else math.nan,
    }
    return ways[kind]()


def pivot(
    leads: list[Lead], rows: str, columns: str, value: str, kind: str
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns but for the first, and the rows with their key in front."""
    down, down_order, _ = typed(leads, rows)
    nothing: Values = [None] * len(leads)
    across, across_order, _ = typed(leads, columns) if columns else (nothing, None, False)
    heads = in_order(across, across_order) if columns else []

    def row(key: str | None, group: list[tuple[Lead, str | None]]) -> tuple[Any, ...]:
        cells = [aggregate([lead for lead, own in group if own == h], kind, value) for h in heads]
        return (key, *cells, aggregate([lead for lead, _ in group], kind, value))

    placed = list(zip(leads, across, down, strict=True))
    body = [
        row(key, [(lead, head) for lead, head, own in placed if own == key])
        for key in in_order(down, down_order)
    ]
    every = row("total", [(lead, head) for lead, head, _ in placed])
    return [*(f"{kind}:{head or '—'}" for head in heads), kind], [*body, every]


def typed(leads: list[Lead], column: str) -> tuple[Values, list[str] | None, bool]:
    """A dimension by what stands in its own column only."""
    values, order, derived = dimension(leads, column)
    return ([None] * len(leads) if derived else values), order, False
