"""The action plan: which problems are in it, in which order, and what the team typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from xltrack.analysis import TABLES
from xltrack.analysis.actions import actions
from xltrack.analysis.quality import data_quality
from xltrack.analysis.scope import Scope
from xltrack.findings import Finding
from xltrack.leads.plan import PlannedAction
from xltrack.template import Settings
from xltrack.template.settings import Owner, Target

MakeScope = Callable[..., Scope]


def plan_of(
    scope: Scope, findings: Sequence[Finding] | None = None, plan: Sequence[PlannedAction] = ()
) -> pd.DataFrame:
    def frames(name: str) -> pd.DataFrame:
        if name == "data_quality":
            return data_quality(scope, findings).frame
        return TABLES[name](scope).frame

    return actions(scope, frames, findings, plan).frame


def lost(number: int, reason: str, **more: Any) -> dict[str, Any]:
    return {
        "lead_id": f"LX2024010{number:02d}",
        "customer": f"客户{number}",
        "stage": "意向明确",
        "lost_reason": reason,
        "acquired_on": dt.date(2024, 1, 5),
        "closed_on": dt.date(2024, 2, 5),
        "owner": "甲",
        **more,
    }


def open_lead(number: int, owner: str, contacted: dt.date) -> dict[str, Any]:
    return {
        "lead_id": f"LX2024020{number:02d}",
        "customer": f"在跟{number}",
        "stage": "初识",
        "priority": "高",
        "owner": owner,
        "acquired_on": dt.date(2024, 2, 5),
        "latest_follow_up": f"{contacted}:电话",
    }


def test_each_of_the_top_three_reasons_is_a_problem_with_the_measure_of_settings(
    scope: MakeScope,
) -> None:
    reasons = ["价格过高"] * 4 + ["失去联系"] * 3 + ["需求变更"] * 2 + ["预算取消"]
    frame = plan_of(scope([lost(n, reason) for n, reason in enumerate(reasons)]))
    rows = frame.set_index("problem_id")
    assert [key for key in rows.index if key.startswith("lost_reason:")] == [
        "lost_reason:价格过高",
        "lost_reason:失去联系",
        "lost_reason:需求变更",
    ]
    first = rows.loc["lost_reason:价格过高"]
    assert first["evidence"] == {
        "leads": 4,
        "share": 0.4,
        "amount": 0.0,
        "main_stage": "意向明确",
    }
    assert "分期" in first["measure"]
    assert first["status"] == "not_started"
    assert first["owner"] is None


def test_an_owner_is_a_problem_only_above_the_share_of_the_team(scope: MakeScope) -> None:
    late, fresh = dt.date(2024, 4, 1), dt.date(2024, 5, 31)
    rows = [open_lead(n, "甲", late) for n in range(2)]
    rows += [open_lead(n + 10, "乙", late if n == 0 else fresh) for n in range(4)]
    frame = plan_of(scope(rows)).set_index("problem_id")
    assert "overdue:甲" in frame.index  # 2 of 2; the team 3 of 6; the other 1 of 4
    assert "overdue:乙" not in frame.index
    assert frame.loc["overdue:甲", "evidence"] == {"overdue": 2, "open": 2, "share": 1.0}
    assert frame.loc["overdue:甲", "owner"] == "甲"


def test_a_missed_target_of_the_last_month_that_is_over_is_a_problem(
    scope: MakeScope, settings: Settings
) -> None:
    targets = (
        Target("2024-03", "", 10.0),
        Target("2024-04", "", 20.0),
        Target("2024-05", "", 30.0),
    )
    won = lost(1, "", stage="成交", amount=5.0, closed_on=dt.date(2024, 4, 9))
    base = replace(settings, targets=targets)
    frame = plan_of(scope([won], as_of=dt.date(2024, 5, 20), base=base)).set_index("problem_id")
    assert [key for key in frame.index if key.startswith("target:")] == ["target:2024-04"]
    assert frame.loc["target:2024-04", "evidence"] == {
        "target": 20.0,
        "revenue": 5.0,
        "attainment": 0.25,
        "gap": 15.0,
    }


def test_data_errors_count_and_warnings_do_not(scope: MakeScope) -> None:
    findings = [
        Finding("V103", "a.xlsx", "线索跟踪表", "A2", lead_id="LX202401001"),
        Finding("V103", "a.xlsx", "线索跟踪表", "A3", lead_id="LX202401001"),
        Finding("V121", "a.xlsx", "线索跟踪表", "K2", lead_id="LX202401001"),
    ]
    frame = plan_of(scope([lost(1, "价格过高")]), findings).set_index("problem_id")
    assert [key for key in frame.index if key.startswith("data:")] == ["data:V103"]
    assert frame.loc["data:V103", "evidence"] == {"findings": 2, "leads": 2}


def test_what_the_team_typed_stays_with_its_problem(scope: MakeScope) -> None:
    planned = PlannedAction(
        "lost_reason:价格过高",
        "未成交主因",
        measure="谈分期",
        owner="乙",
        deadline=dt.date(2024, 6, 30),
        status="in_progress",
    )
    frame = plan_of(scope([lost(1, "价格过高")]), plan=[planned]).set_index("problem_id")
    row = frame.loc["lost_reason:价格过高"]
    assert [row[key] for key in ("measure", "owner", "deadline", "status")] == [
        "谈分期",
        "乙",
        dt.date(2024, 6, 30),
        "in_progress",
    ]


def test_rows_with_something_typed_outlive_their_problem_and_others_do_not(
    scope: MakeScope,
) -> None:
    plan = [
        PlannedAction("lost_reason:失去联系", "未成交主因", status="done"),
        PlannedAction("lost_reason:需求变更", "未成交主因"),
        PlannedAction("own:换CRM", "换CRM", evidence="老系统太慢", owner="丙"),
    ]
    frame = plan_of(scope([lost(1, "价格过高")]), plan=plan).set_index("problem_id")
    assert "lost_reason:需求变更" not in frame.index
    assert frame.index[-2:].tolist() == ["lost_reason:失去联系", "own:换CRM"]
    assert frame.loc["lost_reason:失去联系", "evidence"] is None
    assert frame.loc["own:换CRM", "evidence"] == "老系统太慢"


def test_at_most_ten_problems_and_the_worst_of_each_kind_first(
    scope: MakeScope, settings: Settings
) -> None:
    people = [f"人{n:02d}" for n in range(15)]
    late = dt.date(2024, 3, 1)
    rows = [open_lead(n, person, late) for n, person in enumerate(people)]
    rows += [lost(n + 50, "价格过高") for n in range(3)]
    base = replace(settings, owners=tuple(Owner(person) for person in people))
    frame = plan_of(scope(rows, base=base))
    assert len(frame) == 10
    assert frame["problem"].tolist() == ["lost_reason"] + ["overdue"] * 9


def test_quality_counts_findings_and_different_leads(scope: MakeScope) -> None:
    findings = [
        Finding("V121", "a.xlsx", "表", "K2", lead_id="L1"),
        Finding("V121", "a.xlsx", "表", "O2", lead_id="L1"),
        Finding("F005", "a.xlsx", "表", "B1"),
        Finding("V103", "a.xlsx", "表", "A3", lead_id="L2"),
    ]
    table = data_quality(scope([lost(1, ""), lost(2, "")]), findings).frame
    assert table.to_dict("split")["data"] == [
        ["V103", "error", 1, 1, 0.5],
        ["V121", "warning", 2, 1, 0.5],
        ["F005", "warning", 1, 0, 0.0],
    ]


def test_quality_without_findings_is_empty(scope: MakeScope) -> None:
    assert data_quality(scope([lost(1, "")]), None).frame.empty


def crossed(scope: Scope, table: str) -> pd.DataFrame:
    return TABLES[table](scope, lambda other: TABLES[other](scope).frame).frame


def test_reasons_cross_stages_and_channels(scope: MakeScope) -> None:
    rows = [
        lost(1, "价格过高", channel="转介绍"),
        lost(2, "价格过高", channel="官网注册", stage="方案对比"),
        lost(3, "失去联系", channel="转介绍"),
    ]
    by_stage = crossed(scope(rows), "lost_reasons_by_stage")
    assert by_stage.to_dict("list") == {
        "reason": ["价格过高", "失去联系"],
        "leads:意向明确": [1, 1],
        "leads:方案对比": [1, 0],
    }
    by_channel = crossed(scope(rows), "lost_reasons_by_channel")
    assert by_channel.to_dict("list") == {
        "reason": ["价格过高", "失去联系"],
        "leads:官网注册": [1, 0],
        "leads:转介绍": [1, 1],
    }


def test_nothing_lost_crosses_nothing(scope: MakeScope) -> None:
    frame = crossed(scope([open_lead(1, "甲", dt.date(2024, 5, 1))]), "lost_reasons_by_stage")
    assert frame.empty
    assert frame.columns.tolist() == ["reason"]
