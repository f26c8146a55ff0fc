"""Dates, amounts and follow-ups come back from every form in which people write them."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xltrack.leads import last_contact
from xltrack.leads.amounts import AmountUnits
from xltrack.leads.cells import number_text
from xltrack.leads.dates import from_number, leading_day, parse_moment, year_near
from xltrack.template import load_template

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))
FORMS = [
    "{0:%Y-%m-%d}",
    "{0:%Y%m%d}",
    "{0.year}-{0.month}-{0.day}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    " {0.year} 年 {0.month} 月 {0.day} 日 ",
]
FULL_WIDTH = str.maketrans(
    "0123456789/.-",
    "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0f\uff0e\uff0d",
)


@given(day=DAYS, form=st.sampled_from(FORMS), wide=st.booleans())
def test_a_day_comes_back_from_every_form(day: dt.date, form: str, wide: bool) -> None:
    text = form.format(day)
    moment = parse_moment(text.translate(FULL_WIDTH) if wide else text)
    assert moment == dt.datetime.combine(day, dt.time())


@given(day=DAYS, time=st.times().map(lambda time: time.replace(microsecond=0, fold=0)))
def test_a_moment_comes_back(day: dt.date, time: dt.time) -> None:
    assert parse_moment(f"{day} {time}") == dt.datetime.combine(day, time)


@given(day=DAYS)
def test_a_serial_day_comes_back(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    assert from_number(serial) == dt.datetime.combine(day, dt.time())


@given(text=st.text(max_size=30))
def test_any_text_is_a_day_or_none(text: str) -> None:
    moment = parse_moment(text)
    assert moment is None or 1 <= moment.year <= 9999
    day = leading_day(text)
    assert day is None or isinstance(day, dt.date)


@given(start=DAYS.map(lambda day: day.replace(day=1)), later=st.integers(0, 330))
def test_a_day_without_a_year_gets_the_year_it_had(start: dt.date, later: int) -> None:
    day = start + dt.timedelta(days=later)
    assert year_near(start, day.month, day.day) == day.year


UNITS = AmountUnits(load_template().amount.units, "万", "CNY", frozenset(["—"]))
CENTS = st.integers(0, 10**10).map(lambda cents: cents / 100)


@given(
    amount=CENTS, unit=st.sampled_from(["", "万", "万元", "元", "千", "亿"]), grouped=st.booleans()
)
def test_an_amount_comes_back_with_its_unit(amount: float, unit: str, grouped: bool) -> None:
    text = f"{amount:,.2f}{unit}" if grouped else f"{amount:.2f}{unit}"
    factor = {"": 1, "万": 1, "万元": 1, "元": 1e-4, "千": 0.1, "亿": 1e4}[unit]
    read = UNITS.parse(text)
    assert read is not None
    assert read.value == pytest.approx(amount * factor, rel=1e-12, abs=1e-9)


@given(low=CENTS, high=CENTS)
def test_a_range_is_its_midpoint_or_nothing(low: float, high: float) -> None:
    read = UNITS.parse(f"{low:.2f}-{high:.2f}万")
    if low <= high:
        assert read is not None
        assert read.value == pytest.approx((low + high) / 2, rel=1e-12, abs=1e-9)
    else:
        assert read is None


@given(text=st.text(max_size=20))
def test_any_text_is_an_amount_of_at_least_nothing_or_none(text: str) -> None:
    read = UNITS.parse(text)
    assert read is None or read.value >= 0


@given(number=st.floats(-1e15, 1e15, allow_nan=False))
def test_the_text_of_a_number_is_the_number(number: float) -> None:
    assert float(number_text(number)) == pytest.approx(number, rel=1e-12, abs=1e-9)


ENTRY = st.tuples(
    st.one_of(st.none(), st.dates(dt.date(2023, 1, 1), dt.date(2025, 12, 31))),
    st.sampled_from(["{0}", "{0:%Y/%m/%d}", "{0.year}年{0.month}月{0.day}日"]),
    st.sampled_from(["\uff1a已报价", " 14:30 电话:再议", ":ok", "", " 2020-01-01"]),
)


@given(log=st.lists(ENTRY, max_size=4), as_of=st.dates(dt.date(2023, 1, 1), dt.date(2025, 12, 31)))
def test_the_last_contact_is_the_latest_dated_line(
    log: list[tuple[dt.date | None, str, str]], as_of: dt.date
) -> None:
    lines = [(form.format(day) if day else "客户来电") + rest for day, form, rest in log]
    text = "\n".join(lines)
    days = [day for day, _, _ in log if day is not None and day <= as_of]
    expected = pd.Timestamp(max(days)) if days else pd.NaT
    # alone, and among others that take the quick way
    for texts in ([text], ["2024-05-10:x", text, None]):
        found = last_contact(pd.Series(texts, dtype="str"), as_of)
        position = texts.index(text)
        assert found.isna().tolist()[position] == (not days)
        if days:
            assert found.tolist()[position] == expected
