from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.leads import LeadBook, read_book
from xltrack.template import Template, default_settings

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人"]
LEAD = ["LX202405001", "甲公司", "初识", "张三"]

Read = Callable[..., LeadBook]
Column = Callable[..., Any]


def findings(book: LeadBook, *codes: str) -> list[tuple[str, str, str]]:
    """The findings as (code, cell, field); those about missing columns only where asked for."""
    wanted = codes or tuple({f.code for f in book.findings} - {"F003"})
    return [(f.code, f.cell, f.field) for f in book.findings if f.code in wanted]


def value(book: LeadBook, field: str, row: int = 0) -> Any:
    return book.rows[field].tolist()[row]


# --------------------------------------------------------------------------- the frame


def test_every_declared_field_is_there_in_its_order(read: Read, template: Template) -> None:
    book = read([HEADER, LEAD])
    assert list(book.rows.columns) == ["file", "sheet", "row", *(f.id for f in template.fields)]
    dtypes = {"text": "str", "list": "str", "number": "float64"}
    for field in template.fields:
        assert str(book.rows[field.id].dtype) == dtypes.get(field.type, "datetime64[s]")
    assert str(book.rows["row"].dtype) == "int32"
    assert isinstance(book.rows["file"].dtype, pd.CategoricalDtype)


def test_a_lead_knows_its_file_sheet_and_row(read: Read) -> None:
    book = read([[], ["2024"], HEADER, LEAD, [], LEAD])
    assert book.rows[["file", "sheet", "row"]].astype(str).values.tolist() == [
        ["leads.xlsx", "线索跟踪表", "4"],
        ["leads.xlsx", "线索跟踪表", "6"],
    ]
    source = book.sources[0]
    assert (source.header_row, source.last_row, source.leads) == (3, 6, 2)
    assert source.columns["stage"] == (3,)


def test_leads_may_begin_in_any_column(read: Read) -> None:
    book = read([[None, None, *HEADER], [None, None, *LEAD]])
    assert (value(book, "lead_id"), value(book, "owner")) == ("LX202405001", "张三")
    assert book.sources[0].columns["lead_id"] == (3,)


def test_texts_are_stripped_and_blank_ones_null(read: Read) -> None:
    book = read(
        [[*HEADER, "备注"], ["LX202405001 ", "\u3000甲 公司\u00a0", "初识", "\n张三", "  "]]
    )
    assert value(book, "lead_id") == "LX202405001"
    assert value(book, "customer") == "甲 公司"
    assert value(book, "owner") == "张三"
    assert pd.isna(value(book, "market_note"))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (13812345678, "13812345678"),
        (1.5, "1.5"),
        (dt.date(2024, 5, 10), "2024-05-10"),
        (dt.datetime(2024, 5, 10, 14, 30), "2024-05-10 14:30"),
        (dt.time(14, 30), "14:30"),
        (True, "TRUE"),
    ],
)
@pytest.mark.parametrize("other", [None, "文字"])
def test_other_types_in_a_text_column_are_text(
    read: Read, cell: object, text: str, other: str | None
) -> None:
    book = read([[*HEADER, "备注"], [*LEAD, cell], [*LEAD, other]])
    assert value(book, "market_note") == text


def test_contact_columns_are_joined(read: Read) -> None:
    rows = [[*LEAD, 13812345678, "wx-1", None], [*LEAD, None, None, "a@b.cn"], LEAD]
    book = read([[*HEADER, "电话", "微信", "邮箱"], *rows])
    assert book.rows["contact_details"].fillna("").tolist() == ["13812345678 wx-1", "a@b.cn", ""]
    assert book.sources[0].columns["contact_details"] == (5, 6, 7)
    assert not findings(book)


# --------------------------------------------------------------------------- dates


