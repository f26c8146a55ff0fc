"""The live board and the guide sheet as written, read back with openpyxl."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import get_args

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xltrack.create import write_tracking_workbook
from xltrack.template import load_template
from xltrack.text import Lang

TEMPLATE = load_template()
LANGS: tuple[Lang, ...] = get_args(Lang)
DAY = dt.date(2024, 5, 15)


def written(lang: Lang = "zh", columns: str = "default", *, example: bool = True) -> bytes:
    stream = io.BytesIO()
    write_tracking_workbook(
        stream, template=TEMPLATE, lang=lang, columns=columns, example=example, as_of=DAY
    )
    return stream.getvalue()


def sheet_of(sheet_id: str, lang: Lang = "zh", *, values: bool = False) -> Worksheet:
    book = load_workbook(io.BytesIO(written(lang)), data_only=values)
    sheet = book[TEMPLATE.workbook.sheets[sheet_id].of(lang)]
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize("lang", LANGS)
def test_cached_figures_of_the_guides_leads_are_those_counted_by_hand(lang: Lang) -> None:
    board = sheet_of("board", lang, values=True)
    # leads, open, overdue, won, lost, won amount, average deal, pipeline, conversion, win rate;
    # overdue: the first lead, high priority, last contact on 10 May, so due on the 13th
    cards = [board.cell(5, column).value for column in range(1, 11)]
    assert cards == [4, 2, 1, 1, 1, 50, 50, 32.8, 0.25, 0.5]
    reached = [board.cell(row, 5).value for row in range(9, 14)]
    assert reached == [4, 4, 3, 2, 1]
    steps = [board.cell(row, 6).value for row in range(9, 14)]
    assert steps[:4] == [1, 0.75, pytest.approx(2 / 3), 0.5]
    assert not steps[4]
    assert board["F2"].value == "LX202405005"
    assert board["B2"].value == dt.datetime(2024, 5, 15)


def test_every_figure_is_a_formula_without_new_functions() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    formulas = re.findall(r"<f[^>]*>([^<]*)</f>", sheet)
    assert len(formulas) > 400
    functions = set(re.findall(r"([A-Z][A-Z.]+)\(", " ".join(formulas)))
    assert functions <= {
        "ABS", "COUNTA", "COUNTIF", "COUNTIFS", "IF", "IFERROR", "INDEX", "ISERROR", "ISNUMBER",
        "FIND", "LARGE", "MATCH", "MAX", "MID", "MONTH", "N", "OR", "AND", "REPT", "ROUND", "ROW",
        "ROWS", "SUBSTITUTE", "SUM", "SUMIF", "SUMIFS", "SUMPRODUCT", "TEXT", "TODAY", "TRIM",
        "WORKDAY", "YEAR",
    }  # fmt: skip
    assert "_xlfn" not in sheet
    assert max(map(len, formulas)) < 8192


def test_only_the_board_is_locked_and_only_its_day_is_open() -> None:
    board = sheet_of("board")
    assert board.protection.sheet
    assert board.protection.password is None
    unlocked = [
        cell.coordinate
        for row in board.iter_rows()
        for cell in row
        if cell.value is not None and not cell.protection.locked
    ]
    assert unlocked == ["B2"]


def test_the_workings_are_hidden_and_the_rest_is_not() -> None:
    board = sheet_of("board")
    hidden = {
        get_column_letter(number)
        for column in board.column_dimensions.values()
        if column.hidden
        for number in range(column.min or 0, (column.max or 0) + 1)
    }
    used = {cell.column_letter for row in board.iter_rows() for cell in row if cell.value}
    assert {letter for letter in used if len(letter) == 2} <= hidden
    assert not {letter for letter in hidden if len(letter) == 1}


@pytest.mark.parametrize("lang", LANGS)
def test_charts_tell_in_words_what_they_show(lang: Lang) -> None:
    with zipfile.ZipFile(io.BytesIO(written(lang))) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    told = re.findall(r'descr="([^"]*)"', drawing)
    assert told == [TEMPLATE.board.funnel_chart.of(lang), TEMPLATE.board.channel_chart.of(lang)]
    assert len(charts) == 2


def test_a_workbook_without_stages_has_no_board() -> None:
    book = load_workbook(io.BytesIO(written(columns="lead_id,customer,owner")))
    assert book.sheetnames == ["线索跟踪表", "设置", "使用说明"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_guide_holds_the_workflow_the_legend_and_the_columns(lang: Lang) -> None:
    guide = sheet_of("guide", lang)
    texts = [str(cell.value) for row in guide.iter_rows() for cell in row if cell.value]
    steps = TEMPLATE.guide.steps
    assert len(steps) == 6  # the guide's five, and what to mind
    for step in steps:
        assert step.title.of(lang) in texts
        assert set(step.lines.of(lang)) <= set(texts)
    for field in TEMPLATE.columns("default"):
        assert field.header.of(lang) in texts
        assert any(text.startswith(field.help.of(lang)) for text in texts)
    assert (guide.page_setup.orientation, guide.page_setup.fitToHeight) == ("portrait", 0)


def test_the_legend_shows_each_look_as_the_formats_do() -> None:
    guide = sheet_of("guide")
    for entry in TEMPLATE.guide.legend:
        row = next(row for row in guide.iter_rows() if row[2].value == entry.text.zh)
        tint, swatch = TEMPLATE.look.tints[entry.tint], row[1]
        assert swatch.value == entry.sample.zh
        assert swatch.font.color.rgb[2:] == tint.text
        assert bool(swatch.font.b) == tint.bold
        assert bool(swatch.font.strike) == tint.strike
        assert (swatch.fill.patternType == "lightUp") == tint.hatched
        if tint.fill and not tint.hatched:
            assert swatch.fill.fgColor.rgb[2:] == tint.fill


def test_the_documents_properties_are_fixed_and_named() -> None:
    properties = load_workbook(io.BytesIO(written())).properties
    assert properties.title == "线索跟踪表"
    assert properties.creator == "xltrack"
    assert properties.created == dt.datetime(2024, 1, 1)
