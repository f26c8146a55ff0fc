"""A workbook that says what its headers mean, in one row or in two."""

from __future__ import annotations

import pytest

from xltrack.leads.header import find_header, in_two_rows
from xltrack.template import load_template
from xltrack.template.own_headers import field_named, header_meanings

TEMPLATE = load_template()


def test_the_meaning_of_a_header_goes_before_the_usual_one() -> None:
    template = TEMPLATE.knowing([("负责人", "contact"), ("谁跟", "owner"), ("备注", "")])
    header = find_header([["客户", "负责人", "谁跟", "阶段", "备注", "电话"]], template)
    assert header is not None
    assert [cell.field for cell in header.cells] == [
        *("customer", "contact", "owner", "stage", None, "contact_details")
    ]
    assert header.cells[2].exact
    assert TEMPLATE.knowing([]) is TEMPLATE


def test_the_unit_of_an_own_header_counts() -> None:
    template = TEMPLATE.knowing([("签约额(元)", "amount"), ("回款万元", "expected_amount")])
    header = find_header([["客户", "负责人", "签约额(元)", "回款万元"]], template)
    assert header is not None
    assert [cell.unit for cell in header.cells] == [None, None, "元", "万元"]


def test_a_header_in_two_rows_is_found_where_the_workbook_declares_it() -> None:
    rows = [
        ["台账"],
        ["编号", "客户", "", "负责人"],
        ["", "名称", "电话", ""],
        ["1", "A", "2", "张"],
    ]
    own = [("编号", "lead_id"), ("客户 / 名称", "customer"), ("客户 / 电话", "contact_details")]
    header = find_header(rows, TEMPLATE.knowing(own))
    assert header is not None
    assert header.row == 3
    assert [(c.text, c.field) for c in header.cells] == [
        ("编号", "lead_id"),
        ("客户 / 名称", "customer"),
        ("客户 / 电话", "contact_details"),
        ("负责人", "owner"),
    ]
    usual = find_header(rows, TEMPLATE)
    assert usual is None


def test_a_text_over_several_columns_ends_where_one_stands_alone() -> None:
    assert in_two_rows(["甲", "", "乙", ""], ["a", "b", "", "c"]) == [
        ("甲", "a"),
        ("甲", "b"),
        ("乙", ""),
        ("", "c"),
    ]


def test_meanings_are_read_from_the_cells_of_settings() -> None:
    rows = [
        ["表头", "对应字段", None, "阶段", "类型"],
        ["公司", "客户名称", None, "初识", "进行中"],
        ["谁跟", "owner", None, "成交", "成交"],
        ["编码", "没有这个字段", None, None, None],
        ["部门", "—", None, None, None],
    ]
    assert header_meanings(TEMPLATE, rows) == [
        ("公司", "customer"),
        ("谁跟", "owner"),
        ("部门", ""),
    ]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("owner", "owner"),
        ("Owner", "owner"),
        ("负责人", "owner"),
        ("-", ""),
        ("", ""),
        ("谁", None),
    ],
)
def test_a_field_is_named_by_id_or_header(text: str, field: str | None) -> None:
    assert field_named(TEMPLATE, text) == field
