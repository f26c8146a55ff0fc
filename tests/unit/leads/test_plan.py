"""The action plan read back from its sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from xltrack.leads.plan import PlannedAction, read_plan
from xltrack.template import load_labels

ZH = ["问题", "数据依据", "改进措施", "负责人", "完成期限", "状态", "问题编号", "建议措施"]
EN = ["Problem", "Evidence", "Measure", "Owner", "Deadline", "Status", "Problem ID"]
EN = [*EN, "Proposed measure"]


def sheet(header: Sequence[str], *rows: Sequence[str | float]) -> dict[int, dict[int, str | float]]:
    """Cells of a plan with its heading above; empty texts are no cells."""
    lines: list[Sequence[str | float]] = [["行动改进计划"], [], [], header, *rows]
    return {
        number: {column: value for column, value in enumerate(line, start=1) if value != ""}
        for number, line in enumerate(lines, start=1)
        if line
    }


@pytest.mark.parametrize("header", [ZH, EN], ids=["zh", "en"])
def test_what_was_typed_is_read_in_either_language(header: list[str]) -> None:
    row: list[str | float] = [
        "价格",
        "3 条",
        "谈分期",
        "张三",
        45473.0,
        "进行中",
        "lost_reason:价格过高",
        "分级报价",
    ]
    assert read_plan(sheet(header, row), load_labels()) == (
        PlannedAction(
            "lost_reason:价格过高",
            "价格",
            "3 条",
            "谈分期",
            "张三",
            dt.date(2024, 6, 30),
            "in_progress",
        ),
    )


def test_what_stands_as_proposed_is_not_typed() -> None:
    row = ["张三超期", "", "补跟进", "张三", "", "未开始", "overdue:张三", "补跟进"]
    (action,) = read_plan(sheet(ZH, row), load_labels())
    assert action == PlannedAction("overdue:张三", "张三超期")
    assert not action.typed


def test_a_deadline_in_words_and_a_status_of_ones_own_stay_as_typed() -> None:
    row = ["价格", "", "", "", "月底前", "等客户", "lost_reason:价格过高", ""]
    (action,) = read_plan(sheet(ZH, row), load_labels())
    assert (action.deadline, action.status) == ("月底前", "等客户")


def test_a_problem_added_below_is_the_teams_own() -> None:
    note = ["由 xltrack 生成"]
    row = ["老系统太慢", "客户反馈", "换CRM", "李四", "", "", "", ""]
    (action,) = read_plan(sheet(ZH, [*note], [*row]), load_labels())
    assert action == PlannedAction("own:老系统太慢", "老系统太慢", "客户反馈", "换CRM", "李四")
    assert action.own


def test_a_copied_row_is_kept_as_one_of_its_own() -> None:
    first = ["价格", "", "谈分期", "", "", "", "lost_reason:价格过高", ""]
    copied = ["价格", "", "送培训", "", "", "", "lost_reason:价格过高", ""]
    plan = read_plan(sheet(ZH, [*first], [*copied]), load_labels())
    assert [(each.problem_id, each.measure) for each in plan] == [
        ("lost_reason:价格过高", "谈分期"),
        ("own:价格", "送培训"),
    ]


def test_columns_may_be_moved() -> None:
    order = [6, 0, 2, 5, 3, 4, 1, 7]
    row = ["价格", "", "谈分期", "张三", "", "已完成", "lost_reason:价格过高", ""]
    moved = sheet([ZH[n] for n in order], [row[n] for n in order])
    (action,) = read_plan(moved, load_labels())
    assert (action.problem_id, action.owner, action.status) == (
        "lost_reason:价格过高",
        "张三",
        "done",
    )


@pytest.mark.parametrize("cells", [{}, {1: {1: "问题"}}, sheet(["问题", "状态"], ["a", "b"])])
def test_a_sheet_without_the_header_of_a_plan_holds_none(
    cells: dict[int, dict[int, str | float]],
) -> None:
    assert read_plan(cells, load_labels()) == ()


def test_an_impossible_day_stays_a_number() -> None:
    row: list[str | float] = ["价格", "", "", "", 9e9, "", "lost_reason:价格过高", ""]
    (action,) = read_plan(sheet(ZH, row), load_labels())
    assert action.deadline == "9e+09"
