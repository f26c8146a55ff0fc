"""What a single cell says: its text, its date, its number."""

from __future__ import annotations

import datetime as dt
from typing import Literal

Kind = Literal["empty", "text", "number", "date", "other"]

DECIMALS = 9
"""Decimals of amounts and of numbers as text: below lies the dust of binary fractions."""


def number_text(number: float) -> str:
    """A number as a cell shows it, without exponent or trailing zeros.

    >>> number_text(13812345678.0), number_text(29.020000000000003), number_text(0.5)
    ('13812345678', '29.02', '0.5')
    """
    return f"{number:.{DECIMALS}f}".rstrip("0").rstrip(".")


def cell_text(value: object) -> str | None:
    """The text of a cell whatever its type, None where it is empty.

    A date has its time behind it and a time its day in front, as whole columns are read; see
    :func:`xltrack.leads.texts.tidy` for what becomes of them.
    """
    match value:
        case None | "":
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number_text(value)
        case dt.datetime():
            return str(to_second(value))
        case dt.date():
            return f"{value} 00:00:00"
        case dt.time():
            return f"1899-12-31 {value.replace(microsecond=0)}"
        case dt.timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60}:{minutes % 60:02}"
        case _:
            return str(value)


def shown(value: object) -> str:
    """The text of a cell as a person would read it, for a finding.

    >>> shown(dt.date(2024, 5, 10)), shown(45422.0), shown(None)
    ('2024-05-10', '45422', '')
    """
    text = cell_text(value)
    if text is None:
        return ""
    if isinstance(value, bool):
        return text.upper()
    if isinstance(value, dt.time):
        return text.removeprefix("1899-12-31 ")
    return text.removesuffix(" 00:00:00") if isinstance(value, dt.date) else text.strip()


def kind_of(value: object) -> Kind:
    """Which kind of content a cell has; a blank text is empty.

    >>> [kind_of(value) for value in (" ", "x", 1.0, True, dt.date(2024, 5, 10))]
    ['empty', 'text', 'number', 'other', 'date']
    """
    match value:
        case None:
            return "empty"
        case str():
            return "text" if value.strip() else "empty"
        case bool():
            return "other"
        case int() | float():
            return "number"
        case dt.date():  # a datetime is one as well
            return "date"
        case _:
            return "other"


def to_second(moment: dt.datetime) -> dt.datetime:
    """A moment rounded to the second, as serial dates carry dust below it.

    >>> to_second(dt.datetime(2024, 5, 10, 14, 29, 59, 999_999))
    datetime.datetime(2024, 5, 10, 14, 30)
    """
    return (moment + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
