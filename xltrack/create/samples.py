"""The sample workbooks of ``workbooks/``: ``python -m xltrack.create.samples FOLDER``.

Everything comes from the program itself: the guide's example in both languages, a filled demo, and
what a dozen people might hand in for May 2024: clean files, other headers, titles above the table,
merged cells and wrong values, copies, an empty template, a file that is no workbook.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from xltrack.create.demo import write_demo
from xltrack.create.demo_leads import DemoLeads
from xltrack.create.demo_words import demo_words
from xltrack.create.leads_sheet import Lead, serial
from xltrack.create.workbook import new_layout, write_tracking_workbook, write_workbook
from xltrack.template import Template, default_settings, load_template
from xltrack.text import Lang

_LAST_DAY = dt.date(2024, 5, 31)
_EXAMPLE_DAY = dt.date(2024, 5, 15)
_ROWS = 300  # prepared rows: small files


def sample_files() -> Iterator[tuple[str, bytes]]:
    """Path and content of every sample; the same bytes each time."""
    template = load_template()
    yield "example-zh.xlsx", _example(template, "zh")
    yield "example-en.xlsx", _example(template, "en")
    stream = io.BytesIO()
    write_demo(stream, template=template)
    yield "demo-200.xlsx", stream.getvalue()
    for name, content in _submitted(template):
        yield f"submitted/{name}", content


def write_samples(folder: Path) -> list[Path]:
    """Writes the samples below ``folder`` and returns their paths."""
    paths = []
    for name, content in sample_files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        paths.append(path)
    return paths


def _example(template: Template, lang: Lang) -> bytes:
    stream = io.BytesIO()
    write_tracking_workbook(stream, template=template, lang=lang, example=True, as_of=_EXAMPLE_DAY)
    return stream.getvalue()


def _submitted(template: Template) -> Iterator[tuple[str, bytes]]:
    east = _leads(template, 24, seed=11, owner="陈思远")
    yield "华东组_陈思远_202405.xlsx", _tracked(template, east)
    # starts at LX202405001 too: the same ids for other customers
    yield "华东组_林晓彤_202405.xlsx", _tracked(template, _leads(template, 20, 12, "林晓彤"))
    yield "华东组_陈思远_202405 - 副本.xlsx", _tracked(template, east)
    yield "华东组_空白模板.xlsx", _tracked(template, [])
    south = _leads(template, 18, 13, "周子航", prefix="LX-HN-")
    yield "华南组_周子航_202405.xlsx", _tracked(template, south, "LX-HN-")
    yield "华南组_吴雨桐_202405.xlsx", _other_headers(_leads(template, 16, 14, "吴雨桐", "LX-WY-"))
    yield "华南组_会议纪要.xlsx", "五月例会纪要:请各组月底前提交线索表。\n".encode()
    north = _leads(template, 22, 15, "郑浩然", prefix="LX-HB-")
    yield "华北组_郑浩然_202405.xlsx", _titled(template, north)
    yield (
        "华北组_孙若曦_202405.xlsx",
        _faulty(template, _leads(template, 15, 16, "孙若曦", "LX-SR-")),
    )
    yield "华北组_何一鸣_4月5月.xlsx", _two_sheets(template)
    yield "overseas_Chen_2024-05.xlsx", _english(template)
    yield "市场部_展会名单.xlsx", _no_leads()


def _leads(
    template: Template,
    count: int,
    seed: int,
    owner: str,
    prefix: str = "LX",
    *,
    lang: Lang = "zh",
) -> list[Lead]:
    """One person's leads of the month."""
    settings = default_settings(template, lang)
    settings = replace(settings, parameters=replace(settings.parameters, id_prefix=prefix))
    made = DemoLeads(template, settings, demo_words(), count, seed, _LAST_DAY, months=1)
    return [{**lead, "owner": owner} for lead in made]


def _tracked(
    template: Template, leads: Iterable[Lead], prefix: str | None = None, lang: Lang = "zh"
) -> bytes:
    stream = io.BytesIO()
    people = [
        {"owner": person.owner, "active": person.active, "group": person.group}
        for person in demo_words().owners
    ]
    layout = new_layout(template, lang, "default", _ROWS)
    write_workbook(stream, layout, leads, {"owners": people}, id_prefix=prefix, as_of=_LAST_DAY)
    return stream.getvalue()


def _english(template: Template) -> bytes:
    leads = _leads(template, 14, 17, "Chen Siyuan", "LX-OS-", lang="en")
    return _tracked(template, leads, "LX-OS-", "en")


