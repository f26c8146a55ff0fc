"""The Settings sheet of an older workbook, brought up to date."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xltrack.create import upgrade_settings, write_tracking_workbook
from xltrack.template import default_settings, load_template, read_settings
from xltrack.text import Lang
from xltrack.writeback import open_target, save

TEMPLATE = load_template()


def older_template(folder: Path) -> Path:
    """A template as it may have been: no competitors, targets without owners, fewer parameters."""
    import msgspec

    tables = [
        msgspec.structs.replace(table, columns=table.columns[::2])
        if table.id == "targets"
        else table
        for table in TEMPLATE.settings.tables
        if table.id != "competitors"
    ]
    older = msgspec.structs.replace(
        TEMPLATE,
        settings=msgspec.structs.replace(TEMPLATE.settings, tables=tuple(tables)),
        parameters=TEMPLATE.parameters[:5],
    )
    path = folder / "older.xlsx"
    with path.open("wb") as stream:
        write_tracking_workbook(stream, template=older, example=True, as_of=dt.date(2024, 5, 15))
    return path


def typed_over(path: Path) -> None:
    """What a team may have typed, put into the sheet's XML by openpyxl's own writer."""
    book = load_workbook(path)
    sheet = book["设置"]
    sheet["A9"] = "直播带货"  # a channel more
    sheet["L2"] = 2  # high priority: every 2 days
    places = [cell.value for cell in sheet[1]]
    sheet.cell(2, places.index("月份") + 1, "2024-05")
    sheet.cell(2, places.index("目标额(万)") + 1, 80)
    sheet["AZ1"], sheet["AZ2"] = "团队备注", "自己的表"
    book.save(path)


def settings_sheet(path: Path, name: str = "设置") -> Worksheet:
    sheet = load_workbook(path)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_missing_tables_columns_and_parameters_appear_and_what_was_typed_stays(
    tmp_path: Path,
) -> None:
    path = older_template(tmp_path)
    typed_over(path)
    save(upgrade_settings(open_target(path), template=TEMPLATE))
    sheet = settings_sheet(path)
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    read = read_settings(TEMPLATE, rows, "zh")
    assert [channel.name for channel in read.channels][-1] == "直播带货"
    assert read.priorities[0].interval_days == 2
    assert [(target.month, target.amount) for target in read.targets] == [("2024-05", 80)]
    assert [owner.name for owner in read.owners] == ["张三", "李四", "赵六", "王五"]
    assert read.parameters == default_settings(TEMPLATE, "zh").parameters
    assert read.problems == ()
    headers = [cell.value for cell in sheet[1]]
    assert "竞品" in headers
    assert "团队备注" in headers
    assert sheet.cell(2, headers.index("团队备注") + 1).value == "自己的表"
    targets = sheet.tables["Targets"]
    assert targets.column_names == ["月份", "目标额(万)", "负责人"]  # new columns behind


def test_names_follow_their_lists(tmp_path: Path) -> None:
    path = older_template(tmp_path)
    save(upgrade_settings(open_target(path), template=TEMPLATE))
    book = load_workbook(path)
    headers = [cell.value for cell in book["设置"][1]]
    holidays = get_column_letter(headers.index("日期") + 1)
    text = str(book.defined_names["holiday_list"].attr_text)
    assert text.startswith(f"'设置'!${holidays}$2:INDEX(")
    assert [name for name in book.defined_names if name.startswith("_xlt")] == []
    assert [name for sheet in book for name in sheet.defined_names if "xlt" in name] == []


def test_everything_else_stays_byte_for_byte(tmp_path: Path) -> None:
    path = older_template(tmp_path)
    with zipfile.ZipFile(path) as archive:
        before = {name: archive.read(name) for name in archive.namelist()}
    receipt = save(upgrade_settings(open_target(path), template=TEMPLATE))
    with zipfile.ZipFile(path) as archive:
        after = {name: archive.read(name) for name in archive.namelist()}
    changed = {name for name in before if before[name] != after.get(name)}
    allowed = {"[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "docProps/app.xml"}
    settings_parts = {"xl/worksheets/sheet3.xml", "xl/worksheets/_rels/sheet3.xml.rels"}
    assert changed - allowed - settings_parts <= {n for n in before if n.startswith("xl/tables/")}
    assert before["xl/worksheets/sheet1.xml"] == after["xl/worksheets/sheet1.xml"]
    assert before["xl/worksheets/sheet2.xml"] == after["xl/worksheets/sheet2.xml"]
    assert before["xl/sharedStrings.xml"] == after["xl/sharedStrings.xml"]
    assert before["xl/tables/table1.xml"] == after["xl/tables/table1.xml"]
    assert receipt.parts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_that_is_up_to_date_does_not_change(lang: Lang, tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    with path.open("wb") as stream:
        write_tracking_workbook(stream, template=TEMPLATE, lang=lang)
    assert not upgrade_settings(open_target(path), template=TEMPLATE).changed
    path = older_template(tmp_path)
    save(upgrade_settings(open_target(path), template=TEMPLATE))
    assert not upgrade_settings(open_target(path), template=TEMPLATE).changed


def test_a_workbook_without_settings_gets_them(tmp_path: Path) -> None:
    book = Workbook()
    assert isinstance(book.active, Worksheet)
    book.active.title = "线索"
    book.active.append(["客户名称", "跟进阶段", "负责人", "联系人"])
    book.active.append(["甲厂", "初识", "张三", "王总"])
    path = tmp_path / "own.xlsx"
    book.save(path)
    save(upgrade_settings(open_target(path), template=TEMPLATE))
    after = load_workbook(path)
    assert after.sheetnames == ["线索", "设置"]
    assert len(after["设置"].tables) == len(TEMPLATE.settings.tables)
    assert "channel_list" in after.defined_names


def test_a_renamed_english_settings_sheet_keeps_name_and_language(tmp_path: Path) -> None:
    stream = io.BytesIO()
    write_tracking_workbook(stream, template=TEMPLATE, lang="en")
    book = load_workbook(stream)
    book["Settings"].title = "Team's lists"
    del book["Team's lists"].tables["Competitors"]
    book["Team's lists"]["X1"] = None
    path = tmp_path / "renamed.xlsx"
    book.save(path)
    save(upgrade_settings(open_target(path), template=TEMPLATE))
    sheet = settings_sheet(path, "Team's lists")
    assert sheet["A1"].value == "Channel"
    assert "Competitors" in sheet.tables
    name = load_workbook(path).defined_names["channel_list"].attr_text
    assert str(name).startswith("'Team''s lists'!$A$2")
