"""The journal against a second implementation, and the laws that hold for any history."""

from __future__ import annotations

import datetime as dt
import importlib.util
import math
import random
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xltrack.analysis.moves import stage_moves, stage_velocity
from xltrack.analysis.period import parse_period, period_of
from xltrack.analysis.scope import Scope, scope_of
from xltrack.leads.identity import normalised_customer
from xltrack.leads.journal import Journal
from xltrack.leads.journal_bounds import compacted
from xltrack.leads.journal_keys import customers_of, keys_of
from xltrack.leads.journal_parse import decoded
from xltrack.leads.journal_text import encoded
from xltrack.leads.journal_union import union
from xltrack.template import Stage, default_settings, load_template
from xltrack.text import fold


def _beside(path: str, name: str) -> ModuleType:
    """A module of the tests by its file, since folders of tests are not packages."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where its dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


plain = _beside("plain_moves.py", "plain_moves")
leads_frame = _beside("../unit/analysis/conftest.py", "analysis_conftest_of_journal").leads_frame

BEGIN = dt.date(2024, 3, 20)
LIMITS = {"初识": 5, "方案对比": 10}
SUFFIXES = tuple(load_template().customer.suffixes)
DEFAULT = default_settings(load_template(), "zh")
SETTINGS = replace(
    DEFAULT,
    stages=(
        *(replace(stage, limit_days=LIMITS.get(stage.name, 0)) for stage in DEFAULT.funnel),
        Stage("暂缓", "paused"),
        Stage("放弃", "lost"),
    ),
)
plain.LIMITS.update(LIMITS)
NAMES = [f"A{number}" for number in range(6)]
stages = st.sampled_from([*plain.STAGES, *plain.STAGES, "暂缓", "放弃", "谈恋爱", None])
snapshots = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(stages, st.sampled_from([False, False, True]))
)
Refresh = tuple[dt.date, dict[str, tuple[str | None, bool]]]


@st.composite
def histories(draw: st.DrawFn) -> list[Refresh]:
    day, refreshes = BEGIN, []
    for _ in range(draw(st.integers(1, 9))):
        leads = draw(snapshots)
        # an unknown stage at first sight is no stage
        refreshes.append((day, leads))
        day += dt.timedelta(days=draw(st.sampled_from([0, 1, 4, 9, 16])))
    return refreshes


def frame_of(leads: dict[str, tuple[str | None, bool]], shuffle: int = 0) -> pd.DataFrame:
    rows = [
        {
            "lead_id": name,
            "customer": f"客户{name}有限公司",
            "stage": stage,
            "lost_reason": "价格过高" if lost else None,
            "phone": "13812345678",
        }
        for name, (stage, lost) in leads.items()
    ]
    random.Random(shuffle).shuffle(rows)  # noqa: S311 (no secret)
    frame: pd.DataFrame = leads_frame(rows)
    return frame


def replayed(refreshes: list[Refresh], shuffle: int = 0, journal: Journal | None = None) -> Journal:
    journal = journal or Journal(suffixes=SUFFIXES)
    for day, leads in refreshes:
        journal = journal.updated(frame_of(leads, shuffle), SETTINGS, day)
    return journal


def scope_after(refreshes: list[Refresh], as_of: dt.date, **more: Any) -> Scope:
    return scope_of(
        frame_of(refreshes[-1][1]), SETTINGS, as_of, journal=replayed(refreshes), **more
    )


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) or isinstance(right, float):
        both = math.isnan(left) and math.isnan(right)
        return both or math.isclose(left, right, abs_tol=1e-9)
    return bool(left == right)


def assert_rows(frame: pd.DataFrame, expected: list[tuple[Any, ...]]) -> None:
    rows = frame.to_dict("split")["data"]
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        assert all(same(*pair) for pair in zip(row, wanted, strict=True)), (row, wanted)


def known(refreshes: list[Refresh]) -> list[Refresh]:
    """As the plain implementation takes it: a stage that Settings does not have is none."""
    listed = {*plain.STAGES, *plain.SIDE}
    return [
        (day, {n: (s if s in listed else None, lost) for n, (s, lost) in leads.items()})
        for day, leads in refreshes
    ]


@given(histories(), st.integers(1, 80))
@settings(max_examples=50, deadline=None)
def test_moves_by_month_are_those_of_the_plain_implementation(
    refreshes: list[Refresh], days: int
) -> None:
    as_of = max(BEGIN + dt.timedelta(days=days), refreshes[-1][0])
    months, day = [], BEGIN.replace(day=1)
    while day <= as_of:
        month = period_of("month", day)
        months.append((month.label, month.start, month.end))
        day = month.end + dt.timedelta(days=1)
    expected = plain.stage_moves(known(refreshes), months, as_of) if as_of > BEGIN else []
    assert_rows(stage_moves(scope_after(refreshes, as_of)).frame, expected)


@given(histories())
@settings(max_examples=30, deadline=None)
def test_moves_by_week_are_those_of_the_plain_implementation(refreshes: list[Refresh]) -> None:
    period = parse_period("week", "2024-W18")
    scope = scope_after(refreshes, period.end, period=period)
    weeks, day = [], BEGIN
    while day <= period.end:
        week = period_of("week", day)
        weeks.append((f"{week.start}", week.start, week.end))
        day = week.end + dt.timedelta(days=1)
    assert_rows(stage_moves(scope).frame, plain.stage_moves(known(refreshes), weeks, period.end))


@given(histories(), st.integers(0, 40))
@settings(max_examples=50, deadline=None)
def test_velocity_is_that_of_the_plain_implementation(refreshes: list[Refresh], days: int) -> None:
    as_of = refreshes[-1][0] + dt.timedelta(days=days)
    expected = plain.stage_velocity(known(refreshes), as_of) if as_of > BEGIN else []
    assert_rows(stage_velocity(scope_after(refreshes, as_of)).frame, expected)


@given(histories(), st.integers(1, 99))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_does_not_matter(refreshes: list[Refresh], shuffle: int) -> None:
    assert encoded(replayed(refreshes)) == encoded(replayed(refreshes, shuffle))


@given(histories())
@settings(max_examples=50, deadline=None)
def test_a_refresh_without_a_change_leaves_the_journal_itself(refreshes: list[Refresh]) -> None:
    journal = replayed(refreshes)
    day = refreshes[-1][0] + dt.timedelta(days=30)
    assert journal.updated(frame_of(refreshes[-1][1], 7), SETTINGS, day) is journal


@given(histories())
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_back(refreshes: list[Refresh]) -> None:
    journal = replayed(refreshes)
    again = decoded(encoded(journal), SUFFIXES)
    assert again.skipped == 0
    assert encoded(again) == encoded(journal)
    pd.testing.assert_frame_equal(again.changes, journal.changes)
    day = refreshes[-1][0]
    assert again.updated(frame_of(refreshes[-1][1]), SETTINGS, day) is again


copies = st.builds(
    lambda start, one: replayed(one, journal=replayed(start)),
    st.just([(BEGIN, {"A0": ("初识", False), "A1": ("意向明确", False)})]),
    histories(),
)


@given(copies, copies, copies)
@settings(max_examples=40, deadline=None)
def test_the_union_of_copies_is_one_whatever_the_order(
    one: Journal, two: Journal, three: Journal
) -> None:
    assert encoded(union([one, one])) == encoded(one)
    assert encoded(union([one, two])) == encoded(union([two, one]))
    left = union([union([one, two]), three])
    assert encoded(left) == encoded(union([one, union([two, three])]))
    assert encoded(left) == encoded(union([one, two, three]))


@given(histories(), histories())
@settings(max_examples=50, deadline=None)
def test_the_union_with_an_earlier_copy_is_the_later_one(
    earlier: list[Refresh], more: list[Refresh]
) -> None:
    first = replayed(earlier)
    shift = refreshes_after(more, earlier[-1][0])
    later = replayed(shift, journal=first)
    assert encoded(union([first, later])) == encoded(later)


def refreshes_after(refreshes: list[Refresh], day: dt.date) -> list[Refresh]:
    moved = day - BEGIN + dt.timedelta(days=1)
    return [(each + moved, leads) for each, leads in refreshes]


@given(histories(), st.integers(0, 12))
@settings(max_examples=50, deadline=None)
def test_compacting_keeps_the_count_of_all_changes(refreshes: list[Refresh], most: int) -> None:
    journal = replayed(refreshes)
    small = compacted(journal, most)
    assert len(small.changes) <= most
    assert len(small.changes) + small.counts["changes"].sum() == len(journal.changes)
    if small.compacted_to is not None:
        assert (small.changes["day"] > pd.Timestamp(small.compacted_to)).all()
    assert encoded(decoded(encoded(small), SUFFIXES)) == encoded(small)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_customers_by_column_are_those_one_by_one(names: list[str]) -> None:
    import pyarrow as pa

    names = [name.encode("utf-8", "replace").decode() for name in names]
    column = customers_of(pa.array(names, type=pa.large_string()), SUFFIXES)
    assert column.to_pylist() == [normalised_customer(name, SUFFIXES) for name in names]
    ids = keys_of(pd.DataFrame({"lead_id": names, "customer": names}), SUFFIXES).lead_id
    assert ids.to_pylist() == [fold(name) for name in names]


pieces = st.sampled_from(
    [
        "有限公司",
        "公司",
        "集团",
        "Co., Ltd.",
        "LTD",
        "星辰",
        "\uff08北京\uff09",
        " ",
        "\u3000",
        "A",
        "é",
    ]
)


@given(st.lists(st.lists(pieces, max_size=5).map("".join), min_size=1, max_size=10))
@settings(max_examples=100, deadline=None)
def test_names_of_companies_by_column_are_those_one_by_one(names: list[str]) -> None:
    import pyarrow as pa

    column = customers_of(pa.array(names, type=pa.large_string()), SUFFIXES)
    assert column.to_pylist() == [normalised_customer(name, SUFFIXES) for name in names]


@given(st.lists(st.text(max_size=40), max_size=5), histories())
@settings(max_examples=40, deadline=None)
def test_no_text_in_the_sheet_breaks_reading(hostile: list[str], refreshes: list[Refresh]) -> None:
    cells = encoded(replayed(refreshes))
    cut = [cell[: len(cell) // 2] for cell in cells]
    for texts in ([*cells, *hostile], [*cut, *hostile], [f"L~{t}" for t in hostile] + cells):
        journal = decoded([text.encode("utf-8", "replace").decode() for text in texts], SUFFIXES)
        journal.updated(frame_of(refreshes[-1][1]), SETTINGS, refreshes[-1][0])
