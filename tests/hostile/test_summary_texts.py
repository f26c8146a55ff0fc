"""Texts that mean something elsewhere, in every field of submitted leads, stay text."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

import xltrack
from tests.golden.month_workbooks import fill

PHONE, MAIL = "13987654321", "someone@example.cn"
TEXTS = {
    "formula": "=cmd|'/c calc'!A1",
    "markup": "<script>alert(1)</script>&amp;",
    "template": "{{7*7}}{%s}{unit}%s",
    "long": "长" * 10_000,
    "emoji": "客户😀\u200d👩",
    "control": "a_x0007_b",
    "private": f"转{PHONE}或{MAIL}",
}
FIELDS = (
    "来源渠道",
    "客户名称",
    "联系人",
    "需求描述",
    "优先级",
    "跟进阶段",
    "负责人",
    "未成交原因",
    "市场分析备注",
)


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    blank = xltrack.new(folder / "blank.xlsx")
    place = folder / f"in {PHONE}"
    place.mkdir()
    for number, (name, text) in enumerate(TEXTS.items()):
        lead: dict[str, Any] = {
            "线索编号": f"LX202405{number:03d}",
            "获取时间": dt.datetime(2024, 5, 2),
            "跟进记录(最新)": f"2024-05-03 电话:竞品“{text[:15]}”降价",
        }
        won: dict[str, Any] = {
            "线索编号": f"LX202405{number:03d}1",
            "跟进阶段": "成交",
            "负责人": text,
        }
        won |= {"成交金额(万)": 5, "结案日期": dt.datetime(2024, 5, 9)}
        leads = [lead | dict.fromkeys(FIELDS, text), lead | dict.fromkeys(FIELDS[:4], text) | won]
        fill(blank, place / f"{name} {PHONE}.xlsx", leads)
    return place


def test_texts_stay_texts_and_contact_details_stay_out(submitted: Path, tmp_path: Path) -> None:
    done = xltrack.summary(
        submitted,
        output=tmp_path / "may.xlsx",
        review=tmp_path / "may.html",
        month="2024-05",
        jobs=1,
    )
    assert done.leads == 2 * len(TEXTS)
    assert not done.unreadable
    with zipfile.ZipFile(done.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, data in parts.items():
        assert PHONE.encode() not in data, name
        assert MAIL.encode() not in data, name
        if name.endswith(".xml"):
            etree.fromstring(data)
    page = (tmp_path / "may.html").read_text(encoding="utf-8")
    assert PHONE not in page
    assert MAIL not in page
    assert "<script>alert" not in page
    book = openpyxl.load_workbook(done.path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    formulas = {str(cell.value) for cell in cells if cell.data_type == "f"}
    assert formulas
    assert all("cmd" not in formula for formula in formulas)
    shown = {str(cell.value) for cell in cells}
    assert TEXTS["formula"] in shown
    assert TEXTS["template"] in shown
