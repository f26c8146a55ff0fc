from __future__ import annotations

import pytest

from xltrack.leads.header import (
    best_row,
    cell_name,
    column_number,
    find_header,
    nearest_headers,
    recognise,
)
from xltrack.template import Template

OPEN, CLOSE = "\uff08\uff09"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("线索编号", "lead_id"),
        ("跟进记录(最新)", "latest_follow_up"),
        (f"跟进记录{OPEN}最新{CLOSE}", "latest_follow_up"),
        (" 客户 名称 ", "customer"),
        ("*客户名称", "customer"),
        ("客户名称(全称)", "customer"),
        ("LEAD ID", "lead_id"),
        ("lead_id", "lead_id"),
        ("线索来源", "channel"),
        ("公司名称", "customer"),
        ("微信", "contact_details"),
        ("当前阶段", "stage"),
        ("销售代表", "owner"),
        ("丢单原因", "lost_reason"),
        ("签约日期", "closed_on"),
        ("合同金额", "amount"),
        ("预计金额(万)", "expected_amount"),
        ("区域", "region"),
        ("部门", None),
        ("", None),
    ],
)
def test_a_header_is_recognised_whatever_its_width_case_and_brackets(
    template: Template, text: str, field: str | None
) -> None:
    assert recognise(text, template)[0] == field


@pytest.mark.parametrize(
    ("text", "unit", "exact"),
    [
        ("成交金额(万)", "万", True),
        (f"成交金额{OPEN}万元{CLOSE}", "万元", True),
        ("成交金额(元)", "元", True),
        ("成交金额", None, True),
        ("合同金额(元)", "元", False),
        ("金额万元", "万元", False),
        ("Amount (10k CNY)", "10k CNY", True),
    ],
)
def test_the_unit_of_an_amount_stands_in_its_header(
    template: Template, text: str, unit: str | None, exact: bool
) -> None:
    field, found, documented = recognise(text, template)
    assert field == "amount"
    assert (found or "").lower() == (unit or "").lower()
    assert documented is exact


def test_the_first_row_with_enough_known_columns_is_the_header(template: Template) -> None:
    rows = [["2024 年线索"], ["负责人", "客户名称"], ["负责人", "客户名称", "优先级", "跟进阶段"]]
    header = find_header(rows, template)
    assert header is not None
    assert header.row == 3
    assert [cell.column for cell in header.fields["stage"]] == [4]


@pytest.mark.parametrize(
    "row",
    [
        ["客户名称", "联系人", "电话", "需求描述", "备注"],  # no stage and no owner
        ["负责人", "跟进阶段", "优先级", "需求描述"],  # no customer and no id
        ["客户名称", "负责人", "部门"],  # too few
        ["客户名称", "客户", "公司", "负责人"],  # four columns, two fields
    ],
)
def test_other_tables_are_no_leads(template: Template, row: list[str]) -> None:
    assert find_header([row], template) is None


def test_a_header_below_the_search_rows_is_not_found(template: Template) -> None:
    header = ["线索编号", "客户名称", "跟进阶段", "负责人"]
    assert find_header([[""]] * 19 + [header], template) is not None
    assert find_header([[""]] * 20 + [header], template) is None


def test_contact_columns_are_joined_and_others_count_once(template: Template) -> None:
    header = find_header(
        [["线索编号", "电话", "客户名称", "微信", "跟进阶段", "阶段", "负责人", "部门"]], template
    )
    assert header is not None
    assert [cell.column for cell in header.fields["contact_details"]] == [2, 4]
    assert [cell.column for cell in header.fields["stage"]] == [5]
    assert [(cell.column, cell.text) for cell in header.own] == [(6, "阶段"), (8, "部门")]


@pytest.mark.parametrize(
    ("row", "lang"),
    [
        (["线索编号", "客户名称", "跟进阶段", "负责人"], "zh"),
        (["Lead ID", "Customer", "Stage", "Owner"], "en"),
        (["ID", "客户名称", "跟进阶段", "负责人"], "zh"),
    ],
)
def test_the_language_is_that_of_most_headers(
    template: Template, row: list[str], lang: str
) -> None:
    header = find_header([row], template)
    assert header is not None
    assert header.lang == lang


def test_unknown_headers_are_named_with_the_nearest_documented_one(template: Template) -> None:
    assert (
        nearest_headers(["客户名", "负责人", "体重"], template) == "客户名→客户名称、负责人、体重"
    )


def test_what_looks_like_data_is_not_named(template: Template) -> None:
    row = best_row([["13812345678", "a@b.cn", "王总"]], template)
    assert nearest_headers(row, template) == "王总"


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16384)])
def test_columns_have_letters(letters: str, number: int) -> None:
    assert column_number(letters) == number
    assert cell_name(7, number) == f"{letters}7"
