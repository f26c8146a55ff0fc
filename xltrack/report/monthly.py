"""The first page of a summary: a week, month or quarter of all teams on one sheet of paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from xltrack.analysis import Analysis, Table
from xltrack.analysis.outlook import Outlook
from xltrack.leads.submissions import Submissions
from xltrack.report.action_plan import action_list, problem_text
from xltrack.report.blocks import Block, Cell, Column, KeyFigure, KeyFigures, Note, Rate, TableBlock
from xltrack.report.key_figures import COURSES
from xltrack.report.review_parts import chart, short_table
from xltrack.report.table_blocks import subtitle, table_block
from xltrack.report.wording import RATE_METRICS, Wording

METRICS = (
    *("target", "revenue", "attainment", "won", "average_deal"),
    *("new_leads", "win_rate", "pipeline", "overdue"),
)
TILES = tuple(metric for metric in METRICS if metric != "target")
WEIGHED = ("revenue", "won", "new_leads", "average_deal", "win_rate")
"""Metrics whose change the first sentence may name."""
_GAP = Note("")
MONTHS, CHANNELS, TEAM, DECISIONS, NAMES = 12, 3, 12, 3, 8


@dataclass(frozen=True)
class Month:
    """What the first page is composed from.

    ``figures`` is the table of :func:`xltrack.analysis.comparison.comparison`.
    """

    analysis: Analysis
    figures: Table
    outlook: Outlook | None
    submissions: Submissions
    wording: Wording

    def value(self, metric: str, column: str = "value") -> float:
        """A figure, null where there is none."""
        frame = self.figures.frame
        found = frame.loc[frame["metric"] == metric, column]
        return float(found.iloc[0]) if len(found) else math.nan

    @property
    def kind(self) -> str:
        """Week, month or quarter."""
        period = self.analysis.period
        return period.kind if period else "month"


def monthly_blocks(month: Month) -> Iterator[Block]:
    """The blocks of the first page, from top to bottom."""
    analysis, wording = month.analysis, month.wording
    yield Note(summary_sentence(month), "conclusion")
    yield _tiles(month)
    yield _figures(month)
    yield chart("line", "summary_new", "trend_by_month", "period", ["new_leads"], wording)
    yield chart("column", "summary_revenue", "trend_by_month", "period", ["revenue"], wording)
    yield _channels(month)
    yield _team(month)
    yield from _ahead(month)
    yield _GAP
    yield from _decisions(month)
    yield Note(wording.phrase("summary_trust"), "conclusion")
    yield from (Note(line, "subtitle") for line in trust_lines(month))
    yield _GAP
    trend = analysis.tables["trend_by_month"]
    recent = replace(trend, frame=trend.frame.tail(MONTHS).reset_index(drop=True))
    shown = ["period", "new_leads", "won", "lost", "revenue", "conversion"]
    yield table_block("trend_by_month", recent, wording, columns=shown)


def summary_sentence(month: Month) -> str:
    """How far the target was reached, the largest change, and what is most at risk."""
    wording = month.wording
    period = month.analysis.period
    revenue, target = month.value("revenue"), month.value("target")
    said = {"period": period.label if period else "", "revenue": wording.amount(revenue)}
    if math.isnan(target):
        parts = [wording.phrase("summary_won", won=f"{month.value('won'):,.0f}", **said)]
    else:
        rate = _attainment(revenue, target)
        parts = [wording.phrase("summary_attained", rate=rate, **said)]
    if change := _largest_change(month):
        parts.append(change)
    parts.append(_largest_risk(month))
    return wording.phrase("summary_glue").join(parts) + wording.phrase("summary_stop")


def _largest_change(month: Month) -> str:
    """The metric that changed most against the period before, in proportion; the first of them."""
    best, most = "", 0.0
    for metric in WEIGHED:
        change, previous = month.value(metric, "change"), month.value(metric, "previous")
        moved = abs(change / previous) if previous > 0 and not math.isnan(change) else 0.0
        if moved > most:
            best, most = metric, moved
    if not best:
        return ""
    wording = month.wording
    return wording.phrase(
        "summary_change",
        metric=_short(best, wording).partition("(")[0].strip(),
        before=_before(month),
        change=_changed(month.value(best, "change"), month.value(best, "previous"), best, wording),
    )


def _largest_risk(month: Month) -> str:
    wording = month.wording
    frame = month.analysis["actions"]
    current = frame[frame["evidence"].map(lambda evidence: isinstance(evidence, dict))]
    current = current[current["problem"] != "channel_invest"]
    if current.empty:
        return wording.phrase("summary_no_risk")
    first = current.iloc[0]
    problem = problem_text(first["problem_id"], first["problem"], wording)
    return wording.phrase("summary_risk", problem=problem)


def _tiles(month: Month) -> KeyFigures:
    wording = month.wording
    figures = []
    for metric in TILES:
        value = month.value(metric)
        rate = metric in RATE_METRICS
        change = _changed(
            month.value(metric, "change"), month.value(metric, "previous"), metric, wording
        )
        figures.append(
            KeyFigure(
                label=_short(metric, wording),
                value=None if math.isnan(value) else Rate(value) if rate else value,
                format="rate" if rate else wording.header("overview", metric).format,  # type: ignore[arg-type]
                change=_against(change, month),
                spark=COURSES.get(metric),
            )
        )
    return KeyFigures(tuple(figures))


def _against(change: str, month: Month) -> str:
    """A change with what it is against, empty where there is none."""
    if not change:
        return ""
    return month.wording.phrase("summary_against", before=_before(month), change=change)


def _before(month: Month) -> str:
    """What the period before is called inside a sentence."""
    name = month.wording.word("period_before", month.kind)
    return name[:1].lower() + name[1:]


def _figures(month: Month) -> TableBlock:
    """The key figures beside those before."""
    wording, kind = month.wording, month.kind
    heads = {
        "value": wording.word("period_now", kind),
        "previous": wording.word("period_before", kind),
        "change": wording.word("period_change", kind),
        "year_before": wording.word("period_year_before", kind),
        "year_change": wording.word("period_year_change", kind),
    }
    columns = [Column("metric", wording.label("comparison", "metric"), "text", 24)]
    for name in ("value", "previous", "change", "year_before", "year_change", "base"):
        declared = wording.header("comparison", name)
        label = heads.get(name) or declared.label.of(wording.lang)
        columns.append(Column(name, label, "text", declared.width))
    bases = month.figures.frame.set_index("metric")["base"]
    rows = tuple(_figure_row(metric, month, bases.get(metric, "closed")) for metric in METRICS)
    return TableBlock(
        "comparison",
        wording.title("comparison"),
        subtitle(month.figures, wording),
        tuple(columns),
        rows,
    )


def _figure_row(metric: str, month: Month, base: str) -> tuple[Cell, ...]:
    wording = month.wording

    def change(column: str, other: str) -> str:
        text = _changed(month.value(metric, column), month.value(metric, other), metric, wording)
        return text or wording.phrase("nothing")

    return (
        _short(metric, wording),
        _shown(metric, "value", month),
        _shown(metric, "previous", month),
        change("change", "previous"),
        _shown(metric, "year_before", month),
        change("year_change", "year_before"),
        wording.word("base_short", base),
    )


def _shown(metric: str, column: str, month: Month) -> str:
    """A figure as text, a rate with what it divides."""
    wording, value = month.wording, month.value(metric, column)
    if math.isnan(value):
        return wording.phrase("nothing")
    if metric == "attainment":
        return _attainment(month.value("revenue", column), month.value("target", column))
    if metric == "win_rate":
        won, lost = month.value("won", column), month.value("lost", column)
        return str(Rate(value, int(won), int(won + lost)))
    return wording.shown(value, wording.header("overview", metric).format)  # type: ignore[arg-type]


def _attainment(revenue: float, target: float) -> str:
    return f"{revenue / target:.1%}({revenue:,.1f}/{target:,.1f})" if target else ""


def _changed(change: float, previous: float, metric: str, wording: Wording) -> str:
    """A change as it is read: points of a rate, percent of an amount, else a number."""
    if math.isnan(change):
        return ""
    mark = "\u25b2" if change > 0 else "\u25bc" if change < 0 else "="
    if metric in RATE_METRICS:
        return f"{mark} {wording.phrase('points', n=f'{abs(change) * 100:.1f}')}"
    if wording.header("overview", metric).format == "amount" and previous > 0:
        return f"{mark} {abs(change / previous):.0%}"
    form = "amount" if wording.header("overview", metric).format == "amount" else "count"
    return f"{mark} {wording.shown(abs(change), form)}"  # type: ignore[arg-type]


def _short(metric: str, wording: Wording) -> str:
    return wording.word("summary_metric", metric).format(unit=wording.unit)


def _channels(month: Month) -> TableBlock:
    """The channels that brought most, with what to do about each."""
    frame = month.analysis["channels"]
    best = frame[frame["revenue"] > 0]
    best = best.sort_values("revenue", ascending=False, kind="stable").reset_index(drop=True)
    columns = ("channel", "leads", "won", "conversion", "revenue", "verdict", "reason")
    title = month.wording.phrase("summary_channels", n=CHANNELS)
    block = short_table(
        "channels", month.analysis, month.wording, columns, CHANNELS, frame=best, title=title
    )
    return replace(block, more="")


def _team(month: Month) -> TableBlock:
    frame = month.analysis["owners"]
    busy = (frame[["leads", "open", "won", "lost"]].sum(axis=1) > 0) | frame["target"].notna()
    columns = ("owner", "group", "target", "revenue", "attainment", "won", "overdue")
    rows = frame[busy].reset_index(drop=True)
    title = month.wording.phrase("summary_team")
    return short_table(
        "owners", month.analysis, month.wording, columns, TEAM, frame=rows, title=title
    )


def _ahead(month: Month) -> Iterator[Block]:
    """What the next period may bring."""
    outlook, wording = month.outlook, month.wording
    if outlook is None:
        return
    record = {
        "period": outlook.period.label,
        "leads": outlook.leads,
        "pipeline": outlook.pipeline,
        "weighted_pipeline": outlook.weighted_pipeline,
        "target": outlook.target,
        "gap": outlook.gap,
        "leads_needed": outlook.leads_needed,
    }
    title = wording.word("summary_ahead", month.kind)
    block = table_block("outlook", Table(pd.DataFrame([record]), "state"), wording, title=title)
    yield replace(block, columns=tuple(replace(each, bars=False) for each in block.columns))
    yield Note(wording.phrase("summary_not_ahead", late=outlook.late, undated=outlook.undated))


def _decisions(month: Month) -> Iterator[Block]:
    wording = month.wording
    actions = action_list(month.analysis, wording, DECISIONS)
    title = wording.phrase("summary_decisions")
    if actions.items:
        yield replace(actions, title=title)
    else:
        yield Note(title, "conclusion")
        yield Note(wording.phrase("no_problem"), "subtitle")


def trust_lines(month: Month) -> Iterator[str]:
    """How complete the data is: who submitted, what is left out, which days are presumed."""
    wording, submissions = month.wording, month.submissions
    yield submitted_sentence(submissions, wording)
    unread = [each.workbook for each in submissions.unreadable]
    if unread:
        yield wording.phrase("summary_unread", n=len(unread), names=listed(unread, wording))
    counted = sum(each.counted for each in submissions.workbooks)
    elsewhere = sum(each.left_out.get("elsewhere", 0) for each in submissions.workbooks)
    future = sum(each.left_out.get("future", 0) for each in submissions.workbooks)
    yield wording.phrase(
        "summary_counted",
        leads=f"{counted:,}",
        again=f"{elsewhere:,}",
        future=f"{future:,}",
    )
    presumed = sum(each.presumed for each in submissions.workbooks)
    closed = month.value("won") + month.value("lost")
    errors = sum(each.errors for each in submissions.workbooks)
    warnings = sum(each.warnings for each in submissions.workbooks)
    yield wording.phrase(
        "summary_presumed",
        presumed=f"{presumed:,}",
        closed=f"{closed:,.0f}",
        errors=f"{errors:,}",
        warnings=f"{warnings:,}",
    )


def submitted_sentence(submissions: Submissions, wording: Wording) -> str:
    """How many have submitted, and who has not."""
    workbooks = len(submissions.workbooks)
    if submissions.roster is None:
        return wording.phrase("summary_workbooks", n=workbooks)
    expected, missing = len(submissions.roster), submissions.missing
    key = "summary_missing" if missing else "summary_complete"
    return wording.phrase(
        key,
        there=expected - len(missing),
        expected=expected,
        names=listed((entry.submitter for entry in missing), wording),
        n=workbooks,
    )


def listed(names: Iterable[str], wording: Wording) -> str:
    """The first names, and how many there are where that is not all."""
    known: Sequence[str] = list(names)
    shown = wording.list_of(known[:NAMES])
    if len(known) <= NAMES:
        return shown
    return wording.phrase("summary_and_more", names=shown, n=len(known))
