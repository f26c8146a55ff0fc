"""Eleven leads whose review of May 2024 is counted by hand, in a tracking workbook."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl

import xltrack

LEADS = Path(__file__).with_name("review_leads.csv")
SHEET, SETTINGS = "线索跟踪表", "设置"
DATES = frozenset({"预计成交时间", "获取时间", "结案日期"})
AMOUNT = "成交金额(万)"


def write_leads(path: Path, target: float = 100) -> Path:
    """The leads in a tracking workbook, with a target of the team for May."""
    xltrack.new(path, columns="full")
    book = openpyxl.load_workbook(path)
    sheet: Any = book[SHEET]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    with LEADS.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            month = row["获取时间"][:7].replace("-", "")
            more = {"线索编号": f"LX{month}{number:03d}", "联系方式": f"1380000{number:04d}"}
            for header, text in {**row, **more, "联系人": "王总", "需求描述": "采购"}.items():
                sheet.cell(number + 1, columns[header], _typed(header, text))
    _set_target(book[SETTINGS], "2024-05", target)
    book.save(path)
    return path


def _typed(header: str, text: str) -> Any:
    if not text:
        return None
    if header in DATES:
        return dt.datetime.fromisoformat(text)
    return float(text) if header == AMOUNT else text


def _set_target(sheet: Any, month: str, target: float) -> None:
    head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "目标额(万)")
    sheet.cell(head.row + 1, head.column - 2, month)
    sheet.cell(head.row + 1, head.column, target)
