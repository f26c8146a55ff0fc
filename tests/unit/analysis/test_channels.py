"""Channels: the figures of the guide and the rules of the verdicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xltrack.analysis.channels import channel_details, channels
from xltrack.analysis.scope import Scope

MakeScope = Callable[..., Scope]


def leads(
    channel: str | None, count: int, won: int, deal: float, day: str = "2024-01-10"
) -> list[dict[str, Any]]:
    lost = {"channel": channel, "stage": "初识", "acquired_on": day}
    closed = {"channel": channel, "stage": "成交", "amount": deal, "acquired_on": day}
    return [dict(closed) for _ in range(won)] + [dict(lost) for _ in range(count - won)]


GUIDE = leads("官网注册", 20, 3, 8) + leads("行业展会", 20, 5, 12) + leads("转介绍", 20, 6, 15)


def test_the_channels_of_the_guide(scope: MakeScope) -> None:
    frame = channels(scope(GUIDE)).frame.set_index("channel")
    assert frame.index.tolist() == ["转介绍", "行业展会", "官网注册"]
    assert frame["conversion"].tolist() == pytest.approx([0.30, 0.25, 0.15])
    assert frame["average_deal"].tolist() == pytest.approx([15, 12, 8])
    assert frame["revenue"].tolist() == pytest.approx([90, 60, 24])
    assert frame["revenue_per_lead"].tolist() == pytest.approx([4.5, 3.0, 1.2])
    assert frame["verdict"].tolist() == ["invest", "invest", "review"]
    assert frame["lead_share"].sum() == pytest.approx(1)
    assert frame["revenue_share"].tolist() == pytest.approx([90 / 174, 60 / 174, 24 / 174])


def test_the_interval_is_wilsons(scope: MakeScope) -> None:
    row = channels(scope(GUIDE)).frame.set_index("channel").loc["官网注册"]
    # 3 of 20, from a published calculator of the Wilson interval
    assert (row["conversion_low"], row["conversion_high"]) == pytest.approx(
        (0.0524, 0.3604), abs=1e-4
    )


def test_a_detail_and_a_synonym_count_under_their_channel(scope: MakeScope) -> None:
    rows = [
        {"channel": "行业展会:广交会"},
        {"channel": "行业展会\uff1a高交会"},
        {"channel": "展会"},
    ]
    made = scope(rows)
    assert channels(made).frame[["channel", "leads"]].to_numpy().tolist() == [["行业展会", 3]]
    details = channel_details(made).frame
    assert details["detail"].tolist() == ["广交会", "高交会", None]
    assert "verdict" not in details


def test_missing_and_unknown_channels_are_rows_so_that_sums_are_totals(scope: MakeScope) -> None:
    frame = channels(scope([{"channel": None}, {"channel": "路边"}, {"channel": "转介绍"}])).frame
    assert set(frame["channel"]) == {None, "路边", "转介绍"}
    assert frame["leads"].sum() == 3


@pytest.mark.parametrize(
    ("rows", "verdict", "reason"),
    [
        (leads("转介绍", 9, 5, 10) + leads("官网注册", 20, 1, 1), "small_sample", "few_leads"),
        (
            leads("转介绍", 9, 5, 10)
            + leads("转介绍", 11, 0, 0, "2024-05-20")
            + leads("官网注册", 20, 1, 1),
            "too_early",
            "young_leads",
        ),
        (leads("转介绍", 20, 0, 0) + leads("官网注册", 20, 0, 0), "keep", "nothing_won"),
        (leads("转介绍", 20, 5, 9) + leads("官网注册", 3, 1, 1), "keep", "nothing_to_compare"),
        (
            leads("转介绍", 20, 2, 99) + leads("官网注册", 20, 1, 1),
            "keep",
            "conversion_high+deal_high",
        ),
        (
            leads("转介绍", 20, 6, 1) + leads("官网注册", 20, 2, 30),
            "keep",
            "conversion_high+deal_low",
        ),
        (
            leads("转介绍", 20, 1, 1) + leads("官网注册", 20, 6, 9),
            "review",
            "conversion_low+deal_low",
        ),
        (
            leads("转介绍", 20, 6, 9) + leads("官网注册", 20, 1, 1),
            "invest",
            "conversion_high+deal_high",
        ),
    ],
)
def test_verdicts_in_their_order(
    scope: MakeScope, rows: list[dict[str, Any]], verdict: str, reason: str
) -> None:
    row = channels(scope(rows)).frame.set_index("channel").loc["转介绍"]
    assert (row["verdict"], row["reason"]) == (verdict, reason)


def test_no_one_is_told_to_invest_in_leads_without_a_channel(scope: MakeScope) -> None:
    frame = channels(scope(leads(None, 20, 9, 50) + leads("官网注册", 20, 1, 1))).frame
    assert frame.loc[frame["channel"].isna(), "verdict"].tolist() == [None]


def test_average_deal_divides_by_the_wins_that_have_an_amount(scope: MakeScope) -> None:
    rows = [{"channel": "转介绍", "stage": "成交", "amount": amount} for amount in (10, 20, None)]
    row = channels(scope(rows)).frame.iloc[0]
    assert (row["won"], row["revenue"], row["average_deal"]) == (3, 30, 15)
