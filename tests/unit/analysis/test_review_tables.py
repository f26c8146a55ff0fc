"""The tables that a review alone needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from xltrack.analysis.key_leads import key_leads
from xltrack.analysis.new_leads import first_contact, new_leads
from xltrack.analysis.period import parse_period
from xltrack.analysis.persona import customer_dimensions
from xltrack.analysis.persona_changes import persona_changes
from xltrack.analysis.plan_review import evidence_now, plan_review
from xltrack.analysis.scope import Scope
from xltrack.leads.journal import Journal
from xltrack.leads.plan import PlannedAction

Make = Callable[..., Scope]
MAY = parse_period("month", "2024-05")
NOTHING: dict[str, pd.DataFrame] = {}
NO_FRAMES = NOTHING.__getitem__


def lead(day: str, **fields: Any) -> dict[str, Any]:
    return {"acquired_on": dt.datetime.fromisoformat(day), "stage": "初识", **fields}


def test_new_leads_stand_beside_those_of_the_period_before(scope: Make) -> None:
    rows = [lead("2024-05-01", channel="转介绍"), lead("2024-05-31", channel="转介绍")]
    rows += [lead("2024-04-30", channel="官网注册"), lead("2024-03-31", channel="行业展会")]
    frame = new_leads(scope(rows, period=MAY)).frame
    assert frame["channel"].tolist() == ["转介绍", "官网注册"]
    assert frame["new_leads"].tolist() == [2, 0]
    assert frame["previous_leads"].tolist() == [0, 1]
    assert frame["change_leads"].tolist() == [2, -1]


def test_new_leads_without_a_period_have_nothing_before(scope: Make) -> None:
    frame = new_leads(scope([lead("2024-05-01")])).frame
    assert frame["channel"].tolist() == [None]
    assert frame["previous_leads"].isna().all()


def test_first_contact_counts_the_earliest_entry_of_the_log(scope: Make) -> None:
    rows = [
        lead("2024-05-02", owner="张三", latest_follow_up="2024-05-20 电话\n2024-05-03 电话"),
        lead("2024-05-02", owner="张三", latest_follow_up="2024-05-04 电话"),
        lead("2024-05-02", owner="张三"),
        lead("2024-05-31", owner="张三"),  # its limit is tomorrow
        lead("2024-05-02", owner="张三", latest_follow_up="2024-06-02 电话"),  # what was before?
    ]
    table = first_contact(scope(rows, period=MAY))
    row = table.frame.iloc[0]
    counts = row[["leads", "in_time", "contacted_later", "never_contacted"]].tolist()
    assert counts == [3, 1, 1, 1]
    assert row["in_time_rate"] == 1 / 3
    assert table.left_out == 1


def test_a_first_contact_needs_no_year(scope: Make) -> None:
    rows = [
        lead("2024-05-02", owner="张三", latest_follow_up="5月3日 电话"),
        lead("2024-05-02", owner="张三", latest_follow_up="5月20日 再议\n5月3日 电话"),
    ]
    row = first_contact(scope(rows, period=MAY)).frame.iloc[0]
    assert row[["leads", "in_time"]].tolist() == [2, 2]


def test_key_leads_are_the_largest_the_urgent_and_the_late(scope: Make) -> None:
    rows = [lead("2024-05-01", lead_id=f"A{n}", amount=float(n), priority="中") for n in range(9)]
    rows[0] |= {"priority": "高"}
    rows[1] |= {"expected_close": dt.datetime(2024, 5, 30)}
    rows += [lead("2024-05-01", lead_id="P", amount=99.0, stage="成交")]
    frame = key_leads(scope(rows)).frame
    assert frame["lead_id"].tolist() == ["A8", "A7", "A6", "A5", "A4", "A1", "A0"]
    assert frame["why"].tolist() == [*["largest"] * 5, "close_passed", "high_priority"]


def test_key_leads_tell_which_close_date_slipped(scope: Make) -> None:
    rows = [
        lead("2024-05-01", lead_id=f"A{n}", customer=f"C{n}", amount=float(n)) for n in range(7)
    ]
    rows[0] |= {"expected_close": dt.datetime(2024, 6, 10)}
    before = scope(rows)
    journal = Journal().updated(before.leads, before.settings, dt.date(2024, 5, 10))
    rows[0] |= {"expected_close": dt.datetime(2024, 6, 30)}
    after = scope(rows)
    journal = journal.updated(after.leads, after.settings, dt.date(2024, 5, 20))
    frame = key_leads(replace(after, journal=journal)).frame
    assert frame["lead_id"].tolist()[-1] == "A0"
    assert frame["why"].tolist()[-1] == "slipped"


def test_large_wins_of_a_period_stand_beside_those_known_a_quarter_before(scope: Make) -> None:
    won = {"stage": "成交", "amount": 5.0}
    rows = [
        lead("2023-04-10", **won, industry="制造", closed_on=dt.datetime(2024, 1, 8)),
        lead("2024-05-10", **won, industry="教育", closed_on=dt.datetime(2024, 5, 20)),
    ]
    looked_at = scope(rows, period=MAY)
    changes = persona_changes(looked_at, customer_dimensions(looked_at, {}), {}).frame
    row = changes[changes["dimension"] == "industry"]
    figures = ["value", "n", "previous_value", "previous_n", "changed"]
    assert row[figures].to_numpy().tolist() == [["教育", 1, "制造", 1, True]]


def test_an_older_plan_gives_the_figure_before(scope: Make) -> None:
    old = PlannedAction("own:培训", "培训", "三场", noted_on=dt.date(2024, 4, 30))
    new = PlannedAction("own:培训", "培训", "三场", noted_on=dt.date(2024, 5, 31))
    looked_at = scope([lead("2024-05-01")], period=MAY)
    before = [
        plan_review(looked_at, NO_FRAMES, False, [plan]).frame["evidence_before"].iloc[0]
        for plan in (old, new)
    ]
    assert before == ["三场", None]


def test_what_the_team_has_in_hand_comes_first(scope: Make) -> None:
    plan = [PlannedAction("data:V101", "数据"), PlannedAction("own:培训", "培训", status="done")]
    frame = plan_review(scope([lead("2024-05-01")]), NO_FRAMES, False, plan).frame
    assert frame["problem_id"].tolist() == ["own:培训", "data:V101"]
    assert frame["in_hand"].tolist() == [True, False]
    assert frame["status"].tolist() == ["done", "not_started"]


def test_a_reason_outside_the_top_three_still_has_its_figure() -> None:
    reasons = pd.DataFrame(
        {
            "reason": list("abcd"),
            "leads": [4, 3, 2, 1],
            "share": [0.4, 0.3, 0.2, 0.1],
            "amount": [4.0, 3.0, 2.0, 1.0],
        }
    )
    found = evidence_now("lost_reason", "d", {"lost_reasons": reasons}.__getitem__, True)
    assert found == {"leads": 1, "share": 0.1, "amount": 1.0}
    gone = evidence_now("lost_reason", "e", {"lost_reasons": reasons}.__getitem__, True)
    assert gone == {"leads": 0, "share": 0.0, "amount": 0.0}


def test_data_errors_are_unknown_where_nothing_was_checked() -> None:
    quality = pd.DataFrame({"code": ["V101"], "findings": [3], "leads": [2]})
    frames = {"data_quality": quality}.__getitem__
    assert evidence_now("data", "V101", frames, True) == {"findings": 3, "leads": 2}
    assert evidence_now("data", "V102", frames, True) == {"findings": 0, "leads": 0}
    assert evidence_now("data", "V102", frames, False) is None


def test_the_period_after() -> None:
    following = [
        parse_period("week", "2024-W52").following().label,
        parse_period("month", "2024-12").following().label,
        parse_period("quarter", "2024-Q4").following().label,
    ]
    assert following == ["2025-W01", "2025-01", "2025-Q1"]
