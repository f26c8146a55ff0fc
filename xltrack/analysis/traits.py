"""Traits of a customer that its texts say outright: industry, decision maker, budget, size.

Only explicit words count, as ``templates/market.toml`` lists them; what is not said stays unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.amounts import CURRENCIES, AmountUnits
from xltrack.leads.cells import number_text
from xltrack.template.market import BudgetWords, DecisionMakers, Industry, OpenEnded
from xltrack.text import Lang, fold

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_TO = "[-~\u2013\u2014\uff5e至到]"
_PAUSE = "[\\s:,\uff1a\uff0c]"
_SIZE = re.compile(rf"({_NUMBER})(?:\D*?{_TO}\D*?({_NUMBER}))?")


def industries_of(names: pa.Array, industries: Sequence[Industry], lang: Lang) -> list[str | None]:
    """The industry that each customer's name says: by the last word of one in it.

    >>> from xltrack.template.market import load_market
    >>> names = pa.array(["青屿精密制造有限公司", "第一医院物流有限公司", "云帆科技有限公司"])
    >>> industries_of(names, load_market().industries, "zh")
    ['制造', '物流', None]
    """
    by_word = {fold(word): each.name.of(lang) for each in industries for word in each.words}
    pattern = f"(?is).*(?P<word>{_any(by_word)})"
    return [by_word[fold(word)] if word else None for word in _found(names, pattern, "word")]


def decision_makers_of(contacts: pa.Array, declared: DecisionMakers) -> list[str | None]:
    """The title that stands first in each contact, as it is declared.

    >>> from xltrack.template.market import load_market
    >>> contacts = pa.array(["王总", "李采购经理", "高it主管", "周经理", "赵副总经理 138"])
    >>> decision_makers_of(contacts, load_market().decision_makers)
    [None, '采购经理', 'IT主管', None, '副总经理']
    """
    by_word = {fold(title): title for title in declared.all}
    pattern = f"(?i)(?P<title>{_any(by_word)})"
    return [by_word[fold(title)] if title else None for title in _found(contacts, pattern, "title")]


def budgets_of(needs: pa.Array, words: BudgetWords, units: AmountUnits) -> list[float | None]:
    """The budget that each need names, in the unit of ``units``; the middle of a range.

    An amount without a unit, or in another currency, is no budget that can be compared.

    >>> from xltrack.template.market import load_market
    >>> units = AmountUnits({"元": 1, "万": 10000, "k": 1000}, "万")
    >>> needs = pa.array(["预算30万", "ERP,5-8万的预算", "预算约50000元", "Budget: 50k"])
    >>> budgets_of(needs, load_market().budget, units)
    [30.0, 6.5, 5.0, 5.0]
    >>> budgets_of(pa.array(["预算5万美元", "预算30", "预算30万台"]), load_market().budget, units)
    [None, None, None]
    """
    announced, between = _any(words.words), _any(words.between)
    counted, behind = _any(words.counted), _any(words.behind)
    unit, currency = _any(units.folded, _ended), _any(_foreign_marks(), _ended)
    single = rf"{_NUMBER}\s*(?:{unit})"
    amount = rf"(?P<amount>(?:{_NUMBER}\s*(?:{unit})?\s*{_TO}\s*)?{single}(?:\s*(?:{currency}))?)"
    forward = rf"(?i)(?:{announced})(?:{_PAUSE}|{between})*{amount}(?P<not>{counted})?"
    backward = rf"(?i){amount}(?:{behind})?(?P<not>{counted})?(?:{announced})"
    return [
        _amount(ahead, units) or _amount(after, units)
        for ahead, after in zip(
            _amounts(needs, forward, words), _amounts(needs, backward, words), strict=True
        )
    ]


def size_band(text: str, bounds: Sequence[float], open_ended: OpenEnded) -> str:
    """The band of a company's size, given as a number or a range; any other text as it is.

    >>> from xltrack.template.market import load_market
    >>> market = load_market()
    >>> bounds, words = market.bands.company_size, market.open_ended
    >>> [size_band(text, bounds, words) for text in ("50", "50-200人", "1000人以上", "<50", "大型")]
    ['50-200', '50-200', '>=1000', '<50', '大型']
    """
    match = _SIZE.search(text)
    if match is None:
        return text
    low, high = (float(digits.replace(",", "")) if digits else None for digits in match.groups())
    if low is None:
        return text
    labels = band_labels(bounds)
    if high is not None:
        return labels[bisect_right(bounds, (low + high) / 2)]
    if any(fold(word) in fold(text) for word in open_ended.below):
        return labels[bisect_left(bounds, low)]
    return labels[bisect_right(bounds, low)]


def band_labels(bounds: Sequence[float]) -> list[str]:
    """What the bands between ascending bounds are called, in any language.

    >>> band_labels([1, 5, 10])
    ['<1', '1-5', '5-10', '>=10']
    """
    texts = [number_text(bound) for bound in bounds]
    between = [f"{low}-{high}" for low, high in pairwise(texts)]
    return [f"<{texts[0]}", *between, f">={texts[-1]}"]


def _amounts(needs: pa.Array, pattern: str, words: BudgetWords) -> list[str | None]:
    """The amount each text names by ``pattern``, unless something is counted by it."""
    likely = pc.match_substring_regex(needs, _any(words.words), ignore_case=True)
    asked = pc.if_else(likely, needs, pa.scalar(None, needs.type))
    found = pc.extract_regex(asked, pattern)
    amounts = pc.struct_field(found, "amount").to_pylist()
    counted = pc.struct_field(found, "not").to_pylist()
    return [None if thing else amount for amount, thing in zip(amounts, counted, strict=True)]


def _amount(text: str | None, units: AmountUnits) -> float | None:
    amount = units.parse(text) if text else None
    return amount.value if amount is not None and amount.currency is None else None


def _foreign_marks() -> list[str]:
    return [mark for marks in CURRENCIES.values() for mark in marks if mark != "元"]


def _found(texts: pa.Array, pattern: str, group: str) -> list[str | None]:
    found: list[str | None] = pc.struct_field(pc.extract_regex(texts, pattern), group).to_pylist()
    return found


def _ended(word: str) -> str:
    """A pattern for a word that no Latin letter or digit follows."""
    return re.escape(word) + (r"\b" if word[-1].isascii() and word[-1].isalnum() else "")


def _whole(word: str) -> str:
    """A pattern for a word that, if Latin, is not part of a longer one."""
    return (r"\b" if word[0].isascii() and word[0].isalnum() else "") + _ended(word)


def _any(words: Iterable[str], form: Callable[[str], str] = _whole) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(form(word) for word in sorted(words, key=lambda word: (-len(word), word)))
