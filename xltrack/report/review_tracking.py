"""The first report: what came in, how leads move on, why they are lost, who is behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pandas as pd

from xltrack.analysis import Analysis
from xltrack.report.blocks import Cell, KeyFigures, Note, Rate, TableBlock
from xltrack.report.key_figures import key_figures
from xltrack.report.review_parts import (
    Part,
    Section,
    chart,
    column_of,
    marked,
    rate,
    section,
    short_table,
    with_cells,
)
from xltrack.report.sentences import follow_up_sentence, funnel_sentence
from xltrack.report.table_blocks import subtitle
from xltrack.report.wording import Wording

FIGURES = (
    "new_leads",
    "won",
    "revenue",
    "win_rate",
    "average_deal",
    "attainment",
    "pipeline",
    "overdue",
)
CHANNELS, STAGES, REASONS, OWNERS, LEADS = 7, 8, 3, 6, 8
"""Rows that fit on a page."""
_STAYS = (("stage_velocity", "median_days"), ("stage_velocity", "stalled"))


def review_figures(analysis: Analysis, wording: Wording) -> KeyFigures:
    """The key figures of a review; attainment only where there is a target."""
    frame = analysis["overview"].reset_index(drop=True)
    values = frame.set_index("metric")["value"]
    figures = []
    for metric, figure in zip(frame["metric"], key_figures(analysis, wording).figures, strict=True):
        if metric not in FIGURES:
            continue
        if isinstance(figure.value, Rate):
            whole = figure.value.whole or 0
            value = replace(figure.value, small=whole < wording.minimum_sample)
            figure = replace(figure, value=value)  # noqa: PLW2901
        if metric == "attainment":
            if pd.isna(values["attainment"]):
                continue
            counts = f"({values['revenue']:,.1f}/{values['target']:,.1f})"
            figure = replace(figure, value=f"{values['attainment']:.1%}{counts}", format="text")  # noqa: PLW2901
        figures.append((FIGURES.index(metric), replace(figure, spark=None)))
    return KeyFigures(tuple(figure for _, figure in sorted(figures, key=lambda each: each[0])))


def tracking_sections(analysis: Analysis, wording: Wording) -> Iterator[Section]:
    """The sections of the first report."""
    yield section("new_leads", wording, _new_leads(analysis, wording))
    yield section("conversion", wording, _conversion(analysis, wording))
    yield section("lost_reasons", wording, [_lost_reasons(analysis, wording)])
    yield section("follow_up", wording, _follow_up(analysis, wording))
    yield section("key_leads", wording, _key_leads(analysis, wording))


def _new_leads(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    frame, running = analysis["new_leads"], analysis.period is not None
    columns = ["channel", "new_leads", "share"]
    columns += ["previous_leads", "change_leads"] if running else []
    block = short_table("new_leads", analysis, wording, columns, CHANNELS)
    total = int(frame["new_leads"].sum())
    shares = [rate(part, total, wording) for part in frame["new_leads"].head(CHANNELS)]
    block = with_cells(block, column_of("new_leads", "share", wording), shares)
    if running:
        changes = [f"{change:+,.0f}" for change in frame["change_leads"].head(CHANNELS)]
        column = replace(column_of("new_leads", "change_leads", wording), format="text")
        block = with_cells(block, column, changes)
        before = int(frame["previous_leads"].sum())
        change = f"{total - before:+,}"
        yield Note(
            wording.phrase("review_new", n=f"{total:,}", before=f"{before:,}", change=change),
            "subtitle",
        )
    yield block
    if total:
        series = ["new_leads", "previous_leads"] if running else ["new_leads"]
        yield chart("column", "review_new", "new_leads", "channel", series, wording)


def _conversion(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    yield Note(funnel_sentence(analysis, wording), "subtitle")
    columns = ["stage", "reached", "step_conversion", "decided_conversion", "open", "lost"]
    block, told = short_table("funnel", analysis, wording, columns, STAGES), False
    for name, figure in (("stage_moves", "advance_rate"), *_STAYS):
        cells = _of_journal(name, figure, analysis, wording)
        if any(cells):  # without a history a column of dashes says nothing
            block = with_cells(block, column_of(name, figure, wording), cells)
            told = True
    if told and analysis.since is not None:
        yield Note(wording.phrase("journal_since", day=analysis.since), "subtitle")
    marks = [
        wording.phrase("bottleneck") if weak else ""
        for weak in analysis["funnel"]["bottleneck"].head(STAGES)
    ]
    yield with_cells(block, column_of("funnel", "bottleneck", wording), marks)
    if analysis["funnel"]["reached"].max() > 0:
        yield chart("bar", "funnel", "funnel", "stage", ["reached"], wording)


def _of_journal(name: str, figure: str, analysis: Analysis, wording: Wording) -> list[Cell]:
    """What the journal tells of each stage of the funnel; of moves those of the period."""
    frame = analysis[name]
    if frame.empty:
        return []
    key = "stage" if name == "stage_velocity" else "from_stage"
    if name == "stage_moves":
        frame = frame[frame["period"] == frame["period"].iloc[-1]]
    records = cast("list[dict[str, Any]]", frame.to_dict("records"))
    by_stage = {record[key]: record for record in records}
    stages = analysis["funnel"]["stage"].head(STAGES)
    return [_figure(figure, by_stage.get(stage), wording) for stage in stages]


def _figure(figure: str, record: dict[str, Any] | None, wording: Wording) -> Cell:
    if record is None or pd.isna(record[figure]):
        return None
    if figure == "advance_rate":
        return rate(record["moved_on"], record["standing"] + record["entered"], wording)
    return float(record[figure])


def _lost_reasons(analysis: Analysis, wording: Wording) -> TableBlock:
    columns = ["reason", "leads", "share", "amount", "main_stage", "main_channel"]
    block = short_table("lost_reasons", analysis, wording, columns, REASONS)
    leads = analysis["lost_reasons"]["leads"]
    shares = [rate(part, int(leads.sum()), wording) for part in leads.head(REASONS)]
    return with_cells(block, column_of("lost_reasons", "share", wording), shares)


def _follow_up(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    """Who is behind: overdue leads and first contacts by owner, most overdue first."""
    yield Note(follow_up_sentence(analysis, wording), "subtitle")
    first = analysis["first_contact"]
    due, in_time = int(first["leads"].sum()), int(first["in_time"].sum())
    if due:
        said = wording.phrase(
            "review_first_contact",
            rate=marked(rate(in_time, due, wording), wording),
            later=int(first["contacted_later"].sum()),
            never=int(first["never_contacted"].sum()),
        )
        yield Note(said, "subtitle")
    owners = analysis["owners"]
    owners = owners[(owners["open"] > 0) | owners["owner"].isin(first["owner"].dropna())]
    owners = owners.sort_values(["overdue", "open"], ascending=False, kind="stable")
    block = short_table(
        "owners", analysis, wording, ["owner", "open", "overdue"], OWNERS, frame=owners
    )
    shown = owners.head(OWNERS)
    late = [rate(a, b, wording) for a, b in zip(shown["overdue"], shown["open"], strict=True)]
    block = with_cells(block, column_of("owners", "overdue_share", wording), late)
    by_owner = first.assign(owner=first["owner"].fillna("")).set_index("owner")
    contacted = [_in_time(by_owner, owner, wording) for owner in shown["owner"].fillna("")]
    block = with_cells(block, column_of("first_contact", "in_time_rate", wording), contacted)
    yield replace(block, subtitle=subtitle(analysis.tables["follow_ups"], wording))


def _in_time(by_owner: pd.DataFrame, owner: str, wording: Wording) -> Rate | None:
    if owner not in by_owner.index:
        return None
    in_time, leads = (by_owner[column].to_dict()[owner] for column in ("in_time", "leads"))
    return rate(in_time, leads, wording)


def _key_leads(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    frame = analysis["key_leads"]
    columns = ["lead_id", "customer", "owner", "stage", "amount", "expected_close"]
    columns += ["days_overdue", "why"]
    block = short_table("key_leads", analysis, wording, columns, LEADS)
    late = [str(int(max(0, n))) if pd.notna(n) else "" for n in frame["days_overdue"].head(LEADS)]
    column = replace(column_of("key_leads", "days_overdue", wording), format="text")
    yield with_cells(block, column, late)
