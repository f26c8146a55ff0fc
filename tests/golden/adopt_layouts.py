"""Workbooks as teams make them: thirty layouts with leads, and what each of their headers means.

The meaning of every header is written down here by hand; nothing of it comes from the program.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

Headers = dict[str, str]
"""The field of each header, empty for a column of the team's own, in their order."""

PLAIN_ZH: Headers = {
    "线索编号": "lead_id",
    "来源": "channel",
    "公司名称": "customer",
    "联系人": "contact",
    "手机": "contact_details",
    "客户需求": "need",
    "优先级": "priority",
    "阶段": "stage",
    "跟进情况": "latest_follow_up",
    "销售": "owner",
    "预计成交日期": "expected_close",
    "合同金额(万)": "amount",
    "丢单原因": "lost_reason",
    "创建日期": "acquired_on",
    "签约日期": "closed_on",
}
OWN_ZH: Headers = {
    "序号": "",
    "商机号": "lead_id",
    "客户公司全称": "customer",
    "对接人": "contact",
    "联系电话": "contact_details",
    "微信号": "contact_details",
    "产品名称": "",
    "进展": "stage",
    "业务担当": "owner",
    "签约额(万元)": "amount",
    "建档日期": "acquired_on",
    "关单日期": "closed_on",
    "战败原因": "lost_reason",
    "信息来源": "channel",
    "最近跟进时间": "",
}
NO_ID_ZH: Headers = {
    "客户名": "customer",
    "称呼": "contact",
    "电话号码": "contact_details",
    "城市": "region",
    "客户状态": "stage",
    "跟进人": "owner",
    "沟通记录": "latest_follow_up",
    "下次回访日期": "next_follow_up",
    "登记日期": "acquired_on",
    "成交额(万)": "amount",
}
PLAIN_EN: Headers = {
    "Deal ID": "lead_id",
    "Company name": "customer",
    "Primary contact": "contact",
    "Email": "contact_details",
    "Lead source": "channel",
    "Pipeline stage": "stage",
    "Account manager": "owner",
    "Contract value": "amount",
    "Date added": "acquired_on",
    "Close date": "closed_on",
    "Why lost": "lost_reason",
    "Product": "",
    "Probability": "",
}
MIXED: Headers = {
    "Ref": "lead_id",
    "客户 Customer": "customer",
    "Owner": "owner",
    "阶段": "stage",
    "Tel": "contact_details",
    "金额(万)": "amount",
    "Created on": "acquired_on",
    "结案时间": "closed_on",
    "备注": "market_note",
    "Team": "",
}
WORDS: dict[str, Sequence[tuple[str, str]]] = {
    # the words of each dialect's stage column, with what each comes to
    "usual": (("初识", "open"), ("意向明确", "open"), ("方案对比", "open"), ("成交", "won")),
    "own": (
        ("初步接触", "open"),
        ("报价中", "open"),
        ("谈单中", "open"),
        ("已签约", "won"),
        ("丢单", "lost"),
        ("暂停", "paused"),
    ),
    "many_lost": (
        ("待跟进", "open"),
        ("跟进中", "open"),
        ("已成交", "won"),
        ("战败", "lost"),
        ("无效", "lost"),
        ("搁置", "paused"),
    ),
    "english": (
        ("Prospecting", "open"),
        ("Proposal sent", "open"),
        ("Negotiating", "open"),
        ("Closed won", "won"),
        ("Closed lost", "lost"),
        ("On hold", "paused"),
    ),
}


@dataclass(frozen=True)
class Layout:
    """One way to keep leads in a workbook."""

    headers: Headers
    words: str
    title_rows: int = 0
    banner: bool = False
    two_rows: bool = False
    sheets: tuple[str, ...] = ("Sheet1",)
    first_column: int = 1
    text_dates: bool = False
    text_amounts: bool = False
    hidden: tuple[int, ...] = ()
    totals: bool = False
    gap: bool = False
    table: bool = False
    dropdown: bool = False
    other_sheet: bool = False
    leads: int = 24

    @property
    def meanings(self) -> Headers:
        """The field by header, as the sheet shows it."""
        if not self.two_rows:
            return self.headers
        return {f"{over} / {h}" if over else h: f for over, h, f in grouped(self.headers)}


