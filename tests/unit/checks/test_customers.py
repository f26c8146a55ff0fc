"""One customer under two owners or two names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xltrack.checks.alike import AlikeNames
from xltrack.leads import normalised_customer
from xltrack.template import load_template
from xltrack.template.check_words import load_check_words


def test_a_customer_of_two_owners(findings: Any, clean: Any) -> None:
    rows = clean(0), clean(1), clean(2, customer="云帆物流有限公司", owner="李四")
    (found,) = findings(*rows)
    assert (found.code, found.cell, found.field) == ("V162", "J4", "owner")
    assert found.params == {"other": "线索跟踪表!J2", "other_owner": "张三"}


def test_a_customer_of_one_owner_in_other_writing(check: Any, clean: Any) -> None:
    assert check(clean(0), clean(1, customer="云帆物流有限公司", owner="张三")) == []


@pytest.mark.parametrize("owner", ["", "待定"])
def test_a_lead_without_an_owner_has_no_second_one(check: Any, clean: Any, owner: str) -> None:
    found = check(clean(0), clean(1, customer="云帆物流有限公司", owner=owner or None))
    assert [code for code, *_ in found] == ["V160"]


def test_names_that_say_nothing_are_no_customer(check: Any, clean: Any) -> None:
    found = check(clean(0, customer="未知"), clean(1, customer="未知", owner="李四"))
    assert [code for code, *_ in found] == ["V110", "V110"]


ALIKE = [
    ("云帆物流有限公司", "云帆物流股份有限公司"),
    ("云帆物流有限公司", "云帆物流"),
    ("云帆物流有限公司", "云帆 物流有限公司"),
    ("云帆物流(上海)有限公司", "云帆物流\uff08上海\uff09有限公司"),
    ("云帆物流有限公司", "上海云帆物流有限公司"),
    ("云帆物流有限公司", "上海市云帆物流有限公司"),
    ("云帆物流有限公司", "广东省云帆物流有限公司"),
    ("云帆物流有限公司", "云帆物流(上海)有限公司"),
    ("上海云帆物流有限公司", "云帆物流(上海)有限公司"),
    ("深圳市腾云计算机系统有限公司", "腾云"),
    ("工商银行股份有限公司", "工行"),
    ("中国石油化工集团有限公司", "中石化"),
    ("云帆精密制造有限公司", "云帆精密制有限公司"),
    ("云帆精密制造有限公司", "云帆密精制造有限公司"),
    ("Yunfan Logistics Co., Ltd.", "YUNFAN Logistics"),
    ("Yunfan Logistics Co., Ltd.", "Yunfan Logistcs Co., Ltd."),
]


@pytest.mark.parametrize(("one_name", "other_name"), ALIKE)
def test_likely_the_same_customer(check: Any, clean: Any, one_name: str, other_name: str) -> None:
    rows = clean(0, customer=one_name), clean(1), clean(2, customer=other_name)
    found = [entry for entry in check(*rows) if entry[0] != "V191"]
    assert found == [("V163", "C4", "customer")]


NOT_ALIKE = [
    ("上海云帆物流有限公司", "北京云帆物流有限公司"),
    ("云帆物流(上海)有限公司", "云帆物流(北京)有限公司"),
    ("青屿拓禾物流有限公司", "青屿拓砚物流有限公司"),
    ("中铁一局集团有限公司", "中铁十一局集团有限公司"),
    ("第一机床厂有限公司", "第二机床厂有限公司"),
    ("云帆物流有限公司", "云帆食品有限公司"),
    ("华润为民药业有限公司", "华为"),
    ("东方财富信息有限公司", "东润"),
    ("Plant 1 Machinery", "Plant 11 Machinery"),
    ("上海有限公司", "有限公司"),
]


@pytest.mark.parametrize(("one_name", "other_name"), NOT_ALIKE)
def test_other_customers(check: Any, clean: Any, one_name: str, other_name: str) -> None:
    rows = clean(0, customer=one_name), clean(1), clean(2, customer=other_name)
    assert [entry for entry in check(*rows) if entry[0] == "V163"] == []


def test_a_short_name_that_may_be_of_two_is_of_none(check: Any, clean: Any) -> None:
    names = ("云帆物流有限公司", "云帆食品有限公司", "云帆")
    assert check(*(clean(n, customer=name) for n, name in enumerate(names))) == []


def test_the_finding_names_the_other(findings: Any, clean: Any) -> None:
    (found,) = findings(clean(0), clean(1, customer="上海云帆物流有限公司"))
    assert found.params == {"other": "线索跟踪表!C2", "other_name": "云帆物流有限公司"}


def test_names_of_different_workbooks_are_not_compared() -> None:
    typed = ["云帆物流有限公司", "上海云帆物流有限公司"]
    suffixes = load_template().customer.suffixes
    plain = [normalised_customer(name, suffixes) for name in typed]
    names = load_check_words().names
    assert list(AlikeNames(plain, typed, np.array([0, 0]), names).pairs()) == [(1, 0)]
    assert list(AlikeNames(plain, typed, np.array([0, 1]), names).pairs()) == []
