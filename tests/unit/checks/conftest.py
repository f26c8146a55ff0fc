"""Books of leads without a workbook, and the findings of one rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from xltrack.checks import check_book
from xltrack.findings import Finding
from xltrack.leads import LeadBook, Source
from xltrack.leads.header import column_letters
from xltrack.leads.texts import STR
from xltrack.template import Settings, default_settings, load_template

Row = Mapping[str, Any]
Found = list[tuple[str, str, str]]
TODAY = dt.date(2024, 5, 31)
TEMPLATE = load_template()
FIELDS = [field.id for field in TEMPLATE.fields]
PLACES = {field_id: number for number, field_id in enumerate(FIELDS, start=1)}
DTYPES: dict[str, Any] = {
    "date": "datetime64[s]",
    "datetime": "datetime64[s]",
    "number": "float64",
}

CLEAN: dict[str, Any] = {
    "channel": "转介绍",
    "customer": "云帆物流有限公司",
    "contact": "王总",
    "contact_details": "13812345678",
    "need": "采购50台服务器,预算30万",
    "priority": "高",
    "stage": "商务谈判",
    "latest_follow_up": "2024-05-30 电话:已报价;下一步:6月5日前确认",
    "owner": "张三",
    "expected_close": dt.date(2024, 6, 20),
    "amount": 32.0,
    "acquired_on": dt.date(2024, 5, 2),
}
"""A lead that nothing is to be said about on the day of the tests."""

NAMES = [
    *("云帆", "海岳", "松石", "晨光", "远山", "长河", "白桦"),
    *("青禾", "星野", "明湖", "北斗", "南岭", "天山", "秋实", "春晓"),
]
TRADES = ["物流", "仪器", "重工", "食品"]


def clean(number: int, **changes: Any) -> dict[str, Any]:
    """A clean lead of a customer of its own, with some fields otherwise."""
    own = {
        "lead_id": f"LX202405{number + 1:03d}",
        "customer": f"{NAMES[number % 15]}{TRADES[number // 15]}有限公司",
        "contact_details": f"138123456{number:02d}",
    }
    return {**CLEAN, **own, **changes}


def frame(rows: Sequence[Row], own: Sequence[str] = (), name: str = "leads.xlsx") -> pd.DataFrame:
    """Rows in the shape that reading gives; what a row does not name is empty."""
    columns: dict[str, Any] = {}
    for field in TEMPLATE.fields:
        values = pd.Series([row.get(field.id) for row in rows], dtype="object")
        columns[field.id] = values.astype(DTYPES.get(field.type, STR))
    for column in own:
        columns[column] = pd.Series([row.get(column) for row in rows], dtype="object").astype(STR)
    made = pd.DataFrame(columns)
    for place, (column, text) in enumerate((("file", name), ("sheet", "线索跟踪表"))):
        category = pd.Categorical([text] * len(rows), categories=pd.Index([text]))
        made.insert(place, column, pd.Series(category))
    made.insert(2, "row", pd.Series(range(2, len(rows) + 2), dtype="int32"))
    return made


def book_of(
    rows: Sequence[Row],
    *,
    settings: Settings | None = None,
    own: Mapping[str, bool] | None = None,
    without: Sequence[str] = (),
    findings: Sequence[Finding] = (),
    name: str = "leads.xlsx",
    **parameters: Any,
) -> LeadBook:
    """A book of one workbook; ``without`` names columns that its sheet does not have."""
    settings = settings or default_settings(TEMPLATE, "zh")
    settings = replace(settings, parameters=replace(settings.parameters, **parameters))
    own = dict(own or {})
    places = {field: (at,) for field, at in PLACES.items() if field not in without}
    source = Source(
        path=Path(name),
        workbook=name,
        sheet="线索跟踪表",
        leads=len(rows),
        header_row=1,
        last_row=len(rows) + 1,
        columns=places,
        own_columns={column: len(FIELDS) + 1 + at for at, column in enumerate(own)},
    )
    return LeadBook(
        rows=frame(rows, list(own), name),
        own=own,
        lang="zh",
        settings=settings,
        sources=(source,),
        findings=tuple(findings),
        customer_suffixes=TEMPLATE.customer.suffixes,
    )


def found_in(book: LeadBook, as_of: dt.date = TODAY) -> Found:
    """What the checks find in a book, as (code, cell, field)."""
    return [(f.code, f.cell, f.field) for f in check_book(book, as_of=as_of)]


Check = Callable[..., Found]


@pytest.fixture(name="clean")
def clean_lead() -> Callable[..., dict[str, Any]]:
    """A clean lead by its number, with some fields otherwise."""
    return clean


@pytest.fixture
def book() -> Callable[..., LeadBook]:
    """A book of rows."""
    return book_of


@pytest.fixture
def check() -> Check:
    """The findings of rows as (code, cell, field)."""

    def checked(*rows: Row, as_of: dt.date = TODAY, **options: Any) -> Found:
        return found_in(book_of(rows, **options), as_of)

    return checked


@pytest.fixture
def findings() -> Callable[..., list[Finding]]:
    """The findings of rows themselves."""

    def checked(*rows: Row, as_of: dt.date = TODAY, **options: Any) -> list[Finding]:
        return list(check_book(book_of(rows, **options), as_of=as_of))

    return checked


@pytest.fixture
def one(check: Check) -> Check:
    """The findings of one lead that is clean but for some fields."""

    def of(options: Mapping[str, Any] | None = None, **fields: Any) -> Found:
        return check(clean(0, **fields), **(options or {}))

    return of


@pytest.fixture
def at() -> Callable[..., tuple[str, str, str]]:
    """A finding as (code, cell, field), in the first lead unless another row is named."""

    def place(code: str, field: str, row: int = 2) -> tuple[str, str, str]:
        return code, f"{column_letters(PLACES[field])}{row}", field

    return place