LAYOUTS: dict[str, Layout] = {
    "plain": Layout(PLAIN_ZH, "usual"),
    "plain, title": Layout(PLAIN_ZH, "usual", title_rows=1),
    "plain, banner": Layout(PLAIN_ZH, "own", title_rows=2, banner=True),
    "plain, two rows": Layout(PLAIN_ZH, "usual", two_rows=True),
    "plain, months": Layout(PLAIN_ZH, "own", sheets=("2024年1月", "2024年2月", "2024年3月")),
    "plain, from C": Layout(PLAIN_ZH, "usual", first_column=3),
    "plain, text dates": Layout(PLAIN_ZH, "many_lost", text_dates=True),
    "plain, text amounts": Layout(PLAIN_ZH, "own", text_amounts=True),
    "own words": Layout(OWN_ZH, "own"),
    "own words, title": Layout(OWN_ZH, "own", title_rows=3),
    "own words, banner": Layout(OWN_ZH, "many_lost", title_rows=1, banner=True),
    "own words, two rows": Layout(OWN_ZH, "own", title_rows=2, two_rows=True),
    "own words, reps": Layout(OWN_ZH, "own", sheets=("张伟", "李娜"), title_rows=1),
    "own words, hidden": Layout(OWN_ZH, "many_lost", hidden=(1, 3, 8)),
    "own words, totals": Layout(OWN_ZH, "own", totals=True),
    "own words, table": Layout(OWN_ZH, "usual", table=True),
    "own words, deep": Layout(OWN_ZH, "own", title_rows=17),
    "no id": Layout(NO_ID_ZH, "own"),
    "no id, months": Layout(NO_ID_ZH, "own", sheets=("202401", "202402"), title_rows=1),
    "no id, two rows": Layout(NO_ID_ZH, "many_lost", two_rows=True, title_rows=1),
    "no id, gap": Layout(NO_ID_ZH, "many_lost", gap=True),
    "no id, dropdown": Layout(NO_ID_ZH, "own", dropdown=True),
    "english": Layout(PLAIN_EN, "english"),
    "english, title": Layout(PLAIN_EN, "english", title_rows=2),
    "english, two rows": Layout(PLAIN_EN, "english", two_rows=True),
    "english, reps": Layout(PLAIN_EN, "english", sheets=("Ann", "Ben", "Cleo"), first_column=2),
    "english, table": Layout(PLAIN_EN, "english", table=True),
    "mixed": Layout(MIXED, "own", title_rows=1),
    "mixed, banner": Layout(MIXED, "english", banner=True),
    "mixed, other sheets": Layout(MIXED, "many_lost", other_sheet=True, totals=True),
}


@dataclass
class Written:
    """What was written: by sheet, the row of the header and the leads under it."""

    path: Path
    rows: dict[str, int] = field(default_factory=dict)
    leads: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def all(self) -> list[dict[str, Any]]:
        """The leads of all sheets."""
        return [lead for leads in self.leads.values() for lead in leads]


def grouped(headers: Headers) -> list[tuple[str, str, str]]:
    """The headers under a text that is merged over three of them, the rest alone."""
    listed = list(headers.items())
    return [("基本资料" if 1 <= n <= 3 else "", h, f) for n, (h, f) in enumerate(listed)]


def write_layout(layout: Layout, path: Path, seed: int) -> Written:
    """Write a workbook of that layout."""
    chance, written = random.Random(seed), Written(path)  # noqa: S311 (data, no secret)
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    number = 0
    for name in layout.sheets:
        sheet = book.create_sheet(name)
        row = _write_head(sheet, layout)
        written.rows[name], written.leads[name] = row, []
        for position in range(layout.leads):
            number += 1
            lead = _lead(layout, number, chance)
            written.leads[name].append(lead)
            row += 1 + (layout.gap and position == layout.leads // 2)
            lead["row"] = row
            _write_lead(sheet, layout, lead, row, position)
        _finish(sheet, layout, written.rows[name], row)
    if layout.other_sheet:
        other = book.create_sheet("价目表")
        for cells in (["产品", "单价", "负责人", "备注"], ["产品A", 12, "张伟", "含税"]):
            other.append(cells)
        book.create_sheet("说明")["A1"] = "本表由销售部维护"
    book.save(path)
    return written


def _write_head(sheet: Any, layout: Layout) -> int:
    left, width = layout.first_column, len(layout.headers)
    for number in range(1, layout.title_rows + 1):
        sheet.cell(number, left, "客户跟踪台账" if number == 1 else f"说明{number}:按周更新")
    if layout.title_rows:
        sheet.merge_cells(start_row=1, end_row=1, start_column=left, end_column=left + width - 1)
    row = layout.title_rows + 1
    if layout.banner:
        sheet.cell(row, left, "基本情况")
        sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=left + 3)
        sheet.cell(row, left + 4, "业务情况")
        sheet.merge_cells(
            start_row=row, end_row=row, start_column=left + 4, end_column=left + width - 1
        )
        row += 1
    heads = [("", h, f) for h, f in layout.headers.items()]
    if layout.two_rows:
        heads = grouped(layout.headers)
        for column, (over, text, _) in enumerate(heads, start=left):
            sheet.cell(row + bool(over), column, text)
            if not over:
                sheet.merge_cells(
                    start_row=row, end_row=row + 1, start_column=column, end_column=column
                )
        sheet.cell(row, left + 1, heads[1][0])
        sheet.merge_cells(start_row=row, end_row=row, start_column=left + 1, end_column=left + 3)
        row += 1
    else:
        for column, (_, text, _) in enumerate(heads, start=left):
            cell = sheet.cell(row, column, text)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFE699")
    return row


