"""Buttons in a workbook: what changes, what stays, what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import xltrack
from xltrack.api import Buttoned
from xltrack.create import button as create_button
from xltrack.create.button_macros import Shipped, shipped_project
from xltrack.create.button_project import Module, made_project, read_project
from xltrack.errors import Reason, Refused, UsageError
from xltrack.writeback import inspect

SHARED = {
    "[Content_Types].xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "docProps/app.xml",
    "xl/styles.xml",
}
DAY = dt.date(2024, 6, 30)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def drawing_of(path: Path, sheet: str = "xl/worksheets/sheet1.xml") -> str:
    inside = parts(path)
    rels = inside[sheet.replace("worksheets/", "worksheets/_rels/") + ".rels"].decode()
    found = re.search(r'Target="\.\./(drawings/drawing\d+\.xml)"', rels)
    assert found is not None
    return inside[f"xl/{found[1]}"].decode()


def macros(path: Path) -> list[str]:
    return re.findall(r'macro="\[0\]!(\w+)"', drawing_of(path))


def rows(sheet: Any) -> dict[str, Any]:
    return {key.value: value.value for key, value in sheet.iter_rows()}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A workbook with a note, a chart, a picture-free drawing and a formula on its first sheet."""
    path = tmp_path / "team.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("线索")
    sheet.write_row(0, 0, ["线索编号", "客户名称", "跟进阶段", "负责人"])
    sheet.write_row(1, 0, ["LX202405001", "甲公司", "初步接触", "张三"])
    sheet.write_comment(0, 0, "编号")
    sheet.write_formula(2, 3, "=1+1", None, 2)
    book.add_worksheet("笔记").write(0, 0, "x")
    book.close()
    return path


def test_only_the_sheet_of_the_buttons_and_shared_parts_change(team: Path) -> None:
    made = xltrack.button(team)
    before, after = parts(team), parts(made.destination)
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed - SHARED == {
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    }
    assert {name for name in after if name not in before} == {
        "xl/vbaProject.bin",
        "xl/drawings/drawing1.xml",
        "xl/worksheets/sheet3.xml",
    }


def test_the_cells_of_that_sheet_keep_their_bytes(team: Path) -> None:
    made = xltrack.button(team)
    sheet = "xl/worksheets/sheet1.xml"
    cells = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
    before, after = cells.search(parts(team)[sheet]), cells.search(parts(made.destination)[sheet])
    assert before is not None
    assert after is not None
    assert before[0] == after[0]
    assert len(before[0]) > 200


def test_the_workbook_it_was_made_from_stays_as_it_is(team: Path) -> None:
    digest = hashlib.sha256(team.read_bytes()).hexdigest()
    made = xltrack.button(team)
    assert made.destination == team.with_suffix(".xlsm")
    assert made.backup is None
    assert hashlib.sha256(team.read_bytes()).hexdigest() == digest


def test_two_shapes_start_the_two_macros_and_are_not_printed(team: Path) -> None:
    made = xltrack.button(team)
    assert (made.sheet, made.macros) == ("线索", ("RefreshAnalysis", "CheckLeads"))
    drawing = drawing_of(made.destination)
    assert macros(made.destination) == ["RefreshAnalysis", "CheckLeads"]
    assert re.findall(r"<a:t>([^<]+)</a:t>", drawing) == ["刷新分析", "校验"]
    assert drawing.count('fPrintsWithSheet="0"') == 2


def test_buttons_stand_right_of_what_the_first_rows_hold(team: Path) -> None:
    assert xltrack.button(team).cell == "E1"


def test_a_cell_may_be_named(team: Path) -> None:
    made = xltrack.button(team, at="j3")
    assert made.cell == "J3"
    assert "<xdr:col>9</xdr:col>" in drawing_of(made.destination)
    with pytest.raises(UsageError, match="bad_cell"):
        xltrack.button(team, at="3", force=True)


def test_captions_are_english_in_an_english_workbook(tmp_path: Path) -> None:
    xltrack.new(tmp_path / "team.xlsx", workbook_lang="en")
    made = xltrack.button(tmp_path / "team.xlsx")
    drawing = drawing_of(made.destination)
    assert re.findall(r"<a:t>([^<]+)</a:t>", drawing) == ["Refresh analysis", "Check"]


