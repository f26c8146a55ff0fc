from __future__ import annotations

from collections.abc import Callable

import pytest

from xltrack.leads import LeadBook, merge_books, normalised_customer
from xltrack.template import Template

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "跟进记录(最新)"]
Read = Callable[..., LeadBook]


@pytest.mark.parametrize(
    "name",
    [
        "华东制造有限公司",
        " 华东 制造 有限公司 ",
        "华东制造",
        "华东制造集团",
        "华东制造股份有限公司",
        "\uff08华东\uff09制造公司",
    ],
)
def test_the_same_customer_however_it_is_written(template: Template, name: str) -> None:
    assert normalised_customer(name, template.customer.suffixes) == "华东制造"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华东制造", "华南制造"),
        ("ABC Co., Ltd.", "ABD Co., Ltd."),
        ("公司", "集团"),
        ("甲公司", "公司"),
    ],
)
def test_other_customers_stay_apart(template: Template, one: str, other: str) -> None:
    suffixes = template.customer.suffixes
    assert normalised_customer(one, suffixes) != normalised_customer(other, suffixes)


def test_english_forms_of_a_company_do_not_count(template: Template) -> None:
    names = ["Acme", "ACME Ltd.", "Acme Co., Ltd.", "acme  inc", "\uff21cme GmbH"]
    assert {normalised_customer(name, template.customer.suffixes) for name in names} == {"acme"}


def lead(number: str | None, customer: str, stage: str, log: str | None = None) -> list[object]:
    return [number, customer, stage, "张三", log]


def kept(book: LeadBook) -> list[int]:
    """The Excel rows of the leads."""
    return [int(row) for row in book.leads["row"]]


def test_one_id_and_one_customer_are_one_lead_by_the_latest_follow_up(read: Read) -> None:
    rows = [
        lead("LX202405001", "甲有限公司", "成交", "2024-05-02:a"),
        lead("LX202405001", "甲", "初识", "2024-05-01:a\n2024-05-20:b"),
        lead("lx202405001 ", "甲集团", "商务谈判"),
    ]
    book = read([HEADER, *rows])
    assert kept(book) == [3]
    assert len(book.rows) == 3


def test_then_the_furthest_stage_counts_then_the_first_row(read: Read) -> None:
    rows = [
        lead("A1", "甲", "初识", "2024-05-02:a"),
        lead("A1", "甲", "方案对比", "2024-05-02:b"),
        lead("A2", "乙", "不明"),
        lead("A2", "乙", "初识"),
        lead("A3", "丙", "初识"),
        lead("A3", "丙", "初识"),
    ]
    assert kept(read([HEADER, *rows])) == [3, 5, 6]


def test_one_id_of_two_customers_is_two_leads(read: Read) -> None:
    rows = [lead("A1", "甲", "初识"), lead("A1", "乙", "初识"), lead("A1", "甲公司", "初识")]
    assert kept(read([HEADER, *rows])) == [2, 3]


def test_rows_without_an_id_are_a_lead_each(read: Read) -> None:
    rows = [lead(None, "甲", "初识"), lead(None, "甲", "初识"), lead("A1", "甲", "初识")]
    book = read([HEADER, *rows])
    assert kept(book) == [2, 3, 4]
    assert list(book.leads.index) == [0, 1, 2]
    assert list(book.leads.columns) == list(book.rows.columns)


def test_the_order_of_files_does_not_matter_between_equals(read: Read) -> None:
    rows = [HEADER, lead("A1", "甲", "初识")]
    one, two = read(rows, name="a.xlsx"), read(rows, name="b.xlsx")
    for books in ([one, two], [two, one]):
        assert merge_books(books).leads["file"].tolist() == ["a.xlsx"]
