"""Fixtures of the whole suite: the collection beside the checkout, and sheets to graft."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

Author = Callable[..., bytes]
Require = Callable[[object, str], None]


def shared_folder() -> Path | None:
    """Return the collection of workbooks and leads, None where it is not at hand."""
    named = os.environ.get("XLTRACK_SHARED")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared"
    return folder if (folder / "corpus" / "MANIFEST.csv").is_file() else None


@pytest.fixture(scope="session")
def require() -> Require:
    """Skips with a reason where something is missing, and fails where nothing may be (CI)."""
    return _require


def _require(condition: object, reason: str) -> None:
    if not condition:
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    _require(folder, "the collection of workbooks and leads is not beside the checkout")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    return shared / "corpus" / "xlsx"


@pytest.fixture(scope="session")
def manifest(shared: Path) -> dict[str, frozenset[str]]:
    """The features of each workbook of the corpus, by file name."""
    with (shared / "corpus" / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: frozenset(row["features"].split(";")) for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def author() -> Author:
    """A scratch workbook as bytes: one sheet a name, the first four with a chart."""
    return _author


def _author(
    names: Sequence[str],
    font: tuple[str, float] = ("Calibri", 11.0),
    variant: int = 1,
    table: str | None = None,
    charts: int = 4,
    rich: bool = False,
) -> bytes:
    out = io.BytesIO()
    body = {"font_name": font[0], "font_size": font[1]}
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_format_properties": body})
    head = book.add_format({**body, "bold": True, "bg_color": "#DDEEFF", "border": 1})
    rate = book.add_format({**body, "num_format": "0.0%"})
    alarm = book.add_format({"font_color": "#CC0000"})
    for number, name in enumerate(names):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["渠道", "线索", "率 <&>"], head)
        for row in range(1, 8):
            sheet.write_row(row, 0, [f" 渠道 {row}", row * variant])
            sheet.write_number(row, 2, row / 10, rate)
        sheet.write_formula(9, 1, "=SUM(B2:B8)", head, 28 * variant)
        sheet.write_url(10, 0, "https://example.com/?a=1&b=2")
        sheet.write_url(11, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", string="top")
        if rich:
            sheet.write_rich_string(12, 0, "a ", head, "bold", " c")
        sheet.conditional_format("B2:B8", {"type": "data_bar", "data_bar_2010": True})
        rule = {"type": "cell", "criteria": ">", "value": 0.5, "format": alarm}
        sheet.conditional_format("C2:C8", rule)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 20, head)
        sheet.set_row(14, 30, head)
        sheet.repeat_rows(0)
        sheet.add_sparkline("D2", {"range": f"'{name.replace(chr(39), chr(39) * 2)}'!B2:B8"})
        if table is not None and number == 0:
            columns = [{"header": "a", "format": rate}, {"header": "b"}]
            sheet.add_table("F1:G5", {"name": table, "columns": columns})
        if number < charts:
            chart = book.add_chart({"type": "bar"})
            chart.add_series({"categories": [name, 1, 0, 7, 0], "values": [name, 1, 1, 7, 1]})
            sheet.insert_chart("J2", chart)
    book.close()
    return out.getvalue()


Change = bytes | None | Callable[[bytes], bytes]
Tamper = Callable[[Path, dict[str, Change]], Path]


@pytest.fixture(scope="session")
def tamper() -> Tamper:
    """Rewrites a zip file with entries changed, taken out (None) or added."""
    return _tamper


def _tamper(path: Path, changes: dict[str, Change]) -> Path:
    with zipfile.ZipFile(path) as archive:
        content = {info.filename: archive.read(info) for info in archive.infolist()}
    for name, change in changes.items():
        if change is None:
            del content[name]
        else:
            content[name] = change(content[name]) if callable(change) else change
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A team's workbook: two sheets, a table, a chart, a formula, names, a comment."""
    path = tmp_path / "team.xlsx"
    book = xlsxwriter.Workbook(path)
    leads = book.add_worksheet("线索跟踪表")
    leads.add_table("A1:C4", {"name": "Leads", "data": [["LX1", 3, 5], ["LX2", 4, 6]]})
    leads.write_comment("A2", "ask again")
    notes = book.add_worksheet("Notes")
    notes.write_formula("A1", "=SUM(线索跟踪表!B2:B3)", None, 7)
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=线索跟踪表!$B$2:$B$3"})
    notes.insert_chart("D2", chart)
    notes.repeat_rows(0)
    book.define_name("Total", "=Notes!$A$1")
    book.close()
    return path
