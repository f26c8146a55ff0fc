"""What headers may mean: by their words, by what is like them, by the cells below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from xltrack.leads.column_content import column_contents
from xltrack.leads.header_proposals import ColumnProposal, HeaderWords, propose_columns
from xltrack.leads.marks import SheetMarks
from xltrack.leads.sheet_proposals import SheetFinder
from xltrack.leads.vocabulary import Vocabulary
from xltrack.template import load_template
from xltrack.template.adopt_words import load_adopt_words

KNOWN = Vocabulary(load_template(), load_adopt_words())
DAYS = [dt.datetime(2024, 5, day) for day in range(1, 9)]
PHONES = [f"1380000{n:04}" for n in range(8)]
WORDS = ["谈单中", "已签约", "丢单", "暂停", "谈单中", "已签约", "丢单", "暂停"]


def proposed(headers: Sequence[str], *columns: Sequence[object]) -> list[ColumnProposal]:
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    listed = [(n, text, text) for n, text in enumerate(headers, start=1)]
    contents = column_contents(rows, KNOWN.sure.rows_looked_at)
    return propose_columns(listed, contents, KNOWN, HeaderWords(KNOWN))


@pytest.mark.parametrize(
    ("header", "field", "because"),
    [
        ("客户名称", "customer", "documented"),
        ("公司", "customer", "alias"),
        ("业务担当", "owner", "word"),
        ("签约额\uff08万元\uff09", "amount", "word"),
        ("签约额万元", "amount", "word"),
        ("本月跟进记录", "latest_follow_up", "alike"),
        ("客户 公司全称*", "customer", "word"),
        ("Account Manger", "owner", "alike"),
        ("\U0001f3e2 公司", "customer", "alias"),
        ("☎ 手机", "contact_details", "alias"),
        ("产品型号", "", "word"),
        ("合作备忘", "", "own"),
    ],
)
def test_a_header_by_its_words(header: str, field: str, because: str) -> None:
    proposal = proposed([header], [])[0]
    assert proposal.field == field
    assert because in (proposal.because, "word" if proposal.because == "own" else because)


def test_cells_make_a_header_surer_or_take_it_away() -> None:
    plain, same, other = (
        proposed(["日期"], cells)[0] for cells in ([], DAYS, ["一次", "两次", "三次"])
    )
    assert plain.field == same.field == "acquired_on"
    assert plain.confidence < same.confidence
    assert other.field == ""


def test_cells_alone_tell_phones_and_stages() -> None:
    phones, stages = proposed(["栏目甲", "栏目乙"], PHONES, WORDS)
    assert (phones.field, phones.because) == ("contact_details", "content")
    assert (stages.field, stages.because) == ("stage", "content")
    assert max(phones.confidence, stages.confidence) < KNOWN.sure.sure


def test_days_are_no_stage() -> None:
    assert proposed(["进度"], DAYS)[0].field == ""


def test_a_field_is_one_column_but_for_contact_details() -> None:
    customer, account, phone, mail = proposed(
        ["客户", "公司名称", "手机", "邮箱"],
        ["甲", "乙", "丙"],
        ["苏州甲有限公司", "苏州乙有限公司", "苏州丙有限公司"],
        PHONES[:3],
        ["a@b.cn", "c@d.cn", "e@f.cn"],
    )
    assert (customer.field, customer.because) == ("", "second")
    assert account.field == "customer"
    assert phone.field == mail.field == "contact_details"


def found(rows: list[list[object]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()):  # type: ignore[no-untyped-def]
    return SheetFinder(KNOWN).find("台账", rows, SheetMarks(merged=list(merged)))


def test_a_price_list_is_no_lead_sheet() -> None:
    assert found([["产品", "单价", "负责人", "备注"], ["A", 1, "张伟", ""]]) is None
    assert found([]) is None


def test_people_are_the_customers_where_no_company_is() -> None:
    rows: list[list[object]] = [
        ["姓名", "手机", "进展", "业务员"],
        ["王芳", PHONES[0], "谈单中", "张伟"],
    ]
    sheet = found(rows)
    assert [c.field for c in sheet.columns] == ["customer", "contact_details", "stage", "owner"]
    assert sheet.columns[0].confidence < KNOWN.sure.sure


def test_merged_cells_tell_two_rows_where_words_do_not() -> None:
    rows: list[list[object]] = [
        ["公司", "联系人", "", "进展", "业务员"],
        ["", "姓名", "职务", "", ""],
        ["苏州甲有限公司", "王芳", "经理", "谈单中", "张伟"],
    ]
    assert found(rows).row == 1
    sheet = found(rows, [((1, 2), (1, 3)), ((1, 1), (2, 1))])
    assert (sheet.row, sheet.in_two_rows) == (2, True)
    assert {c.header: c.field for c in sheet.columns} == {
        "公司": "customer",
        "联系人 / 姓名": "contact",
        "联系人 / 职务": "",
        "进展": "stage",
        "业务员": "owner",
    }


def test_a_banner_over_a_whole_header_is_no_part_of_it() -> None:
    rows: list[list[object]] = [
        ["基本", "", "业务", ""],
        ["公司", "联系人", "进展", "业务员"],
        ["苏州甲有限公司", "王芳", "谈单中", "张伟"],
    ]
    sheet = found(rows, [((1, 1), (1, 2)), ((1, 3), (1, 4))])
    assert (sheet.row, sheet.in_two_rows) == (2, False)
