"""The sheets a refresh writes: which tables and charts stand on each, and its one sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from xltrack.analysis import Analysis
from xltrack.errors import UsageError
from xltrack.report.blocks import (
    Block,
    Chart,
    ChartKind,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Report,
    Sheet,
)
from xltrack.report.sentences import (
    channel_sentence,
    competitor_sentence,
    conclusion,
    follow_up_sentence,
    forecast_sentence,
    funnel_sentence,
    owner_sentence,
)
from xltrack.report.table_blocks import table_block
from xltrack.report.wording import RATE_METRICS, Wording
from xltrack.template import Labels
from xltrack.text import Lang

DEFAULT_SHEETS = ("overview", "follow_ups", "conversion", "channels")

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

COHORT_MONTHS = 12  # later ones are in the table, but do not fit on a sheet

Blocks = Iterable[Block]


def build_report(
    analysis: Analysis,
    labels: Labels,
    lang: Lang,
    sheets: Collection[str] = DEFAULT_SHEETS,
    *,
    linked: bool = True,
) -> Report:
    """The report of an analysis.

    Args:
        analysis: its tables.
        labels: the declared words.
        lang: language of the workbook.
        sheets: keys of the sheets wanted; see :func:`sheet_keys` for names.
        linked: the leads stand in the workbook the report is drawn into, so rows can link there.

    Raises:
        UsageError: an unknown sheet key.
    """
    wording = Wording.of(labels, analysis.settings, lang)
    built = []
    for key in sheets:
        if key not in SHEETS:
            raise UsageError("unknown_sheet", key)
        compose, _ = SHEETS[key]
        name = labels.sheets[key].of(lang)
        blocks = (
            Heading(name),
            Note(_scope_line(analysis, wording), "subtitle"),
            *compose(analysis, wording, linked),
            Note(wording.phrase("refreshed_by")),
        )
        built.append(Sheet(key, name, blocks))
    return Report(lang, tuple(built))


def tables_for(sheets: Collection[str]) -> list[str]:
    """Ids of the tables that these sheets need."""
    return list(dict.fromkeys(table for key in sheets for table in SHEETS[key][1]))


def sheet_keys(names: Iterable[str], labels: Labels) -> list[str]:
    """Keys of sheets given by key or by name in either language.

    Raises:
        UsageError: a name that is none of them.
    """
    by_name = {
        name: key for key, text in labels.sheets.items() for name in (key, text.zh, text.en.lower())
    }
    keys = []
    for name in names:
        key = by_name.get(name.strip()) or by_name.get(name.strip().lower())
        if key not in SHEETS:
            raise UsageError("unknown_sheet", name)
        keys.append(key)
    return list(dict.fromkeys(keys))


def _overview(analysis: Analysis, wording: Wording, linked: bool) -> Blocks:  # noqa: ARG001
    yield Note(conclusion(analysis, wording), "conclusion")
    yield _key_figures(analysis, wording)
    yield _chart("bar", "funnel", "funnel", "stage", ["reached"], "leads", wording)
    yield _chart(
        "column", "channels", "channels", "channel", ["revenue_per_lead"], "amount", wording
    )
    yield _chart(
        "line", "trend", "trend_by_month", "period", ["new_leads", "won"], "leads", wording
    )
    shown = {
        "funnel": ["stage", "reached", "step_conversion", "open", "lost", "bottleneck"],
        "channels": ["channel", "leads", "won", "conversion", "revenue_per_lead", "verdict"],
        "trend_by_month": ["period", "new_leads", "won", "lost", "revenue", "conversion"],
    }
    for name, columns in shown.items():
        yield table_block(name, analysis.tables[name], wording, columns=columns)


def _follow_ups(analysis: Analysis, wording: Wording, linked: bool) -> Blocks:
    yield Note(follow_up_sentence(analysis, wording), "conclusion")
    place = () if linked else ("file", "sheet", "row")  # a link says where without taking room
    columns = [*FOLLOW_UP_COLUMNS, *place]
    yield table_block(
        "follow_ups",
        analysis.tables["follow_ups"],
        wording,
        columns=columns,
        linked=linked,
        worklist=True,
    )


def _conversion(analysis: Analysis, wording: Wording, linked: bool) -> Blocks:  # noqa: ARG001
    yield Note(funnel_sentence(analysis, wording), "conclusion")
    yield _chart("bar", "funnel", "funnel", "stage", ["reached"], "leads", wording)
    yield _chart("bar", "lost_reasons", "lost_reasons", "reason", ["leads"], "leads", wording)
    for name in ("funnel", "lost_reasons", "funnel_by_month", "funnel_by_week"):
        yield table_block(name, analysis.tables[name], wording)


def _channels(analysis: Analysis, wording: Wording, linked: bool) -> Blocks:  # noqa: ARG001
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


def _owners(analysis: Analysis, wording: Wording, linked: bool) -> Blocks:  # noqa: ARG001
    yield Note(owner_sentence(analysis, wording), "conclusion")
    yield _chart("column", "owners", "owners", "owner", ["revenue"], "amount", wording)
    yield table_block("owners", analysis.tables["owners"], wording)


def _trend(analysis: Analysis, wording: Wording, linked: bool) -> Blocks:  # noqa: ARG001
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


def _competitors(analysis: Analysis, wording: Wording, linked: bool) -> Blocks:  # noqa: ARG001
    yield Note(competitor_sentence(analysis, wording), "conclusion")
    counts = ["leads", "won"]
    yield _chart("column", "competitors", "competitors", "competitor", counts, "leads", wording)
    yield table_block("competitors", analysis.tables["competitors"], wording)


Compose = Callable[[Analysis, Wording, bool], Blocks]

SHEETS: dict[str, tuple[Compose, tuple[str, ...]]] = {
    "overview": (_overview, ("overview", "funnel", "channels", "trend_by_month")),
    "follow_ups": (_follow_ups, ("follow_ups",)),
    "conversion": (_conversion, ("funnel", "lost_reasons", "funnel_by_month", "funnel_by_week")),
    "channels": (_channels, ("channels", "channel_details")),
    "owners": (_owners, ("owners",)),
    "competitors": (_competitors, ("competitors",)),
    "trend": (_trend, ("trend_by_month", "trend_by_quarter", "forecast", "targets", "cohort")),
}


def _scope_line(analysis: Analysis, wording: Wording) -> str:
    pieces = [wording.phrase("as_of", day=analysis.as_of)]
    if analysis.period:
        period = analysis.period
        pieces.append(
            wording.phrase("period", period=period.label, start=period.start, end=period.end)
        )
    else:
        pieces.append(wording.phrase("everything"))
    workbooks = {source.path for source in analysis.sources}
    if len(workbooks) > 1:
        pieces.append(wording.phrase("workbooks", n=len(workbooks)))
    return " · ".join(pieces)


def _key_figures(analysis: Analysis, wording: Wording) -> KeyFigures:
    figures = []
    for record in analysis["overview"].to_dict("records"):
        metric, value = str(record["metric"]), float(record["value"])
        declared = wording.header("overview", metric)
        form = "rate" if metric in RATE_METRICS else declared.format
        figures.append(
            KeyFigure(
                label=wording.label("overview", metric),
                value=None if math.isnan(value) else value,
                format=form,  # type: ignore[arg-type]
                change=_change(metric, float(record["change"]), float(record["previous"]), wording),
                base=wording.word("base", str(record["base"])),
            )
        )
    return KeyFigures(tuple(figures))


def _change(metric: str, change: float, previous: float, wording: Wording) -> str:
    if math.isnan(change):
        return ""
    mark = "▲" if change > 0 else "▼" if change < 0 else "="
    if metric in RATE_METRICS:
        amount = wording.phrase("points", n=f"{abs(change) * 100:.1f}")
    elif wording.header("overview", metric).format == "amount" and previous > 0:
        amount = f"{abs(change / previous):.0%}"
    else:
        amount = f"{abs(change):,.0f}"
    return f"{mark} {amount}"


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