@pytest.mark.parametrize("mixed", [False, True], ids=["dates", "dates-and-texts"])
def test_dates_are_at_midnight_and_datetimes_keep_their_time(read: Read, mixed: bool) -> None:
    moment = dt.datetime(2024, 5, 10, 14, 30)
    other = "2024-05-11" if mixed else dt.datetime(2024, 5, 11)
    header = [*HEADER, "获取时间", "录入时间"]
    book = read([header, [*LEAD, moment, moment], [*LEAD, other, other]])
    assert book.rows["acquired_on"].astype(str).tolist() == ["2024-05-10", "2024-05-11"]
    assert book.rows["entered_at"].tolist()[0] == pd.Timestamp(moment)


def test_dates_held_as_text_are_read_with_a_finding(column: Column) -> None:
    cells = [dt.datetime(2024, 5, 1), "20240510", "2024/5/10", "2024.5.10", 45422, None]
    values, found = column("获取时间", cells, "acquired_on")
    days = [pd.Timestamp("2024-05-01"), *[pd.Timestamp("2024-05-10")] * 4, pd.NaT]
    assert values.tolist() == days
    assert found == [("V121", f"E{row}", dt.date(2024, 5, 10)) for row in range(3, 7)]


def test_impossible_dates_are_findings_and_null(column: Column) -> None:
    cells = [dt.datetime(2024, 5, 1), "2024-02-30", "下周", 7, True, dt.time(9), "—"]
    values, found = column("预计成交时间", cells, "expected_close")
    assert values.notna().tolist() == [True, False, False, False, False, False, False]
    assert found == [("V120", f"E{row}", None) for row in range(3, 8)]


def test_a_date_without_a_year_follows_the_month_in_the_leads_id(column: Column) -> None:
    ids = ["LX202405001", "LX202411002", "LX202412003"]
    values, found = column("预计成交时间", ["5月10日", "1月15日", "12月1日"], "expected_close", ids)
    assert values.astype(str).tolist() == ["2024-05-10", "2025-01-15", "2024-12-01"]
    assert [code for code, *_ in found] == ["V121"] * 3


def test_a_date_without_a_year_and_id_follows_the_columns_other_dates(column: Column) -> None:
    days = [dt.datetime(2023, 5, 1), dt.datetime(2023, 6, 1), dt.datetime(2022, 6, 1), "7月2日"]
    values, _ = column("预计成交时间", days, "expected_close", ["A1", "A2", "A3", "A4"])
    assert values.astype(str).tolist()[3] == "2023-07-02"
    values, found = column("预计成交时间", ["7月2日"], "expected_close", ["A1"])
    assert values.isna().all()
    assert [code for code, *_ in found] == ["V120"]


def test_dates_of_1904_workbooks_are_the_days_they_show(column: Column) -> None:
    cells = [dt.datetime(2024, 5, 10), 45422 - 1462]
    values, found = column("获取时间", cells, "acquired_on", date_1904=True)
    assert values.astype(str).tolist() == ["2024-05-10", "2024-05-10"]
    assert [code for code, *_ in found] == ["V121"]


# --------------------------------------------------------------------------- numbers


def test_amounts_held_as_text_are_read_with_a_finding(column: Column) -> None:
    cells = [32, "32万", "1,200", "8-10万", "5000元", "—", None, 0]
    values, found = column("成交金额(万)", cells, "amount")
    assert values.fillna(-1).tolist() == [32, 32, 1200, 9, 0.5, -1, -1, 0]
    assert found == [
        ("V131", "E3", 32),
        ("V131", "E4", 1200),
        ("V131", "E5", 9),
        ("V131", "E6", 0.5),
    ]


def test_the_header_gives_the_unit_of_bare_numbers(column: Column) -> None:
    values, found = column("成交金额(元)", [320000, "32万", "150000"], "amount")
    assert values.tolist() == [32, 32, 15]
    # corrected values are what belongs into the cell, in the unit of its column
    assert found == [("V131", "E3", 320000), ("V131", "E4", 150000)]


