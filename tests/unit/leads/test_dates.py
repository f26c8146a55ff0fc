from __future__ import annotations

import datetime as dt

import pytest

from xltrack.leads.dates import from_number, leading_day, needs_year, parse_moment, year_near


@pytest.mark.parametrize(
    "text",
    [
        "20240510",
        "2024-05-10",
        "2024-5-10",
        "2024/5/10",
        "2024.5.10",
        "2024年5月10日",
        "2024 年 5 月 10 日",
        "24年5月10号",
        "\uff12\uff10\uff12\uff14\uff10\uff15\uff11\uff10",
        "2024\uff0d5\uff0d10",
        "2024年\uff15月\uff11\uff10日",
        "2024\uff0f5\uff0f10",
        " 2024-05-10 ",
        "2024-05-10(周五)",
        "2024-05-10 星期五",
    ],
)
def test_every_form_of_a_day_is_read(text: str) -> None:
    assert parse_moment(text) == dt.datetime(2024, 5, 10)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-10 14:30",
        "2024-05-10T14:30:00",
        "20240510 14:30",
        "2024/5/10 14:30:00",
        "2024年5月10日14时30分",
        "2024年5月10日 下午2:30",
        "2024-05-1014:30",
    ],
)
def test_a_time_behind_a_day_is_read(text: str) -> None:
    assert parse_moment(text) == dt.datetime(2024, 5, 10, 14, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-05-10 25:00",
        "20241301",
        "2024年5月",
        "2024",
        "下周",
        "5/10",
        "10.5.2024",
        "2024-05-10-1",
        "13812345678",
        "",
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_moment(text) is None


def test_a_leap_day_exists_in_leap_years_only() -> None:
    assert parse_moment("2024-02-29") == dt.datetime(2024, 2, 29)
    assert parse_moment("2月29日", 2023) is None
    assert needs_year("2月29日")


@pytest.mark.parametrize(
    ("number", "day"),
    [
        (45422, dt.datetime(2024, 5, 10)),
        (45422.5, dt.datetime(2024, 5, 10, 12)),
        (20240510, dt.datetime(2024, 5, 10)),
        (20240230, None),
        (2024, None),
        (0, None),
        (-1, None),
        (1e9, None),
    ],
)
def test_a_number_is_a_serial_day_or_eight_digits(number: float, day: dt.datetime | None) -> None:
    assert from_number(number) == day


def test_serial_days_of_1904_begin_four_years_later() -> None:
    assert from_number(45422 - 1462, date_1904=True) == dt.datetime(2024, 5, 10)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2024-05-10:已报价", dt.date(2024, 5, 10)),
        ("2024-05-10 14:30 电话:感兴趣", dt.date(2024, 5, 10)),
        ("2024.5.1已报价", dt.date(2024, 5, 1)),
        ("20240510电话", dt.date(2024, 5, 10)),
        ("2024-05-100", None),
        ("已报价 2024-05-10", None),
        ("5月10日:无年份", None),
        ("", None),
    ],
)
def test_a_line_begins_with_its_day(line: str, day: dt.date | None) -> None:
    assert leading_day(line) == day


@pytest.mark.parametrize(
    ("month", "day", "year"),
    [(5, 10, 2024), (4, 20, 2024), (1, 15, 2025), (12, 31, 2024), (3, 1, 2025)],
)
def test_a_day_without_a_year_lies_after_the_month_of_the_lead(
    month: int, day: int, year: int
) -> None:
    assert year_near(dt.date(2024, 5, 1), month, day) == year