def test_a_drawing_that_is_there_keeps_its_shapes(tmp_path: Path) -> None:
    path = tmp_path / "team.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("线索")
    sheet.write_row(0, 0, ["线索编号", 1, 2])
    sheet.insert_textbox(0, 1, "本月目标", {"width": 200})
    book.close()
    before = drawing_of(path)
    made = xltrack.button(path)
    after = drawing_of(made.destination)
    assert after.startswith(before.removesuffix("</xdr:wsDr>"))
    assert "本月目标" in after
    assert int(re.sub(r"\D", "", made.cell)) == 1
    assert made.cell not in ("A1", "B1", "C1", "D1")  # the text box covers four columns
    ids = re.findall(r'<xdr:cNvPr id="(\d+)"', after)
    assert len(ids) == len(set(ids)) == 3


def test_where_python_is_stands_on_a_hidden_sheet(team: Path) -> None:
    made = xltrack.button(team, interpreter_win="C:\\py\\python.exe", interpreter_mac="$HOME/p")
    book = openpyxl.load_workbook(made.destination, keep_vba=True)
    sheet = book["xlwings.conf"]
    assert sheet.sheet_state == "hidden"
    assert rows(sheet) == {
        "INTERPRETER_WIN": "C:\\py\\python.exe",
        "INTERPRETER_MAC": "$HOME/p",
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
        "USE UDF SERVER": "False",
    }
    owned = {each.name: each.owned for each in inspect(made.destination).sheets}
    assert owned["xlwings.conf"] == "button"


def test_the_declared_places_are_named_where_no_excel_is(team: Path) -> None:
    made = xltrack.button(team)
    sheet = openpyxl.load_workbook(made.destination)["xlwings.conf"]
    said = rows(sheet)
    assert said["INTERPRETER_WIN"] == "%USERPROFILE%\\xltrack\\Scripts\\python.exe"
    assert said["INTERPRETER_MAC"] == "$HOME/xltrack/bin/python"


def test_a_sheet_of_that_name_that_is_the_teams_is_left(tmp_path: Path) -> None:
    path = tmp_path / "team.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("线索").write(0, 0, "线索编号")
    book.add_worksheet("xlwings.conf").write_row(0, 0, ["INTERPRETER_WIN", "python"])
    book.close()
    before = parts(path)["xl/worksheets/sheet2.xml"]
    made = xltrack.button(path)
    assert made.config_left
    assert parts(made.destination)["xl/worksheets/sheet2.xml"] == before


def test_the_project_knows_the_workbook_and_its_first_sheet(team: Path) -> None:
    made = xltrack.button(team)
    inside = parts(made.destination)
    assert b'codeName="ThisWorkbook"' in inside["xl/workbook.xml"]
    assert b'<sheetPr codeName="Sheet1">' in inside["xl/worksheets/sheet1.xml"]
    project = read_project(inside["xl/vbaProject.bin"])
    names = [module.name for module in project.modules if module.document]
    assert names == ["ThisWorkbook", "Sheet1", "Sheet2"]


@pytest.mark.parametrize("name", ["线索", "xlwings", "S" * 40])
def test_code_names_that_no_module_can_have_are_left_to_excel(
    team: Path, tamper: Any, name: str
) -> None:
    said = f'<sheetPr codeName="{name}"/><dimension'.encode()
    book = f'<workbookPr codeName="{name}"'.encode()
    tamper(
        team,
        {
            "xl/worksheets/sheet2.xml": lambda data: data.replace(b"<dimension", said),
            "xl/workbook.xml": lambda data: data.replace(b"<workbookPr", book),
        },
    )
    inside = parts(xltrack.button(team).destination)
    project = read_project(inside["xl/vbaProject.bin"])
    names = [module.name for module in project.modules if module.document]
    assert names == ["ThisWorkbook", "Sheet1", "Sheet2"]
    assert b'codeName="ThisWorkbook"' in inside["xl/workbook.xml"]
    assert said in inside["xl/worksheets/sheet2.xml"]


def test_putting_buttons_in_twice_changes_nothing(team: Path) -> None:
    made = xltrack.button(team)
    digest = hashlib.sha256(made.destination.read_bytes()).hexdigest()
    again = xltrack.button(made.destination)
    assert not again.changed
    assert again.cell == made.cell
    assert again.backup is None
    assert hashlib.sha256(made.destination.read_bytes()).hexdigest() == digest


