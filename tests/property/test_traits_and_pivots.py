"""Traits and pivots against a second implementation, and the laws they keep."""

from __future__ import annotations

import datetime as dt
import importlib.util
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xltrack.analysis import analyze_book
from xltrack.analysis.persona import customer_dimensions, persona, persona_summary
from xltrack.analysis.persona_changes import persona_changes
from xltrack.analysis.pivots import pivot
from xltrack.analysis.scope import Scope, scope_of
from xltrack.leads import merge_books
from xltrack.leads.book import LeadBook
from xltrack.template import default_settings, load_template
from xltrack.template.settings import Pivot


def _beside(path: str, name: str) -> ModuleType:
    """A module of the tests by its file, since folders of tests are not packages."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


plain = _beside("plain_persona.py", "plain_persona")
leads_frame = _beside("../unit/analysis/conftest.py", "analysis_conftest").leads_frame
same = _beside("test_analysis.py", "analysis_properties").same

AS_OF = dt.date(2024, 5, 31)
SETTINGS = default_settings(load_template(), "zh")
OWN = {"客户等级": False, "拜访次数": False}
some = st.sampled_from
Leads = list[dict[str, Any]]


@st.composite
def lead(draw: st.DrawFn) -> dict[str, Any]:
    """A lead with every dimension now and then."""
    money = st.none() | st.integers(0, 480).map(lambda n: n / 4)
    return {
        "stage": draw(some([*plain.STAGES, "成交", "成交", "谈恋爱", None])),
        "channel": draw(some(["官网注册", "官网", "行业展会:广交会", "展会", "转介绍", None])),
        "priority": draw(some(["高", "中", "低", "急", None])),
        "amount": draw(money),
        "closed_on": draw(st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2024, 5, 31))),
        "acquired_on": draw(st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2024, 5, 31))),
        "customer": draw(some(["青屿制造厂", "云帆科技", "第一医院物流站", "实验学校", None])),
        "contact": draw(some(["王总", "李采购经理", "周副总经理", "高IT主管", None])),
        "need": draw(
            some(["预算30万", "预算5-8万", "预算约9000元", "30台电脑", "预算有限,要30万台", None])
        ),
        "region": draw(some(["华东", "华南", "—", None])),
        "company_size": draw(some(["49", "50-200人", "1000", "大型", None])),
        "decision_chain": draw(st.none() | st.integers(1, 4)),
        "客户等级": draw(some(["A", "B", "无", None])),
        "拜访次数": draw(st.none() | st.integers(0, 60)),
    }


@st.composite
def many(draw: st.DrawFn) -> Leads:
    """Leads whose optional columns are filled for some, or empty for all."""
    leads = draw(st.lists(lead(), max_size=40))
    filled = {
        "industry": some(["制造业", "教育", None]),
        "decision_maker": some(["采购", "老板", None]),
        "budget": st.none() | st.integers(0, 480).map(lambda n: n / 4),
    }
    for column, values in filled.items():
        used = draw(st.booleans())
        for each in leads:
            each[column] = draw(values) if used else None
    return [{**each, "lead_id": f"A{number:03d}"} for number, each in enumerate(leads)]


def scoped(leads: Leads) -> Scope:
    frame = leads_frame([*leads, blank])
    return scope_of(frame.iloc[:-1], SETTINGS, AS_OF)


blank = {"客户等级": "A", "拜访次数": 1}  # gives the team's own columns their types


def assert_rows(frame: pd.DataFrame, expected: list[tuple[Any, ...]]) -> None:
    rows = frame.to_dict("split")["data"]
    assert len(rows) == len(expected), (rows, expected)
    for row, wanted in zip(rows, expected, strict=True):
        assert all(same(*pair) for pair in zip(row, wanted, strict=True)), (row, wanted)


@given(many())
@settings(max_examples=40, deadline=None)
def test_traits_are_those_of_the_plain_implementation(leads: Leads) -> None:
    scope = scoped(leads)
    compared = customer_dimensions(scope, OWN)
    assert [each.id for each in compared] == plain.compared(leads)
    assert_rows(persona(scope, compared).frame, plain.persona(leads))
    assert_rows(persona_summary(scope, compared).frame, plain.persona_summary(leads))
    changes = plain.persona_changes(leads, dt.date(2024, 3, 31))
    assert_rows(persona_changes(scope, compared, OWN).frame, changes)


columns = some(
    ["region", "channel", "stage", "priority", "acquired_on", "amount", "industry", *OWN]
)
pivots = st.builds(
    Pivot,
    title=st.just("透视"),
    rows=columns,
    columns=some([""]) | columns,
    value=some(["amount", "拜访次数"]),
    aggregate=some(["count", "sum", "mean", "median", "won", "conversion"]),
)


@given(many(), pivots)
@settings(max_examples=60, deadline=None)
def test_pivots_are_those_of_the_plain_implementation(leads: Leads, wanted: Pivot) -> None:
    frame = pivot(scoped(leads), wanted, OWN).frame
    kind, value = wanted.aggregate, wanted.value
    heads, rows = plain.pivot(leads, wanted.rows, wanted.columns, value, kind)
    if kind == "conversion" and not wanted.columns:
        for count in ("won", "leads"):
            _, counts = plain.pivot(
                leads, wanted.rows, "", "", "won" if count == "won" else "count"
            )
            rows = [(row[0], one[1], *row[1:]) for row, one in zip(rows, counts, strict=True)]
        heads = ["leads", "won", kind]
    assert list(frame.columns) == [f"row:{wanted.rows}", *heads]
    assert_rows(frame, rows)


def tables(book: LeadBook) -> dict[str, pd.DataFrame]:
    wanted = [
        Pivot("区域", "region", "stage", "amount", "mean"),
        Pivot("等级", "客户等级", "", "", "转化率"),
    ]
    analysis = analyze_book(book, as_of=AS_OF, pivots=wanted)
    places = ["file", "sheet", "row"]
    return {name: frame.drop(columns=places, errors="ignore") for name, frame in analysis.items()}


def book_of(leads: Leads) -> LeadBook:
    frame = leads_frame([*leads, blank]).iloc[:-1]
    return LeadBook(frame, OWN, "zh", SETTINGS, (), ())


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    assert one.keys() == other.keys()
    for name, frame in one.items():
        pd.testing.assert_frame_equal(frame, other[name], check_dtype=False, obj=name)


@given(many(), st.integers(0, 40))
@settings(max_examples=10, deadline=None)
def test_a_book_split_and_merged_says_the_same(leads: Leads, at: int) -> None:
    parts = [book_of(leads[:at]), book_of(leads[at:])]
    assert_same(tables(merge_books(parts)), tables(book_of(leads)))


@given(many(), st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_rows_decides_nothing(leads: Leads, chance: random.Random) -> None:
    shuffled = leads.copy()
    chance.shuffle(shuffled)
    assert_same(tables(book_of(shuffled)), tables(book_of(leads)))
