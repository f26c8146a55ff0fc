"""The second report: channels, customers, competitors, regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xltrack.analysis import Analysis
from xltrack.analysis.persona import FIELDS
from xltrack.checks.privacy import without_private
from xltrack.findings import MASK
from xltrack.report.blocks import Cell, Note
from xltrack.report.review_parts import (
    Part,
    Section,
    chart,
    column_of,
    rate,
    section,
    short_table,
    with_cells,
)
from xltrack.report.sentences import channel_sentence, competitor_sentence, profile_sentence
from xltrack.report.wording import Wording

CHANNELS, DETAILS, TRAITS, COMPETITORS, VALUES = 8, 5, 7, 3, 5
"""Rows that fit on a page."""
REGION = "region"


def market_conclusion(analysis: Analysis, wording: Wording) -> str:
    """Which channel brings most, and where to invest or to look again."""
    said = [channel_sentence(analysis, wording)]
    frame = analysis["channels"]
    for verdict in ("invest", "review"):
        names = frame.loc[frame["verdict"] == verdict, "channel"]
        if len(names):
            listed = wording.list_of(str(name) for name in names)
            word = wording.word("verdict", verdict)
            said.append(wording.phrase("review_verdict", verdict=word, channels=listed))
    return (" " if wording.lang == "en" else "").join(said)


def market_sections(analysis: Analysis, wording: Wording) -> Iterator[Section]:
    """The sections of the second report."""
    yield section("channels", wording, _channels(analysis, wording))
    yield section("channel_details", wording, _details(analysis, wording))
    yield section("profile", wording, _profile(analysis, wording))
    yield section("competitors", wording, _competitors(analysis, wording))
    yield section("regions", wording, _regions(analysis, wording))


def _channels(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    columns = ["channel", "leads", "won", "conversion", "average_deal", "revenue_per_lead"]
    columns += ["verdict", "reason"]
    yield short_table("channels", analysis, wording, columns, CHANNELS)
    if analysis["channels"]["leads"].sum():
        yield chart("column", "channels", "channels", "channel", ["revenue_per_lead"], wording)
        yield chart("column", "channel_leads", "channels", "channel", ["leads", "won"], wording)


def _details(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    """Each exhibition and campaign, most revenue first; those too early to judge are marked."""
    frame = analysis["channel_details"]
    frame = frame[frame["detail"].notna()]
    if frame.empty:
        yield Note(wording.phrase("review_no_details"), "subtitle")
        return
    frame = frame.sort_values(["revenue", "leads"], ascending=False, kind="stable")
    frame = frame.assign(detail=[*map(_detail, frame["channel"], frame["detail"])])
    columns = ["channel", "detail", "leads", "won", "conversion", "revenue", "revenue_per_lead"]
    block = short_table("channel_details", analysis, wording, columns, DETAILS, frame=frame)
    verdicts = [
        _doubt(channel, leads, analysis, wording)
        for channel, leads in zip(frame["channel"], frame["leads"], strict=True)
    ][:DETAILS]
    block = with_cells(block, column_of("channels", "verdict", wording), verdicts)
    yield replace(block, muted=frozenset(n for n, verdict in enumerate(verdicts) if verdict))


def _doubt(channel: object, leads: int, analysis: Analysis, wording: Wording) -> str:
    """Why a detail cannot be judged yet; empty where it can."""
    if leads < wording.minimum_sample:
        return wording.word("verdict", "small_sample")
    frame = analysis["channels"]
    young = frame.loc[frame["verdict"] == "too_early", "channel"]
    return wording.word("verdict", "too_early") if channel in set(young) else ""


def _detail(channel: object, detail: str) -> str:
    """A detail; an address that was typed as channel and detail is masked as the one it is."""
    before = f"{channel}:"
    whole = without_private(before + detail)
    return whole.removeprefix(before) if whole.startswith(before) else MASK


def _profile(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    yield Note(profile_sentence(analysis, wording), "subtitle")
    frame = analysis["persona_changes"]
    if frame.empty:
        return
    changed = [
        f"{wording.word('dimension', row['dimension'])}: {row['previous_value']} → {row['value']}"
        for row in frame[frame["changed"]].to_dict("records")
    ]
    if frame["previous_value"].isna().all():
        yield Note(wording.phrase("review_profile_first"), "subtitle")
    elif changed:
        said = wording.phrase("review_profile_changed", changes=wording.list_of(changed))
        yield Note(said, "subtitle")
    else:
        yield Note(wording.phrase("review_profile_same"), "subtitle")
    columns = ["dimension", "value", "revenue_share", "n", "previous_value", "previous_share"]
    columns += ["previous_n", "changed"]
    yield short_table("persona_changes", analysis, wording, columns, TRAITS)


def _competitors(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    yield Note(competitor_sentence(analysis, wording), "subtitle")
    frame = analysis["competitors"]
    if frame.empty:
        return
    columns = ["competitor", "leads", "mentions", "win_rate", "last_seen", "moves"]
    block = short_table("competitors", analysis, wording, columns, COMPETITORS)
    answers = {entry.name: entry.talking_points for entry in analysis.settings.competitors}
    cells = [answers.get(name) or None for name in frame["competitor"].head(COMPETITORS)]
    yield with_cells(block, column_of("competitors", "talking_points", wording), cells)


def _regions(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    """Regions and the values of the team's own columns, those furthest below average first."""
    frame = analysis["persona"]
    own = (frame["dimension"] == REGION) | ~frame["dimension"].isin(FIELDS)
    frame = frame[own & frame["value"].notna()]
    if frame.empty:
        yield Note(wording.phrase("review_no_regions"), "subtitle")
        return
    frame = frame.assign(few=frame["leads"] < wording.minimum_sample)
    frame = frame.sort_values(["few", "lift"], kind="stable").drop(columns="few")
    columns = ["dimension", "value", "leads", "won", "conversion", "lift", "average_deal"]
    block = short_table("persona", analysis, wording, columns, VALUES, frame=frame)
    shown = frame.head(VALUES)
    rates: list[Cell] = [
        rate(won, leads, wording) for won, leads in zip(shown["won"], shown["leads"], strict=True)
    ]
    yield with_cells(block, column_of("persona", "conversion", wording), rates)
