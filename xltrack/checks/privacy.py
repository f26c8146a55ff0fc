"""Contact details and identity numbers inside text: where they stand, and text without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from xltrack.findings import masked
from xltrack.leads.tidy import TO_ASCII

Kind = Literal["mobile", "landline", "email", "identity", "wechat"]

_BEFORE, _AFTER = r"(?<![0-9A-Za-z_])", r"(?![0-9A-Za-z_])"
_LOCAL = "[A-Za-z0-9._%+-]"  # bounds keep a text of a million letters from taking minutes
_WECHAT = "(?:微信|[Ww]e[Cc]hat|[Vv]信)"
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("email", rf"(?<!{_LOCAL}){_LOCAL}{{1,64}}@(?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}[A-Za-z]{{2,24}}"),
    ("identity", rf"{_BEFORE}[1-9]\d{{5}}(?:19|20)\d{{9}}[\dXx]{_AFTER}"),
    ("mobile", rf"{_BEFORE}(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}{_AFTER}"),
    ("landline", rf"{_BEFORE}(?:\+86[- ]?)?\(?0\d{{2,3}}\)?[- ]?[2-9]\d{{6,7}}{_AFTER}"),
    ("wechat", _WECHAT + r"(?:号|[Ii][Dd])?[:\uff1a]\s*(?=[\w-]{0,19}\d)[A-Za-z][\w-]{5,19}"),
)
_KINDS = [kind for kind, _ in _PATTERNS]
_ANY = re.compile("|".join(f"({pattern})" for _, pattern in _PATTERNS), re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_MAYBE = re.compile(r"@|\d{7}|\d[- ]\d{4}|信|[Cc]hat")
PREFILTER = (
    r"@|[\d\x{FF10}-\x{FF19}]{7}|\d[- ]\d{4}"
    r"|(?i)(?:信|wechat)(?:号|id)?[:\x{FF1A}]\s*[A-Za-z]"
)
"""Found (RE2) in every text that may hold contact details."""


class Private(NamedTuple):
    """A piece of text that is private: its kind, and where it stands."""

    kind: Kind
    start: int
    end: int
    text: str


def private_pieces(text: str) -> Iterator[Private]:
    """The contact details and identity numbers inside a text.

    >>> [piece.kind for piece in private_pieces("致电13812345678或a@b.cn,编号LX202405001")]
    ['mobile', 'email']
    """
    for match in _ANY.finditer(text.translate(TO_ASCII)):
        kind = _KINDS[(match.lastindex or 1) - 1]
        if kind != "identity" or is_identity_number(match[0]):
            yield Private(kind, match.start(), match.end(), match[0])


def without_private(text: str) -> str:
    """The text with the contact details in it masked.

    >>> without_private("致电13812345678")
    '致电13***'
    """
    pieces = list(private_pieces(text)) if _MAYBE.search(text) else []
    for piece in reversed(pieces):
        text = text[: piece.start] + masked(piece.text) + text[piece.end :]
    return text


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are an identity number: its last digit checks the others (GB 11643).

    >>> is_identity_number("11010519491231002X"), is_identity_number("110105194912310021")
    (True, False)
    """
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return text[-1].upper() == _CHECK_DIGITS[total % 11]
