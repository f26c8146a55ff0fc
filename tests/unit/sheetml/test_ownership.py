from __future__ import annotations

import pytest

from xltrack.sheetml.ownership import key_of, mark, ownership_of
from xltrack.sheetml.workbook import DefinedName, Sheet, Workbook


def workbook(*names: DefinedName) -> Workbook:
    sheets = tuple(
        Sheet(name, number, f"rId{number}", "visible", "worksheet", None)
        for number, name in enumerate(("Leads", "Overview", "Copy"), 1)
    )
    return Workbook("xl/workbook.xml", sheets, names, False, False, False)


def named(text: str, local: int | None = None, name: str = "_xlt_overview") -> DefinedName:
    return DefinedName(name, text, local, hidden=True)


@pytest.mark.parametrize(
    "text", ["'Overview'!$A$1", "Overview!$C$7", "'Overview'!#REF!", "OVERVIEW!$A$1"]
)
def test_a_mark_of_the_workbook_owns_its_sheet(text: str) -> None:
    found = ownership_of(workbook(named(text), named(text, 1)))
    assert found.owned == {"overview": "Overview"}
    assert found.copies == frozenset()


@pytest.mark.parametrize("text", ["#REF!$A$1", "#REF!", "'Gone'!$A$1", "1", ""])
def test_a_mark_that_leads_nowhere_owns_nothing(text: str) -> None:
    assert ownership_of(workbook(named(text))).owned == {}


def test_a_sheet_with_the_twin_alone_is_a_copy() -> None:
    both = workbook(named("Overview!$A$1"), named("Overview!$A$1", 1), named("Copy!$A$1", 2))
    assert ownership_of(both).copies == {"Copy"}
    alone = workbook(named("#REF!$A$1"), named("Copy!$A$1", 2))
    assert ownership_of(alone).copies == {"Copy"}
    assert ownership_of(alone).owned == {}


def test_two_marks_do_not_own_one_sheet() -> None:
    twice = workbook(named("Overview!$A$1"), named("Overview!$A$1", None, "_xlt_other"))
    assert ownership_of(twice).owned == {"overview": "Overview"}


def test_other_names_are_no_marks() -> None:
    assert key_of("_xlnm.Print_Area") is None
    assert key_of("_XLT_Overview") == "overview"
    assert key_of("_xlt_") is None
    assert key_of("_xlt_schön") is None


@pytest.mark.parametrize("key", ["", "Überblick", "a b", "A", "1a", "a" * 62])
def test_keys_are_plain(key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        mark(key)
