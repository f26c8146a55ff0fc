from __future__ import annotations

import pytest

from xltrack.leads.amounts import AmountUnits, currency_of
from xltrack.template import Template


@pytest.fixture
def units(template: Template) -> AmountUnits:
    return AmountUnits(template.amount.units, "万", "CNY", frozenset(["—", "-", "/", "无"]))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("32", 32),
        ("32万", 32),
        ("32 万元", 32),
        ("\uff13\uff12万", 32),
        ("\uffe532万", 32),
        ("3.2万", 3.2),
        ("1,200", 1200),
        ("1,200.5", 1200.5),
        ("12,345,678元", 1234.5678),
        ("5000元", 0.5),
        ("8千", 0.8),
        ("1.2亿", 12000),
        ("8-10万", 9),
        ("8万-10万", 9),
        ("8~10万", 9),
        ("8至10", 9),
        ("5千-1万", 0.75),
        ("¥32万", 32),
        ("人民币5000元", 0.5),
        ("约30万", 30),
        ("30万左右", 30),
        ("32w", 32),
    ],
)
def test_an_amount_with_a_unit_is_read_in_the_unit_asked_for(
    units: AmountUnits, text: str, value: float
) -> None:
    amount = units.parse(text)
    assert amount is not None
    assert amount.currency is None
    assert amount.value == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    ["待定", "1,2", "12,34", "10-8万", "32万台", "三十万", "-5", "1.2.3", "50%", "8-", "万", "1e5"],
)
def test_what_is_not_clear_is_none(units: AmountUnits, text: str) -> None:
    assert units.parse(text) is None


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("500美元", "USD"),
        ("$500", "USD"),
        ("USD 500", "USD"),
        ("€3,000", "EUR"),
        ("HK$20万", "HKD"),
    ],
)
def test_another_currency_is_told(units: AmountUnits, text: str, currency: str) -> None:
    amount = units.parse(text)
    assert amount is not None
    assert amount.currency == currency


def test_the_workbooks_own_currency_is_no_other(template: Template) -> None:
    dollars = AmountUnits(template.amount.units, "usd", "USD")
    amount = dollars.parse("$500")
    assert amount is not None
    assert (amount.value, amount.currency) == (500, None)


def test_a_bare_number_is_in_the_unit_of_its_column(units: AmountUnits) -> None:
    amount = units.parse("30000", unit="元")
    assert amount is not None
    assert amount.value == 3


@pytest.mark.parametrize(("text", "none"), [("—", True), ("-", True), (" ", True), ("0", False)])
def test_marks_mean_no_amount(units: AmountUnits, text: str, none: bool) -> None:
    assert units.is_none(text) is none


@pytest.mark.parametrize(
    ("header", "currency"),
    [("金额(USD)", "USD"), ("合同金额(港币)", "HKD"), ("金额(万元)", None), ("金额", None)],
)
def test_a_header_names_its_currency(header: str, currency: str | None) -> None:
    assert currency_of(header) == currency


def test_the_own_currency_behind_a_bare_number_is_its_unit(units: AmountUnits) -> None:
    said = {text: units.parse(text) for text in ("10,000 CNY", "CNY 32", "32万 CNY", "500 USD")}
    assert {text: amount and amount.value for text, amount in said.items()} == {
        "10,000 CNY": 1,
        "CNY 32": 32,
        "32万 CNY": 32,
        "500 USD": 500,
    }
    assert [amount and amount.currency for amount in said.values()] == [None, None, None, "USD"]
