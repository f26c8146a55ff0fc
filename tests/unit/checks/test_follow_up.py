"""Follow-up logs and cadences."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

D = dt.date
LOG = "latest_follow_up"


def log(one: Any, text: str, **fields: Any) -> list[str]:
    """The codes about the log of a lead."""
    return [code for code, _, field in one(**{LOG: text, **fields}) if field == LOG]


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-30 14:30 电话:对产品A感兴趣;下一步:发送对比表",
        "2024/5/30 微信:已发资料;下一步:预约演示",
        "2024年5月30日 面谈:确认需求;下一步:报价",
        "20240530 电话:在比较;下一步:回访",
        "5月30日 电话:在比较;下一步:回访",
        "2024-05-30 电话:在比较\n他说预算够;下一步:回访",
        "2024-05-30 电话:在比较;下一步:回访\n2024-05-20 微信:首次联系",
        "2024-05-10:客户要求6月15日前提供最终报价;电话",
    ],
)
def test_readable_logs(one: Any, text: str) -> None:
    assert log(one, text, next_follow_up=D(2024, 6, 3)) == []


@pytest.mark.parametrize(
    "text",
    ["客户感兴趣", "昨天打过电话,下周再联系", "2024-02-30 电话:在比较;下一步:回访", "同上次"],
)
def test_logs_without_a_date(one: Any, text: str) -> None:
    assert "V150" in log(one, text, next_follow_up=D(2024, 6, 3))


def test_an_impossible_date_among_others(one: Any) -> None:
    text = "2024-05-30 电话:在比较;下一步:回访\n2024-13-01 微信:首次联系"
    assert log(one, text) == ["V150"]


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("2024-05-30 电话:客户感兴趣", True),
        ("2024-05-30 电话:客户感兴趣;下一步:报价", False),
        ("2024-05-30 电话:客户感兴趣,约周五面谈", True),
        ("2024-05-30 电话:客户感兴趣,预约二次沟通", False),
        ("2024-05-30 phone: interested; next: send the offer", False),
        ("2024-05-20 电话:在比较;下一步:报价\n2024-05-30 微信:已收到报价", True),
        ("2024-05-30 微信:已收到;下一步:签约\n2024-05-20 电话:在比较", False),
    ],
)
def test_the_next_action_of_the_latest_entry(one: Any, text: str, silent: bool) -> None:
    assert ("V151" in log(one, text)) is silent


def test_a_closed_lead_needs_no_next_action(one: Any) -> None:
    won = {"stage": "成交", "closed_on": D(2024, 5, 30)}
    assert log(one, "2024-05-30 电话:签订合同", **won) == []


@pytest.mark.parametrize(
    ("fields", "late"),
    [
        ({LOG: "2024-05-27 电话:在比较;下一步:报价"}, True),
        ({LOG: "2024-05-28 电话:在比较;下一步:报价"}, False),
        ({LOG: "2024-05-27 电话:在比较;下一步:报价", "priority": "中"}, False),
        ({LOG: "2024-05-27 电话:在比较;下一步:报价", "next_follow_up": D(2024, 6, 3)}, False),
        ({"next_follow_up": D(2024, 5, 30)}, False),
    ],
)
def test_overdue(one: Any, at: Any, fields: Any, late: bool) -> None:
    assert one(**fields) == ([at("V152", LOG)] if late else [])


@pytest.mark.parametrize(
    ("acquired", "late"), [(D(2024, 5, 31), False), (D(2024, 5, 29), True), (D(2024, 5, 30), True)]
)
def test_never_contacted(one: Any, at: Any, acquired: dt.date, late: bool) -> None:
    new = {"stage": "初识", LOG: None, "expected_close": None, "acquired_on": acquired}
    assert one(**new) == ([at("V153", LOG)] if late else [])


def entries(*days: int) -> str:
    return "\n".join(f"2024-05-{day:02d} 电话:问候;下一步:回访" for day in days)


@pytest.mark.parametrize(
    ("days", "priority", "often"),
    [
        ((30, 28, 26, 24), "低", True),
        ((30, 28, 26, 24), "中", False),
        ((30, 28, 26), "低", False),
        ((30, 20, 10, 2), "低", False),
        ((30, 30, 30, 30), "低", False),
    ],
)
def test_a_low_priority_lead_contacted_too_often(
    one: Any, at: Any, days: tuple[int, ...], priority: str, often: bool
) -> None:
    lead = {LOG: entries(*days), "priority": priority, "need": "办公软件,预算1万"}
    assert one(**lead) == ([at("V154", LOG)] if often else [])


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"need": "ERP系统,预算50万"}, True),
        ({"need": "ERP系统,预算5万"}, False),
        ({"need": "ERP系统", "budget": 80.0}, True),
        ({"need": "ERP系统,预算50万", "budget": 3.0}, False),
        ({"need": "ERP系统,预算50万", "priority": "中"}, False),
        ({"need": "采购50万台"}, False),
    ],
)
def test_a_large_budget_of_the_lowest_priority(one: Any, at: Any, fields: Any, found: bool) -> None:
    assert one(**{"priority": "低", **fields}) == ([at("V155", "priority")] if found else [])


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("2024-05-30:客户要求报价;下一步:报价", "method"),
        ("2024-05-30 电话:;下一步:报价", "feedback"),
        ("2024-05-30 14:30 电话;下一步:报价", "feedback"),
        ("2024-05-30;下一步:报价", "both"),
    ],
)
def test_an_entry_that_says_too_little(findings: Any, clean: Any, text: str, missing: str) -> None:
    found = findings(clean(0, latest_follow_up=text))
    assert [(f.code, f.params["missing"]) for f in found] == [("V156", missing)]
