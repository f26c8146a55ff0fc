"""Text as people type it, folded to text that can be compared."""

from __future__ import annotations

import locale
import os
import re
import unicodedata
from typing import Literal

Lang = Literal["zh", "en"]

_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_SPACES = re.compile(r"\s+")
_NOT_IN_HEADER = re.compile(r"[\s()\[\]{}<>_*::·.,/\\|-]+")
_LIST_MARKS = re.compile("[、,;|\n\uff0c\uff1b]+")


def fold(text: str) -> str:
    """Half-width, lower-case, without invisible characters, single spaces.

    >>> fold(" 高 \u3000LX")
    '高 lx'
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if not plain.isprintable():  # what is printable has no other spaces and nothing invisible
        plain = _SPACES.sub(" ", plain.translate(_INVISIBLE))
    elif "  " in plain:
        plain = _SPACES.sub(" ", plain)
    return plain.strip().casefold()


def header_key(header: str) -> str:
    """What a column header is compared by: width, case, spaces and brackets do not count.

    >>> header_key("成交金额(万)") == header_key("成交金额 (万)")
    True
    """
    return _NOT_IN_HEADER.sub("", fold(header))


def split_list(text: str) -> list[str]:
    """The entries of a cell that holds several, such as a list of synonyms.

    >>> split_list("官网、网站,网站注册")
    ['官网', '网站', '网站注册']
    """
    return [entry.strip() for entry in _LIST_MARKS.split(text) if entry.strip()]


def display_width(text: str) -> int:
    """Columns that a text takes, nearly: characters of three bytes and more are wide.

    >>> display_width("客户 A")
    6
    """
    return len(text) + (len(text.encode("utf-8", "replace")) - len(text)) // 2


def system_language() -> Lang:
    """The language of the system: Chinese where its locale says so."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if name := os.environ.get(variable):
            return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
