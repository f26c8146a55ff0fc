"""One cell as markup: what a value becomes, and what of a cell stays when its value changes."""

from __future__ import annotations

import datetime as dt
import math
import re

from xltrack.opc.escapes import escape

CellValue = str | float | dt.date | None
"""What a cell may be set to: text, a number, true or false, a day or a moment, nothing."""

MAX_TEXT = 32_767
_EPOCH = dt.datetime(1899, 12, 30)
_FIRST_SAFE = dt.date(1900, 3, 1)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ATTRIBUTE = re.compile(rb"(\s+)([\w:.-]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_OF_THE_VALUE = frozenset({b"t", b"cm", b"vm"})
_SPAN = re.compile(rb"[\"']([0-9]{1,5}):([0-9]{1,5})[\"']")


def serial(day: dt.date) -> float:
    """The number that a day or a moment is held as, a whole one for a day.

    Raises: ValueError before March 1900, where programs do not agree.

    >>> serial(dt.date(2024, 5, 10)), serial(dt.datetime(2024, 5, 10, 12))
    (45422.0, 45422.5)
    """
    moment = day if isinstance(day, dt.datetime) else dt.datetime(day.year, day.month, day.day)
    if moment.date() < _FIRST_SAFE:
        raise ValueError(f"a day before {_FIRST_SAFE}: {day}")
    span = moment.replace(tzinfo=None) - _EPOCH
    return span.days + round(span.seconds / 86_400, 10)


def text_markup(text: str) -> str:
    """A text as the content of a ``t`` element; what XML cannot hold in the escapes of the format.

    >>> text_markup("a<b\\x01 _x0041_")
    'a&lt;b_x0001_ _x005F_x0041_'
    """
    return escape(_ILLEGAL.sub(lambda match: f"_x{ord(match[0]):04X}_", text))


def content(value: CellValue, prefix: str, *, inline: bool) -> tuple[str, str]:
    """The type attribute, with its space, and the content of a cell that holds ``value``.

    ``inline``: whether text is written as an inline string or as a plain value.

    Raises: ValueError for what no cell can hold: a number that is not finite, a day before March
    1900, a text of more than 32,767 characters.
    """
    if value is None or value == "":
        return "", ""
    if isinstance(value, bool):
        return ' t="b"', f"<{prefix}v>{value:d}</{prefix}v>"
    if isinstance(value, str):
        return _text(value, prefix, inline=inline)
    number = serial(value) if isinstance(value, dt.date) else float(value)
    if not math.isfinite(number):
        raise ValueError(f"not a number that a cell can hold: {value}")
    shown = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return "", f"<{prefix}v>{shown}</{prefix}v>"


def _text(value: str, prefix: str, *, inline: bool) -> tuple[str, str]:
    if len(value.encode("utf-16-le")) > 2 * MAX_TEXT:
        raise ValueError("a text longer than a cell holds")
    space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
    if inline:
        tag = f"<{prefix}is><{prefix}t{space}>{text_markup(value)}</{prefix}t></{prefix}is>"
        return ' t="inlineStr"', tag
    return ' t="str"', f"<{prefix}v{space}>{text_markup(value)}</{prefix}v>"


def with_attribute(attributes: bytes, name: bytes, value: bytes) -> bytes:
    """An element's attributes with one of them changed where it stands, or added at the end.

    >>> with_attribute(b' r="A1" s="3"', b"s", b"4"), with_attribute(b' r="A1"', b"s", b"4")
    (b' r="A1" s="4"', b' r="A1" s="4"')
    """
    quoted = b'"' + value + b'"'
    names = [match[2] for match in _ATTRIBUTE.finditer(attributes)]
    if name not in names:
        return attributes.rstrip() + b" " + name + b"=" + quoted

    def changed(match: re.Match[bytes]) -> bytes:
        return match[1] + name + match[3] + quoted if match[2] == name else match[0]

    return _ATTRIBUTE.sub(changed, attributes)


def without_value(attributes: bytes) -> bytes:
    """A cell's attributes without those that say what its value is.

    >>> without_value(b' r="A1" s="3" t="s" vm="1"')
    b' r="A1" s="3"'
    """
    return _ATTRIBUTE.sub(
        lambda match: b"" if match[2] in _OF_THE_VALUE else match[0], attributes
    ).rstrip()


def widened_span(attributes: bytes, columns: list[int]) -> bytes:
    """A row's attributes, its hint at the columns it spans grown over ``columns``.

    >>> widened_span(b' r="1" spans="2:4"', [7])
    b' r="1" spans="2:7"'
    """
    for match in _ATTRIBUTE.finditer(attributes):
        span = _SPAN.fullmatch(match[4]) if match[2] == b"spans" else None
        if span is not None:
            first, last = min(int(span[1]), *columns), max(int(span[2]), *columns)
            return with_attribute(attributes, b"spans", b"%d:%d" % (first, last))
    return attributes
