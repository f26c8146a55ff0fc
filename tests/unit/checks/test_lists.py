"""Values of lists, and what they were meant to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from xltrack.template import Stage, default_settings, load_template


@pytest.mark.parametrize(
    ("field", "typed", "corrected"),
    [
        ("priority", "高优先级", "高"),
        ("priority", "高级", "高"),
        ("priority", "优先级:高", "高"),
        ("stage", "商务谈判阶段", "商务谈判"),
        ("stage", "已成交", "成交"),
        ("channel", "展会", "行业展会"),
        ("channel", "展会:广交会", "行业展会:广交会"),
        ("channel", "老客户推荐", "转介绍"),
        ("priority", "高/中", None),
        ("priority", "紧急", None),
        ("stage", "未成交", None),
        ("stage", "已报价", None),
        ("channel", "电视广告", None),
    ],
)
def test_a_value_that_is_in_no_list(
    findings: Any, clean: Any, field: str, typed: str, corrected: str | None
) -> None:
    found = [f for f in findings(clean(0, **{field: typed})) if f.code == "V111"]
    assert [(f.field, f.value, f.corrected) for f in found] == [(field, typed, corrected)]


@pytest.mark.parametrize(
    ("field", "typed"),
    [("channel", "行业展会:广交会"), ("priority", "高"), ("channel", "其他:同行转让")],
)
def test_items_with_or_without_detail_are_fine(one: Any, field: str, typed: str) -> None:
    assert one(**{field: typed}) == []


def test_full_width_colons_divide_as_others(one: Any) -> None:
    assert one(channel="行业展会\uff1a广交会") == []


def test_case_does_not_count(check: Any, clean: Any) -> None:
    settings = default_settings(load_template(), "en")
    english = {"channel": "referral", "priority": "HIGH", "stage": "negotiation"}
    assert check(clean(0, **english), settings=settings) == []


def test_the_nearest_item_is_named(findings: Any, clean: Any) -> None:
    (found,) = findings(clean(0, channel="行业展览会"))
    assert (found.code, found.params["nearest"]) == ("V111", "行业展会")
    assert "转介绍" in found.params["items"]


def test_the_opposite_of_an_item_is_not_its_nearest(findings: Any, clean: Any) -> None:
    found = [f for f in findings(clean(0, stage="未成交")) if f.code == "V111"]
    assert [f.params["nearest"] for f in found] == ["—"]


def test_stages_of_a_team_are_items(check: Any, clean: Any) -> None:
    settings = default_settings(load_template(), "zh")
    settings = replace(settings, stages=(*settings.stages, Stage("暂缓", "paused")))
    assert check(clean(0, stage="暂缓"), settings=settings) == []


@pytest.mark.parametrize("typed", ["其他", "其它", "其他:", "其他: "])
def test_other_has_to_say_which(one: Any, at: Any, typed: str) -> None:
    assert at("V112", "channel") in one(channel=typed)


def test_free_text_is_allowed_as_a_lost_reason(one: Any) -> None:
    lost = {"lost_reason": "老板换人了", "expected_close": None, "stage": "初识"}
    import datetime as dt

    assert one(**lost, closed_on=dt.date(2024, 5, 30)) == []
