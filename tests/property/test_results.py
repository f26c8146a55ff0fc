"""Forecast, cohorts, targets, key figures and competitors against a second implementation."""

from __future__ import annotations

import datetime as dt
import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xltrack.analysis.channels import channel_details
from xltrack.analysis.competitors import competitors
from xltrack.analysis.forecast import cohort, forecast, targets
from xltrack.analysis.funnel import funnel_by
from xltrack.analysis.losses import (
    lost_reasons,
    lost_reasons_by_channel,
    lost_reasons_by_stage,
)
from xltrack.analysis.overview import overview
from xltrack.analysis.owners import owners
from xltrack.analysis.scope import scope_of
from xltrack.analysis.trend import trend_by_quarter
from xltrack.template.settings import Competitor, Target


def _beside(path: str, name: str) -> ModuleType:
    """A module of the tests by its file, since folders of tests are not packages."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


shared = _beside("test_analysis.py", "analysis_properties")
results = _beside("plain_results.py", "plain_results")
plain, leads_frame = shared.plain, shared.leads_frame
AS_OF, SETTINGS, assert_rows = shared.AS_OF, shared.SETTINGS, shared.assert_rows

AIMS = [("2024-04", "", 50.0), ("2024-05", "张三", 0.0), ("2024-05", "", 80.0)]
AIMED = replace(SETTINGS, targets=tuple(Target(*aim) for aim in AIMS))
Leads = list[dict[str, Any]]


@given(shared.many)
@settings(max_examples=40, deadline=None)
def test_results_are_those_of_the_plain_implementation(leads: Leads) -> None:
    scope = scope_of(leads_frame(leads), AIMED, AS_OF)
    seen = [{**empty, **lead} for lead in plain.known(leads, AS_OF)]
    expected = forecast(scope).frame
    assert_rows(expected, list(expected.columns), results.forecast(seen, AS_OF, plain))
    months = cohort(scope).frame
    assert_rows(months, list(months.columns), results.cohort(seen, AS_OF, plain))
    aimed = targets(scope).frame
    assert_rows(aimed, list(aimed.columns), results.targets(seen, AIMS, AS_OF, plain))
    quarters = trend_by_quarter(scope).frame
    rows = results.trend(seen, AS_OF, plain)
    nothing = (0, 0, 0, 0.0, float("nan"), False)
    figures = ["new_leads", "won", "lost", "revenue", "conversion", "immature"]
    assert_rows(quarters, figures, [rows.get(name, nothing) for name in quarters["period"]])
    assert set(rows) <= set(quarters["period"])
    values = results.overview(seen, AS_OF, plain)
    table = overview(scope).frame.set_index("metric")
    assert_rows(table.loc[list(values)].reset_index(), ["metric", "value"], list(values.items()))
    for cross, by in ((lost_reasons_by_stage, "stage"), (lost_reasons_by_channel, "channel")):
        counted = results.crossed(seen, plain, by)
        frames = {"lost_reasons": lost_reasons(scope).frame}.__getitem__
        frame = cross(scope, frames).frame.set_index("reason")
        cells = {
            (reason if isinstance(reason, str) else None, column.removeprefix("leads:")): count
            for column in frame.columns
            for reason, count in frame[column].items()
            if count
        }
        assert cells == counted


@given(shared.many)
@settings(max_examples=40, deadline=None)
def test_groups_are_those_of_the_plain_implementation(leads: Leads) -> None:
    scope = scope_of(leads_frame(leads), SETTINGS, AS_OF)
    seen = plain.known(leads, AS_OF)
    for unit in ("week", "month", "quarter"):
        frame = funnel_by(scope, unit).frame
        assert_rows(frame, list(frame.columns), results.funnel_by(seen, unit, plain))
    details = channel_details(scope).frame
    figures = ["leads", "open", "won", "lost", "conversion", "revenue", "lead_share"]
    groups = results.channel_details(seen, plain)
    keys = [tuple(None if pd.isna(each) else each for each in key)
            for key in zip(details["channel"], details["detail"], strict=True)]  # fmt: skip
    assert sorted(keys, key=str) == sorted(groups, key=str)
    assert_rows(details, figures, [groups[key] for key in keys])
    people = owners(scope).frame
    results_of = results.owners(seen, plain)
    expected = [results_of[name] for name in people["owner"]]
    assert_rows(people, ["weighted_pipeline", "win_rate", "average_deal"], expected)
    reasons = lost_reasons(scope).frame
    for by in ("stage", "channel"):
        mains = results.main_of(seen, plain, by)
        wanted = [(mains[None if pd.isna(reason) else reason],) for reason in reasons["reason"]]
        assert_rows(reasons, [f"main_{by}"], wanted)


empty: dict[str, Any] = {"market_note": None, "latest_follow_up": None, "lost_reason": None}
KNOWN = {"云帆": "云帆科技", "云帆科技": "云帆科技", "YF": "云帆科技", "竞品C": "竞品C"}
KNOWN_SETTINGS = replace(
    SETTINGS, competitors=(Competitor("云帆科技", ("云帆", "YF")), Competitor("竞品C"))
)
pieces = st.lists(
    st.sampled_from(
        ["云帆降价", "竞品C促销", "竞品c", "竞品x9", "竞品\u201c海蓝\u201d新品", "对比竞品", "WYFI",
         "yf", ";", "。", "更低", "competitor Acme", "云帆科技", "客户在观望,下周再谈一次"]
    ),
    min_size=1,
    max_size=5,
).map("".join)  # fmt: skip
logs = st.lists(
    st.builds(lambda day, text: f"{day}:{text}", shared.days, pieces), min_size=1, max_size=3
).map("\n".join)


@st.composite
def told(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "stage": draw(st.sampled_from(["初识", "成交"])),
        "lost_reason": draw(st.none() | pieces),
        "market_note": draw(st.none() | pieces),
        "latest_follow_up": draw(st.none() | logs),
        "acquired_on": draw(st.none() | shared.days),
    }


@given(st.lists(told(), max_size=12).map(shared.numbered))
@settings(max_examples=60, deadline=None)
def test_competitors_are_those_of_the_plain_implementation(leads: Leads) -> None:
    frame = competitors(scope_of(leads_frame(leads), KNOWN_SETTINGS, AS_OF)).frame
    frame["last_seen"] = [None if pd.isna(day) else day.date() for day in frame["last_seen"]]
    seen = plain.known(leads, AS_OF)
    assert_rows(frame, list(frame.columns), results.competitors(seen, KNOWN, AS_OF, plain))
    assert all(isinstance(day, dt.date) for day in frame["last_seen"] if day)
