"""Traits of a customer that its texts say outright: industry, decision maker, size.

Only explicit words count, as ``templates/market.toml`` lists them; what is not said stays unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.budgets import NUMBER, TO, any_word
from xltrack.leads.cells import number_text
from xltrack.template.market import DecisionMakers, Industry, OpenEnded
from xltrack.text import Lang, fold

_SIZE = re.compile(rf"({NUMBER})(?:\D*?{TO}\D*?({NUMBER}))?")


def industries_of(names: pa.Array, industries: Sequence[Industry], lang: Lang) -> pa.Array:
    """The industry that each customer's name says: by the last word of one in it, Chinese first.

    >>> from xltrack.template.market import load_market
    >>> names = pa.array(["青屿精密制造有限公司", "第一医院物流有限公司", "云帆科技有限公司"])
    >>> industries_of(names, load_market().industries, "zh").to_pylist()
    ['制造', '物流', None]
    """
    by_word = {fold(word): each.name.of(lang) for each in industries for word in each.words}
    latin = {word for word in by_word if word.isascii()}
    found = _last(names, any_word(by_word.keys() - latin), "s")
    rest = pc.and_(found.is_null(), _holds(names, "[A-Za-z]"))
    if latin and pc.any(rest).as_py():
        said = _last(names.filter(rest), any_word(latin), "is")
        found = pc.replace_with_mask(found, rest, said)
    return _renamed(found, by_word)


def decision_makers_of(contacts: pa.Array, declared: DecisionMakers) -> pa.Array:
    """The title that stands first in each contact, as it is declared.

    >>> from xltrack.template.market import load_market
    >>> contacts = pa.array(["王总", "李采购经理", "高it主管", "周经理", "赵副总经理 138"])
    >>> decision_makers_of(contacts, load_market().decision_makers).to_pylist()
    [None, '采购经理', 'IT主管', None, '副总经理']
    """
    by_word = {fold(title): title for title in declared.all}
    return _renamed(_found(contacts, f"(?i)(?P<word>{any_word(by_word)})"), by_word)


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


def _found(texts: pa.Array, pattern: str) -> pa.Array:
    """What the group ``word`` of the pattern holds for each text, null where it is not found."""
    return pc.struct_field(pc.extract_regex(texts, pattern), "word")


def _last(texts: pa.Array, words: str, flags: str) -> pa.Array:
    """The last of the words in each text; only texts with several need a search from their end."""
    first = _found(texts, f"(?{flags})(?P<word>{words})")
    several = _holds(texts, f"(?{flags})(?:{words}).*(?:{words})")
    if not pc.any(several).as_py():
        return first
    last = _found(texts.filter(several), f"(?{flags}).*(?P<word>{words})")
    return pc.replace_with_mask(first, several, last)


def _holds(texts: pa.Array, pattern: str) -> pa.Array:
    """Which texts the pattern is found in."""
    return pc.fill_null(pc.match_substring_regex(texts, pattern), False)


def _renamed(found: pa.Array, by_word: Mapping[str, str]) -> pa.Array:
    encoded = found.dictionary_encode()
    names = [by_word[fold(word)] for word in encoded.dictionary.to_pylist()]
    return pa.array(names, type=found.type).take(encoded.indices)
