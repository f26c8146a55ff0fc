from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from xltrack.leads import LeadBook, merge_books
from xltrack.template import Settings, Template, default_settings
from xltrack.template.settings import Owner, Target

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人"]
LEAD = ["LX202405001", "甲公司", "初识", "张三"]
Read = Callable[..., LeadBook]


def test_merging_keeps_the_rows_in_order_with_all_columns(read: Read, template: Template) -> None:
    imposed = default_settings(template, "en")
    one = read([[*HEADER, "部门"], [*LEAD, "东"]], name="a.xlsx", settings=imposed)
    two = read([[*HEADER, "城市"], [*LEAD, "上海"], [*LEAD, "北京"]], name="b.xlsx")
    book = merge_books([one, two])
    assert book.rows["file"].tolist() == ["a.xlsx", "b.xlsx", "b.xlsx"]
    assert book.rows["row"].tolist() == [2, 2, 3]
    assert book.rows["部门"].fillna("").tolist() == ["东", "", ""]
    assert book.rows["城市"].fillna("").tolist() == ["", "上海", "北京"]
    assert list(book.rows.index) == [0, 1, 2]
    assert [source.workbook for source in book.sources] == ["a.xlsx", "b.xlsx"]
    assert book.own == {"部门": False, "城市": False}
    assert book.settings == imposed
    assert len(book.findings) == len(one.findings) + len(two.findings)


def test_merging_keeps_the_types_of_columns(read: Read) -> None:
    one = read([[*HEADER, "分数"], [*LEAD, 7]], name="a.xlsx")
    two = read([[*HEADER, "分数"], [*LEAD, 8.5]], name="b.xlsx")
    other = read([HEADER, LEAD], name="c.xlsx")
    book = merge_books([one, other, two])
    assert [str(dtype) for dtype in book.rows.dtypes[3:-1]] == [
        str(dtype) for dtype in one.rows.dtypes[3:-1]
    ]
    assert isinstance(book.rows["file"].dtype, pd.CategoricalDtype)
    assert book.rows["分数"].fillna(-1).tolist() == [7, -1, 8.5]


def test_a_column_of_two_types_becomes_text(read: Read) -> None:
    one = read([[*HEADER, "分数"], [*LEAD, 7]], name="a.xlsx")
    two = read([[*HEADER, "分数"], [*LEAD, "高"]], name="b.xlsx")
    assert merge_books([one, two]).rows["分数"].tolist() == ["7", "高"]


def test_a_column_is_private_if_it_is_anywhere(read: Read) -> None:
    one = read([[*HEADER, "备用"], [*LEAD, "13812345678"]], name="a.xlsx")
    two = read([[*HEADER, "备用"], [*LEAD, "无"]], name="b.xlsx")
    assert (one.own, two.own) == ({"备用": True}, {"备用": False})
    assert merge_books([two, one]).own == {"备用": True}


def in_yuan(settings: Settings, **parameters: Any) -> Settings:
    """Settings with one owner and one target, amounts in 元."""
    return replace(
        settings,
        parameters=replace(settings.parameters, amount_unit="元", **parameters),
        owners=(Owner("李四", group="北区"),),
        targets=(Target("2024-05", "李四", 500_000.0),),
    )


def test_amounts_and_targets_come_in_the_unit_of_the_first(read: Read, template: Template) -> None:
    ours = default_settings(template, "zh")
    header = [*HEADER, "成交金额"]
    one = read([header, [*LEAD, 32]], name="a.xlsx", settings=ours)
    two = read([header, [*LEAD, 48_000]], name="b.xlsx", settings=in_yuan(ours))
    book = merge_books([one, two])
    assert book.rows["amount"].tolist() == [32, 4.8]
    assert [(each.owner, each.amount) for each in book.settings.targets] == [("李四", 50)]
    assert [each.name for each in book.settings.owners] == ["李四"]
    assert book.settings.parameters == ours.parameters
    assert list(book.settings_of) == ["b.xlsx"]
    assert merge_books([two, one]).rows["amount"].tolist() == [48_000, 320_000]


def test_amounts_in_another_currency_are_left_out(read: Read, template: Template) -> None:
    ours = default_settings(template, "zh")
    header = [*HEADER, "成交金额"]
    one = read([header, [*LEAD, 32]], name="a.xlsx", settings=ours)
    dollars = in_yuan(ours, currency="USD")
    two = read([header, [*LEAD, 48_000]], name="b.xlsx", settings=dollars)
    book = merge_books([one, two])
    assert book.rows["amount"].fillna(-1).tolist() == [32, -1]
    assert book.settings.targets == ()


def test_an_empty_book_merges_with_a_full_one(read: Read) -> None:
    empty = read([HEADER], name="a.xlsx", allow_empty=True)
    full = read([HEADER, LEAD], name="b.xlsx")
    assert merge_books([empty, full]).rows["lead_id"].tolist() == ["LX202405001"]


def test_one_book_stays_itself_and_none_is_an_error(read: Read) -> None:
    book = read([HEADER, LEAD])
    assert merge_books([book]) is book
    with pytest.raises(ValueError, match="no books"):
        merge_books([])
