"""The checks find exactly what was planted: nothing is missed, nothing is made up."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from xltrack.checks import RULES, check_book
from xltrack.leads import read_book
from xltrack.leads.header import column_letters
from xltrack.template import Settings, default_settings, load_template
from xltrack.template.settings import Owner


def _beside(file: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(file))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


plant = _beside("planted.py", "planted")
SEEDS = range(400 if os.environ.get("XLTRACK_FULL") else 12)
FIELDS = list(plant.HEADERS)
Write = Callable[[Path, Sequence[Any]], None]


def write_openpyxl(path: Path, leads: Sequence[Any]) -> None:
    """The leads as openpyxl writes them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "线索跟踪表"
    sheet.append(list(plant.HEADERS.values()))
    for row, lead in enumerate(leads, start=2):
        for column, field in enumerate(FIELDS, start=1):
            value = lead.get(field)
            if value is not None:
                cell = sheet.cell(row, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # a text that begins with = as well
    book.save(path)


def write_xlsxwriter(
    path: Path, leads: Sequence[Any], options: dict[str, Any] | None = None
) -> None:
    """The leads as XlsxWriter writes them."""
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet("线索跟踪表")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for row, cells in enumerate([plant.HEADERS, *leads]):
        for column, field in enumerate(FIELDS):
            value = cells.get(field)
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif isinstance(value, dt.date):
                form = moment if isinstance(value, dt.datetime) else day
                sheet.write_datetime(row, column, value, form)
            elif value is not None:
                sheet.write_number(row, column, value)
    book.close()


def settings() -> Settings:
    """The template's own, with the people of the leads and one who left."""
    people = (*(Owner(name) for name in plant.OWNERS), Owner(plant.LEFT, active=False))
    return replace(default_settings(load_template(), "zh"), owners=people)


def found_in(path: Path) -> list[tuple[str, str]]:
    """Code and cell of everything that reading and checking find."""
    book = read_book(path, template=load_template(), settings=settings())
    return sorted((f.cell, f.code) for f in check_book(book, as_of=plant.TODAY))


def expected_of(made: Any) -> list[tuple[str, str]]:
    """Code and cell of everything that was planted."""
    return sorted(
        (f"{column_letters(FIELDS.index(field) + 1)}{row + 2}", code)
        for row, (code, field) in made.expected.items()
    )


@pytest.mark.parametrize("write", [write_openpyxl, write_xlsxwriter])
@pytest.mark.parametrize("seed", SEEDS)
def test_exactly_the_planted_errors_are_found(tmp_path: Path, seed: int, write: Write) -> None:
    made = plant.planted(seed)
    assert len(made.expected) >= 12  # now and then one fits no lead
    write(tmp_path / "leads.xlsx", made.leads)
    assert found_in(tmp_path / "leads.xlsx") == expected_of(made)


@pytest.mark.office
@pytest.mark.parametrize("seed", [101, 102, 103])
def test_what_another_program_saved_is_the_same(
    tmp_path: Path, require: Callable[[object, str], None], seed: int
) -> None:
    office = shutil.which("soffice")
    require(office, "LibreOffice is not installed")
    made = plant.planted(seed)
    write_xlsxwriter(tmp_path / "leads.xlsx", made.leads)
    profile, out = f"-env:UserInstallation=file://{tmp_path}/profile", str(tmp_path / "out")
    convert = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out]
    command = [str(office), "--headless", profile, *convert, str(tmp_path / "leads.xlsx")]
    subprocess.run(command, check=True, capture_output=True)
    assert found_in(tmp_path / "out" / "leads.xlsx") == expected_of(made)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_where_nothing_was_planted(tmp_path: Path, seed: int) -> None:
    leads = plant.clean_leads(Random(seed), 35)  # noqa: S311  # reproducible, not secret
    write_xlsxwriter(tmp_path / "leads.xlsx", leads)
    assert found_in(tmp_path / "leads.xlsx") == []


@pytest.mark.parametrize("code", sorted(plant.PLANTS))
def test_each_error_alone(tmp_path: Path, code: str) -> None:
    rng = Random(code)  # noqa: S311  # reproducible, not secret
    made = plant.Planted(plant.clean_leads(rng, 30))
    plant._plant(rng, made, code, list(range(29, -1, -1)), set())
    write_xlsxwriter(tmp_path / "leads.xlsx", made.leads)
    assert found_in(tmp_path / "leads.xlsx") == expected_of(made)
    assert len(made.expected) == 1


def test_every_rule_is_planted() -> None:
    assert RULES.keys() <= {*plant.PLANTS, "V103"}


@pytest.mark.parametrize("seed", [201, 202])
def test_the_other_date_system_changes_nothing(tmp_path: Path, seed: int) -> None:
    made = plant.planted(seed)
    write_xlsxwriter(tmp_path / "leads.xlsx", made.leads, {"date_1904": True})
    assert found_in(tmp_path / "leads.xlsx") == expected_of(made)
