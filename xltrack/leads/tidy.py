"""Text without stray spaces, full-width letters and digits, and invisible characters."""

from __future__ import annotations

import re

NAMES = frozenset({"lead_id", "channel", "customer", "contact", "priority", "stage", "owner"})
"""Fields that hold a name or a word: a space between two Chinese characters is stray there."""

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e"
_FULL_WIDTH = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
_ODD_SPACE = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_HAN = "\u4e00-\u9fff"
_ALL = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}
TO_ASCII = {code: plain for code, plain in _ALL.items() if chr(plain).isalnum()}
"""Full-width letters and digits as usual ones, for ``str.translate``; lengths stay."""
_INVISIBLES = re.compile(f"[{_INVISIBLE}\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ODD_SPACES = re.compile(f"[{_ODD_SPACE}]")
_SEVERAL = re.compile("[ \t]{2,}|\t")
_AT_ENDS = re.compile("^[ \t]+|[ \t]+$", re.MULTILINE)
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}])[ \t]+(?=[{_HAN}])")

UNTIDY = (
    f"[{_INVISIBLE}{_FULL_WIDTH}{_ODD_SPACE}\x01-\x08\x0b\x0c\x0e-\x1f\x7f\t]"
    r"|  |\A\s|\s\z| \n|\n "
)
"""Found (RE2) in every text that is not tidy, save for spaces between Chinese characters."""
UNTIDY_NAME = f"{UNTIDY}|[{_HAN}][ \t]+[{_HAN}]"


def visible(text: str) -> str:
    """The text with what cannot be seen in it named, and spaces at its ends marked.

    >>> visible("\u3000云帆\u200b "), visible("云帆 物流")
    ('[U+3000]云帆[U+200B]␣', '云帆 物流')
    """
    inner = text.strip(" ")
    start, end = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    named = "".join(f"[U+{ord(c):04X}]" if _is_unseen(c) else c for c in inner)
    return f"{'␣' * start}{named}{'␣' * end}"


def _is_unseen(character: str) -> bool:
    return not character.isprintable() and character != "\n"


def tidied(text: str, field: str) -> str:
    """The text with all that nobody typed on purpose taken out.

    >>> tidied("\uff21\uff22\uff23科技\u3000", "customer"), tidied("张 三", "owner")
    ('ABC科技', '张三')
    >>> tidied("采购  ERP", "need"), tidied("张 三", "need")
    ('采购 ERP', '张 三')
    """
    plain = _INVISIBLES.sub("", text.translate(TO_ASCII))
    plain = _ODD_SPACES.sub(" ", plain)
    plain = _AT_ENDS.sub("", _SEVERAL.sub(" ", plain)).strip()
    return _BETWEEN_HAN.sub("", plain) if field in NAMES else plain
