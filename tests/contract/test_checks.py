"""Every code of the findings has its texts, something that makes it, and a test."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import xltrack
from xltrack.checks import RULES, load_finding_texts
from xltrack.findings import SEVERITIES
from xltrack.template import load_template

PACKAGE = Path(xltrack.__file__).parent
TESTS = PACKAGE.parent / "tests"
OF_EVERY_FINDING = {"cell", "value", "field", "corrected", "lead_id", "sheet", "workbook"}
ERRORS = {"F001", "F002"}  # their sentence is that of the error


def codes_in(*folders: Path) -> set[str]:
    text = "".join(
        path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py")
    )
    return set(re.findall(r'"([FV]\d{3})"', text))


def test_every_code_has_texts_and_no_text_is_left_over() -> None:
    assert load_finding_texts().keys() == SEVERITIES.keys()


def test_every_code_is_made_by_a_rule_or_by_reading() -> None:
    made = RULES.keys() | codes_in(PACKAGE / "leads", PACKAGE / "checks")
    assert made >= SEVERITIES.keys()


def test_every_code_has_a_test() -> None:
    assert codes_in(TESTS / "unit" / "checks", TESTS / "unit" / "leads") >= SEVERITIES.keys()


@pytest.mark.parametrize("code", sorted(SEVERITIES))
def test_texts_are_whole_sentences_in_both_languages(code: str) -> None:
    text = load_finding_texts()[code]
    for each in (text.message, text.suggestion, text.why):
        assert each.zh
        assert each.en
        assert re.search("[\u4e00-\u9fff]", each.zh)
        assert not re.search("[\u4e00-\u9fff]", each.en)
        assert names_of(each.zh) == names_of(each.en)


def names_of(text: str) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(SEVERITIES.keys() - ERRORS))
def test_a_text_names_only_what_stands_in_the_code(code: str) -> None:
    text = load_finding_texts()[code]
    named = {n for each in (text.message, text.suggestion) for n in names_of(each.zh)}
    named |= {
        n for words in text.words.values() for word in words.values() for n in names_of(word.zh)
    }
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("leads", "checks")
        for path in (PACKAGE / folder).glob("*.py")
    )
    for name in named - OF_EVERY_FINDING:
        assert f'"{name}"' in sources, name


def test_the_fields_of_rules_are_declared() -> None:
    declared = set(load_template().by_id)
    assert {field for rule in RULES.values() for field in rule.fields} <= declared
    assert all(rule.find.__doc__ for rule in RULES.values())
