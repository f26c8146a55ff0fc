"""One owner, known and still there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from xltrack.checks.ownership import people
from xltrack.template import Settings, default_settings, load_template
from xltrack.template.check_words import load_check_words
from xltrack.template.settings import Owner

SURNAMES = load_check_words().compound_surnames


@pytest.mark.parametrize("owner", [None, "—", "待定"])
def test_nobody_owns_it(one: Any, at: Any, owner: str | None) -> None:
    assert one(owner=owner) == [at("V160", "owner")]


@pytest.mark.parametrize(
    "owner",
    [
        *("赵六、钱七", "赵六,钱七", "赵六/钱七", "赵六;钱七", "赵六&钱七", "赵六和钱七"),
        *("赵六\uff0c钱七", "赵六\uff1b钱七", "赵六\n钱七", "Zhao Liu and Qian Qi", "孙和平和李四"),
    ],
)
def test_several_owners(one: Any, at: Any, owner: str) -> None:
    assert one(owner=owner) == [at("V161", "owner")]


@pytest.mark.parametrize(
    "owner",
    [
        "和珅",
        "李和平",
        "张和",
        "欧阳和平",
        "上官和静",
        "司马和敬之",
        "张三、",
        "Anderson",
        "Roland Andersson",
    ],
)
def test_one_owner_however_the_name_reads(one: Any, owner: str) -> None:
    assert one(owner=owner) == []


def test_a_listed_name_is_one_person(check: Any, clean: Any) -> None:
    owner = "王和李和"  # a joint desk that the team lists as one
    assert check(clean(0, owner=owner), settings=_people(Owner(owner))) == []


def test_known_names_around_a_single_character_are_two(check: Any, clean: Any) -> None:
    rows = clean(0, owner="阿和"), clean(1, owner="李"), clean(2, owner="阿和和李")
    assert check(*rows) == [("V161", "J4", "owner")]


def test_people_are_named() -> None:
    assert people("张三和李四、王五", [], [], SURNAMES) == ["张三", "李四", "王五"]


def _people(*owners: Owner) -> Settings:
    return replace(default_settings(load_template(), "zh"), owners=owners)


def test_an_owner_that_is_not_listed(findings: Any, clean: Any) -> None:
    (found,) = findings(clean(0, owner="陈思元"), settings=_people(Owner("陈思远"), Owner("李四")))
    assert (found.code, found.cell, found.params) == ("V164", "J2", {"nearest": "陈思远"})


@pytest.mark.parametrize("listed", [(), (Owner("张三"),), (Owner(" 张三 "),)])
def test_listed_owners_and_no_list(check: Any, clean: Any, listed: tuple[Owner, ...]) -> None:
    assert check(clean(0), settings=_people(*listed)) == []


def test_an_open_lead_of_somebody_who_left(findings: Any, clean: Any) -> None:
    settings = _people(Owner("张三", active=False, successor="李四"), Owner("李四"))
    (found,) = findings(clean(0), settings=settings)
    assert (found.code, found.cell, found.params) == ("V165", "J2", {"successor": "李四"})


def test_closed_leads_stay_with_whoever_closed_them(check: Any, clean: Any) -> None:
    import datetime as dt

    won = {"stage": "成交", "closed_on": dt.date(2024, 5, 20)}
    assert check(clean(0, **won), settings=_people(Owner("张三", active=False))) == []
