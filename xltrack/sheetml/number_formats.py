"""Number formats: what they show a number as."""

from __future__ import annotations

import re
from enum import StrEnum


class Shown(StrEnum):
    """What a number is shown as."""

    NUMBER = "number"
    DATE = "date"
    """A day, a time, or both."""
    TEXT = "text"


GENERAL_ID = 0
_TEXT_ID = 49
# those that programs know without a code; 27 to 36 and 50 to 58 are East Asian dates
_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmyhsegb]", re.IGNORECASE)
_GENERAL = re.compile("general", re.IGNORECASE)


def shown_as(identifier: int, code: str | None) -> Shown:
    """What the number format of this id, and of this code where it has one, shows numbers as.

    >>> shown_as(14, None), shown_as(164, 'yyyy"年"m"月"'), shown_as(165, '0.0"d"')
    (<Shown.DATE: 'date'>, <Shown.DATE: 'date'>, <Shown.NUMBER: 'number'>)
    """
    if code is None:
        if identifier == _TEXT_ID:
            return Shown.TEXT
        return Shown.DATE if identifier in _DATE_IDS else Shown.NUMBER
    first = _LITERAL.sub("", code.split(";")[0])
    if first.strip() == "@":
        return Shown.TEXT
    return Shown.DATE if _DATE_LETTER.search(_GENERAL.sub("", first)) else Shown.NUMBER
