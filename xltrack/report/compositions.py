"""What stands on each sheet: its sentence, its charts and its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from xltrack.analysis import Analysis
from xltrack.report.action_plan import action_block, action_list
from xltrack.report.blocks import Block, Chart, ChartKind, Note, TableBlock
from xltrack.report.check_list import finding_block, quality_block
from xltrack.report.definition_list import definition_block
from xltrack.report.key_figures import key_figures
from xltrack.report.pivot_block import PIVOT, pivot_block
from xltrack.report.review import REVIEW_TABLES, review_blocks
from xltrack.report.review_actions import last_plan_block
from xltrack.report.sentences import (
    channel_sentence,
    check_sentence,
    competitor_sentence,
    conclusion,
    follow_up_sentence,
    forecast_sentence,
    funnel_sentence,
    owner_sentence,
    plan_sentence,
    profile_sentence,
)
from xltrack.report.table_blocks import MOST_ROWS, table_block
from xltrack.report.wording import Wording
from xltrack.template import Template

FOLLOW_UP_COLUMNS = (
    "lead_id",
    "customer",
    "owner",
    "priority",
    "stage",
    "last_contact",
    "due",
    "days_overdue",
    "status",
)

CONVERSION_TABLES = (
    "funnel",
    "lost_reasons",
    "lost_reasons_by_stage",
    "lost_reasons_by_channel",
    "stage_velocity",
    "stage_moves",
    "funnel_by_month",
    "funnel_by_week",
)
COHORT_MONTHS = 12  # later ones are in the table, but do not fit on a sheet
URGENT = 5  # actions on the overview; the plan has them all

Blocks = Iterable[Block]


@dataclass(frozen=True)
class Page:
    """What a sheet is composed from; ``linked``: the leads stand in the workbook drawn into."""

    analysis: Analysis
    wording: Wording
    template: Template
    linked: bool


@dataclass(frozen=True)
class Composition:
    """How a sheet is made: its blocks, the tables they need, and whether it has anything to say.

    ``foot`` is the phrase below everything: what becomes of the sheet at the next refresh.
    """

    compose: Callable[[Page], Blocks]
    tables: tuple[str, ...]
    worth: Callable[[Analysis], bool] = lambda _: True
    foot: str = "refreshed_by"


def block_of(analysis: Analysis, table: str, wording: Wording, most: int) -> TableBlock:
    """Any one table of an analysis as a block, with at most so many rows."""
    if table == "actions":
        return action_block(analysis, wording)
    if table == "plan_review":
        return last_plan_block(analysis, wording, most)
    if table == "data_quality":
        return quality_block(analysis, wording)
    if table.startswith(PIVOT):
        return pivot_block(table, analysis.tables[table], wording, most)
    return table_block(table, analysis.tables[table], wording, most=most)


def _overview(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    yield Note(conclusion(analysis, wording), "conclusion")
    yield key_figures(analysis, wording)
    yield _chart("bar", "funnel", "funnel", "stage", ["reached"], "leads", wording)
    yield _chart(
        "column", "channels", "channels", "channel", ["revenue_per_lead"], "amount", wording
    )
    yield _chart(
        "line", "trend", "trend_by_month", "period", ["new_leads", "won"], "leads", wording
    )
    actions = action_list(analysis, wording, URGENT)
    if actions.items:
        yield actions
    shown = {
        "funnel": ["stage", "reached", "step_conversion", "open", "lost", "bottleneck"],
        "channels": ["channel", "leads", "won", "conversion", "revenue_per_lead", "verdict"],
        "trend_by_month": ["period", "new_leads", "won", "lost", "revenue", "conversion"],
    }
    for name, columns in shown.items():
        yield table_block(name, analysis.tables[name], wording, columns=columns)
    if differs := _board_note(page):
        yield Note(differs)


def _board_note(page: Page) -> str:
    """Why the board, which counts rows by formulas, may show other figures."""
    sources = page.analysis.sources
    rows, leads = sum(source.leads for source in sources), page.analysis.leads
    errors = [f for f in page.analysis.findings or () if f.severity == "error"]
    if rows == leads and not errors and len(sources) == 1:
        return ""
    return page.wording.phrase("board_differs", rows=rows, leads=leads, errors=len(errors))


def _follow_ups(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    yield Note(follow_up_sentence(analysis, wording), "conclusion")
    place = () if page.linked else ("file", "sheet", "row")  # a link says where without taking room
    columns = [*FOLLOW_UP_COLUMNS, *place]
    yield table_block(
        "follow_ups",
        analysis.tables["follow_ups"],
        wording,
        columns=columns,
        linked=page.linked,
        worklist=True,
    )


def _conversion(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    yield Note(funnel_sentence(analysis, wording), "conclusion")
    yield _chart("bar", "funnel", "funnel", "stage", ["reached"], "leads", wording)
    if not analysis["lost_reasons"].empty:
        yield _chart("bar", "lost_reasons", "lost_reasons", "reason", ["leads"], "leads", wording)
    for name in CONVERSION_TABLES:
        table = analysis.tables[name]
        if not table.frame.empty:
            yield table_block(name, table, wording)
    if analysis.since is None:
        yield Note(wording.phrase("journal_none"))
    else:
        yield Note(wording.phrase("journal_since", day=analysis.since))


def _channels(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    yield Note(channel_sentence(analysis, wording), "conclusion")
    yield _chart(
        "column", "channels", "channels", "channel", ["revenue_per_lead"], "amount", wording
    )
    yield _chart(
        "column", "channel_leads", "channels", "channel", ["leads", "won"], "leads", wording
    )
    yield table_block("channels", analysis.tables["channels"], wording)
    details = analysis.tables["channel_details"]
    detailed = details.frame.groupby("channel", dropna=False)["detail"].transform("count") > 0
    if detailed.any():
        yield table_block(
            "channel_details", replace(details, frame=details.frame[detailed]), wording
        )


def _owners(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    yield Note(owner_sentence(analysis, wording), "conclusion")
    yield _chart("column", "owners", "owners", "owner", ["revenue"], "amount", wording)
    yield table_block("owners", analysis.tables["owners"], wording)


def _trend(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    yield Note(forecast_sentence(analysis, wording), "conclusion")
    yield _chart(
        "line", "trend", "trend_by_month", "period", ["new_leads", "won"], "leads", wording
    )
    sums = ["pipeline", "weighted_pipeline"]
    yield _chart("column", "forecast", "forecast", "month", sums, "amount", wording)
    for name in ("trend_by_month", "forecast", "trend_by_quarter"):
        yield table_block(name, analysis.tables[name], wording)
    if not analysis["targets"].empty:
        yield table_block("targets", analysis.tables["targets"], wording)
    columns = ["month", "leads", *(f"after:{months}" for months in range(COHORT_MONTHS))]
    yield table_block("cohort", analysis.tables["cohort"], wording, columns=columns)


def _competitors(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    yield Note(competitor_sentence(analysis, wording), "conclusion")
    counts = ["leads", "won"]
    yield _chart("column", "competitors", "competitors", "competitor", counts, "leads", wording)
    yield table_block("competitors", analysis.tables["competitors"], wording)


def _actions(page: Page) -> Blocks:
    yield Note(plan_sentence(page.analysis, page.wording), "conclusion")
    yield action_block(page.analysis, page.wording)


def _checks(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    findings = analysis.findings or ()
    yield Note(check_sentence(findings, wording), "conclusion")
    yield quality_block(analysis, wording)
    yield finding_block(findings, page.template, wording, linked=page.linked)


def _profile(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    yield Note(profile_sentence(analysis, wording), "conclusion")
    yield table_block("persona_summary", analysis.tables["persona_summary"], wording)
    yield table_block("persona", analysis.tables["persona"], wording)


def _pivots(page: Page) -> Blocks:
    analysis, wording = page.analysis, page.wording
    pivots = [name for name in analysis if name.startswith(PIVOT)]
    yield Note(wording.phrase("pivot_sentence", n=len(pivots)), "conclusion")
    for name in pivots:
        yield block_of(analysis, name, wording, MOST_ROWS)


def _review(page: Page) -> Blocks:
    yield from review_blocks(page.analysis, page.wording)


def _definitions(page: Page) -> Blocks:
    yield Note(page.wording.phrase("definitions_sentence"), "conclusion")
    yield definition_block(page.wording)


def _chart(
    kind: ChartKind,
    title: str,
    table: str,
    category: str,
    series: list[str],
    values: str,
    wording: Wording,
) -> Chart:
    labels, lang = wording.labels, wording.lang
    return Chart(
        kind,
        labels.charts[title].of(lang).format(unit=wording.unit),
        table,
        category,
        tuple(series),
        wording.label(table, category),
        labels.axes[values].of(lang).format(unit=wording.unit),
    )


def _has_rows(table: str) -> Callable[[Analysis], bool]:
    return lambda analysis: not analysis[table].empty


COMPOSITIONS: dict[str, Composition] = {
    "overview": Composition(
        _overview, ("overview", "funnel", "channels", "trend_by_month", "actions")
    ),
    "follow_ups": Composition(_follow_ups, ("follow_ups",), _has_rows("follow_ups")),
    "conversion": Composition(_conversion, CONVERSION_TABLES, _has_rows("funnel")),
    "channels": Composition(_channels, ("channels", "channel_details"), _has_rows("channels")),
    "actions": Composition(_actions, ("actions",), _has_rows("actions"), "refreshed_plan"),
    "checks": Composition(_checks, ("data_quality",), lambda analysis: bool(analysis.findings)),
    "owners": Composition(_owners, ("owners",), _has_rows("owners")),
    "trend": Composition(
        _trend,
        ("trend_by_month", "trend_by_quarter", "forecast", "targets", "cohort"),
        _has_rows("trend_by_month"),
    ),
    "profile": Composition(_profile, ("persona", "persona_summary"), _has_rows("persona")),
    "competitors": Composition(_competitors, ("competitors",), _has_rows("competitors")),
    "pivots": Composition(
        _pivots, (PIVOT,), lambda analysis: any(name.startswith(PIVOT) for name in analysis)
    ),
    "review": Composition(_review, REVIEW_TABLES, _has_rows("funnel")),
    "definitions": Composition(_definitions, ()),
}
"""The sheets by key, in their order."""
