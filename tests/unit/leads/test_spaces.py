"""Spaces around texts: read without them, and said so."""

from __future__ import annotations

from collections.abc import Callable

from xltrack.leads import LeadBook

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "电话", "邮箱", "备注2"]


def test_spaces_around_a_text_are_a_finding(read: Callable[..., LeadBook]) -> None:
    rows = [
        ["LX202405001", " 云帆物流 ", "初识", "张三\u3000", "1", "a", " own "],
        ["LX202405002", "海岳 仪器", "初识", "李四", "1", "b", None],
    ]
    book = read([HEADER, *rows])
    found = [(f.code, f.cell, f.field, f.value, f.corrected) for f in book.findings]
    assert [entry for entry in found if entry[0] == "V191"] == [
        ("V191", "B2", "customer", "␣云帆物流␣", "云帆物流"),
        ("V191", "D2", "owner", "张三[U+3000]", "张三"),
    ]
    assert book.rows["customer"].tolist() == ["云帆物流", "海岳 仪器"]


def test_each_of_several_contact_columns_is_corrected_in_secret(
    read: Callable[..., LeadBook],
) -> None:
    rows = [["LX202405001", "云帆物流", "初识", "张三", "13812345678 ", " a@b.cn", None]]
    found = [f for f in read([HEADER, *rows]).findings if f.code == "V191"]
    assert [(f.cell, f.value, f.corrected, f.correction) for f in found] == [
        ("E2", "13***", None, "13812345678"),
        ("F2", "␣a***", None, "a@b.cn"),
    ]


def test_blank_cells_and_rows_of_totals_are_none(read: Callable[..., LeadBook]) -> None:
    rows = [
        ["LX202405001", "云帆物流", "初识", "张三", "  ", None, None],
        [" 合计 ", None, None, None, None, None, None],
    ]
    assert [f.code for f in read([HEADER, *rows]).findings if f.code == "V191"] == []