def _lead(layout: Layout, number: int, chance: random.Random) -> dict[str, Any]:
    word, kind = chance.choice(WORDS[layout.words])
    if layout.words == "usual" and kind == "open" and number % 4 == 0:
        kind = "lost"  # by a reason alone, as the stage says where it was lost
    acquired = dt.date(2024, chance.randint(1, 5), chance.randint(1, 28))
    closed = acquired + dt.timedelta(days=chance.randint(5, 60))
    english = layout.words == "english"
    return {
        "lead_id": f"KH{acquired:%Y%m}{number:03}",
        "customer": f"Orbit {number} Ltd"
        if english
        else f"{'苏杭宁沪'[number % 4]}州{number}号机械有限公司",
        "contact": "Ms Reed" if english else "王经理",
        "contact_details": f"buyer{number}@example.com"
        if english
        else f"138{number:04}{chance.randint(1000, 9999)}",
        "channel": chance.choice(
            ["Website", "Referral", "Expo"] if english else ["官网", "展会", "老客户介绍"]
        ),
        "need": "采购一批办公电脑和配套的显示器",
        "priority": chance.choice("高中低"),
        "region": chance.choice(["上海", "苏州", "杭州"]),
        "stage": word,
        "kind": kind,
        "owner": chance.choice(
            ["Ann Lee", "Ben Cho", "Cleo Park"] if english else ["张伟", "李娜", "王芳"]
        ),
        "latest_follow_up": f"{acquired:%Y-%m-%d} 电话:有意向;下一步:发方案",
        "next_follow_up": closed,
        "expected_close": closed,
        "amount": float(chance.randint(5, 90)) if kind in ("won", "open") else None,
        "lost_reason": ("Price" if english else "价格原因") if kind == "lost" else None,
        "acquired_on": acquired,
        "closed_on": closed if kind in ("won", "lost") else None,
        "market_note": "老客户",
        "": None,
    }


def _write_lead(sheet: Any, layout: Layout, lead: dict[str, Any], row: int, position: int) -> None:
    for column, (header, field_id) in enumerate(layout.headers.items(), start=layout.first_column):
        value = lead[field_id]
        if header in ("序号", "Probability"):
            value = position + 1
        elif header in ("产品名称", "Product"):
            value = f"P-{position % 4}"
        elif header == "Team":
            value = "一组"
        elif header == "微信号":
            value = f"wx_{position}"
        elif header == "最近跟进时间":
            value = lead["acquired_on"]
        if isinstance(value, dt.date) and layout.text_dates:
            value = f"{value.year}/{value.month}/{value.day}"
        if field_id == "amount" and value is not None and layout.text_amounts:
            value = f"{value:.0f}万"
        sheet.cell(row, column, value)


def _finish(sheet: Any, layout: Layout, head: int, last: int) -> None:
    left, width = layout.first_column, len(layout.headers)
    letters = [get_column_letter(left + n) for n in range(width)]
    for number in layout.hidden:
        sheet.column_dimensions[letters[number]].hidden = True
    if layout.totals:
        sheet.cell(last + 1, left, "合计")
        amount = next(n for n, f in enumerate(layout.headers.values()) if f == "amount")
        sheet.cell(last + 1, left + amount, 999)
    if layout.table:
        table = Table(displayName="Customers", ref=f"{letters[0]}{head}:{letters[-1]}{last}")
        sheet.add_table(table)
    if layout.dropdown:
        stage = list(layout.headers.values()).index("stage")
        rule = DataValidation(type="list", formula1='"初步接触,报价中,谈单中,已签约,丢单,暂停"')
        rule.add(f"{letters[stage]}{head + 1}:{letters[stage]}{head + 10}")
        sheet.add_data_validation(rule)
