"""Leads of the demonstration: each lives through the funnel day by day, from one random source."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any, TypeVar

from xltrack.create.demo_words import ChannelProfile, DemoWords, Need
from xltrack.template import Settings, Stage, Template
from xltrack.text import Lang

T = TypeVar("T")
Lead = dict[str, object]
_STRIDE = 7919  # a prime: company names repeat only once all combinations were used


@dataclass
class Life:
    """What became of one lead, in day ordinals."""

    acquired: int
    stage: int = 0  # position among the stages in progress; their number = won
    won: bool = False
    lost: bool = False
    last_contact: int = 0  # 0 = none
    closed: int = 0


@dataclass
class DemoLeads:
    """Makes leads for one workbook; the same arguments make the same leads."""

    template: Template
    settings: Settings
    words: DemoWords
    count: int
    seed: int
    until: dt.date
    months: int = 6
    rng: Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)  # noqa: S311 (a demonstration, not a secret)

    @property
    def lang(self) -> Lang:
        """Language of the workbook."""
        return self.settings.lang

    @cached_property
    def first_day(self) -> dt.date:
        """First day of the first of the months."""
        months = self.until.year * 12 + self.until.month - self.months
        return dt.date(months // 12, months % 12 + 1, 1)

    @cached_property
    def open_stages(self) -> list[Stage]:
        """Stages in progress in order."""
        return [stage for stage in self.settings.funnel if stage.kind == "open"]

    @cached_property
    def won_stage(self) -> str:
        """Name of the stage of a won lead."""
        return next(stage.name for stage in self.settings.funnel if stage.kind == "won")

    @cached_property
    def profiles(self) -> list[ChannelProfile]:
        """One profile per channel of Settings, in their order."""
        rows = self.template.settings_table("channels").rows
        names = [getattr(row["channel"], "zh", str(row["channel"])) for row in rows]
        return [self.words.channels.get(name, ChannelProfile()) for name in names]

    @cached_property
    def _channel_weights(self) -> list[float]:
        return list(accumulate(profile.weight for profile in self.profiles))

    @cached_property
    def _reason_weights(self) -> list[float]:
        rows = self.template.settings_table("lost_reasons").rows
        names = [getattr(row["reason"], "zh", str(row["reason"])) for row in rows]
        return list(accumulate(self.words.lost_reasons.get(name, 1) for name in names))

    @cached_property
    def _industry_weights(self) -> list[float]:
        return list(accumulate(industry.weight for industry in self.words.industries))

    def __iter__(self) -> Iterator[Lead]:
        """Yields ``count`` leads in the order they were acquired."""
        numbers: Counter[str] = Counter()
        habits, rng = self.words.habits, self.rng
        before: Lead = {}
        for number, day in enumerate(self._days()):
            chance = rng.random()
            if before and chance < habits.same_lead_twice:
                lead = self._again(before)
            else:
                lead = self._lead(number, day)
                month = f"{dt.date.fromordinal(day):{self.template.workbook.id_month_format}}"
                if numbers[month] and chance > 1 - habits.same_id_other_customer:
                    pass  # the running number was forgotten: the id of the lead before
                else:
                    numbers[month] += 1
                lead["lead_id"] = self._lead_id(month, numbers[month])
                self._slip(lead)
            before = lead
            yield lead

    def _lead_id(self, month: str, number: int) -> str:
        digits = self.template.workbook.id_digits
        return f"{self.settings.parameters.id_prefix}{month}{number:0{digits}d}"

    def _days(self) -> list[int]:
        """Days of acquisition in order; few on weekends."""
        days = list(range(self.first_day.toordinal(), self.until.toordinal() + 1))
        weights = [1 if dt.date.fromordinal(day).weekday() < 5 else 0.15 for day in days]
        return sorted(self.rng.choices(days, weights, k=self.count))

    def _pick(self, entries: Sequence[T]) -> T:
        return entries[int(self.rng.random() * len(entries))]

    def _weighted(self, entries: Sequence[T], cumulated: Sequence[float]) -> T:
        return self.rng.choices(entries, cum_weights=cumulated)[0]

    # -------------------------------------------------------------- one lead

    def _lead(self, number: int, day: int) -> Lead:
        words, lang, rng = self.words, self.lang, self.rng
        place = self._weighted(range(len(self.profiles)), self._channel_weights)
        profile = self.profiles[place]
        industry = self._weighted(words.industries, self._industry_weights)
        need = self._pick(words.needs)
        budget = _round_amount(
            (need.budget[0] + (need.budget[1] - need.budget[0]) * rng.random()) * profile.amount
        )
        urgent = budget * (0.5 + rng.random())
        rank = (urgent < 20) + (urgent < 6)
        priority = self.settings.priorities[min(rank, len(self.settings.priorities) - 1)]
        life = self._live(day, profile, industry.odds, int(priority.interval_days))
        lead: Lead = {
            "channel": self._channel(place, profile),
            "customer": self._customer(number, industry.trades.of(lang)),
            "contact": self._pick(words.people.surnames.of(lang))
            + self._pick(words.people.titles.of(lang)),
            "contact_details": self._contact_details(number),
            "need": self._need(need, budget),
            "priority": priority.name,
            "stage": self.won_stage if life.won else self.open_stages[life.stage].name,
            "owner": self._pick(words.owners).owner.of(lang),
            "acquired_on": dt.date.fromordinal(day),
            "industry": industry.industry.of(lang),
            "region": self._pick(words.people.regions.of(lang)),
            "company_size": self._pick(words.people.sizes),
            "decision_maker": self._pick(words.people.deciders.of(lang)),
            "decision_chain": 1 + int(rng.random() * 5),
            "budget": budget,
            "expected_amount": budget,
            "entered_at": dt.datetime.fromordinal(day)
            + dt.timedelta(minutes=15 * int(36 + rng.random() * 36)),
        }
        self._add_outcome(lead, life, budget, int(priority.interval_days))
        return lead

    def _live(self, day: int, profile: ChannelProfile, odds: float, interval: int) -> Life:
        """Walks a lead through the stages until it is won or lost or the last day comes."""
        rng, today = self.rng, self.until.toordinal()
        life = Life(day)
        clock = day + int(rng.random() * 2)
        if clock > today or (day == today and rng.random() < 0.6):
            return life
        life.last_contact = clock
        for stage in range(len(self.open_stages)):
            life.stage = stage
            ends = clock + 1 + int(rng.expovariate(1 / profile.days))
            if ends > today:
                life.last_contact = max(clock, self._latest_contact(interval))
                return life
            clock = life.last_contact = ends
            step = profile.steps[min(stage, len(profile.steps) - 1)] * odds
            if rng.random() >= min(step, 0.97):
                life.lost = rng.random() < 0.88  # the others fall asleep where they stand
                life.closed = clock if life.lost else 0
                return life
        life.won, life.closed = True, clock
        return life

    def _latest_contact(self, interval: int) -> int:
        late = interval + int(self.rng.random() * 20)
        back = late if self.rng.random() < 0.25 else int(self.rng.random() * interval)
        return self.until.toordinal() - back

    def _add_outcome(self, lead: Lead, life: Life, budget: float, interval: int) -> None:
        rng = self.rng
        is_open = not (life.won or life.lost)
        lead["latest_follow_up"] = self._follow_up(life) if life.last_contact else None
        if is_open and life.last_contact and rng.random() < 0.5:
            lead["next_follow_up"] = dt.date.fromordinal(
                life.last_contact + 1 + int(rng.random() * interval)
            )
        if life.closed:
            lead["closed_on"] = dt.date.fromordinal(life.closed)
        if life.won:
            lead["expected_close"] = dt.date.fromordinal(life.closed + int(rng.random() * 12) - 3)
            lead["amount"] = _round_amount(budget * (0.8 + 0.3 * rng.random()))
        elif life.stage >= 2 or rng.random() < 0.4:
            base = max(life.last_contact, life.acquired) if is_open else life.acquired
            lead["expected_close"] = dt.date.fromordinal(base + 12 + int(rng.random() * 60))
        if not life.won and rng.random() < 0.75:
            lead["amount"] = budget
        if life.lost:
            lead["lost_reason"] = self._weighted(
                self.settings.lost_reasons, self._reason_weights
            ).name
        elif rng.random() < 0.2:
            lead["lost_reason"] = "—"
        lead["market_note"] = self._note(life)

    # -------------------------------------------------------------- its texts

    def _channel(self, place: int, profile: ChannelProfile) -> str:
        name = self.settings.channels[place].name
        bare = self.words.habits.bare_other if place == len(self.profiles) - 1 else 0.35
        if not profile.details or self.rng.random() < bare:
            return name
        return f"{name}:{self._pick(profile.details).of(self.lang)}"

    def _customer(self, number: int, trades: Sequence[str]) -> str:
        names, lang = self.words.customer, self.lang
        places, suffixes = names.places.of(lang), names.suffixes.of(lang)
        heads, tails = names.heads.of(lang), names.tails.of(lang)
        all_names = len(places) * len(heads) * len(tails) * len(trades)
        combined = (number * _STRIDE + self.seed) % all_names
        combined, head = divmod(combined, len(heads))
        combined, place = divmod(combined, len(places))
        trade, tail = divmod(combined, len(tails))
        return names.pattern.of(lang).format(
            place=places[place],
            head=heads[head],
            tail=tails[tail],
            trade=trades[trade],
            suffix=suffixes[number % len(suffixes)],
        )

    def _contact_details(self, number: int) -> str:
        """A phone, WeChat id or mail address that no one has."""
        people, kind = self.words.people, self.rng.random()
        pattern = people.phone if kind < 0.7 else people.wechat if kind < 0.9 else people.mail
        return pattern.of(self.lang).format(n=number % 10_000)

    def _need(self, need: Need, budget: float) -> str:
        return need.text.of(self.lang).format(
            n=5 * (1 + int(self.rng.random() * 40)), b=self._said(budget)
        )

    def _said(self, amount: float) -> str:
        """An amount as people write it, with its unit."""
        said = self.words.budget.text.of(self.lang)
        return said.format(wan=f"{amount:g}", thousand=f"{amount * 10:g}")

    def _follow_up(self, life: Life) -> str:
        words, lang, rng = self.words.follow_up, self.lang, self.rng
        if life.won or life.lost:
            said = words.won if life.won else words.lost
            pattern = words.closed_pattern
        else:
            said = words.stages[min(life.stage, len(words.stages) - 1)]
            pattern = words.pattern
        entry = pattern.of(lang).format(
            day=dt.date.fromordinal(life.last_contact).isoformat(),
            time=f"{9 + int(rng.random() * 9):02d}:{15 * int(rng.random() * 4):02d}",
            method=self._pick(words.methods.of(lang)),
            feedback=self._pick(said.feedback.of(lang)),
            next=self._pick(said.next.of(lang)) if said.next else "",
        )
        if life.stage and life.last_contact - life.acquired > 3 and rng.random() < 0.08:
            return f"{entry}\n{self._first_entry(life)}"
        return entry

    def _first_entry(self, life: Life) -> str:
        words, lang = self.words.follow_up, self.lang
        said = words.stages[0]
        return words.closed_pattern.of(lang).format(
            day=dt.date.fromordinal(life.acquired + 1).isoformat(),
            method=self._pick(words.methods.of(lang)),
            feedback=self._pick(said.feedback.of(lang)),
        )

    def _note(self, life: Life) -> str | None:
        chance = self.rng.random()
        if chance < (0.4 if life.lost else 0.18):
            competitor = self._pick(self.words.competitors).competitor.of(self.lang)
            text = self._pick(self.words.notes.competitor.of(self.lang))
            return text.format(c=competitor)
        return self._pick(self.words.notes.plain.of(self.lang)) if chance < 0.6 else None

    # -------------------------------------------------------------- slips

    def _again(self, lead: Lead) -> Lead:
        """The same lead typed a second time."""
        copy = dict(lead)
        copy["market_note"] = self._pick(self.words.notes.plain.of(self.lang))
        return copy

    def _slip(self, lead: Lead) -> None:
        """Gaps at any size; values of a wrong type in small workbooks only."""
        habits, rng = self.words.habits, self.rng
        for field_id, share in (
            ("owner", habits.no_owner),
            ("acquired_on", habits.no_acquired_on),
            ("latest_follow_up", habits.no_follow_up),
            ("closed_on", habits.no_closed_on),
        ):
            if rng.random() < share:
                lead[field_id] = None
        text_date, with_unit = rng.random(), rng.random()
        if self.count > habits.clean_above:
            return
        day: Any = lead.get("expected_close")
        if day and text_date < habits.text_date:
            lead["expected_close"] = f"{day.year}.{day.month}.{day.day}"
        if lead.get("amount") and with_unit < habits.amount_with_unit:
            lead["amount"] = self._said(float(str(lead["amount"])))
        elif not lead.get("amount"):
            lead["amount"] = "—"


def _round_amount(amount: float) -> float:
    """To 0.1 below 10, to whole 万 above."""
    return max(0.1, round(amount, 1)) if amount < 10 else float(round(amount))
