"""Traits of a customer that its texts say outright: industry, decision maker, budget, size.

Only explicit words count, as ``templates/market.toml`` lists them; what is not said stays unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.amounts import CURRENCIES, AmountUnits
from xltrack.leads.cells import number_text
from xltrack.template.market import BudgetWords, DecisionMakers, Industry, OpenEnded
from xltrack.text import Lang, fold

Numbers = npt.NDArray[np.float64]
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_TO = "[-~\u2013\u2014\uff5e至到]"
_PAUSE = "[\\s:,\uff1a\uff0c]"
_SIZE = re.compile(rf"({_NUMBER})(?:\D*?{_TO}\D*?({_NUMBER}))?")


def industries_of(names: pa.Array, industries: Sequence[Industry], lang: Lang) -> pa.Array:
    """The industry that each customer's name says: by the last word of one in it, Chinese first.

    >>> from xltrack.template.market import load_market
    >>> names = pa.array(["青屿精密制造有限公司", "第一医院物流有限公司", "云帆科技有限公司"])
    >>> industries_of(names, load_market().industries, "zh").to_pylist()
    ['制造', '物流', None]
    """
    by_word = {fold(word): each.name.of(lang) for each in industries for word in each.words}
    latin = {word for word in by_word if word.isascii()}
    found = _last(names, _any(by_word.keys() - latin), "s")
    if latin:
        written = pc.match_substring_regex(names, "[A-Za-z]")
        found = pc.coalesce(found, _last(_where(written, names), _any(latin), "is"))
    return _renamed(found, by_word)


def decision_makers_of(contacts: pa.Array, declared: DecisionMakers) -> pa.Array:
    """The title that stands first in each contact, as it is declared.

    >>> from xltrack.template.market import load_market
    >>> contacts = pa.array(["王总", "李采购经理", "高it主管", "周经理", "赵副总经理 138"])
    >>> decision_makers_of(contacts, load_market().decision_makers).to_pylist()
    [None, '采购经理', 'IT主管', None, '副总经理']
    """
    by_word = {fold(title): title for title in declared.all}
    return _renamed(_found(contacts, f"(?i)(?P<word>{_any(by_word)})"), by_word)


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
    announced, between = _any(words.words), _any(words.between)
    counted, behind = _any(words.counted), _any(words.behind)
    unit, currency = _any(units.folded, _ended), _any(_foreign_marks(), _ended)
    single = rf"{_NUMBER}\s*(?:{unit})"
    amount = rf"(?P<word>(?:{_NUMBER}\s*(?:{unit})?\s*{_TO}\s*)?{single}(?:\s*(?:{currency}))?)"
    forward = rf"(?i)(?:{announced})(?:{_PAUSE}|{between})*{amount}(?P<not>{counted})?"
    backward = rf"(?i){amount}(?:{behind})?(?P<not>{counted})?(?:{announced})"
    budgets = _amounts(needs, forward, units)
    rest = pa.array(np.isnan(budgets))
    likely = pc.match_substring_regex(needs, announced, ignore_case=True)
    return np.fmax(budgets, _amounts(_where(pc.and_(likely, rest), needs), backward, units))


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


def _amounts(texts: pa.Array, pattern: str, units: AmountUnits) -> Numbers:
    """The amount each text names by ``pattern``, null where something is counted by it."""
    found = pc.extract_regex(texts, pattern)
    counted = pc.not_equal(pc.struct_field(found, "not"), "")
    named = _where(pc.invert(counted), pc.struct_field(found, "word"))
    encoded = named.dictionary_encode()
    values = [_amount(text, units) for text in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    return np.array([*values, None], dtype=np.float64)[codes]


def _amount(text: str, units: AmountUnits) -> float | None:
    amount = units.parse(text)
    return amount.value if amount is not None and amount.currency is None else None


def _foreign_marks() -> list[str]:
    return [mark for marks in CURRENCIES.values() for mark in marks if mark != "元"]


def _found(texts: pa.Array, pattern: str) -> pa.Array:
    """What the group ``word`` of the pattern holds for each text, null where it is not found."""
    return pc.struct_field(pc.extract_regex(texts, pattern), "word")


def _last(texts: pa.Array, words: str, flags: str) -> pa.Array:
    """The last of the words in each text; only texts with several need a search from their end."""
    first = _found(texts, f"(?{flags})(?P<word>{words})")
    several = pc.match_substring_regex(texts, f"(?{flags})(?:{words}).*(?:{words})")
    if not pc.any(several).as_py():
        return first
    return pc.coalesce(_found(_where(several, texts), f"(?{flags}).*(?P<word>{words})"), first)


def _where(mask: pa.Array, texts: pa.Array) -> pa.Array:
    """The texts that ``mask`` holds for, the others null."""
    return pc.if_else(mask, texts, pa.scalar(None, texts.type))


def _renamed(found: pa.Array, by_word: Mapping[str, str]) -> pa.Array:
    encoded = found.dictionary_encode()
    names = [by_word[fold(word)] for word in encoded.dictionary.to_pylist()]
    return pa.array(names, type=found.type).take(encoded.indices)


def _ended(word: str) -> str:
    """A pattern for a word that no Latin letter or digit follows."""
    return re.escape(word) + (r"\b" if word[-1].isascii() and word[-1].isalnum() else "")


def _whole(word: str) -> str:
    """A pattern for a word that, if Latin, is not part of a longer one."""
    return (r"\b" if word[0].isascii() and word[0].isalnum() else "") + _ended(word)


def _any(words: Iterable[str], form: Callable[[str], str] = _whole) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(form(word) for word in sorted(words, key=lambda word: (-len(word), word)))
