"""Amounts as people type them into a workbook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from xltrack.leads.cells import DECIMALS
from xltrack.text import fold

CURRENCIES: Mapping[str, tuple[str, ...]] = {
    "CNY": ("人民币", "rmb", "cny", "¥", "元"),
    "HKD": ("港币", "港元", "hkd", "hk$"),
    "TWD": ("新台币", "台币", "twd", "nt$"),
    "USD": ("美元", "美金", "usd", "us$", "$"),
    "EUR": ("欧元", "eur", "€"),
    "GBP": ("英镑", "gbp", "£"),
    "JPY": ("日元", "日圆", "jpy"),
    "KRW": ("韩元", "krw", "₩"),
    "SGD": ("新加坡元", "新币", "sgd", "s$"),
}
_MARKS = sorted(
    ((mark, code) for code, marks in CURRENCIES.items() for mark in marks),
    key=lambda pair: -len(pair[0]),
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_ABOUT = re.compile(r"^(?:大约|约|近|approx\.?|about|~)|(?:左右|上下)$")
_RANGE = re.compile(
    rf"(?P<low>{_DIGITS})(?P<low_unit>[^\d.,~至到-]*)(?:-|~|至|到|to)(?P<high>{_DIGITS})(?P<unit>[^\d]*)"
)
_SINGLE = re.compile(rf"(?P<high>{_DIGITS})(?P<unit>[^\d]*)")
_DASHES = str.maketrans("‐‑‒–—−~", "------~")


@dataclass(frozen=True)
class Amount:
    """What a cell says: ``value`` in the unit asked for, or ``currency`` where it is another."""

    value: float
    currency: str | None = None


@dataclass(frozen=True)
class AmountUnits:
    """Units, and the currency and unit that amounts are wanted in.

    Args:
        factors: factor to the currency's own unit by unit, as the template declares them.
        unit: the unit amounts are wanted in.
        currency: the workbook's currency, an ISO 4217 code.
        marks: folded texts that mean no amount.
    """

    factors: Mapping[str, int]
    unit: str
    currency: str = "CNY"
    marks: frozenset[str] = frozenset()

    @cached_property
    def folded(self) -> dict[str, int]:
        """Factors by folded unit."""
        return {fold(unit): factor for unit, factor in self.factors.items()}

    def factor(self, unit: str | None) -> float:
        """What one of ``unit`` is in the unit asked for; 1 for a unit that is not known.

        >>> AmountUnits({"元": 1, "万": 10000}, "万").factor("元")
        0.0001
        """
        known = self.folded.get(fold(unit or self.unit))
        wanted = self.folded.get(fold(self.unit))
        return known / wanted if known and wanted else 1.0

    def is_none(self, text: str) -> bool:
        """Whether ``text`` is empty or a mark for none, such as —."""
        return fold(text) in self.marks or not text.strip()

    def parse(self, text: str, unit: str | None = None) -> Amount | None:
        """The amount that ``text`` says; None where it says none that is clear.

        A range counts as its midpoint. ``unit`` is that of a bare number: the column's.

        >>> units = AmountUnits({"元": 1, "千": 1000, "万": 10000, "亿": 100000000}, "万")
        >>> [units.parse(text).value for text in ("32万", "1,200", "8-10万", "5000元", "1.2亿")]
        [32.0, 1200.0, 9.0, 0.5, 12000.0]
        >>> units.parse("3000", unit="元").value
        0.3
        >>> units.parse("500美元").currency, units.parse("待定"), units.parse("1,2")
        ('USD', None, None)
        """
        plain = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
        plain = _ABOUT.sub("", re.sub(r"\s+", "", plain))
        plain, currency = self._without_currency(plain)
        match = _SINGLE.fullmatch(plain) or _RANGE.fullmatch(plain)
        if match is None:
            return None
        high = self._one(match["high"], match["unit"], unit)
        low = high
        if "low" in match.re.groupindex:
            low = self._one(match["low"], match["low_unit"] or match["unit"], unit)
        if high is None or low is None or low > high:
            return None
        foreign = currency if currency not in (None, self.currency) else None
        return Amount(round((low + high) / 2, DECIMALS), foreign)

    def _without_currency(self, plain: str) -> tuple[str, str | None]:
        for mark, code in _MARKS:
            if mark == "元" or self._is_unit(plain, mark, code):
                continue  # a unit as well as a currency: left to the units
            if plain.startswith(mark) or plain.endswith(mark):
                return plain.removeprefix(mark).removesuffix(mark), code
        return plain, None

    def _is_unit(self, plain: str, mark: str, code: str) -> bool:
        """Whether a currency behind a bare number is its unit: 10,000 CNY is no 10,000 万."""
        ours = code == self.currency and mark in self.folded
        return ours and plain.endswith(mark) and plain.removesuffix(mark)[-1:].isdigit()

    def _one(self, digits: str, said: str, unit: str | None) -> float | None:
        if said and said not in self.folded:
            return None
        return float(digits.replace(",", "")) * self.factor(said or unit)


def currency_of(text: str) -> str | None:
    """The currency that a text in a header's brackets names, None where it names none.

    >>> currency_of("USD"), currency_of("万元"), currency_of("10k CNY")
    ('USD', None, 'CNY')
    """
    plain = fold(text)
    for mark, code in _MARKS:
        if mark != "元" and mark in plain:
            return code
    return None
