"""Contact details that reach somebody, and those that do not."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "text",
    [
        *("13812345678", "138 1234 5678", "138-1234-5678", "+86 13812345678", "8613812345678"),
        *("010-62345678", "(010)62345678", "010 6234 5678", "0755-26712345转801", "62345678"),
        *(
            "021-62345678-801",
            "021-62345678 ext 12",
            "400-800-1234",
            "4008001234",
            "+1 650-253-0000",
        ),
        *(
            "微信:zhao123",
            "微信号 wang_888",
            "wechat: li-li88",
            "vx:abcd1234",
            "微信同号13812345678",
        ),
        *("wxid_a1b2c3", "zhangsan", "QQ:12345678", "li@example.com", "李总 li@example.com"),
        *("138****5678 微信:zhao123", "13812345678 13912345678", "13812345678/010-62345678"),
        *(
            "电话:13812345678\n邮箱:li@example.com",
            "\uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
        ),
    ],
)
def test_details_that_reach_somebody(one: Any, text: str) -> None:
    assert [code for code, *_ in one(contact_details=text) if code != "V191"] == []


@pytest.mark.parametrize(
    "text",
    [
        *("138", "1395678", "1379012", "138****5678", "1381234567", "138123456789", "12345678901"),
        *("保密", "见名片", "微信", "微信:", "1.38E+10", "li@", "@example.com", "138xxxx5678"),
    ],
)
def test_details_that_reach_nobody(one: Any, at: Any, text: str) -> None:
    assert at("V170", "contact_details") in one(contact_details=text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("13800138000.0", "13800138000"),
        ("1.3800138000E+10", "13800138000"),
        ("1.3800138E+10", None),
        ("1.38E+10", None),
    ],
)
def test_a_number_made_a_decimal_is_corrected_in_secret(
    findings: Any, clean: Any, text: str, digits: str | None
) -> None:
    (found,) = findings(clean(0, contact_details=text))
    assert (found.code, found.corrected, found.correction) == ("V170", None, digits)
    assert "00138000" not in repr(found)


def test_the_value_is_masked(findings: Any, clean: Any) -> None:
    (found,) = findings(clean(0, contact_details="1381234567"))
    assert found.value == "13***"
    assert found.private
