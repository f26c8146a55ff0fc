"""The sentence on top of a sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xltrack
from xltrack.analysis import Analysis
from xltrack.report import Wording
from xltrack.report.sentences import follow_up_sentence
from xltrack.template import load_labels

DAY = dt.date(2024, 5, 31)
HEADER = ["线索编号", "客户名称", "优先级", "跟进阶段", "跟进记录(最新)", "获取时间"]
Look = Callable[..., Analysis]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    def make(*rows: Any) -> Analysis:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(HEADER)
        for number, row in enumerate(rows, start=1):
            sheet.append([f"LX20240500{number}", f"客户{number}", *row])
        book.save(tmp_path / "leads.xlsx")
        return xltrack.analyze(tmp_path / "leads.xlsx", as_of=DAY, tables=["follow_ups"])

    return make


def said(analysis: Analysis) -> str:
    return follow_up_sentence(analysis, Wording.of(load_labels(), analysis.settings, "en"))


LATE = ["高", "初识", "2024-05-10 电话:再议", dt.date(2024, 5, 9)]
NEVER = ["低", "初识", None, dt.date(2024, 5, 20)]
DUE_TODAY = ["低", "初识", None, dt.date(2024, 5, 30)]


def test_late_leads_are_counted(look: Look) -> None:
    assert said(look(LATE, LATE)) == "Overdue leads: 2, top priority among them: 2."


def test_new_leads_are_told_only_where_they_are_late(look: Look) -> None:
    expected = "Overdue leads: 2, top priority among them: 1, new and never contacted: 1."
    assert said(look(LATE, NEVER, DUE_TODAY)) == expected
    assert said(look(LATE, DUE_TODAY)) == "Overdue leads: 1, top priority among them: 1."


def test_nobody_late_is_said(look: Look) -> None:
    assert said(look(DUE_TODAY)) == "No lead is overdue."
