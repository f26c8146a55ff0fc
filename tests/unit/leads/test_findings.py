"""Findings as data, and the sentences that are declared for them."""

from __future__ import annotations

import pickle
import re
import string
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xltrack.findings import SEVERITIES, Finding, masked
from xltrack.leads import LeadBook
from xltrack.template import template_dir

PACKAGE = Path(__file__).parents[3] / "xltrack" / "leads"
PARTS = {"cell", "value", "field", "corrected", "lead_id", "sheet", "workbook"}
PARAMS = {
    "F003": {"header", "nearest"},
    "F004": {"first"},
    "F010": {"row"},
    "V133": {"currency"},
}
OF_MADE_WORKBOOKS = {"F006": {"part", "name"}}


@pytest.fixture(scope="module")
def texts() -> dict[str, Any]:
    return tomllib.loads((template_dir() / "findings.toml").read_text(encoding="utf-8"))


def emitted() -> set[str]:
    """The codes that stand in the code of reading."""
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
    return set(re.findall(r'"([FV]\d{3})"', code))


def test_every_code_that_reading_emits_is_declared_with_its_texts(texts: dict[str, Any]) -> None:
    assert emitted() >= {"F003", "F004", "F005", "F007", "F008", "F010", "V120", "V121", "V130"}
    assert emitted() <= texts.keys()
    assert emitted() <= SEVERITIES.keys()


def test_the_texts_name_only_what_a_finding_has(texts: dict[str, Any]) -> None:
    for code in emitted():
        for part in ("message", "suggestion"):
            for lang in ("zh", "en"):
                text = texts[code][part][lang]
                names = {name for _, name, *_ in string.Formatter().parse(text) if name}
                params = PARAMS.get(code) or OF_MADE_WORKBOOKS.get(code, set())
                assert names <= PARTS | params, (code, part, lang)


def test_the_params_of_a_finding_are_those_its_texts_may_name(
    read: Callable[..., LeadBook],
) -> None:
    header = ["线索编号", "客户名称", "跟进阶段", "负责人", "负责人", "成交金额(万)"]
    rows = [["A1", "甲", "初识", "张三", "李四", "5美元"], ["合计", None, None, None, None, 5]]
    found = {f.code: set(f.params) for f in read([header, *rows]).findings}
    assert found == PARAMS


@pytest.mark.parametrize(
    ("code", "severity"),
    [("F007", "error"), ("V121", "warning"), ("F010", "info"), ("V181", "warning")],
)
def test_a_code_has_its_severity(code: str, severity: str) -> None:
    assert Finding(code, "a.xlsx").severity == severity


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        Finding("X999", "a.xlsx")


def test_private_values_are_masked_at_once() -> None:
    finding = Finding("V170", "a.xlsx", value="13812345678", corrected="1", private=True)
    assert "12345678" not in repr(finding)
    assert finding.corrected is None


@pytest.mark.parametrize("value", ["", "a", "abcd", "13812345678", "zhang@example.com"])
def test_a_mask_shows_two_characters_at_most(value: str) -> None:
    shown = masked(value)
    assert shown.rstrip("*") == (value[:2] if len(value) > 4 else "")


def test_findings_cross_process_boundaries() -> None:
    finding = Finding("F010", "a.xlsx", params={"row": "7"})
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301  # our own


def test_errors_in_private_columns_are_masked(
    read: Callable[..., LeadBook], error_cell: object
) -> None:
    header = ["线索编号", "客户名称", "跟进阶段", "负责人", "电话", "邮箱2", "部门"]
    book = read([header, ["A1", "甲", "初识", "张三", *[error_cell] * 3]])
    found = {f.field: f.value for f in book.findings if f.code == "F007"}
    assert found == {"contact_details": "***", "邮箱2": "***", "部门": "#N/A"}
