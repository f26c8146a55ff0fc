"""The sheet of leads as openpyxl, which did not write it, reads it back."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import get_args

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xltrack.create import write_tracking_workbook
from xltrack.errors import UsageError
from xltrack.template import load_template
from xltrack.text import Lang

TEMPLATE = load_template()
LANGS: tuple[Lang, ...] = get_args(Lang)
DOCUMENTED = [
    "线索编号", "来源渠道", "客户名称", "联系人", "联系方式", "需求描述", "优先级", "跟进阶段",
    "跟进记录(最新)", "负责人", "预计成交时间", "成交金额(万)", "未成交原因", "市场分析备注",
]  # fmt: skip


def tracking(
    lang: Lang = "zh",
    columns: str = "default",
    rows: int | None = None,
    *,
    id_prefix: str | None = None,
    example: bool = False,
) -> Workbook:
    stream = io.BytesIO()
    write_tracking_workbook(
        stream,
        template=TEMPLATE,
        lang=lang,
        columns=columns,
        rows=rows,
        id_prefix=id_prefix,
        example=example,
    )
    return load_workbook(stream)


def leads_of(book: Workbook) -> Worksheet:
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def headers(sheet: Worksheet) -> list[object]:
    return [cell.value for cell in sheet[1]]


def test_the_fourteen_documented_columns_come_first_in_order() -> None:
    sheet = leads_of(tracking())
    assert sheet.title == "线索跟踪表"
    assert headers(sheet) == [*DOCUMENTED, "获取时间", "下次跟进时间", "结案日期"]


def test_documented_gives_the_fourteen_alone() -> None:
    assert headers(leads_of(tracking(columns="documented"))) == DOCUMENTED


def test_full_adds_the_opt_in_columns() -> None:
    names = headers(leads_of(tracking(columns="full")))
    assert " ".join(str(name) for name in names[17:]) == (
        "录入时间 区域 行业 员工规模 决策者 预算(万) 客户决策链人数 预计金额(万)"
    )


def test_a_custom_column_set_stands_in_the_order_given() -> None:
    sheet = leads_of(tracking(columns="lead_id, customer ,stage,owner"))
    assert headers(sheet) == ["线索编号", "客户名称", "跟进阶段", "负责人"]


def test_sets_headers_and_columns_of_the_teams_own_can_be_mixed() -> None:
    sheet = leads_of(tracking(columns="documented,region,获取日期,+产品线, +竞标(Y/N)"))
    assert headers(sheet) == [*DOCUMENTED, "区域", "获取时间", "产品线", "竞标(Y/N)"]
    assert sheet.tables["Leads"].column_names == headers(sheet)
    comment = sheet["Q1"].comment
    assert comment is not None
    assert comment.text == TEMPLATE.workbook.own_column.zh


@pytest.mark.parametrize(
    ("columns", "rows", "reason", "detail"),
    [
        ("default,lead_id", None, "repeated_column", "lead_id"),
        ("stage,+产品线,+产品 线", None, "repeated_column", "产品线"),
        ("default,产品线", None, "unknown_column", "产品线"),
        ("default,+", None, "unknown_column", "+"),
        ("lead_id,nonsense", None, "unknown_column", "nonsense"),
        ("lead_id,stage,lead_id", None, "repeated_column", "lead_id"),
        (" , ", None, "no_columns", ""),
        ("default", 0, "rows_out_of_range", "0"),
        ("default", 1_048_576, "rows_out_of_range", "1048576"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    columns: str, rows: int | None, reason: str, detail: str
) -> None:
    stream = io.BytesIO()
    with pytest.raises(UsageError) as error:
        write_tracking_workbook(stream, template=TEMPLATE, columns=columns, rows=rows)
    assert (error.value.reason, error.value.detail) == (reason, detail)
    assert stream.getvalue() == b""


@pytest.mark.parametrize("lang", LANGS)
def test_the_leads_are_an_excel_table_with_one_empty_row(lang: Lang) -> None:
    sheet = leads_of(tracking(lang))
    table = sheet.tables["Leads"]
    assert table.ref == "A1:Q2"
    assert table.autoFilter is not None
    assert table.column_names == headers(sheet)
    assert sheet.max_row == 1  # nothing below the header


def test_the_header_is_frozen_and_repeated_in_print() -> None:
    sheet = leads_of(tracking())
    assert sheet.freeze_panes == "D2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToWidth in (None, 1)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_columns_have_the_declared_width_and_format() -> None:
    sheet = leads_of(tracking())
    widths = {
        number: column.width
        for column in sheet.column_dimensions.values()
        for number in range(column.min or 0, (column.max or 0) + 1)
    }
    declared = [field.width for field in TEMPLATE.columns("default")]
    padded = [width + 0.71 for width in declared]  # as Excel stores it
    assert [widths[number] for number in range(1, 18)] == pytest.approx(padded, abs=0.02)
    assert sheet["K2"].number_format == "General"  # an empty row holds no cells of its own


def test_example_cells_are_dates_and_numbers_not_text() -> None:
    sheet = leads_of(tracking(example=True))
    assert [sheet.cell(row, 1).value for row in range(2, 7)] == [
        "LX202405001", "LX202405002", "LX202405003", "LX202405004", None,
    ]  # fmt: skip
    assert sheet["K2"].value == dt.datetime(2024, 5, 20)
    assert sheet["K2"].number_format == "yyyy-mm-dd"
    assert [sheet.cell(row, 12).value for row in range(2, 6)] == [32, 0.8, 50, "—"]
    assert [sheet.cell(row, 8).value for row in range(2, 6)] == [
        "商务谈判", "意向明确", "成交", "方案对比",
    ]  # fmt: skip
    assert sheet.tables["Leads"].ref == "A1:Q5"


def test_the_english_example_is_english() -> None:
    sheet = leads_of(tracking("en", example=True))
    assert sheet.title == "Leads"
    letters = re.compile(r"[\u4e00-\u9fff]")
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert len(texts) > 60
    assert [text for text in texts if letters.search(text)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_header_explains_its_column(lang: Lang) -> None:
    sheet = leads_of(tracking(lang, "full"))
    fields = TEMPLATE.columns("full")
    for field, cell in zip(fields, sheet[1], strict=True):
        assert cell.comment is not None
        assert cell.comment.text == field.help.of(lang)
    need = sheet["F1"].comment
    assert need is not None
    for topic in ("预算", "决策人", "时间", "现用方案") if lang == "zh" else ("budget", "timing"):
        assert topic in need.text


def test_nothing_is_protected_where_people_type() -> None:
    book = tracking()
    for name in ("线索跟踪表", "设置"):
        assert not book[name].protection.sheet


def test_the_same_request_gives_the_same_bytes() -> None:
    streams = [io.BytesIO(), io.BytesIO()]
    for stream in streams:
        write_tracking_workbook(stream, template=TEMPLATE, example=True)
    assert streams[0].getvalue() == streams[1].getvalue()


def test_the_prefix_goes_into_the_parameters() -> None:
    sheet = tracking(id_prefix="LX-HD-")["设置"]
    values = {row[0].value: row[1].value for row in sheet["AO2:AP20"]}
    assert values["编号前缀"] == "LX-HD-"