def test_what_is_no_amount_is_a_finding_and_null(column: Column) -> None:
    cells = [32, "待定", -5, True, dt.datetime(2024, 5, 1), "500美元"]
    values, found = column("成交金额(万)", cells, "amount")
    assert values.notna().tolist() == [True, False, False, False, False, False]
    codes = ["V130", "V130", "V130", "V130", "V133"]
    assert found == [(code, f"E{row}", None) for row, code in enumerate(codes, start=3)]


def test_a_column_in_another_currency_counts_for_nothing(column: Column) -> None:
    values, found = column("成交金额(USD)", [32, 40], "amount")
    assert values.isna().all()
    assert found == [("V133", "E1", None)]


def test_people_are_counted_not_paid(column: Column) -> None:
    values, found = column("客户决策链人数", [3, "4人", "三个"], "decision_chain")
    assert values.fillna(-1).tolist() == [3, 4, -1]
    assert found == [("V131", "E3", 4), ("V130", "E4", None)]


# --------------------------------------------------------------------------- own columns


def test_unknown_columns_are_kept_under_their_header(read: Read) -> None:
    header = [*HEADER, "部门", "年龄", "生日", "编码", "部门"]
    rows = [
        [*LEAD, "华东", 30, dt.datetime(1994, 5, 1), 12, "a"],
        [*LEAD, None, 31.5, None, "x7", None],
    ]
    book = read([header, *rows])
    own = book.rows.iloc[:, -5:]
    assert own.columns.tolist() == ["部门", "年龄", "生日", "编码", "部门 (2)"]
    assert [str(dtype) for dtype in own.dtypes] == ["str", "float64", "datetime64[s]", "str", "str"]
    assert own["编码"].tolist() == ["12", "x7"]
    assert book.sources[0].own_columns["生日"] == 7


@pytest.mark.parametrize(
    ("header", "cell", "private"),
    [
        ("部门", "华东", False),
        ("备用邮箱", "x", True),
        ("公司地址", "上海", True),
        ("身份证号", "x", True),
        ("QQ", 12345, True),
        ("备用", "13812345678", True),
        ("备用", 13812345678, True),
        ("备用", "zhang@example.com", True),
        ("备用", "11010519491231002X", True),
        ("订单", 20240501, False),
    ],
)
def test_own_columns_are_private_by_header_or_content(
    read: Read, header: str, cell: object, private: bool
) -> None:
    book = read([[*HEADER, header], [*LEAD, cell]])
    assert book.own == {header: private}


# --------------------------------------------------------------------------- which rows are leads


def test_rows_that_hold_no_lead_are_left_out(read: Read) -> None:
    rows = [
        [*HEADER, "序号", "成交金额(万)", "未成交原因", "获取时间"],
        LEAD,
        [],
        ["LX202405002"],
        ["LX202405003", None, None, None, 7],
        [" ", "  ", None, None],
        [None, "乙公司"],
        ["LX202405004", None, None, None, 8, "—", "无", "/"],
    ]
    assert read(rows).rows["row"].tolist() == [2, 7]


def test_total_rows_are_skipped_with_an_info(read: Read) -> None:
    header = [*HEADER, "成交金额(万)", "序号"]
    rows = [
        [*LEAD, 10],
        ["合计", None, None, None, 10],
        [None, "5月小计\uff1a", None, None, 10],
        [None, "Total", "初识", "张三", 10],
        [None, None, None, None, 10, "总计"],
    ]
    book = read([header, *rows])
    assert book.rows["row"].tolist() == [2, 5]
    assert findings(book, "F010") == [("F010", f"{row}:{row}", "") for row in (3, 4, 6)]


# --------------------------------------------------------------------------- findings of the sheet


def test_missing_and_renamed_and_repeated_columns_are_findings(read: Read) -> None:
    book = read([["线索编号", "公司名称", "跟进阶段", "负责人", "负责人", "优先等级"], LEAD])
    assert findings(book) == [("F005", "B1", "customer"), ("F004", "E1", "owner")]
    missing = {f.field: f.params for f in book.findings if f.code == "F003"}
    assert missing["priority"] == {"header": "优先级", "nearest": "优先等级"}
    assert missing["amount"]["nearest"] == "—"
    assert len(missing) == 10


