"""The sheets of the analysis in another spreadsheet program: recalculated, typed into, saved."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

import xltrack
from xltrack.cli.app import app
from xltrack.report import SHEETS
from xltrack.template import load_labels

pytestmark = pytest.mark.office

AS_OF = dt.date(2024, 6, 30)
ERROR = re.compile(r"#[A-Z]|Err:")
NAMES = {key: load_labels().sheets[key].zh for key in SHEETS}
Opened = Callable[[bytes], Any]


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = xltrack.demo(tmp_path_factory.mktemp("sheets") / "leads.xlsx", leads=300, seed=4)
    xltrack.refresh(path, as_of=AS_OF, sheets=list(SHEETS), backup=False)
    return path


def test_every_formula_recalculates_to_the_value_it_was_written_with(
    refreshed: Path, opened: Opened
) -> None:
    document = opened(refreshed.read_bytes())
    formulas = openpyxl.load_workbook(refreshed)
    stored = openpyxl.load_workbook(refreshed, data_only=True)
    compared = 0
    for name in NAMES.values():
        if name not in formulas.sheetnames:
            continue
        for row in formulas[name].iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    expected = stored[name][cell.coordinate].value
                    assert document.value(name, cell.coordinate) == pytest.approx(expected)
                    compared += 1
    assert compared > 20


def test_no_cell_of_any_sheet_shows_an_error(refreshed: Path, opened: Opened) -> None:
    document = opened(refreshed.read_bytes())
    for sheet in document.uno.Sheets:
        if sheet.Name in NAMES.values():
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            area = sheet.getCellRangeByPosition(
                0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow
            )
            texts = [text for row in area.getDataArray() for text in row if isinstance(text, str)]
            assert texts
            assert not [text for text in texts if ERROR.match(text)]


def test_the_same_figures_in_json_on_the_sheet_and_as_text(refreshed: Path) -> None:
    day = ["--as-of", str(AS_OF), "--table", "channels"]
    runner = CliRunner()
    document = json.loads(
        runner.invoke(app, ["analyze", str(refreshed), *day, "--format", "json"]).stdout
    )
    table = document["tables"]["channels"]
    text = runner.invoke(app, ["analyze", str(refreshed), *day, "--format", "markdown"]).stdout
    page = openpyxl.load_workbook(refreshed, data_only=True)[NAMES["channels"]]
    rows = [[cell for cell in row if cell is not None] for row in page.values]
    for record in table["rows"]:
        lead = dict(zip(table["columns"], record, strict=True))
        shown = f"{lead['conversion']:.1%}({lead['won']}/{lead['leads']})"
        line = next(row for row in rows if row and row[0] == lead["channel"])
        assert line[1:5] == [lead["leads"], lead["open"], lead["won"], lead["lost"]]
        assert shown in line
        assert any(cell == pytest.approx(lead["revenue_per_lead"]) for cell in line[6:])
        written = next(
            each for each in text.splitlines() if each.startswith(f"| {lead['channel']}")
        )
        assert shown in written


def test_what_the_team_types_into_the_plan_survives_saving_and_refreshing(
    refreshed: Path, opened: Opened, tmp_path: Path
) -> None:
    name = NAMES["actions"]
    document = opened(refreshed.read_bytes())
    page = openpyxl.load_workbook(refreshed)[name]
    header = {cell.value: cell for row in page.iter_rows() for cell in row if cell.value}
    first = header["状态"].row + 1
    last = first + sum(1 for row in range(first, first + 30) if page.cell(row, 1).border.left.style)

    def type_in(row: int, label: str, value: str) -> None:
        column = header[label].column_letter
        document.cell(name, f"{column}{row}").setFormula(value)

    type_in(first, "负责人", "张三")
    type_in(first, "完成期限", "2024-07-15")
    type_in(first, "状态", "进行中")
    type_in(first, "改进措施", "每周一过大单")
    type_in(last, "问题", "老系统太慢")
    type_in(last, "改进措施", "换系统")

    saved = tmp_path / "saved.xlsx"
    options = (document.office.option("FilterName", "Calc MS Excel 2007 XML"),)
    document.uno.storeToURL(saved.as_uri(), options)
    for _ in range(2):  # also when it is refreshed again
        xltrack.refresh(saved, as_of=AS_OF, backup=False)
    rows = list(openpyxl.load_workbook(saved)[name].values)
    top = next(number for number, row in enumerate(rows) if row[0] == "问题")
    problem = page.cell(first, 1).value
    kept = next(row for row in rows[top:] if row[0] == problem)
    assert kept[2:6] == ("每周一过大单", "张三", dt.datetime(2024, 7, 15), "进行中")
    own = next(row for row in rows[top:] if row[0] == "老系统太慢")
    assert own[2] == "换系统"
    assert [row[0] for row in rows[top:]].count("老系统太慢") == 1
