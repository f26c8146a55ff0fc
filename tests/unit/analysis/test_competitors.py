"""Competitors in free text: which names count, and what is told of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from xltrack.analysis.competitors import competitors
from xltrack.analysis.scope import Scope
from xltrack.template import Settings
from xltrack.template.settings import Competitor

MakeScope = Callable[..., Scope]


@pytest.fixture
def known(settings: Settings) -> Settings:
    return replace(
        settings, competitors=(Competitor("云帆科技", ("云帆", "YF")), Competitor("竞品C"))
    )


def names(scope: Scope) -> list[str]:
    return competitors(scope).frame["competitor"].tolist()


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("竞品C近期推出降价促销活动", ["竞品C"]),
        ("竞品 c 很活跃", ["竞品C"]),
        ("对比了竞品X9", ["竞品X9"]),
        ("竞品\u201c海蓝软件\u201d报价低", ["海蓝软件"]),
        ("云帆和YF是一家", ["云帆科技"]),
        ("客户反馈竞品报价更低", []),
        ("需跟进客户对竞品的对比反馈", []),
        ("WYFI 不是竞争对手", []),
        (None, []),
    ],
)
def test_a_name_is_declared_or_follows_the_marker(
    scope: MakeScope, known: Settings, note: str | None, expected: list[str]
) -> None:
    assert names(scope([{"stage": "初识", "market_note": note}], base=known)) == expected


def test_results_count_each_lead_once(scope: MakeScope, known: Settings) -> None:
    leads: list[dict[str, Any]] = [
        {
            "stage": "成交",
            "market_note": "云帆降价,云帆促销",
            "latest_follow_up": "2024-05-03:选了我们没选云帆",
        },
        {"stage": "初识", "lost_reason": "输给云帆"},
        {"stage": "初识", "market_note": "云帆又降价"},
    ]
    row = competitors(scope(leads, base=known)).frame.iloc[0]
    assert list(row[["competitor", "mentions", "leads", "won", "lost"]]) == ["云帆科技", 5, 3, 1, 1]
    assert row["win_rate"] == 0.5
    assert row["moves"] == "降价、促销"


def test_the_latest_mention_is_dated_by_its_line_and_quoted(
    scope: MakeScope, known: Settings
) -> None:
    log = "2024-05-10 电话:云帆报价更低;下一步:对比表\n2024-05-02:首次联系,提到云帆"
    row = competitors(scope([{"stage": "初识", "latest_follow_up": log}], base=known)).frame.iloc[0]
    assert row["last_seen"] == pd.Timestamp(2024, 5, 10)
    assert row["excerpt"] == "2024-05-10 电话:云帆报价更低"


def test_private_numbers_are_not_quoted(scope: MakeScope, known: Settings) -> None:
    note = "云帆的销售电话13812345678,邮箱a.b@example.com"
    excerpt = competitors(scope([{"stage": "初识", "market_note": note}], base=known)).frame[
        "excerpt"
    ]
    assert "13812345678" not in excerpt.iloc[0]
    assert "example.com" not in excerpt.iloc[0]


def test_the_order_of_the_leads_decides_nothing(scope: MakeScope, known: Settings) -> None:
    leads = [
        {"stage": "初识", "market_note": "竞品B", "acquired_on": "2024-05-02"},
        {"stage": "初识", "market_note": "竞品A与竞品B", "acquired_on": "2024-05-02"},
        {"stage": "初识", "market_note": "竞品B与我们", "acquired_on": "2024-05-01"},
    ]
    for rows in (leads, leads[::-1]):
        frame = competitors(scope(rows, base=known)).frame
        assert frame["competitor"].tolist() == ["竞品B", "竞品A"]
        assert frame["excerpt"].tolist() == ["竞品A与竞品B", "竞品A与竞品B"]


def test_a_text_that_many_leads_share_counts_for_each(scope: MakeScope, known: Settings) -> None:
    note = {"stage": "初识", "market_note": "云帆降价,YF促销"}
    leads = [note | {"acquired_on": f"2024-05-0{day}"} for day in (1, 3, 2)]
    row = competitors(scope(leads, base=known)).frame.iloc[0]
    assert (row["mentions"], row["leads"]) == (6, 3)
    assert row["last_seen"] == pd.Timestamp(2024, 5, 3)


def test_nothing_mentioned_is_an_empty_table(scope: MakeScope) -> None:
    frame = competitors(scope([{"stage": "初识"}], as_of=dt.date(2024, 5, 31))).frame
    assert frame.empty
    assert "excerpt" in frame.columns
