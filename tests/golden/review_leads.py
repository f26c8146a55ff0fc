"""Eleven leads whose review of May 2024 is counted by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl

import xltrack

SHEET, SETTINGS = "线索跟踪表", "设置"
# channel, customer, priority, stage, log, owner, expected close, amount, reason, note, acquired,
# closed, region
LEADS: list[tuple[Any, ...]] = [
    ("官网注册", "甲公司", "高", "初识", "2024-05-03 电话", "张三", "2024-06-30", 10, None, None, "2024-05-02", None, "华东"),
    ("官网注册", "乙公司", "中", "意向明确", "2024-05-15 电话", "李四", "2024-05-20", 20, None, "竞品A近期降价促销", "2024-05-10", None, "华东"),
    ("行业展会:广交会", "丙公司", "中", "成交", "2024-05-06 面谈", "张三", None, 30, None, None, "2024-05-05", "2024-05-20", "华南"),
    ("行业展会:广交会", "丁公司", "低", "方案对比", "2024-05-06 电话", "李四", None, 8, "价格过高", "竞品A报价更低", "2024-05-06", "2024-05-25", "华南"),
    ("转介绍", "戊公司", "高", "成交", "2024-05-12 微信", "张三", None, 50, None, None, "2024-05-12", "2024-05-30", "华东"),
    ("转介绍", "己公司", "低", "初识", None, "王五", "2024-07-01", 5, None, None, "2024-05-28", None, "华北"),
    ("官网注册", "庚公司", "中", "意向明确", "2024-04-10 电话", "李四", None, 12, "价格过高", None, "2024-04-03", "2024-05-08", "华东"),
    ("官网注册", "辛公司", "低", "初识", "2024-04-06 电话", "张三", None, 3, "需求变更", None, "2024-04-04", "2024-05-09", "华东"),
    ("行业展会:进博会", "壬公司", "高", "成交", "2024-04-11 面谈", "李四", None, 40, None, None, "2024-04-10", "2024-04-28", "华南"),
    ("转介绍", "癸公司", "中", "商务谈判", "2024-05-29 面谈", "张三", "2024-06-15", 60, None, None, "2024-04-15", None, "华东"),
    ("社交媒体", "子公司", "中", "初识", "2024-03-12 电话", "李四", None, 6, "价格过高", None, "2024-03-10", "2024-04-15", "华北"),
]  # fmt: skip
HEADERS = (
    "来源渠道",
    "客户名称",
    "优先级",
    "跟进阶段",
    "跟进记录(最新)",
    "负责人",
    "预计成交时间",
    "成交金额(万)",
    "未成交原因",
    "市场分析备注",
    "获取时间",
    "结案日期",
    "区域",
)
DATES = frozenset({"预计成交时间", "获取时间", "结案日期"})


def write_leads(path: Path, target: float | None = 100) -> Path:
    """The leads in a tracking workbook, with a target of the team for May."""
    xltrack.new(path, columns="full")
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    for number, lead in enumerate(LEADS, start=1):
        row = dict(zip(HEADERS, lead, strict=True))
        month = str(row["获取时间"])[:7].replace("-", "")
        row |= {"线索编号": f"LX{month}{number:03d}", "联系人": "王总", "需求描述": "采购"}
        row["联系方式"] = f"1380000{number:04d}"
        for header, value in row.items():
            if header in DATES and value is not None:
                value = dt.datetime.fromisoformat(value)  # noqa: PLW2901
            sheet.cell(number + 1, columns[header], value)
    if target is not None:
        _set_target(book[SETTINGS], "2024-05", target)
    book.save(path)
    return path


def _set_target(sheet: Any, month: str, target: float) -> None:
    head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "目标额(万)")
    sheet.cell(head.row + 1, head.column - 2, month)
    sheet.cell(head.row + 1, head.column, target)
