"""What leads say comes out of a review as text, and contact details do not come out at all."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from lxml import html

import xltrack

FORMS = ("html", "md", "docx", "xlsx")
EVIL = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "{{7*7}}",
    "{% for x in y %}",
    "<b>&amp;</b>",
    "\U0001f600\U0001f469\u200d\U0001f4bb",
    "a|b*c_d`e[f](g)",
    "line one\nline two",
)
PLANTED = (
    "13912345678",
    "planted.person@example.com",
    "\u5fae\u4fe1:planted_wx_99",
    "11010519491231002X",
    "010-87654321",
)
TEXTS = (
    "来源渠道",
    "客户名称",
    "联系人",
    "需求描述",
    "跟进记录(最新)",
    "负责人",
    "未成交原因",
    "市场分析备注",
    "区域",
    "行业",
    "决策者",
)


def workbook_of(path: Path, texts: tuple[str, ...]) -> Path:
    """A workbook with a few leads for each text, which stands in each of their text fields."""
    xltrack.new(path, columns="full")
    book = openpyxl.load_workbook(path)
    sheet: Any = book["线索跟踪表"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    number = 0
    for text in texts:
        for stage, field in (("成交", ""), ("方案对比", "未成交原因"), ("初识", "")):
            number += 1
            row: dict[str, object] = dict.fromkeys(TEXTS, text)
            row["未成交原因"] = text if field else None
            row["来源渠道"] = f"{text}:{text}"
            row["市场分析备注"] = f"竞品“{text[:18]}”降价，{text}"
            row |= {"线索编号": f"LX202405{number:03d}", "联系方式": PLANTED[number % 5]}
            row |= {"优先级": "高", "跟进阶段": stage, "成交金额(万)": 10 + number}
            row["获取时间"] = dt.datetime(2024, 5, 3)
            row["预计成交时间"] = dt.datetime(2024, 5, 20)
            row["结案日期"] = dt.datetime(2024, 5, 21) if stage == "成交" or field else None
            for header, value in row.items():
                cell = sheet.cell(number + 1, columns[header])
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # text that looks like a formula stays text
    book.save(path)
    return path


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("evil")
    workbook = workbook_of(folder / "leads.xlsx", EVIL)
    return {
        form: xltrack.review(workbook, month="2024-05", output=folder / f"review.{form}")
        for form in FORMS
    }


def cells_of(path: Path) -> Iterator[str]:
    """The texts of a written review as their reader sees them."""
    if path.suffix == ".html":
        page: Any = html.fromstring(path.read_bytes())
        yield from page.xpath("//td//text()")
    elif path.suffix == ".docx":
        for table in docx.Document(str(path)).tables:
            yield from (cell.text for row in table.rows for cell in row.cells)
    elif path.suffix == ".xlsx":
        for row in openpyxl.load_workbook(path)["复盘"].iter_rows():
            yield from (str(cell.value) for cell in row if cell.data_type == "s")
    else:
        text = path.read_text(encoding="utf-8")
        for escape in "\\`*_[]{}|#~!":
            text = text.replace(f"\\{escape}", escape)
        for entity, plain in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            text = text.replace(entity, plain)
        yield text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", EVIL)
def test_text_stays_text(evil: dict[str, Path], form: str, text: str) -> None:
    shown = " ".join(text.split("\n"))[:27]
    assert any(shown in cell for cell in cells_of(evil[form]))


def test_no_element_of_the_page_comes_from_a_lead(evil: dict[str, Path]) -> None:
    page: Any = html.fromstring(evil["html"].read_bytes())
    assert page.xpath("//script | //td//b | //svg//b") == []
    assert "49" not in {text.strip() for text in page.xpath("//td/text()")}


def test_no_cell_of_the_sheet_is_a_formula(evil: dict[str, Path]) -> None:
    sheet = openpyxl.load_workbook(evil["xlsx"])["复盘"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_markdown_tables_keep_their_columns(evil: dict[str, Path]) -> None:
    text = evil["md"].read_text(encoding="utf-8")
    tables = [part.splitlines() for part in text.split("\n\n") if part.startswith("|")]
    assert len(tables) >= 10
    for lines in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1


@pytest.mark.parametrize("form", FORMS)
def test_ten_thousand_characters_are_cut(tmp_path: Path, form: str) -> None:
    workbook = workbook_of(tmp_path / "long.xlsx", ("很长" * 5000, "x" * 10_000))
    out = xltrack.review(workbook, month="2024-05", output=tmp_path / f"review.{form}")
    longest = max(len(cell) for cell in cells_of(out)) if form != "md" else 0
    assert longest < 300
    assert out.stat().st_size < 300_000


@pytest.mark.parametrize("form", FORMS)
def test_contact_details_do_not_come_out(tmp_path: Path, form: str) -> None:
    workbook = workbook_of(
        tmp_path / "planted.xlsx", tuple(f"请联系{each}谢谢" for each in PLANTED)
    )
    out = xltrack.review(workbook, month="2024-05", output=tmp_path / f"review.{form}")
    content = [out.read_bytes()]
    if zipfile.is_zipfile(out):
        with zipfile.ZipFile(out) as package:
            content = [package.read(name) for name in package.namelist()]
    for planted in PLANTED:
        for piece in (planted, planted.replace("_", "\\_"), planted.rpartition(":")[2]):
            assert not any(piece.encode() in part for part in content), planted


def test_contact_details_do_not_come_out_of_a_digest(tmp_path: Path) -> None:
    workbook = workbook_of(
        tmp_path / "planted.xlsx", tuple(f"请联系{each}谢谢" for each in PLANTED)
    )
    texts = xltrack.digest(workbook, as_of=dt.date(2024, 6, 30))
    assert len(texts) == len(PLANTED) + 1
    said = "\n".join(map(str, texts))
    assert "请联系" in said
    assert [planted for planted in PLANTED if planted.rpartition(":")[2] in said] == []
