"""The Settings sheet and its defined names, read back with openpyxl."""

from __future__ import annotations

import io
from typing import get_args

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.cell_range import CellRange

from xltrack.create import write_tracking_workbook
from xltrack.template import default_settings, load_template, read_settings
from xltrack.text import Lang

TEMPLATE = load_template()
LANGS: tuple[Lang, ...] = get_args(Lang)


def tracking(lang: Lang = "zh", columns: str = "default", example: bool = False) -> Workbook:
    stream = io.BytesIO()
    write_tracking_workbook(stream, template=TEMPLATE, lang=lang, columns=columns, example=example)
    return load_workbook(stream)


@pytest.mark.parametrize("lang", LANGS)
def test_each_declared_table_is_an_excel_table_from_row_one(lang: Lang) -> None:
    sheet = tracking(lang)[TEMPLATE.workbook.sheets["settings"].of(lang)]
    assert list(sheet.tables) == [
        "Channels", "Stages", "Priorities", "LostReasons", "Owners", "Competitors", "Targets",
        "Pivots", "Holidays", "Parameters",
    ]  # fmt: skip
    for table in TEMPLATE.settings.tables:
        made = sheet.tables[table.name]
        assert CellRange(made.ref).min_row == 1
        assert made.column_names == [column.header.of(lang) for column in table.columns]


def test_one_empty_column_stands_between_two_tables_and_nothing_below() -> None:
    sheet = tracking()["设置"]
    before = -1
    for table in sheet.tables.values():
        area = CellRange(table.ref)
        left, right, bottom = area.min_col, area.max_col, area.max_row
        assert left == before + 2
        before = right
        below = [
            cell.value
            for row in sheet.iter_rows(min_row=bottom + 1, min_col=left, max_col=right)
            for cell in row
        ]
        assert set(below) <= {None}


@pytest.mark.parametrize("lang", LANGS)
def test_settings_read_back_are_those_declared(lang: Lang) -> None:
    sheet = tracking(lang)[TEMPLATE.workbook.sheets["settings"].of(lang)]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    read = read_settings(TEMPLATE, rows, lang)
    assert read == default_settings(TEMPLATE, lang)
    assert read.problems == ()
    assert [stage.kind for stage in read.stages] == ["open", "open", "open", "open", "won"]


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("channel_list", "设置!$A$2:INDEX(设置!$A$2:$A$500,MAX(1,COUNTA(设置!$A$2:$A$500)))"),
        ("stage_kind", "设置!$F$2:INDEX(设置!$F$2:$F$500,MAX(1,COUNTA(设置!$E$2:$E$500)))"),
        ("lead_stage", "线索跟踪表!$H:$H"),
    ],
)
def test_names_grow_with_their_table(name: str, formula: str) -> None:
    assert tracking().defined_names[name].attr_text == formula


def test_every_list_field_has_its_name() -> None:
    names = tracking().defined_names
    for name in ("prio_list", "prio_days", "stage_list", "reason_list", "owner_list"):
        assert "MAX(1,COUNTA(" in str(names[name].attr_text)


def test_the_examples_owners_are_in_settings() -> None:
    sheet = tracking(example=True)["设置"]
    assert [cell.value for cell in sheet["S"]][:5] == ["负责人", "张三", "李四", "赵六", "王五"]
    assert sheet.tables["Owners"].ref == "S1:V5"


def test_a_region_column_brings_its_pivot() -> None:
    def titles(columns: str) -> list[object]:
        sheet = tracking(columns=columns)["设置"]
        area = CellRange(sheet.tables["Pivots"].ref)
        return [sheet.cell(row, area.min_col).value for row in range(2, area.max_row + 1)]

    assert titles("default") == [None]
    assert titles("full") == ["区域转化率"]


def test_kinds_and_yes_no_are_chosen_from_lists() -> None:
    sheet = tracking()["设置"]
    found = {str(entry.sqref): entry.formula1 for entry in sheet.data_validations.dataValidation}
    assert found["F2:F500"] == '"进行中,成交,流失,暂缓"'
    assert found["T2:T500"] == '"是,否"'
    assert found["V2:V500"] == "owner_list"