def test_brackets_width_and_case_are_no_finding(read: Read) -> None:
    header = ["线索编号", " 客户 名称(全称)", "跟进阶段", "负责人", "成交金额\uff08元\uff09"]
    assert not findings(read([header, [*LEAD, 1]]))


def test_error_cells_and_merged_cells_are_findings(tmp_path: Path, template: Template) -> None:
    path = tmp_path / "merged.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row, cells in enumerate(
        [[*HEADER, "成交金额(万)", "部门"], [*LEAD, 5, "甲"], [*LEAD[:3], None, 6, "乙"]]
    ):
        sheet.write_row(row, 0, cells)
    sheet.write_formula("E2", "=1/0", None, "#DIV/0!")
    sheet.write_formula("F3", "=NA()", None, "#N/A")
    sheet.write_formula("H3", "=NA()", None, "#N/A")  # beside the table
    sheet.merge_range("D2:D3", "张三")
    book.close()
    found = read_book(path, template=template)
    assert findings(found) == [
        ("F008", "D2:D3", "owner"),
        ("F007", "E2", "amount"),
        ("F007", "F3", "部门"),
    ]
    assert [f.value for f in found.findings if f.code == "F007"] == ["#DIV/0!", "#N/A"]
    assert found.rows["amount"].tolist()[1] == 6
    assert found.rows["amount"].isna().tolist() == [True, False]
    assert found.rows["owner"].fillna("").tolist() == ["张三", ""]


def test_findings_name_the_lead(read: Read) -> None:
    book = read([[*HEADER, "获取时间"], [*LEAD, "2024-02-30"]])
    assert [(f.code, f.lead_id, f.value) for f in book.findings if f.field == "acquired_on"] == [
        ("V120", "LX202405001", "2024-02-30")
    ]


# --------------------------------------------------------------------------- sheets and settings


def test_all_lead_sheets_count_and_others_do_not(read: Read) -> None:
    book = read(
        {
            "一月": [HEADER, LEAD],
            "说明": [["这是说明"]],
            "空": [],
            "二月": [
                ["客户名称", "线索编号", "负责人", "跟进阶段", "部门"],
                ["乙", "LX2", "李四", "成交", "东"],
            ],
        }
    )
    assert book.rows["sheet"].tolist() == ["一月", "二月"]
    assert book.rows["customer"].tolist() == ["甲公司", "乙"]
    assert book.rows["部门"].fillna("").tolist() == ["", "东"]
    assert [source.sheet for source in book.sources] == ["一月", "二月"]


def test_own_columns_of_other_types_in_another_sheet_become_text(read: Read) -> None:
    book = read(
        {"一月": [[*HEADER, "部门"], [*LEAD, 7]], "二月": [[*HEADER, "部门"], [*LEAD, "东"]]}
    )
    assert book.rows["部门"].tolist() == ["7", "东"]


def test_owned_sheets_and_their_copies_never_count(
    write: Callable[..., Path], template: Template
) -> None:
    path = write({"线索": [HEADER, LEAD], "总览": [HEADER, LEAD], "总览 (2)": [HEADER, LEAD]})
    book = xlsxwriter.Workbook(path)
    for name in ("线索", "总览", "总览 (2)"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, LEAD)
    book.define_name("_xlt_overview", "=总览!$A$1")
    book.define_name("总览!_xlt_overview", "=总览!$A$1")
    book.define_name("'总览 (2)'!_xlt_overview", "='总览 (2)'!$A$1")
    book.close()
    assert read_book(path, template=template).rows["sheet"].tolist() == ["线索"]


