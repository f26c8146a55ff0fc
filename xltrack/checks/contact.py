"""Contact details: whether they reach anyone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from xltrack.checks.examined import Examined
from xltrack.checks.required import missing
from xltrack.checks.rule import Hits, positions, rule
from xltrack.text import fold

_FIELD = "contact_details"
_ORDINARY = (
    r"(?:^|[^0-9A-Za-z])(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?:$|[^0-9.*])"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)
"""A mobile number or a mail address, as nearly all cells hold (RE2)."""

_LONGEST = 500  # characters of a cell that are looked at
_WECHAT = re.compile(
    r"(?:微信|薇信|威信|v信|企微|wechat|weixin|wx|vx)(?:号|id)?[\s:]*([a-z][a-z0-9_-]{3,19})(?![\w@])"
)
_QQ = re.compile(r"qq(?:号)?[\s:]*[1-9]\d{4,10}(?!\d)")
_BARE_ID = re.compile(r"[a-z](?=[a-z0-9_-]*[\d_-])[a-z0-9_-]{5,19}")
_BARE_WORD = re.compile(r"[a-z]{6,20}")
_MASKED = re.compile(r"\d[*x\u00d7\u2022]{2,}|[*\u00d7\u2022]{2,}\d")
_AS_NUMBER = re.compile(r"\s*(\d{7,15})\.0+\s*|\s*(\d)\.(\d+)e\+?(\d{1,2})\s*", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_DIGITS = re.compile(r"\d[\d\s()./+-]{5,}")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#|-)\s*\d{1,6}\s*$|\(\s*\d{1,6}\s*\)\s*$")
_LOCAL = re.compile(r"[2-8]\d{6,7}")


@rule("V170", fields=(_FIELD,))
def reaches_nobody(examined: Examined) -> Iterator[Hits]:
    """No phone number, WeChat id or mail address in it that can be reached.

    A number that a spreadsheet made a decimal of is corrected, which stays private.
    """
    filled = examined.filled(_FIELD) & ~missing(examined)[_FIELD]
    doubtful = positions(filled & ~examined.matches(_FIELD, _ORDINARY))
    known: dict[str, bool] = {}
    at, corrected = [], []
    for position, text in zip(doubtful.tolist(), examined.pick(_FIELD, doubtful), strict=True):
        if text not in known:
            known[text] = can_be_reached(text)
        if not known[text]:
            at.append(position)
            corrected.append(digits_of_number(text))
    yield Hits(_FIELD, np.array(at, dtype=np.intp), corrected=corrected)


def can_be_reached(text: str) -> bool:
    """Whether a cell of contact details holds one that can reach somebody.

    >>> [can_be_reached(text) for text in ("010-62345678转12", "400-800-1234", "微信:zhao123")]
    [True, True, True]
    >>> [can_be_reached(text) for text in ("138", "138****5678", "1.38E+10", "13800138000.0")]
    [False, False, False, False]
    """
    plain = unicodedata.normalize("NFKC", fold(text[:_LONGEST]))
    if re.search(_ORDINARY, plain, re.IGNORECASE):
        return True
    if _AS_NUMBER.fullmatch(plain):
        return False
    if _WECHAT.search(plain) or _QQ.search(plain):
        return True
    words = re.split(r"[\s,;/\u3001|]+", plain)
    if any(_BARE_ID.fullmatch(word) or _BARE_WORD.fullmatch(word) for word in words):
        return not _MASKED.search(plain)
    return not _MASKED.search(plain) and _can_be_rung(plain)


def _can_be_rung(plain: str) -> bool:
    for match in _DIGITS.finditer(plain):
        if _LOCAL.fullmatch(re.sub(r"\D", "", match[0])):
            return True  # within the same city
    return any(True for _ in _numbers(plain))


def _numbers(plain: str) -> Iterator[object]:
    import phonenumbers  # noqa: PLC0415  # slow to import, and only for what is no mobile number

    pieces = re.split(r"[,;/\u3001|\n]+", plain)
    for piece in pieces:
        bare = _EXTENSION.sub("", piece).strip()
        for candidate in (piece, bare, re.sub(r"[\s()-]", "", bare)):
            yield from phonenumbers.PhoneNumberMatcher(candidate, "CN")


def digits_of_number(text: str) -> str | None:
    """The phone number that a spreadsheet showed as a decimal; None where digits are lost.

    >>> digits_of_number("13800138000.0"), digits_of_number("1.3800138000E+10")
    ('13800138000', '13800138000')
    >>> digits_of_number("1.38E+10"), digits_of_number("13800138000")
    (None, None)
    """
    match = _AS_NUMBER.fullmatch(unicodedata.normalize("NFKC", text[:_LONGEST]))
    if match is None:
        return None
    if match[1]:
        return match[1] if _MOBILE.fullmatch(match[1]) else None
    if len(match[3]) < int(match[4]):
        return None  # the last digits were rounded away
    digits = format(Decimal(f"{match[2]}.{match[3]}E{match[4]}"), "f").partition(".")[0]
    return digits if _MOBILE.fullmatch(digits) else None