def test_the_same_workbook_gives_the_same_bytes(team: Path, tmp_path: Path) -> None:
    one = xltrack.button(team, output=tmp_path / "one.xlsm")
    other = xltrack.button(team, output=tmp_path / "other.xlsm")
    assert one.destination.read_bytes() == other.destination.read_bytes()


def test_a_refresh_leaves_buttons_macros_and_settings_alone(tmp_path: Path) -> None:
    xltrack.demo(tmp_path / "team.xlsx", leads=40)
    made = xltrack.button(tmp_path / "team.xlsx")
    before = parts(made.destination)
    refreshed = xltrack.refresh(made.destination, as_of=DAY)
    assert refreshed.changed
    after = parts(made.destination)
    untouched = [name for name in before if name not in SHARED]
    assert {name for name in untouched if after.get(name) != before[name]} == set()
    assert macros(made.destination) == ["RefreshAnalysis", "CheckLeads"]
    assert b"macroEnabled.main+xml" in after["[Content_Types].xml"]
    book = openpyxl.load_workbook(made.destination)
    assert book["xlwings.conf"].sheet_state == "hidden"
    assert "总览" in book.sheetnames
    assert not xltrack.refresh(made.destination, as_of=DAY).changed


def test_cleaning_takes_the_analysis_and_leaves_the_buttons_working(tmp_path: Path) -> None:
    xltrack.demo(tmp_path / "team.xlsx", leads=20)
    path = xltrack.button(tmp_path / "team.xlsx").destination
    before = openpyxl.load_workbook(path).sheetnames
    xltrack.refresh(path, as_of=DAY)
    cleaned = xltrack.clean(path)
    assert cleaned is not None
    assert "总览" in cleaned.sheets
    assert "xlwings.conf" not in cleaned.sheets
    assert openpyxl.load_workbook(path).sheetnames == before
    assert macros(path) == ["RefreshAnalysis", "CheckLeads"]


def test_buttons_can_be_put_into_a_refreshed_workbook(tmp_path: Path) -> None:
    path = xltrack.demo(tmp_path / "team.xlsx", leads=40)
    xltrack.refresh(path, as_of=DAY)
    made = xltrack.button(path)
    assert made.sheet == "线索跟踪表"
    assert not xltrack.refresh(made.destination, as_of=DAY).changed


def test_buttons_that_a_save_unbound_are_bound_again_where_they_are(
    team: Path, tamper: Any
) -> None:
    """As LibreOffice saves them: the shapes without what they start."""
    made = xltrack.button(team)
    bound = drawing_of(made.destination)
    unbound = re.sub(r' macro="[^"]*" textlink=""', "", bound)
    assert "macro" not in unbound
    tamper(made.destination, {"xl/drawings/drawing1.xml": unbound.encode()})
    assert xltrack.button(made.destination).changed
    assert macros(made.destination) == ["RefreshAnalysis", "CheckLeads"]
    assert drawing_of(made.destination).count("<xdr:sp ") == 2
    assert not xltrack.button(made.destination).changed


def test_macros_of_the_teams_own_are_refused_with_three_lines_to_paste(
    team: Path, tamper: Any
) -> None:
    made = xltrack.button(team)
    project = shipped_project().data  # a project that somebody made with xlwings
    tamper(made.destination, {"xl/vbaProject.bin": project})
    digest = hashlib.sha256(made.destination.read_bytes()).hexdigest()
    with pytest.raises(Refused) as refused:
        xltrack.button(made.destination)
    assert refused.value.reason is Reason.OWN_MACROS
    assert Path(refused.value.detail).read_text(encoding="utf-8").count("Function RunPython(") == 1
    assert hashlib.sha256(made.destination.read_bytes()).hexdigest() == digest