@pytest.mark.parametrize("careful", [False, True])
def test_settings_are_read_back_from_their_sheet(read: Read, careful: bool) -> None:
    settings = [
        [
            "渠道",
            "同义词",
            "说明",
            None,
            "优先级",
            "跟进间隔(天)",
            None,
            "日期",
            "说明",
            None,
            "参数",
            "值",
        ],
        [
            "私域",
            "社群",
            None,
            None,
            "高",
            2,
            None,
            dt.date(2024, 5, 1),
            "节",
            None,
            "编号前缀",
            "HD-",
        ],
    ]
    book = read({"线索": [HEADER, LEAD], "设置": settings}, careful=careful)
    assert [channel.name for channel in book.settings.channels] == ["私域"]
    assert book.settings.priorities[0].interval_days == 2
    assert book.settings.holidays == (dt.date(2024, 5, 1),)
    assert book.settings.parameters.id_prefix == "HD-"


def test_without_a_settings_sheet_the_template_speaks(read: Read, template: Template) -> None:
    assert read([HEADER, LEAD]).settings == default_settings(template, "zh")
    english = ["Lead ID", "Customer", "Stage", "Owner"]
    book = read([english, LEAD])
    assert book.lang == "en"
    assert book.settings == default_settings(template, "en")


def test_given_settings_go_before_the_workbooks_own(read: Read, template: Template) -> None:
    imposed = default_settings(template, "en")
    assert read([HEADER, LEAD], settings=imposed).settings is imposed


# --------------------------------------------------------------------------- what cannot be read


def fails(path: Path, template: Template) -> tuple[Reason, str]:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(path, template=template)
    assert caught.value.path == path
    return caught.value.reason, caught.value.detail


def test_a_missing_file_a_folder_and_an_empty_file(tmp_path: Path, template: Template) -> None:
    (tmp_path / "empty.xlsx").touch()
    assert fails(tmp_path / "none.xlsx", template)[0] == Reason.MISSING
    assert fails(tmp_path, template)[0] == Reason.NOT_A_FILE
    assert fails(tmp_path / "empty.xlsx", template)[0] == Reason.EMPTY_FILE


def test_a_file_of_another_kind(tmp_path: Path, template: Template) -> None:
    path = tmp_path / "leads.xlsx"
    path.write_text("线索编号,客户名称", encoding="utf-8")
    assert fails(path, template)[0] == Reason.NOT_A_WORKBOOK
    shutil.make_archive(str(tmp_path / "other"), "zip", tmp_path, "leads.xlsx")
    assert fails(tmp_path / "other.zip", template)[0] == Reason.NOT_A_WORKBOOK


def test_a_truncated_workbook_is_damaged(write: Callable[..., Path], template: Template) -> None:
    path = write([HEADER, LEAD])
    path.write_bytes(path.read_bytes()[:-200])
    assert fails(path, template)[0] == Reason.DAMAGED


def test_a_sheet_that_is_no_xml_is_damaged(
    write: Callable[..., Path], template: Template, tamper: Callable[..., Path]
) -> None:
    path = tamper(write([HEADER, LEAD]), {"xl/worksheets/sheet1.xml": lambda xml: xml[:-120]})
    assert fails(path, template)[0] == Reason.DAMAGED


def test_no_lead_header_names_the_headers_and_what_may_be_meant(
    write: Callable[..., Path], template: Template
) -> None:
    path = write({"a": [["x"]], "b": [["客户名", "负责", "电话"], ["甲", "张三", "13812345678"]]})
    reason, detail = fails(path, template)
    assert reason == Reason.NO_LEAD_HEADER
    assert detail == "客户名→客户名称、负责→负责人、电话"


def test_a_header_without_rows_is_an_error_unless_allowed(
    write: Callable[..., Path], template: Template
) -> None:
    path = write([HEADER])
    assert fails(path, template)[0] == Reason.NO_LEADS
    book = read_book(path, template=template, allow_empty=True)
    assert book.rows.empty
    assert str(book.rows["lead_id"].dtype) == "str"
    assert book.leads.empty


def test_reading_prints_nothing(
    read: Read, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    read([[*HEADER, "备注"], [*LEAD, " "]])
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
