"""Private details, guesses, formulas and stray characters in texts."""

from __future__ import annotations

from typing import Any

import pytest

from xltrack.checks.privacy import is_identity_number, without_private

IDENTITY = "11010519491231002X"  # the example of the standard


@pytest.mark.parametrize(
    ("field", "text", "kind", "value"),
    [
        ("need", "采购服务器,联系13912345678", "mobile", "13***"),
        ("market_note", "客户邮箱li@example.com", "email", "li***"),
        ("market_note", f"身份证{IDENTITY}", "identity", "11***"),
        ("need", "电话010-62345678", "landline", "01***"),
        ("market_note", "加微信号:zhao1234", "wechat", "微信***"),
        ("market_note", "加微信\uff1azhao1234", "wechat", "微信***"),
        ("customer", "张三13912345678", "mobile", "13***"),
        ("latest_follow_up", "2024-05-30 电话:改打+8613912345678;下一步:报价", "mobile", "+8***"),
    ],
)
def test_private_details_in_a_text(
    findings: Any, clean: Any, field: str, text: str, kind: str, value: str
) -> None:
    found = [f for f in findings(clean(0, **{field: text})) if f.code == "V171"]
    assert [(f.field, f.params, f.value) for f in found] == [(field, {"kind": kind}, value)]


@pytest.mark.parametrize(
    "text",
    [
        "编号LX202405001,订单20240510143000",
        "身份证110105194912310021",
        "预算13800000元",
        "2024-05-30 微信:OK,对方同意",
        "型号A13912345678",
        "序列号139123456789",
    ],
)
def test_numbers_that_are_nobodys(one: Any, text: str) -> None:
    assert [code for code, *_ in one(market_note=text) if code == "V171"] == []


def test_columns_of_the_team_are_looked_at_unless_they_are_private(check: Any, clean: Any) -> None:
    own = {"部门": False, "邮箱2": True}
    row = {**clean(0), "部门": "问li@example.com", "邮箱2": "li@example.com"}
    assert check(row, own=own) == [("V171", "Z2", "部门")]


def test_no_finding_shows_what_it_found(findings: Any, clean: Any) -> None:
    texts = {
        "need": f"=联系13912345678或li@example.com,{IDENTITY}",
        "customer": "张三 13912345678\u3000",
        "latest_follow_up": "打13912345678没人接",
        "market_note": "问\uff11\uff13\uff1912345678 ",
    }
    found = findings(clean(0, **texts, contact_details="1391234567"))
    assert {f.code for f in found} >= {"V150", "V171", "V190", "V191", "V170"}
    shown = repr(found)
    for planted in ("12345678", "@example.com", IDENTITY, "1391234567"):
        assert planted not in shown
    assert [f.correction for f in found if f.field == "customer" and f.code == "V191"] == [
        "张三 13912345678"
    ]


def test_a_text_without_its_private_pieces() -> None:
    assert without_private("致电13912345678,或li@example.com") == "致电13***,或li***"


def test_identity_numbers_are_told_by_their_last_digit() -> None:
    assert is_identity_number(IDENTITY)
    assert not is_identity_number("110105194912310020")


@pytest.mark.parametrize(
    "need",
    [
        "预算5万左右,可接受加价",
        "大概要50台",
        "可能年底买",
        "应该是200人用",
        "估计30万",
        "maybe 50 seats",
    ],
)
def test_guesses_in_a_need(one: Any, at: Any, need: str) -> None:
    assert one(need=need) == [at("V180", "need")]


@pytest.mark.parametrize(
    "need", ["预算5万", "研究可能性", "左右两侧安装摄像头", "不应该停机", "采购大概念车3台"]
)
def test_facts_in_a_need(one: Any, need: str) -> None:
    assert one(need=need) == []


@pytest.mark.parametrize("text", ["=1+1", "+需要报价", "-客户要求", "- 客户要求", "@张三 看一下"])
def test_a_text_like_a_formula(one: Any, at: Any, text: str) -> None:
    assert one(market_note=text) == [at("V190", "market_note")]


@pytest.mark.parametrize("text", ["—", "-", "--", "——客户要求", "a=b", "+86 138 1234"])
def test_a_text_unlike_a_formula(one: Any, text: str) -> None:
    assert [code for code, *_ in one(market_note=text) if code == "V190"] == []


@pytest.mark.parametrize(
    ("field", "text", "corrected"),
    [
        ("customer", "云帆 物流有限公司", "云帆物流有限公司"),
        ("customer", "\uff21\uff22物流有限公司", "AB物流有限公司"),
        ("owner", "张\u3000三", "张三"),
        ("owner", "张\u200b三", "张三"),
        ("need", "采购  服务器", "采购 服务器"),
        ("need", "采购\uff15\uff10台", "采购50台"),
        ("market_note", "第一行 \n第二行", "第一行\n第二行"),
        ("market_note", "\ufeff竞品降价", "竞品降价"),
    ],
)
def test_stray_characters_are_corrected(
    findings: Any, clean: Any, field: str, text: str, corrected: str
) -> None:
    (found,) = findings(clean(0, **{field: text}))
    assert (found.code, found.field, found.corrected) == ("V191", field, corrected)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("need", "采购 50 台,预算30万"),
        ("market_note", "竞品\uff08A公司\uff09降价\uff0c需关注\uff1a交期"),
        ("market_note", "第一行\n第二行"),
        ("contact", "Mr Wang"),
        ("customer", "Acme Logistics"),
    ],
)
def test_ordinary_texts_are_tidy(one: Any, field: str, text: str) -> None:
    assert one(**{field: text}) == []


def test_corrected_contact_details_stay_secret(findings: Any, clean: Any) -> None:
    (found,) = findings(clean(0, contact_details="\uff11\uff13812345678"))
    assert (found.code, found.corrected, found.correction) == ("V191", None, "13812345678")
