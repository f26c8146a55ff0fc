from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from xltrack.leads import last_contact

AS_OF = dt.date(2024, 5, 31)


@pytest.mark.parametrize(
    ("log", "day"),
    [
        ("2024-05-10:已报价", "2024-05-10"),
        ("2024-05-10 14:30 电话:已报价;下一步:2024-06-01前回复", "2024-05-10"),
        ("2024-05-02:首次\n2024-05-20:再议\n2024-05-10:报价", "2024-05-20"),
        ("2024-05-20:已约\n2024-06-02:未来", "2024-05-20"),
        ("2024-06-02:未来", None),
        ("2024-05-31:当天", "2024-05-31"),
        ("2024/5/9 微信:a\r\n2024.5.12:b", "2024-05-12"),
        ("2024-05-0\uff19\uff1a全角", "2024-05-09"),
        ("2024-05-09\uff1a全角", "2024-05-09"),
        ("  2024-05-09:缩进", "2024-05-09"),
        ("5月10日:无年份", "2024-05-10"),
        ("12月20日:去年", "2023-12-20"),
        ("2024-02-30:没有这天", None),
        ("2024-05-100:数字", None),
        ("客户 2024-05-10 来电", None),
        ("", None),
        (None, None),
    ],
)
def test_the_last_contact_is_the_latest_day_up_to_the_as_of_day(
    log: str | None, day: str | None
) -> None:
    found = last_contact(pd.Series([log], dtype="str"), AS_OF)
    assert str(found.dtype) == "datetime64[s]"
    assert found.tolist() == [pd.Timestamp(day) if day else pd.NaT] or found.isna().tolist() == [
        day is None
    ]


def test_without_an_as_of_day_every_day_counts() -> None:
    log = pd.Series(["2024-05-20:a\n2031-01-01:b", "3月1日:c"], dtype="str")
    assert last_contact(log).dt.strftime("%Y-%m-%d").tolist()[0] == "2031-01-01"


def test_the_index_is_kept() -> None:
    log = pd.Series(["2024-05-10:a", None], index=[7, 3], dtype="str")
    assert last_contact(log, AS_OF).index.tolist() == [7, 3]


def test_an_empty_column_has_no_contacts() -> None:
    assert last_contact(pd.Series([], dtype="str"), AS_OF).empty