class _Plain:
    """A workbook typed by hand: cells, no table, no Settings."""

    def __init__(self) -> None:
        self.stream = io.BytesIO()
        self.book = Workbook(
            self.stream,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self.book.set_properties({"created": dt.datetime(2024, 1, 1)})
        self.day = self.book.add_format({"num_format": "yyyy/m/d"})
        self.bold = self.book.add_format({"bold": True})

    def sheet(self, name: str, rows: Sequence[Sequence[object]]) -> Any:
        """Adds a sheet with these rows from A1."""
        sheet = self.book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value)
        return sheet

    def _write(self, sheet: Any, row: int, column: int, value: object) -> None:
        if value is None:
            return
        if isinstance(value, dt.date):
            sheet.write_number(row, column, serial(value), self.day)
        elif isinstance(value, str):
            sheet.write_string(row, column, value)
        else:
            sheet.write_number(row, column, value)

    def content(self) -> bytes:
        """The finished file."""
        self.book.close()
        return self.stream.getvalue()


_HABITUAL = {
    "lead_id": "编号",
    "acquired_on": "获取日期",
    "channel": "线索来源",
    "customer": "公司名称",
    "contact": "联系人姓名",
    "contact_details": "电话",
    "need": "客户需求",
    "priority": "优先级",
    "stage": "当前阶段",
    "latest_follow_up": "跟进记录",
    "owner": "销售",
    "expected_close": "预计成交日期",
    "amount": "金额(元)",
    "lost_reason": "丢单原因",
    "market_note": "备注",
}


def _other_headers(leads: Sequence[Lead]) -> bytes:
    """Headers of the person's own, amounts in 元."""
    rows: list[list[object]] = [list(_HABITUAL.values())]
    for lead in leads:
        row = [lead.get(field_id) for field_id in _HABITUAL]
        amount = lead.get("amount")
        place = list(_HABITUAL).index("amount")
        row[place] = amount * 10_000 if isinstance(amount, int | float) else None
        rows.append(row)
    plain = _Plain()
    plain.sheet("五月", rows)
    return plain.content()


def _headers(template: Template) -> list[str]:
    return [field.header.zh for field in template.columns("default")]


def _rows(template: Template, leads: Iterable[Lead]) -> list[list[object]]:
    fields = template.columns("default")
    return [[lead.get(field.id) for field in fields] for lead in leads]


def _titled(template: Template, leads: Sequence[Lead]) -> bytes:
    """Two title rows above the header."""
    plain = _Plain()
    sheet = plain.sheet(
        "线索登记",
        [
            ["华北组销售线索登记表"],
            ["填报人:郑浩然", None, "月份:2024年5月"],
            _headers(template),
            *_rows(template, leads),
        ],
    )
    sheet.merge_range(0, 0, 0, len(_headers(template)) - 1, "华北组销售线索登记表", plain.bold)
    return plain.content()


def _faulty(template: Template, leads: Sequence[Lead]) -> bytes:
    """Merged cells, impossible dates, words for numbers, two owners, a total row."""
    place = {field.id: number for number, field in enumerate(template.columns("default"))}
    rows = _rows(template, leads)
    slips: list[tuple[int, str, object]] = [
        (0, "expected_close", "2024-02-30"),
        (1, "amount", "三十万"),
        (2, "priority", "高优先级"),
        (3, "owner", "孙若曦、何一鸣"),
        (4, "amount", "8-10万"),
        (5, "acquired_on", "5月10日"),
        (6, "stage", "已报价"),
        (7, "channel", "其他"),
        (8, "amount", -3),
        (9, "lead_id", None),
        (10, "acquired_on", "2024/5/18"),
        (11, "customer", None),
    ]
    for row, field_id, value in slips:
        rows[row][place[field_id]] = value
    rows.append(["合计", *[None] * (place["amount"] - 1), 88.0])
    plain = _Plain()
    sheet = plain.sheet("Sheet1", [_headers(template), *rows])
    owner, last = place["owner"], len(leads)
    sheet.merge_range(last - 1, owner, last, owner, "孙若曦")
    return plain.content()


def _two_sheets(template: Template) -> bytes:
    """One sheet a month."""
    leads = _leads(template, 12, 18, "何一鸣", "LX-HY-")
    plain = _Plain()
    plain.sheet("4月", [_headers(template), *_rows(template, leads[:5])])
    plain.sheet("5月", [_headers(template), *_rows(template, leads[5:])])
    return plain.content()


def _no_leads() -> bytes:
    """A list of visitors: no stage, no owner, no leads."""
    plain = _Plain()
    plain.sheet(
        "名单",
        [
            ["姓名", "单位", "来访日期"],
            ["王先生", "青屿拓禾物流有限公司", dt.date(2024, 5, 8)],
            ["李女士", "云汀澄砚软件有限公司", dt.date(2024, 5, 9)],
        ],
    )
    return plain.content()


def main(arguments: Sequence[str]) -> int:
    """Writes the samples into the folder that is named."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m xltrack.create.samples FOLDER\n")
        return 2
    for path in write_samples(Path(arguments[0])):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
