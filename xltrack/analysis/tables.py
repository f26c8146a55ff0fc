"""All tables of an analysis: which there are, and the object that holds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from xltrack.analysis.actions import actions
from xltrack.analysis.channels import channel_details, channels
from xltrack.analysis.competitors import competitors
from xltrack.analysis.follow_ups import follow_ups
from xltrack.analysis.forecast import cohort, forecast, targets
from xltrack.analysis.funnel import funnel, funnel_by_month, funnel_by_quarter, funnel_by_week
from xltrack.analysis.key_leads import key_leads
from xltrack.analysis.losses import (
    lost_reasons,
    lost_reasons_by_channel,
    lost_reasons_by_stage,
)
from xltrack.analysis.moves import stage_moves, stage_velocity
from xltrack.analysis.new_leads import first_contact, new_leads
from xltrack.analysis.overview import overview
from xltrack.analysis.owners import owners
from xltrack.analysis.period import Period
from xltrack.analysis.persona import customer_dimensions, persona, persona_summary
from xltrack.analysis.persona_changes import persona_changes
from xltrack.analysis.pivots import distinct, pivot_id, pivot_tables
from xltrack.analysis.plan_review import plan_review
from xltrack.analysis.quality import data_quality
from xltrack.analysis.scope import Base, Scope, scope_of
from xltrack.analysis.table import Table
from xltrack.analysis.trend import trend_by_month, trend_by_quarter
from xltrack.errors import UsageError
from xltrack.findings import Finding
from xltrack.leads.finding_counts import FindingCounts
from xltrack.leads.journal import Journal
from xltrack.leads.plan import PlannedAction
from xltrack.template import Settings
from xltrack.template.settings import Pivot

if TYPE_CHECKING:
    from xltrack.leads import LeadBook, Source

TABLES: dict[str, Callable[..., Table]] = {
    table.__name__: table
    for table in (
        overview,
        funnel,
        funnel_by_week,
        funnel_by_month,
        funnel_by_quarter,
        stage_moves,
        stage_velocity,
        channels,
        channel_details,
        lost_reasons,
        lost_reasons_by_stage,
        lost_reasons_by_channel,
        follow_ups,
        owners,
        trend_by_month,
        trend_by_quarter,
        forecast,
        cohort,
        targets,
        persona,
        persona_summary,
        persona_changes,
        competitors,
        new_leads,
        first_contact,
        key_leads,
        data_quality,
        actions,
        plan_review,
    )
}


@dataclass(frozen=True, eq=False)
class Analysis(Mapping[str, pd.DataFrame]):
    """The tables of an analysis by id: ``analysis["channels"]`` is a DataFrame.

    ``base`` and ``left_out`` hold, for each table, what its figures count on and how many leads
    it could not place; ``presumed`` counts closed leads whose close day is presumed. ``leads``
    counts the leads looked at, ``findings`` is what the checks found in them, none if not checked;
    ``since`` is the day the stage journal begins, none before there is one.
    """

    tables: Mapping[str, Table]
    as_of: dt.date
    period: Period | None
    settings: Settings
    sources: Sequence[Source] = field(default=())
    leads: int = 0
    findings: Sequence[Finding] | None = None
    since: dt.date | None = None

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table].frame

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    @property
    def base(self) -> dict[str, Base]:
        """The base of each table."""
        return {name: table.base for name, table in self.tables.items()}

    @property
    def left_out(self) -> dict[str, int]:
        """The leads each table could not place."""
        return {name: table.left_out for name, table in self.tables.items()}

    @property
    def presumed(self) -> dict[str, int]:
        """The presumed close days behind each table."""
        return {name: table.presumed for name, table in self.tables.items()}


def analyze_book(
    book: LeadBook,
    *,
    as_of: dt.date,
    period: Period | None = None,
    tables: Collection[str] | None = None,
    findings: Sequence[Finding] | FindingCounts | None = None,
    plan: Iterable[PlannedAction] = (),
    pivots: Sequence[Pivot] = (),
    journal: Journal | None = None,
    facts: pd.DataFrame | None = None,
    scope: Scope | None = None,
) -> Analysis:
    """Compute the tables of a book of leads.

    A pivot of Settings that makes no sense has no table; what is wrong with it is among the
    problems of the analysis' settings.

    Args:
        book: leads and settings, of one workbook or of many merged.
        as_of: the day to look from; with a period, the smaller of it and the period's last day.
        period: the week, month, quarter or range looked at; none = everything.
        tables: ids of the tables wanted, ``pivot:<title>`` for a pivot; none = all.
        findings: what the checks found, one by one or counted; none = not checked.
        plan: what the team typed into the last action plan.
        pivots: pivots wanted besides those of Settings.
        journal: what is known of the leads' history; none = that of the book.
        facts: :func:`xltrack.leads.facts.lead_facts` of all leads on that day with that journal,
            where they are at hand.
        scope: that of the leads, day and period, where it is at hand.

    Raises:
        UsageError: an unknown table id, or one of ``pivots`` makes no sense.
    """
    defined = distinct([*book.settings.pivots, *pivots])
    own_pivots = {pivot_id(each): each for each in defined}
    asked = [pivot_id(each) for each in defined[len(book.settings.pivots) :]]
    wanted = list(dict.fromkeys([*TABLES, *own_pivots] if tables is None else [*tables, *asked]))
    for name in wanted:
        if name not in TABLES and name not in own_pivots:
            raise UsageError("unknown_table", name)
    day = min(as_of, period.end) if period else as_of
    journal = book.journal if journal is None else journal
    scope = scope or scope_of(book.leads, book.settings, day, period, journal, facts)
    chosen = {name: each for name, each in own_pivots.items() if name in wanted}
    computed, problems = pivot_tables(scope, chosen, asked, book.own)
    compared = cache(lambda: customer_dimensions(scope, book.own))

    def table(name: str) -> Table:
        if name not in computed:
            computed[name] = TABLES[name](scope, *arguments(name))
        return computed[name]

    def frames(name: str) -> pd.DataFrame:
        return table(name).frame

    def arguments(name: str) -> tuple[object, ...]:
        if name in ("persona", "persona_summary"):
            return (compared(),)
        if name == "persona_changes":
            return (compared(), book.own)
        if name == "plan_review":
            return (frames, findings is not None, plan)
        if name in ("overview", "data_quality"):
            return (findings,)
        if name in ("lost_reasons_by_stage", "lost_reasons_by_channel"):
            return (frames,)
        return (frames, findings, plan) if name == "actions" else ()

    asked_for = {name: table(name) for name in wanted if name in TABLES or name in computed}
    settings = replace(book.settings, problems=(*book.settings.problems, *problems))
    return Analysis(
        asked_for,
        day,
        period,
        settings,
        tuple(book.sources),
        len(book.leads),
        () if isinstance(findings, FindingCounts) else findings,
        journal.since,
    )
