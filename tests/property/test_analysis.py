"""The tables against a second implementation, and the laws that must hold for any leads."""

from __future__ import annotations

import datetime as dt
import importlib.util
import math
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xltrack.analysis.channels import channels
from xltrack.analysis.follow_ups import follow_ups
from xltrack.analysis.funnel import funnel, funnel_by_month
from xltrack.analysis.losses import lost_reasons
from xltrack.analysis.overview import overview
from xltrack.analysis.owners import owners
from xltrack.analysis.period import period_of
from xltrack.analysis.scope import Scope, scope_of
from xltrack.analysis.trend import trend_by_month
from xltrack.template import default_settings, load_template


def _beside(path: str, name: str) -> ModuleType:
    """A module of the tests by its file, since folders of tests are not packages."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


plain = _beside("plain_analysis.py", "plain_analysis")
leads_frame = _beside("../unit/analysis/conftest.py", "analysis_conftest").leads_frame

AS_OF = dt.date(2024, 5, 31)
SETTINGS = default_settings(load_template(), "zh")
days = st.dates(dt.date(2023, 11, 1), dt.date(2024, 6, 20))
texts = st.sampled_from
entry = st.builds(
    lambda day, what: f"{day} {what}", days, texts(["电话:谈", "14:30 微信:报价", "面谈"])
)


@st.composite
def lead(draw: st.DrawFn) -> dict[str, Any]:
    """A lead with gaps, synonyms, no-loss marks, logs of several lines."""
    return {
        "stage": draw(texts([*plain.STAGES, "谈恋爱", None])),
        "lost_reason": draw(
            texts([None, None, "—", "/", "价格高", "太贵", "需求变更", "老板换人"])
        ),
        "channel": draw(
            texts(["官网注册", "官网", "行业展会:广交会", "展会", "转介绍", "路边", None])
        ),
        "owner": draw(texts(["张三", "李四", None])),
        "priority": draw(texts(["高", "中", "低", "急", None])),
        "amount": draw(st.none() | st.integers(0, 400).map(lambda n: n / 4)),
        "acquired_on": draw(st.none() | days),
        "closed_on": draw(st.none() | days),
        "expected_close": draw(st.none() | days),
        "next_follow_up": draw(st.none() | days),
        "latest_follow_up": draw(
            st.none() | st.lists(entry, min_size=1, max_size=3).map("\n".join)
        ),
    }


def numbered(leads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**each, "lead_id": f"A{n:03d}", "customer": f"客户{n}"} for n, each in enumerate(leads)
    ]


def scoped(leads: list[dict[str, Any]]) -> Scope:
    return scope_of(leads_frame(leads), SETTINGS, AS_OF)


def same(left: Any, right: Any) -> bool:
    """Equal, with nothing equal to nothing and floats equal up to rounding."""
    nothing = [bool(pd.isna(value)) for value in (left, right)]
    if any(nothing):
        return all(nothing)
    if isinstance(left, float) or isinstance(right, float):
        return math.isclose(left, right, abs_tol=1e-9)
    return bool(left == right)


def assert_rows(frame: pd.DataFrame, columns: list[str], expected: list[tuple[Any, ...]]) -> None:
    rows = frame[columns].to_dict("split")["data"]
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        assert all(same(*pair) for pair in zip(row, wanted, strict=True)), (row, wanted)


many = st.lists(lead(), max_size=40).map(numbered)


@given(many)
@settings(max_examples=50, deadline=None)
def test_tables_are_those_of_the_plain_implementation(leads: list[dict[str, Any]]) -> None:
    scope, seen = scoped(leads), plain.known(leads, AS_OF)
    assert_rows(
        funnel(scope).frame,
        [
            "stage",
            "current",
            "open",
            "lost",
            "reached",
            "step_conversion",
            "decided_conversion",
            "from_start",
        ],
        plain.funnel(seen),
    )
    assert_rows(
        channels(scope).frame,
        [
            "channel",
            "leads",
            "open",
            "won",
            "lost",
            "conversion",
            "win_rate",
            "average_deal",
            "revenue",
            "revenue_per_lead",
        ],
        plain.channels(seen),
    )
    assert_rows(
        lost_reasons(scope).frame, ["reason", "leads", "share", "amount"], plain.lost_reasons(seen)
    )
    worklist = follow_ups(scope).frame
    worklist["due"] = worklist["due"].map(lambda day: day.date(), na_action="ignore")
    assert_rows(
        worklist, ["lead_id", "due", "days_overdue", "status"], plain.follow_ups(seen, AS_OF)
    )
    expected = plain.owners(seen, AS_OF)
    figures = ["leads", "open", "overdue", "pipeline", "won", "lost", "revenue"]
    table = owners(scope).frame
    assert_rows(table, figures, [expected[name] for name in table["owner"]])
    assert len(table) == len(expected)
    trend = trend_by_month(scope).frame
    months = plain.trend(seen, AS_OF)
    assert_rows(
        trend,
        ["new_leads", "won", "lost", "revenue"],
        [months.get(month, (0, 0, 0, 0.0)) for month in trend["period"]],
    )
    assert set(months) <= set(trend["period"])


@given(many)
@settings(max_examples=25, deadline=None)
def test_the_parts_add_up_to_the_whole(leads: list[dict[str, Any]]) -> None:
    scope = scoped(leads)
    total = overview(scope).frame.set_index("metric")["value"]
    assert total["open"] + total["won"] + total["lost"] == total["leads"]
    assert total["leads"] + overview(scope).left_out == len(leads)
    for frame in (channels(scope).frame, owners(scope).frame):
        for figure in ("leads", "open", "won", "lost"):
            assert frame[figure].sum() == total[figure]
        assert math.isclose(frame["revenue"].sum(), total["revenue"], abs_tol=1e-9)
    stages = funnel(scope)
    assert stages.frame["reached"].is_monotonic_decreasing
    assert stages.frame["reached"].iloc[0] + stages.left_out == total["leads"]
    months = funnel_by_month(scope)
    assert months.frame["leads"].sum() + months.left_out == total["leads"]


@given(many, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_rows_does_not_matter(
    leads: list[dict[str, Any]], chance: random.Random
) -> None:
    shuffled = leads.copy()
    chance.shuffle(shuffled)
    one, other = scoped(leads), scoped(shuffled)
    for table in (funnel, channels, lost_reasons, owners, trend_by_month, overview):
        left, right = table(one).frame, table(other).frame
        pd.testing.assert_frame_equal(left, right)


@given(many, st.sampled_from(["month", "quarter", "week"]), days)
@settings(max_examples=25, deadline=None)
def test_a_period_closes_what_lies_in_it(
    leads: list[dict[str, Any]], kind: Any, day: dt.date
) -> None:
    period = period_of(kind, day)
    as_of = min(AS_OF, period.end)
    scope = scope_of(leads_frame(leads), SETTINGS, as_of, period)
    value = overview(scope).frame.set_index("metric")["value"]
    seen = plain.known(leads, as_of)
    closed = [
        each
        for each in seen
        if (on := plain.close_day(each, as_of)) and period.start <= on <= period.end
    ]
    assert value["won"] == plain.counts(closed)["won"]
    assert value["lost"] == plain.counts(closed)["lost"]
    new = [
        each
        for each in seen
        if each["acquired_on"] and period.start <= each["acquired_on"] <= period.end
    ]
    assert value["new_leads"] == len(new)
