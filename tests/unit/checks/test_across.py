"""What only several workbooks together show."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from xltrack.checks import abstract_of, check_across
from xltrack.findings import Finding
from xltrack.leads import LeadBook, merge_books
from xltrack.template import default_settings, load_template
from xltrack.template.settings import Channel, Owner, Target

PARAMETERS = default_settings(load_template(), "zh").parameters
Book = Callable[..., LeadBook]


def across(*books: LeadBook, **options: Any) -> list[tuple[str, str, str]]:
    return [(f.code, f.workbook, f.cell) for f in found(*books, **options)]


def found(*books: LeadBook, **options: Any) -> tuple[Finding, ...]:
    return check_across([abstract_of(book) for book in books], **options)


def test_one_workbook_alone_shows_nothing(book: Book, clean: Any) -> None:
    assert across(book([clean(0), clean(0)])) == []
    assert across() == []


def test_different_leads_show_nothing(book: Book, clean: Any) -> None:
    assert across(book([clean(0)], name="a.xlsx"), book([clean(1)], name="b.xlsx")) == []


def test_an_id_of_another_customer_in_another_workbook(book: Book, clean: Any) -> None:
    one = book([clean(0), clean(4)], name="a.xlsx")
    other = book([clean(2), clean(1, lead_id="lx202405001")], name="b.xlsx")
    (finding,) = found(one, other)
    assert (finding.code, finding.workbook, finding.cell) == ("V104", "b.xlsx", "A3")
    assert finding.params == {"other": "a.xlsx 线索跟踪表!A2", "free_id": "lx202405006"}


def test_an_id_of_the_same_customer_is_no_conflict(book: Book, clean: Any) -> None:
    one = book([clean(0), clean(1)], name="a.xlsx")
    other = book([clean(0, customer="云帆物流"), clean(2)], name="b.xlsx")
    assert across(one, other) == []


def test_conflicts_within_a_workbook_are_not_told_again(book: Book, clean: Any) -> None:
    one = book([clean(0), clean(1, lead_id="LX202405001")], name="a.xlsx")
    assert across(one, book([clean(5)], name="b.xlsx")) == []


def test_a_customer_of_two_owners_in_two_workbooks(book: Book, clean: Any) -> None:
    one = book([clean(0)], name="a.xlsx")
    other = book([clean(1, customer="云帆 物流公司", owner="李四")], name="b.xlsx")
    (finding,) = found(one, other)
    assert (finding.code, finding.workbook, finding.cell) == ("V162", "b.xlsx", "J2")
    assert finding.params == {"other": "a.xlsx 线索跟踪表!J2", "other_owner": "张三"}


def test_nobody_is_not_a_second_owner(book: Book, clean: Any) -> None:
    one = book([clean(0)], name="a.xlsx")
    other = book([clean(1, customer="云帆物流有限公司", owner=None)], name="b.xlsx")
    assert across(one, other) == []


# ---------------------------------------------------------------------- copies


def test_a_copy_is_named_and_counted_once(book: Book, clean: Any) -> None:
    rows = [clean(0), clean(1)]
    one, copy = book(rows, name="a.xlsx"), book(rows, name="a - 副本.xlsx")
    conflict = book([clean(3, lead_id="LX202405001")], name="c.xlsx")
    assert across(one, copy, conflict) == [("F009", "a - 副本.xlsx", ""), ("V104", "c.xlsx", "A2")]
    assert found(one, copy)[0].params == {"other": "a.xlsx"}


def test_a_workbook_with_one_other_lead_is_no_copy(book: Book, clean: Any) -> None:
    one = book([clean(0), clean(1)], name="a.xlsx")
    assert across(one, book([clean(0), clean(2)], name="b.xlsx")) == []
    assert across(one, book([clean(0), clean(1), clean(2)], name="b.xlsx")) == []


def test_a_copy_that_was_worked_on_is_one(book: Book, clean: Any) -> None:
    rows = [clean(n) for n in range(12)]
    one, copy = book(rows, name="a.xlsx"), book([*rows[:11], clean(13)], name="b.xlsx")
    assert across(one, copy) == [("F009", "b.xlsx", "")]
    assert across(one, book([*rows[:9], clean(13), clean(14)], name="b.xlsx")) == []


def test_two_copies_point_to_the_first(book: Book, clean: Any) -> None:
    books = [book([clean(0)], name=name) for name in ("a.xlsx", "b.xlsx", "c.xlsx")]
    assert [(f.workbook, f.params["other"]) for f in found(*books)] == [
        ("b.xlsx", "a.xlsx"),
        ("c.xlsx", "a.xlsx"),
    ]


def test_empty_workbooks_are_no_copies(book: Book, clean: Any) -> None:
    assert across(book([], name="a.xlsx"), book([], name="b.xlsx"), book([clean(0)])) == []


# ---------------------------------------------------------------------- settings


def with_settings(book: LeadBook, **changes: Any) -> LeadBook:
    return replace(book, settings=replace(book.settings, **changes))


def test_other_settings_are_named(book: Book, clean: Any) -> None:
    books = [book([clean(n)], name=f"{n}.xlsx") for n in range(3)]
    settings = books[1].settings
    parameters = replace(settings.parameters, maturity_days=60)
    more = (*settings.channels, Channel("电视广告"))
    books[1] = with_settings(books[1], channels=more, parameters=parameters)
    (finding,) = found(*books)
    assert (finding.code, finding.workbook) == ("F011", "1.xlsx")
    differences = finding.params["differences"]
    assert "来源渠道(电视广告)" in differences
    assert "线索成熟期(天) 60 ≠ 30" in differences


@pytest.mark.parametrize(
    "changes",
    [
        {"owners": (Owner("王五"),)},
        {"targets": (Target("2024-05", "王五", 100.0),)},
        {
            "parameters": replace(
                default_settings(load_template(), "zh").parameters, id_prefix="HD-"
            )
        },
    ],
)
def test_what_is_each_teams_own_is_no_difference(book: Book, clean: Any, changes: Any) -> None:
    one, other = book([clean(0)], name="a.xlsx"), book([clean(1)], name="b.xlsx")
    assert across(one, with_settings(other, **changes)) == []


def test_one_person_described_in_two_ways_is_a_difference(book: Book, clean: Any) -> None:
    one = with_settings(book([clean(0)], name="a.xlsx"), owners=(Owner("王五"),))
    other = with_settings(book([clean(1)], name="b.xlsx"), owners=(Owner("王五", active=False),))
    (finding,) = found(one, other)
    assert (finding.workbook, finding.params) == ("b.xlsx", {"differences": "负责人(王五)"})


def test_settings_may_be_named_to_compare_with(book: Book, clean: Any) -> None:
    other = replace(default_settings(load_template(), "zh"), priorities=())
    books = [book([clean(n)], name=f"{n}.xlsx") for n in range(2)]
    assert across(*books, settings=other) == [("F011", "0.xlsx", ""), ("F011", "1.xlsx", "")]


def test_a_team_switches_rules_off_here_too(book: Book, clean: Any) -> None:
    books = [book([clean(0)], name=name, checks="F009=关") for name in ("a.xlsx", "b.xlsx")]
    assert across(*books) == []


# ---------------------------------------------------------------------- the abstracts


def test_workbooks_in_one_abstract_or_in_several_are_the_same(book: Book, clean: Any) -> None:
    one = book([clean(0)], name="a.xlsx")
    other = book([clean(1, lead_id="LX202405001")], name="b.xlsx")
    assert found(merge_books([one, other])) == found(one, other)


def test_an_abstract_crosses_a_process_boundary(book: Book, clean: Any) -> None:
    made = abstract_of(book([clean(0)]))
    again = pickle.loads(pickle.dumps(made))  # noqa: S301  # our own
    assert check_across([again, made]) == ()
    assert len(pickle.dumps(made)) < 6000


def test_findings_come_in_the_order_of_the_workbooks(book: Book, clean: Any) -> None:
    books = [
        book([clean(0), clean(5)], name="b.xlsx"),
        book([clean(1, lead_id="LX202405006"), clean(2, lead_id="LX202405001")], name="a.xlsx"),
    ]
    assert across(*books) == [("V104", "a.xlsx", "A2"), ("V104", "a.xlsx", "A3")]