def test_an_older_xlwings_in_the_workbook_is_brought_up_to_date(team: Path, tamper: Any) -> None:
    """As if the workbook had been made with another version, of the same length."""
    made = xltrack.button(team)
    old = parts(made.destination)["xl/vbaProject.bin"]
    project = read_project(old)
    version = project.xlwings_version
    assert version is not None

    def older(module: Module) -> Module:
        text = module.text.replace(f'"{version}"', '"0.33.0"')
        return Module(module.name, text, module.document, module.records)

    kept = [older(module) for module in project.modules]
    macros_of_ours = next(module for module in kept if module.name == "XltrackMacros")
    before = made_project(
        replace(project, modules=tuple(kept)), macros_of_ours, "ThisWorkbook", ["Sheet1"], []
    )
    assert read_project(before).xlwings_version == "0.33.0"
    tamper(made.destination, {"xl/vbaProject.bin": before})
    again = xltrack.button(made.destination)
    assert again.changed
    after = read_project(parts(made.destination)["xl/vbaProject.bin"])
    assert after.xlwings_version == version


def test_an_unexpected_xlwings_gives_its_own_macro_and_a_script(
    team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = shipped_project().data
    monkeypatch.setattr(
        create_button, "shipped_project", lambda: Shipped(shipped, None, "VBA: no RunPython")
    )
    made = xltrack.button(team)
    assert made.trouble == "VBA: no RunPython"
    assert made.macros == ("SampleCall",)
    assert made.script == team.with_suffix(".py")
    assert "xltrack.live.refresh()" in made.script.read_text(encoding="utf-8")
    assert parts(made.destination)["xl/vbaProject.bin"] == shipped
    sheet = openpyxl.load_workbook(made.destination)["xlwings.conf"]
    assert rows(sheet)["ADD_WORKBOOK_TO_PYTHONPATH"] == "true"
    with pytest.raises(UsageError, match="thin_name"):
        xltrack.button(team, output=team.with_name("一 二.xlsm"))


@pytest.mark.parametrize("output", ["team.xlsx", "team"])
def test_the_result_ends_in_xlsm(team: Path, output: str) -> None:
    with pytest.raises(UsageError, match="needs_xlsm"):
        xltrack.button(team, output=team.with_name(output))


def test_a_file_that_is_there_is_not_overwritten(team: Path) -> None:
    xltrack.button(team)
    with pytest.raises(Refused) as refused:
        xltrack.button(team)
    assert refused.value.reason is Reason.EXISTS
    assert xltrack.button(team, force=True).changed


def test_a_template_is_refused(team: Path, tamper: Any) -> None:
    kind = b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml"
    tamper(team, {"[Content_Types].xml": lambda data: data.replace(*kind)})
    with pytest.raises(UsageError, match="button_needs_workbook"):
        xltrack.button(team)


def test_a_new_workbook_has_its_buttons_over_a_taller_header(tmp_path: Path) -> None:
    path = xltrack.new(tmp_path / "team.xlsm", button=True, example=True)
    assert macros(path) == ["RefreshAnalysis", "CheckLeads"]
    book = openpyxl.load_workbook(path)
    first = book[book.sheetnames[0]]
    assert first.row_dimensions[1].height == pytest.approx(62, abs=0.5)
    assert first["A1"].alignment.vertical in (None, "bottom")  # which is what none means
    drawing = drawing_of(path)
    places = re.findall(r"<xdr:col>(\d+)</xdr:col>.*?<xdr:row>(\d+)</xdr:row>", drawing)
    assert all(row == "0" and int(column) < 3 for column, row in places)
    assert len(xltrack.read(path).leads) == 4
    with pytest.raises(UsageError, match="needs_xlsm"):
        xltrack.new(tmp_path / "team.xlsx", button=True)
    with pytest.raises(UsageError, match="button_and_upgrade"):
        xltrack.new(path, button=True, upgrade=True)


def test_a_new_workbook_without_buttons_has_the_usual_header(tmp_path: Path) -> None:
    path = xltrack.new(tmp_path / "team.xlsx")
    first = openpyxl.load_workbook(path).worksheets[0]
    assert first.row_dimensions[1].height == pytest.approx(32, abs=0.5)
    assert first["A1"].alignment.vertical == "center"


def test_the_receipt_says_what_changed(team: Path) -> None:
    made = xltrack.button(team)
    assert isinstance(made, Buttoned)
    fates = {part.name: part.fate for part in made.parts}
    assert fates["xl/worksheets/sheet1.xml"] == "edited"
    assert fates["xl/worksheets/sheet2.xml"] == "untouched"
    assert fates["xl/vbaProject.bin"] == "added"
