"""Short texts for a chat."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xltrack

AS_OF = dt.date(2024, 5, 31)
# customer, owner, priority, log, acquired
LEADS = [
    ("XX集团", "张三", "高", "2024-05-20 电话", "2024-05-01"),  # due 23 May
    ("YY公司", "张三", "中", "2024-05-20 电话", "2024-05-01"),  # due 27 May
    ("ZZ公司", "张三", "低", "2024-05-10 电话", "2024-05-01"),  # due 24 May
    ("甲公司", "张三", "低", "2024-05-17 电话", "2024-05-01"),  # due today
    ("乙公司", "张三", "中", "2024-05-24 电话", "2024-05-01"),  # due today
    ("丙公司", "张三", "中", None, "2024-05-28"),  # never contacted
    ("丁公司", "李四", "中", "2024-05-25 电话", "2024-05-01"),  # due tomorrow
    ("戊公司", None, "高", "2024-05-01 电话", "2024-05-01"),  # nobody's
]


@pytest.fixture(scope="module", params=["zh", "en"])
def workbook(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("digest") / f"{request.param}.xlsx"
    xltrack.new(path, workbook_lang=request.param)
    book = openpyxl.load_workbook(path)
    sheet: Any = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    fields = {
        "zh": (
            "线索编号",
            "客户名称",
            "负责人",
            "优先级",
            "跟进记录(最新)",
            "获取时间",
            "跟进阶段",
        ),
        "en": (
            "Lead ID",
            "Customer",
            "Owner",
            "Priority",
            "Latest follow-up",
            "Acquired on",
            "Stage",
        ),
    }[request.param]
    words = {"高": "High", "中": "Medium", "低": "Low"} if request.param == "en" else {}
    for row, (customer, owner, priority, log, day) in enumerate(LEADS, start=2):
        values = (
            f"LX202405{row:03d}",
            customer,
            owner,
            words.get(priority, priority),
            log,
            dt.datetime.fromisoformat(day),
            "New" if words else "初识",
        )
        for field, value in zip(fields, values, strict=True):
            sheet.cell(row, heads[field], value)
    book.save(path)
    return path


def test_one_text_per_owner_and_one_for_the_team(workbook: Path) -> None:
    texts = xltrack.digest(workbook, as_of=AS_OF)
    assert [text.owner for text in texts] == ["张三", "李四", None]
    expected = {
        "zh": [
            "张三：超期3条(高1)：XX集团、YY公司、ZZ公司；今日应跟进2条：乙公司、甲公司；"
            "新线索未首跟1条：丙公司。",
            "李四：即将到期1条。",
            "团队(截至 2024-05-31)：超期4条(高2)：张三 3；今日应跟进2条；新线索未首跟1条；"
            "即将到期1条；其中没有负责人1条。",
        ],
        "en": [
            "张三: 3 overdue (1 High): XX集团, YY公司, ZZ公司; 2 due today: 乙公司, 甲公司; "
            "1 never contacted: 丙公司.",
            "李四: 1 due soon.",
            "Team (as of 2024-05-31): 4 overdue (2 High): 张三 3; 2 due today; 1 not contacted; "
            "1 due soon; 1 of them without an owner.",
        ],
    }[workbook.stem]
    assert [str(text) for text in texts] == expected


def test_only_the_owners_asked_for(workbook: Path) -> None:
    texts = xltrack.digest(workbook, as_of=AS_OF, owner=["李四"])
    assert [text.owner for text in texts] == ["李四"]


def test_an_owner_with_nothing_to_do_is_told_so(workbook: Path) -> None:
    texts = xltrack.digest(workbook, as_of=dt.date(2024, 5, 26), owner=["李四"])
    assert any(word in str(texts[0]) for word in ("没有要跟进的线索", "nothing to follow up"))


def test_an_unknown_owner_is_refused(workbook: Path) -> None:
    with pytest.raises(xltrack.UsageError, match="unknown_owner"):
        xltrack.digest(workbook, as_of=AS_OF, owner=["赵六"])
