"""Amounts in the wrong unit."""

from __future__ import annotations

from typing import Any

import pytest

USUAL = [8, 12, 30, 5, 60, 25, 16, 40, 9]


def leads(clean: Any, amounts: list[float], field: str = "amount") -> list[Any]:
    return [clean(n, **{field: float(amount)}) for n, amount in enumerate(amounts)]


@pytest.mark.parametrize("field", ["amount", "expected_amount", "budget"])
def test_yuan_in_a_column_of_ten_thousands(findings: Any, clean: Any, field: str) -> None:
    (found,) = findings(*leads(clean, [*USUAL, 320_000], field))
    assert (found.code, found.cell[-2:], found.field) == ("V132", "11", field)
    assert found.params["likely"] == "32"


def test_a_large_deal_is_no_wrong_unit(check: Any, clean: Any) -> None:
    assert check(*leads(clean, [*USUAL, 900])) == []


def test_a_huge_amount_that_would_be_too_small_in_yuan(check: Any, clean: Any) -> None:
    assert check(*leads(clean, [*USUAL, 2000])) == []


def test_few_amounts_tell_nothing(check: Any, clean: Any) -> None:
    assert check(*leads(clean, [8, 12, 30, 5, 60, 25, 320_000])) == []


def test_ten_thousands_in_a_column_of_yuan(findings: Any, clean: Any) -> None:
    amounts = [amount * 10_000 for amount in USUAL]
    (found,) = findings(*leads(clean, [*amounts, 32]), amount_unit="元")
    assert (found.code, found.value, found.params["likely"]) == ("V132", "32", "320000")


def test_all_amounts_alike_are_in_their_unit(check: Any, clean: Any) -> None:
    assert check(*leads(clean, [amount * 10_000 for amount in USUAL])) == []
