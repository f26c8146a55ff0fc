"""The rules that a team switches off or grades in Settings, in either language."""

from __future__ import annotations

from typing import Any

import pytest

from xltrack.template import (
    SettingsProblem,
    default_settings,
    load_template,
    read_settings,
)
from xltrack.template.check_settings import severities_of
from xltrack.template.check_words import load_check_words

TEMPLATE = load_template()


def settings(label: str, value: Any) -> Any:
    rows = [["参数", "值"], [label, value]] if label == "校验规则" else [
        ["Parameter", "Value"], [label, value]
    ]  # fmt: skip
    return read_settings(TEMPLATE, rows, "zh" if label == "校验规则" else "en")


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("校验规则", "V155=关\uff0cV151=建议\uff0cV142=错误"),
        ("校验规则", "V155=关、v151=提示、V142=严重"),
        ("Checks", "V155=off, V151=info, V142=error"),
    ],
)
def test_several_rules_in_either_language(label: str, value: str) -> None:
    read = settings(label, value)
    assert severities_of(read, TEMPLATE) == {"V155": None, "V151": "info", "V142": "error"}
    assert read.problems == ()


def test_what_says_nothing_is_a_problem_of_settings() -> None:
    read = settings("校验规则", "V155=关,V999=关,V151=也许")
    assert severities_of(read, TEMPLATE) == {"V155": None}
    assert read.problems == (
        SettingsProblem("parameters", "checks", "V999=关"),
        SettingsProblem("parameters", "checks", "V151=也许"),
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_switched_off_at_first(lang: Any) -> None:
    default = default_settings(TEMPLATE, lang)
    assert severities_of(default, TEMPLATE) == {}
    assert default.problems == ()


def test_the_words_of_the_checks_are_declared() -> None:
    words = load_check_words()
    assert words.high_budget == 200_000
    assert "同上" in words.placeholders
    assert words.outliers.least_leads == 8
