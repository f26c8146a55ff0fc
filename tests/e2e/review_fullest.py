"""A workbook with which every table of the review is full and every text is long."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl

import xltrack

LEADS = 360
PLANNED = 12
LONG = "一个写得特别长特别长而且没有标点的名称"
STAGES = ("初识", "意向明确", "方案对比", "商务谈判", "成交")


def write_fullest(path: Path) -> Path:
    """Leads of many channels, owners, reasons, regions and competitors, with a plan kept."""
    xltrack.new(path, columns="full")
    book = openpyxl.load_workbook(path)
    sheet: Any = book["线索跟踪表"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    for number in range(LEADS):
        for header, value in _lead(number).items():
            sheet.cell(number + 2, columns[header], value)
    _fill_settings(book["设置"])
    book.save(path)
    xltrack.refresh(path, month="2024-04", sheets=["actions"], backup=False)
    book = openpyxl.load_workbook(path)
    _fill_plan(book["行动改进计划"])
    book.save(path)
    return path


def _lead(number: int) -> dict[str, Any]:
    acquired = dt.datetime(2024, 5, 31) - dt.timedelta(days=number % 300)
    stage = STAGES[number % 5]
    lost = stage != "成交" and number % 4 == 1
    closed = dt.datetime(2024, 5, 1 + number % 28) if lost or stage == "成交" else None
    return {
        "线索编号": f"LX-HUADONG-{acquired:%Y%m}{number:04d}",
        "来源渠道": f"{LONG}渠道{number % 11}:{LONG}第{number % 17}场",
        "客户名称": f"{LONG}{LONG}股份有限公司{number}",
        "联系人": "采购经理王先生",
        "联系方式": f"1380000{number:04d}",
        "需求描述": f"采购{LONG}预算{number % 90 + 1}万",
        "优先级": "高中低"[number % 3],
        "跟进阶段": stage,
        "跟进记录(最新)": f"{acquired + dt.timedelta(days=number % 4):%Y-%m-%d} 电话",
        "负责人": f"欧阳名字很长的同事{number % 12}",
        "预计成交时间": dt.datetime(2024, 5, 20),
        "成交金额(万)": 12345.6 + number,
        "未成交原因": f"{LONG}原因{number % 6}" if lost else None,
        "市场分析备注": f"竞品“{LONG}{number % 7}”近期降价促销发布新品",
        "获取时间": acquired,
        "结案日期": closed,
        "区域": f"{LONG}区域{number % 9}",
        "行业": f"{LONG}行业{number % 3}",
        "决策者": f"{LONG}职位{number % 3}",
    }


def _fill_settings(sheet: Any) -> None:
    heads = {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value}
    head = heads["目标额(万)"]
    for offset, owner in enumerate((None, "欧阳名字很长的同事1", "欧阳名字很长的同事2"), start=1):
        sheet.cell(head.row + offset, head.column - 2, "2024-05")
        sheet.cell(head.row + offset, head.column - 1, owner)
        sheet.cell(head.row + offset, head.column, 99999999)
    head = heads["应对话术"]
    for number in range(7):
        sheet.cell(head.row + 1 + number, head.column - 2, f"{LONG}{number}")
        sheet.cell(head.row + 1 + number, head.column, LONG * 6)
    head = heads["在岗"]
    for number in range(8):
        sheet.cell(head.row + 1 + number, head.column - 1, f"欧阳名字很长的同事{number}")
        sheet.cell(head.row + 1 + number, head.column, "否")
        sheet.cell(head.row + 1 + number, head.column + 2, "欧阳名字很长的同事9")


def _fill_plan(sheet: Any) -> None:
    head = next(row for row in sheet.iter_rows() if row[0].value == "问题")
    at = {str(cell.value): cell.column for cell in head}
    for offset in range(1, PLANNED + 1):
        row = head[0].row + offset
        if not sheet.cell(row, 1).value or "xltrack" in str(sheet.cell(row, 1).value):
            sheet.cell(row, 1, f"{LONG}{offset}")
            sheet.cell(row, at["数据依据"], LONG * 4)
        for column, value in (("改进措施", LONG * 5), ("负责人", "欧阳名字很长的同事3")):
            sheet.cell(row, at[column], value)
        sheet.cell(row, at["完成期限"], dt.datetime(2024, 5, 10))
        sheet.cell(row, at["状态"], "进行中")
