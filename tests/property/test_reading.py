"""Reading by whole columns and reading cell by cell come to the same, whatever the cells hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xltrack.leads import read_book
from xltrack.template import load_template

HEADERS = [
    "线索编号",
    "来源渠道",
    "客户名称",
    "电话",
    "微信",
    "跟进阶段",
    "跟进记录",
    "负责人",
    "预计成交时间",
    "获取时间",
    "录入时间",
    "成交金额(元)",
    "预算(万)",
    "客户决策链人数",
    "员工规模",
    "备注",
    "自有列",
    "邮箱2",
]
NEEDED = ["客户名称", "跟进阶段", "负责人", "线索编号"]
KINDS = [
    ("text", "张三"),
    ("text", " 　王五 "),
    ("text", " "),
    ("text", "合计"),
    ("text", "N/A"),
    ("text", "None"),
    ("text", "true"),
    ("text", "—"),
    ("text", "2024/5/10"),
    ("text", "20240510"),
    ("text", "5月10日"),
    ("text", "2024-02-30"),
    ("text", "2024-05-10 00:00:00"),
    ("text", "2024-05-10 14:30:00"),
    ("text", "32万"),
    ("text", "8-10万"),
    ("text", "1,200"),
    ("text", "500美元"),
    ("text", "32"),
    ("text", "LX202411003"),
    ("text", "第一行\n2024-05-02:第二行"),
    ("number", 0),
    ("number", 1),
    ("number", -3),
    ("number", 13812345678),
    ("number", 45422),
    ("number", 20240510),
    ("number", 0.1 + 0.2),
    ("number", 1234.5678),
    ("number", 1e-7),
    ("number", 1e17),
    ("date", dt.datetime(2024, 5, 10)),
    ("date", dt.datetime(2024, 5, 10, 14, 29, 59, 999_000)),
    ("date", dt.datetime(1900, 1, 15)),
    ("time", dt.time(14, 30)),
    ("boolean", True),
    ("boolean", False),
    ("error", "#N/A"),
    ("error", "#DIV/0!"),
    ("formula", 12.5),
    ("formula", "文字"),
    ("formula", ""),
    ("blank", None),
]
EMPTY = ("nothing", None)
CELL = st.sampled_from([EMPTY, *KINDS])
USUAL = st.sampled_from([*[EMPTY] * 5, *KINDS])
ROWS = 6


@dataclass(frozen=True)
class Plan:
    """A sheet of leads: where its header stands, and its columns."""

    top: int
    left: int
    title: bool
    columns: dict[str, list[tuple[str, object]]]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Sheets whose columns are mostly of one kind, with others in between, as teams have them."""
    others = draw(st.lists(st.sampled_from(HEADERS), unique=True, max_size=8))
    headers = [*NEEDED, *(header for header in others if header not in NEEDED)]
    if draw(st.booleans()):
        headers.reverse()
    columns = {}
    for header in headers:
        cells = [draw(USUAL)] * ROWS
        for at in draw(st.lists(st.integers(0, ROWS - 1), max_size=2)):
            cells[at] = draw(CELL)
        columns[header] = cells
    return Plan(draw(st.integers(0, 2)), draw(st.integers(0, 1)), draw(st.booleans()), columns)


def _write_book(plan: Plan, path: Path, date_1904: bool = False) -> None:
    book = xlsxwriter.Workbook(path, {"date_1904": date_1904})
    sheet = book.add_worksheet("线索")
    if plan.top and plan.title:
        sheet.write_string(0, 0, "一季度线索")
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "hh:mm"}),
        "blank": book.add_format({"bold": True}),
    }
    for column, (header, cells) in enumerate(plan.columns.items(), start=plan.left):
        sheet.write_string(plan.top, column, header)
        for row, (kind, value) in enumerate(cells, start=plan.top + 1):
            _write(sheet, (row, column), kind, value, formats)
    book.close()


def _write(sheet: Any, at: tuple[int, int], kind: str, value: Any, formats: dict[str, Any]) -> None:
    if kind == "error":
        sheet.write_formula(*at, "=NA()", None, value)
    elif kind == "formula":
        sheet.write_formula(*at, "=A1", None, value)
    elif kind != "nothing":
        how = {"text": "string", "date": "datetime", "time": "datetime"}.get(kind, kind)
        getattr(sheet, f"write_{how}")(*at, value, formats.get(kind))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reading") / "leads.xlsx"


def _assert_same(path: Path) -> None:
    fast, careful = (
        read_book(path, template=load_template(), allow_empty=True, careful=each)
        for each in (False, True)
    )
    pd.testing.assert_frame_equal(fast.rows, careful.rows)
    pd.testing.assert_frame_equal(fast.leads, careful.leads)
    assert fast.findings == careful.findings
    assert fast.own == careful.own
    assert fast.sources == careful.sources


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans())
def test_reading_fast_and_cell_by_cell_come_to_the_same(path: Path, plan: Plan) -> None:
    _write_book(plan, path)
    _assert_same(path)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[0]}-{kind[1]!r}"[:40])
@pytest.mark.parametrize("date_1904", [False, True])
def test_a_column_of_one_kind_is_read_alike(
    path: Path, kind: tuple[str, object], date_1904: bool
) -> None:
    usual: dict[str, list[tuple[str, object]]] = {n: [("text", "甲")] * ROWS for n in NEEDED}
    _write_book(Plan(0, 0, False, usual | dict.fromkeys(HEADERS, [kind] * ROWS)), path, date_1904)
    _assert_same(path)
