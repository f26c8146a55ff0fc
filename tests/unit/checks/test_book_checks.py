"""A book as a whole: order, severities, many workbooks at once, rules without leads."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from xltrack.checks import RULES, check_book
from xltrack.checks.examined import Examined
from xltrack.findings import SEVERITIES, Finding
from xltrack.leads import LeadBook, merge_books
from xltrack.leads.facts import lead_facts
from xltrack.template import load_template
from xltrack.template.check_settings import parsed_checks, wrong_entries
from xltrack.template.check_words import load_check_words

Book = Callable[..., LeadBook]


def examined(book: LeadBook, as_of: Any) -> Examined:
    return Examined(book, as_of=as_of, template=load_template(), words=load_check_words())


@pytest.fixture
def today() -> Any:
    import datetime as dt

    return dt.date(2024, 5, 31)


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_finds_nothing_in_an_empty_sheet(book: Book, today: Any, code: str) -> None:
    hits = RULES[code].find(examined(book([]), today))
    assert sum(len(hit.at) for hit in hits) == 0


def test_clean_leads_have_no_findings(check: Any, clean: Any) -> None:
    assert check(*(clean(n) for n in range(14))) == []


def test_a_clean_book_in_english_has_no_findings(check: Any, clean: Any) -> None:
    from xltrack.template import default_settings

    english = {
        "channel": "Referral",
        "contact": "Mr Wang",
        "need": "50 servers, budget 300,000 CNY",
        "priority": "High",
        "stage": "Negotiation",
        "latest_follow_up": "2024-05-30 phone: sent the offer; next: confirm by 5 June",
        "owner": "Zhang San",
    }
    names = ("Yunfan Logistics Co., Ltd.", "Haiyue Foods Inc.", "Songshi Machinery Ltd.")
    rows = [clean(n, **english, customer=name) for n, name in enumerate(names)]
    assert check(*rows, settings=default_settings(load_template(), "en")) == []


def test_findings_come_by_row_column_and_code(check: Any, clean: Any, at: Any) -> None:
    rows = clean(0, need=None, channel="其他"), clean(1, lead_id="A1", owner=None)
    assert check(*rows) == [
        at("V112", "channel"),
        at("V110", "need"),
        at("V102", "lead_id", 3),
        at("V160", "owner", 3),
    ]


def test_what_reading_found_comes_in_its_place(check: Any, clean: Any, at: Any) -> None:
    read = [
        Finding("F003", "leads.xlsx", "线索跟踪表", params={"header": "区域", "nearest": "—"}),
        Finding("V131", "leads.xlsx", "线索跟踪表", "L2", "LX202405001", "amount", "32万", 32.0),
    ]
    found = check(clean(0, need=None), clean(1, need=None), findings=read)
    assert found == [
        ("F003", "", ""),
        at("V110", "need"),
        ("V131", "L2", "amount"),
        at("V110", "need", 3),
    ]


def test_what_reading_shows_is_masked_too(findings: Any, clean: Any) -> None:
    typed = Finding("V120", "leads.xlsx", "线索跟踪表", "K2", "", "expected_close", "13912345678")
    assert [f.value for f in findings(clean(0), findings=[typed])] == ["13***"]


def test_facts_at_hand_are_used(book: Book, clean: Any, today: Any) -> None:
    made = book([clean(0)])
    facts = lead_facts(made.leads, made.settings, today)
    facts["status"] = "overdue"
    found = check_book(made, as_of=today, facts=facts)
    assert [f.code for f in found] == ["V152"]


def test_a_finding_knows_its_lead_and_place(findings: Any, clean: Any) -> None:
    (found,) = findings(clean(0), clean(1, channel="其他"))
    place = found.workbook, found.sheet, found.cell, found.lead_id, found.field, found.value
    assert place == ("leads.xlsx", "线索跟踪表", "B3", "LX202405002", "channel", "其他")
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301  # our own


# ---------------------------------------------------------------------- severities


@pytest.mark.parametrize("checks", ["V112=关", "V112=off", "v112 = 关闭", "V155=关、V112=关"])
def test_a_team_switches_a_rule_off(one: Any, checks: str) -> None:
    assert one({"checks": checks}, channel="其他") == []


@pytest.mark.parametrize(
    ("checks", "severity"),
    [("V112=错误", "error"), ("V112=info", "info"), ("V112\uff1d建议", "info"), ("", "warning")],
)
def test_a_team_sets_a_severity(findings: Any, clean: Any, checks: str, severity: str) -> None:
    (found,) = findings(clean(0, channel="其他"), checks=checks)
    assert (found.code, found.severity) == ("V112", severity)


def test_findings_of_reading_obey_as_well(findings: Any, clean: Any) -> None:
    read = [Finding("V131", "leads.xlsx", "线索跟踪表", "L2", "", "amount", "32万", 32.0)]
    assert findings(clean(0), findings=read, checks="V131=关") == []
    (found,) = findings(clean(0), findings=read, checks="V131=error")
    assert (found.severity, found.corrected) == ("error", 32.0)


def test_wrong_entries_are_named() -> None:
    assert wrong_entries("V112=关,V999=关,V155=maybe,hello", load_template()) == (
        "V999=关",
        "V155=maybe",
        "hello",
    )
    assert parsed_checks("", ()) == ({}, ())


# ---------------------------------------------------------------------- many workbooks


def test_each_workbook_is_checked_as_if_alone(book: Book, clean: Any, today: Any) -> None:
    rows = [
        [clean(0), clean(0), clean(1, lead_id="LX202405001")],
        [clean(0), clean(1, customer="云帆物流有限公司", owner="李四"), clean(2, lead_id=None)],
        [clean(0, customer="上海云帆物流有限公司"), clean(3, channel="其他")],
    ]
    books = [book(some, name=f"{n}.xlsx") for n, some in enumerate(rows)]
    alone = [finding for each in books for finding in check_book(each, as_of=today)]
    together = list(check_book(merge_books(books), as_of=today))
    assert together == alone
    assert [f.code for f in alone] == ["V103", "V104", "V162", "V101", "V112"]


def test_workbooks_of_one_name_in_two_folders_are_two(book: Book, clean: Any, today: Any) -> None:
    from pathlib import Path

    one, other = book([clean(0)]), book([clean(0)])
    moved = replace(other, sources=(replace(other.sources[0], path=Path("b") / "leads.xlsx"),))
    assert check_book(merge_books([one, moved]), as_of=today) == ()


def test_a_workbook_without_rows_among_others(book: Book, clean: Any, today: Any) -> None:
    books = [book([], name="a.xlsx"), book([clean(0, channel="其他")], name="b.xlsx")]
    found = check_book(merge_books(books), as_of=today)
    assert [(f.code, f.workbook) for f in found] == [("V112", "b.xlsx")]


def test_several_columns_of_one_field_are_not_corrected(book: Book, clean: Any, today: Any) -> None:
    made = book([clean(0, contact_details="13800138000.0")])
    source = made.sources[0]
    two = replace(source, columns={**source.columns, "contact_details": (5, 6)})
    (found,) = check_book(replace(made, sources=(two,)), as_of=today)
    assert (found.code, found.cell, found.correction) == ("V170", "E2", None)


def test_every_rule_has_its_severity() -> None:
    assert {rule.code: rule.severity for rule in RULES.values()}.items() <= SEVERITIES.items()


# ---------------------------------------------------------------------- hostile texts

LONG = 200_000


@pytest.mark.parametrize(
    "text",
    [
        "a" * LONG + "@1234567",
        "a@" + "a." * LONG,
        "1" * LONG,
        "张三和" * LONG,
        "微信:" + "a" * LONG,
        "微信:" * LONG,
        "=" * LONG,
        "2024-" * LONG,
        "\n" * LONG + "x",
        " " * LONG + "x",
        "和" * LONG,
        "可能" * LONG,
    ],
)
def test_a_text_without_end_is_checked_as_any(check: Any, clean: Any, text: str) -> None:
    fields = [field.id for field in load_template().fields if field.type in ("text", "list")]
    found = check(clean(0, **dict.fromkeys(fields, text)), clean(1))
    assert "V102" in {code for code, *_ in found}
