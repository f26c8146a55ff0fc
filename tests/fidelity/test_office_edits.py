"""Owned sheets after a person has moved, renamed, copied, deleted and saved them in LibreOffice."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from xltrack.opc import open_package
from xltrack.sheetml import ownership
from xltrack.writeback import open_target

pytestmark = [
    pytest.mark.office,
    # openpyxl tells of each extension that it does not read
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning"),
]


@pytest.fixture
def team(tmp_path: Path) -> Path:
    path = tmp_path / "team.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("线索跟踪表").write_row(0, 0, ["线索编号", "金额"])
    book.add_worksheet("笔记").write_formula(0, 0, "=1+1", None, 2)
    book.close()
    return path


def edited(office: Any, path: Path, steps: Sequence[Any]) -> Path:
    out = path.with_name(f"edited-{path.name}")
    answer = office(path, steps, out)
    assert "error" not in answer
    return out


def sheets(path: Path) -> list[str]:
    return openpyxl.load_workbook(path).sheetnames


def test_a_renamed_and_moved_sheet_is_replaced_where_it_is(
    team: Path, refresher: Any, office: Any
) -> None:
    refresher.refresh(team)
    steps = [["rename", "总览", "每周总览"], ["move", "每周总览", 0]]
    moved = edited(office, team, steps)
    order = sheets(moved)
    assert order[0] == "每周总览"
    refresher.refresh(moved, variant=5)
    assert sheets(moved) == order
    assert openpyxl.load_workbook(moved)["每周总览"]["B2"].value == 5


def test_a_copy_stays_the_persons(team: Path, refresher: Any, office: Any) -> None:
    refresher.refresh(team)
    copied = edited(office, team, [["copy", "总览", "五月总览", 7]])
    assert ownership(open_package(copied)).copies == {"五月总览"}
    refresher.refresh(copied, variant=5)
    book = openpyxl.load_workbook(copied)
    assert book["五月总览"]["B2"].value == 1
    assert book["总览"]["B2"].value == 5
    assert ownership(open_package(copied)).copies == {"五月总览"}


def test_a_copy_of_a_deleted_sheet_is_not_taken_for_it(
    team: Path, refresher: Any, office: Any
) -> None:
    refresher.refresh(team)
    steps = [["copy", "总览", "五月总览", 7], ["delete", "总览"], ["rename", "五月总览", "总览"]]
    left = edited(office, team, steps)
    assert "overview" not in open_target(left).owned
    refresher.refresh(left, variant=5)
    book = openpyxl.load_workbook(left)
    assert book["总览"]["B2"].value == 1
    assert book["总览 (2)"]["B2"].value == 5


def test_a_deleted_sheet_comes_back_last(team: Path, refresher: Any, office: Any) -> None:
    refresher.refresh(team)
    without = edited(office, team, [["delete", "跟进提醒"]])
    refresher.refresh(without)
    assert sheets(without)[-1] == "跟进提醒"
    assert len(sheets(without)) == 7


def test_marks_are_hidden_again_after_a_save_that_showed_them(
    team: Path, refresher: Any, office: Any
) -> None:
    refresher.refresh(team)
    saved = edited(office, team, [])
    refresher.refresh(saved, variant=2)
    names = openpyxl.load_workbook(saved).defined_names
    marks = [name for key, name in names.items() if key.startswith("_xlt_")]
    assert len(marks) == 5
    assert all(name.hidden for name in marks)


def test_saving_in_between_does_not_make_the_workbook_grow(
    team: Path, refresher: Any, office: Any
) -> None:
    sizes = []
    for round_ in range(4):
        refresher.refresh(team, variant=2)
        saved = edited(office, team, [])
        saved.replace(team)
        with zipfile.ZipFile(team) as archive:
            styles = archive.read("xl/styles.xml").decode()
        found = re.search(r'<cellXfs count="(\d+)"', styles)
        assert found is not None, round_
        sizes.append((int(found[1]), len(archive.namelist())))
    assert sizes[1] == sizes[2] == sizes[3]
