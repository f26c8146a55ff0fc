"""Twelve submitted workbooks whose summary of May 2024 is counted by hand.

Of 14 branches on the roster two have submitted nothing; one workbook is broken, one has a password,
one has headers of its own, one holds no leads, one repeats a lead of another.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

import xltrack

LEADS = Path(__file__).with_name("month_leads.csv")
PASSWORD = "五月2024"  # noqa: S105 - of a workbook made here
PHONE = "1390001"
DATES = frozenset({"预计成交时间", "获取时间", "结案日期"})
OWN_HEADERS = {
    "线索编号": "线索编号",
    "来源渠道": "渠道",
    "客户名称": "公司名称",
    "联系人": "联系人",
    "联系方式": "手机",
    "需求描述": "客户需求",
    "优先级": "优先级",
    "跟进阶段": "阶段",
    "跟进记录(最新)": "最新跟进",
    "负责人": "销售",
    "预计成交时间": "预计成交时间",
    "成交金额(万)": "金额(元)",
    "未成交原因": "丢单原因",
    "市场分析备注": "市场备注",
    "获取时间": "获取日期",
    "结案日期": "成交日期",
}
PEOPLE = {
    "北京": [("张三", "一组")],
    "上海": [("李四", "一组")],
    "广州": [("王五", "二组")],
}
TARGETS: dict[str, list[tuple[str, str, float]]] = {
    "北京": [("2024-04", "张三", 50), ("2024-05", "张三", 40), ("2024-06", "张三", 80)],
    "上海": [("2024-05", "李四", 60)],
}
ROSTER = (
    *("北京", "上海", "广州", "深圳", "杭州", "南京", "武汉", "成都", "重庆", "西安"),
    *("天津", "青岛", "长沙", "郑州"),
)


def write_workbooks(folder: Path) -> Path:
    """The twelve workbooks in a folder of their own."""
    submitted = folder / "submitted"
    submitted.mkdir()
    blank = xltrack.new(folder / "blank.xlsx")
    leads = leads_by_workbook()
    for name in ("北京", "上海", "广州", "深圳", "杭州", "南京", "成都", "重庆", "西安"):
        fill(blank, submitted / f"5月-{name}.xlsx", leads.get(name, []), name)
    _own_headers(submitted / "5月-武汉.xlsx", leads["武汉"])
    whole = (submitted / "5月-北京.xlsx").read_bytes()
    (submitted / "5月-天津.xlsx").write_bytes(whole[: len(whole) // 2])
    with (submitted / "5月-青岛.xlsx").open("wb") as out:
        OOXMLFile(io.BytesIO(whole)).encrypt(PASSWORD, out)
    return submitted


def write_roster(path: Path) -> Path:
    """Who should submit, as a table with the columns in another order."""
    lines = ["提交人,文件名关键词,团队", *(f"{name}分公司,{name},销售部" for name in ROSTER)]
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def leads_by_workbook() -> dict[str, list[dict[str, Any]]]:
    """The leads with typed cells and a number to ring, by workbook."""
    found: dict[str, list[dict[str, Any]]] = {}
    with LEADS.open(encoding="utf-8", newline="") as file:
        for number, line in enumerate(csv.DictReader(file)):
            name = line.pop("工作簿")
            cells = {header: _typed(header, text) for header, text in line.items() if text}
            more = {"联系人": "王总", "联系方式": f"{PHONE}{number:04d}", "需求描述": "采购服务器"}
            found.setdefault(name, []).append(cells | more)
    return found


def fill(blank: Path, path: Path, leads: Sequence[Mapping[str, Any]], name: str = "") -> Path:
    """A copy of the blank workbook with leads, and what the branch ``name`` has set."""
    shutil.copyfile(blank, path)
    book = openpyxl.load_workbook(path)
    sheet: Any = book["线索跟踪表"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    for row, lead in enumerate(leads, start=2):
        for header, value in lead.items():
            cell = sheet.cell(row, columns[header], value)
            if isinstance(value, str):
                cell.data_type = "s"  # also what starts with =
    settings = book["设置"]
    for offset, (person, group) in enumerate(PEOPLE.get(name, []), start=1):
        _put(settings, "负责人", offset, {0: person, 1: "是", 2: group})
    for offset, (month, owner, amount) in enumerate(TARGETS.get(name, []), start=1):
        _put(settings, "目标额(万)", offset, {-2: month, -1: owner, 0: amount})
    if name == "重庆":
        _put(settings, "最小样本数", 0, {1: 5})
    book.save(path)
    return path


def _put(sheet: Any, head: str, offset: int, cells: Mapping[int, Any]) -> None:
    """Cells below a header, columns counted from it."""
    found = next(cell for row in sheet.iter_rows() for cell in row if cell.value == head)
    for column, value in cells.items():
        sheet.cell(found.row + offset, found.column + column, value)


def _own_headers(path: Path, leads: Sequence[Mapping[str, Any]]) -> None:
    """A sheet as a branch made it itself: other headers, amounts in yuan, a title above."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("客户")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write(0, 0, "武汉分公司 5月")
        sheet.write_row(1, 0, list(OWN_HEADERS.values()))
        for row, lead in enumerate(leads, start=2):
            for column, header in enumerate(OWN_HEADERS):
                value = lead.get(header)
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(row, column, value, day)
                elif header == "成交金额(万)" and value is not None:
                    sheet.write_number(row, column, value * 10_000)
                elif value is not None:
                    sheet.write(row, column, value)


def _typed(header: str, text: str) -> Any:
    if header in DATES:
        return dt.datetime.fromisoformat(text)
    return float(text) if header == "成交金额(万)" else text
