"""What a tracking workbook comes with, and what of it is gone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import xltrack
from xltrack.leads import read_book
from xltrack.template import load_template

Tamper = Callable[..., Path]
SHEET, TABLE = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"
LISTS = ["channel", "priority", "stage", "owner", "lost_reason"]


def gone(path: Path) -> list[tuple[str, str, str]]:
    book = read_book(path, template=load_template(), allow_empty=True)
    return [(f.params["part"], f.field, f.cell) for f in book.findings if f.code == "F006"]


@pytest.fixture(params=["zh", "en"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "leads.xlsx"
    xltrack.new(path, workbook_lang=request.param, example=True)
    return path


def test_a_new_workbook_has_everything(made: Path) -> None:
    assert gone(made) == []


def test_dropdowns_that_pasting_took_away(made: Path, tamper: Tamper) -> None:
    pattern = re.compile(rb"<dataValidations.*</dataValidations>", re.DOTALL)
    tamper(made, {SHEET: lambda data: pattern.sub(b"", data)})
    assert [field for _, field, _ in gone(made)] == LISTS
    assert gone(made)[0] == ("dropdown", "channel", "B2")


def test_one_dropdown_that_is_gone(made: Path, tamper: Tamper) -> None:
    one = re.compile(rb"<dataValidation (?:(?!</dataValidation>).)*stage_list</formula1>"
                     rb"</dataValidation>", re.DOTALL)  # fmt: skip
    tamper(made, {SHEET: lambda data: one.sub(b"", data)})
    assert gone(made) == [("dropdown", "stage", "H2")]


def test_a_dropdown_whose_name_leads_nowhere(made: Path, tamper: Tamper) -> None:
    name = re.compile(rb'(<definedName name="prio_list">)[^<]*')
    tamper(made, {"xl/workbook.xml": lambda data: name.sub(rb"\1#REF!", data)})
    assert gone(made) == [("dropdown", "priority", "G2")]


def test_a_dropdown_that_was_deleted_from_settings(made: Path, tamper: Tamper) -> None:
    tamper(made, {SHEET: lambda data: data.replace(b"prio_list</formula1>", b"#REF!</formula1>")})
    assert gone(made) == [("dropdown", "priority", "G2")]


def test_a_table_that_is_gone(made: Path, tamper: Tamper) -> None:
    tamper(made, {TABLE: lambda data: data.replace(b'"Leads"', b'"Other"')})
    assert gone(made) == [("table", "", "A1")]


def test_a_workbook_without_settings_was_not_made(write: Callable[..., Path]) -> None:
    header = ["线索编号", "客户名称", "跟进阶段", "负责人"]
    assert gone(write([header, ["A1", "甲", "初识", "张三"]])) == []
