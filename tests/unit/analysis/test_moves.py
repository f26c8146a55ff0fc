"""Stage moves, time in stage and earlier states from the journal, counted by hand."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from xltrack.analysis.moves import stage_moves, stage_velocity
from xltrack.analysis.overview import overview
from xltrack.analysis.period import Period, parse_period
from xltrack.analysis.scope import Scope, scope_of
from xltrack.leads.journal import Journal
from xltrack.template import Settings


def _leads_frame() -> Any:
    spec = importlib.util.spec_from_file_location(
        "analysis_conftest_of_moves", Path(__file__).parent / "conftest.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["analysis_conftest_of_moves"] = module
    spec.loader.exec_module(module)
    return module.leads_frame


leads_frame = _leads_frame()
Leads = dict[str, dict[str, Any]]


def rows(leads: Leads) -> pd.DataFrame:
    frame: pd.DataFrame = leads_frame(
        [{"lead_id": name, "customer": name, **more} for name, more in leads.items()]
    )
    return frame


def scope_after(
    settings: Settings,
    *refreshes: tuple[dt.date, Leads],
    as_of: dt.date,
    period: Period | None = None,
) -> Scope:
    journal = Journal()
    for day, leads in refreshes:
        journal = journal.updated(rows(leads), settings, day)
    return scope_of(rows(refreshes[-1][1]), settings, as_of, period, journal)


def at(**stages: str) -> Leads:
    return {name: {"stage": stage} for name, stage in stages.items()}


MAY_1, MAY_6, MAY_13, JUNE_3 = (
    dt.date(2024, 5, 1),
    dt.date(2024, 5, 6),
    dt.date(2024, 5, 13),
    dt.date(2024, 6, 3),
)
HISTORY = (
    (MAY_1, at(A="初识", B="初识", C="方案对比")),
    (MAY_6, at(A="意向明确", B="方案对比", C="方案对比", D="初识")),
    (MAY_13, at(A="方案对比", B="方案对比", C="意向明确", D="意向明确")),
    (JUNE_3, at(A="方案对比", B="成交", C="意向明确", D="意向明确")),
)


def test_moves_of_each_month(settings: Settings) -> None:
    table = stage_moves(scope_after(settings, *HISTORY, as_of=dt.date(2024, 6, 30)))
    may = table.frame[table.frame["period"] == "2024-05"]
    # A and B stood at the first stage and left it; D was first seen there in the month
    assert may[["standing", "entered", "moved_on"]].values.tolist() == [
        [2, 0, 2],
        # A, B (passing), C (back), D came to the second; A and B went on
        [0, 4, 2],
        # C stood at the third and went back; A and B came
        [1, 2, 0],
        [0, 0, 0],
    ]
    assert may["conversion"].isna().tolist() == [True, False, False, True]
    assert may["conversion"].iloc[1] == 2 / 4
    assert may["advance_rate"].tolist()[:3] == [1.0, 0.5, 0.0]
    june = table.frame[table.frame["period"] == "2024-06"]
    assert june[["standing", "entered", "moved_on"]].values.tolist() == [
        [0, 0, 0],
        [2, 0, 0],
        [2, 0, 1],
        [0, 1, 1],
    ]


def test_a_range_of_days_is_one_period(settings: Settings) -> None:
    period = Period("range", dt.date(2024, 5, 6), dt.date(2024, 5, 12))
    table = stage_moves(scope_after(settings, *HISTORY, as_of=period.end, period=period))
    assert table.frame["period"].unique().tolist() == ["2024-05-06..2024-05-12"]
    assert table.frame["moved_on"].tolist() == [2, 1, 0, 0]


def test_time_in_each_stage(settings: Settings) -> None:
    frame: Any = stage_velocity(scope_after(settings, *HISTORY, as_of=dt.date(2024, 6, 30))).frame
    stays = frame.set_index("stage")[["leads", "median_days", "skipped", "moved_back"]]
    # A stayed 7 days at the second stage, B 28 at the third; C's first stay and D's first are
    # without a known day, the other stays last
    assert stays.loc["意向明确"].tolist() == [1, 7.0, 1, 0]
    assert stays.loc["方案对比"].tolist() == [1, 28.0, 0, 1]
    assert stays.loc["商务谈判", "skipped"] == 1
    assert stays["leads"].sum() == 2


def test_stalled_are_open_leads_beyond_the_limit(settings: Settings) -> None:
    def stalled(limit: int, day: dt.date) -> list[int]:
        stages = tuple(replace(stage, limit_days=limit) for stage in settings.stages)
        scope = scope_after(replace(settings, stages=stages), *HISTORY, as_of=day)
        found: list[int] = stage_velocity(scope).frame["stalled"].tolist()
        return found

    # C and D came to the second stage on 13 May, A to the third
    assert stalled(30, dt.date(2024, 6, 12)) == [0, 0, 0, 0, 0]
    assert stalled(30, dt.date(2024, 6, 13)) == [0, 2, 1, 0, 0]
    assert stalled(0, dt.date(2024, 12, 31)) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("table", [stage_moves, stage_velocity])
def test_before_there_is_history_there_are_columns_and_no_rows(
    settings: Settings, table: Any
) -> None:
    first = table(scope_after(settings, HISTORY[0], as_of=MAY_1))
    none = table(scope_of(rows(HISTORY[0][1]), settings, MAY_1))
    later = table(scope_after(settings, *HISTORY, as_of=JUNE_3))
    assert len(first.frame) == len(none.frame) == 0
    assert list(first.frame.columns) == list(later.frame.columns)
    assert (first.frame.dtypes == later.frame.dtypes).all()
    assert none.left_out == 3


def test_leads_that_are_not_in_the_journal_are_left_out(settings: Settings) -> None:
    journal = Journal().updated(rows(HISTORY[0][1]), settings, MAY_1)
    scope = scope_of(rows(HISTORY[1][1]), settings, MAY_6, None, journal)
    assert stage_moves(scope).left_out == 1


def figures(scope: Scope) -> Any:
    return overview(scope).frame.set_index("metric")


def test_figures_of_the_state_have_a_preceding_value_where_the_journal_covers_it(
    settings: Settings,
) -> None:
    before: Leads = {
        "A": {"stage": "初识", "amount": 5.0},
        "B": {"stage": "初识", "amount": 7.0},
        "C": {"stage": "成交", "amount": 9.0},
        "D": {"stage": "初识", "lost_reason": "价格过高", "amount": 1.0},
    }
    after = {name: dict(lead) for name, lead in before.items() if name != "B"}
    after["A"]["amount"] = 6.0
    after["E"] = {"stage": "初识", "amount": 2.0}
    refreshes = ((dt.date(2024, 4, 20), before), (MAY_6, after))
    may = parse_period("month", "2024-05")
    frame = figures(scope_after(settings, *refreshes, as_of=may.end, period=may))
    assert frame.loc["open", ["value", "previous"]].tolist() == [2, 2]
    assert frame.loc["pipeline", ["value", "previous", "change"]].tolist() == [8, 12, -4]
    # closed(1) = 2, won 1, minimum sample 10: (1 + 10 × 1/2) / (2 + 10)
    assert frame.loc["weighted_pipeline", "previous"] == pytest.approx(12 * 0.5)
    assert frame.loc["paused", "previous"] == 0
    assert frame.loc[["overdue", "not_contacted"], "previous"].isna().all()
    early = parse_period("month", "2024-04")
    frame = figures(scope_after(settings, *refreshes, as_of=early.end, period=early))
    assert frame.loc[["open", "paused", "pipeline"], "previous"].isna().all()


def test_what_was_open_before_is_what_an_overview_of_that_day_said(settings: Settings) -> None:
    day = dt.date(2024, 4, 30)
    then = figures(scope_of(rows(HISTORY[0][1]), settings, day))
    may = parse_period("month", "2024-05")
    shifted = ((day, HISTORY[0][1]), *HISTORY[1:])
    now = figures(scope_after(settings, *shifted, as_of=may.end, period=may))
    for metric in ("open", "paused", "pipeline"):
        assert now.loc[metric, "previous"] == then.loc[metric, "value"]
