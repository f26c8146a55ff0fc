"""The budget that the text of a need names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.amounts import CURRENCIES, AmountUnits
from xltrack.template.market import BudgetWords

Numbers = npt.NDArray[np.float64]

NUMBER = r"\d[\d,]*(?:\.\d+)?"
TO = "[-~\u2013\u2014\uff5e至到]"
_PAUSE = "[\\s:,\uff1a\uff0c]"


def budgets_of(needs: pa.Array, words: BudgetWords, units: AmountUnits) -> Numbers:
    """The budget that each need names, in the unit of ``units``; the middle of a range.

    An amount without a unit, or in another currency, is no budget that can be compared.

    >>> from xltrack.template.market import load_market
    >>> units = AmountUnits({"元": 1, "万": 10000, "k": 1000}, "万")
    >>> needs = pa.array(["预算30万", "ERP,5-8万的预算", "预算约50000元", "Budget: 50k"])
    >>> budgets_of(needs, load_market().budget, units).tolist()
    [30.0, 6.5, 5.0, 5.0]
    >>> needs = pa.array(["预算5万美元", "预算30", "预算30万台"])
    >>> budgets_of(needs, load_market().budget, units).tolist()
    [nan, nan, nan]
    """
    announced, between = any_word(words.words), any_word(words.between)
    counted, behind = any_word(words.counted), any_word(words.behind)
    unit, currency = any_word(units.folded, _ended), any_word(_foreign_marks(), _ended)
    single = rf"{NUMBER}\s*(?:{unit})"
    amount = rf"(?P<word>(?:{NUMBER}\s*(?:{unit})?\s*{TO}\s*)?{single}(?:\s*(?:{currency}))?)"
    forward = rf"(?i)(?:{announced})(?:{_PAUSE}|{between})*{amount}(?P<not>{counted})?"
    backward = rf"(?i){amount}(?:{behind})?(?P<not>{counted})?(?:{announced})"
    budgets = _amounts(needs, forward, units)
    rest = pa.array(np.isnan(budgets))
    likely = pc.match_substring_regex(needs, announced, ignore_case=True)
    return np.fmax(budgets, _amounts(where(pc.and_(likely, rest), needs), backward, units))


def _amounts(texts: pa.Array, pattern: str, units: AmountUnits) -> Numbers:
    """The amount each text names by ``pattern``, null where something is counted by it."""
    found = pc.extract_regex(texts, pattern)
    counted = pc.not_equal(pc.struct_field(found, "not"), "")
    named = where(pc.invert(counted), pc.struct_field(found, "word"))
    encoded = named.dictionary_encode()
    values = [_amount(text, units) for text in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    named_amounts: Numbers = np.array([*values, None], dtype=np.float64)[codes]
    return named_amounts


def _amount(text: str, units: AmountUnits) -> float | None:
    amount = units.parse(text)
    return amount.value if amount is not None and amount.currency is None else None


def _foreign_marks() -> list[str]:
    return [mark for marks in CURRENCIES.values() for mark in marks if mark != "元"]


def where(mask: pa.Array, texts: pa.Array) -> pa.Array:
    """The texts that ``mask`` holds for, the others null."""
    return pc.if_else(mask, texts, pa.scalar(None, texts.type))


def _ended(word: str) -> str:
    """A pattern for a word that no Latin letter or digit follows."""
    return re.escape(word) + (r"\b" if word[-1].isascii() and word[-1].isalnum() else "")


def _whole(word: str) -> str:
    """A pattern for a word that, if Latin, is not part of a longer one."""
    return (r"\b" if word[0].isascii() and word[0].isalnum() else "") + _ended(word)


def any_word(words: Iterable[str], form: Callable[[str], str] = _whole) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(form(word) for word in sorted(words, key=lambda word: (-len(word), word)))
