"""``xltrack fix`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

import xltrack
from xltrack.cli.app import app
from xltrack.writeback import open_target, save
from xltrack.writeback.patch import patch

LEADS = "线索跟踪表"


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = xltrack.demo(tmp_path / "leads.xlsx", leads=12)
    cells = {"K3": "2024.7.10", "A4": None, "L5": "1,200"}
    save(patch(open_target(path), {LEADS: cells}), backup=False)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["fix", *map(str, arguments), "--as-of", "2024-06-30"])


def test_each_change_is_listed_with_what_was_there(leads: Path, tmp_path: Path) -> None:
    result = run(leads, "-o", tmp_path / "fixed.xlsx", "--lang", "zh")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert f"  {LEADS}!K3 预计成交时间\uff1a2024.7.10 → 2024-07-10" in lines
    assert f"  {LEADS}!L5 成交金额(万)\uff1a1,200 → 1200" in lines
    assert any(
        line.startswith(f"  {LEADS}!A4 线索编号\uff1a\uff08空\uff09 → LX2024") for line in lines
    )
    assert any(line.startswith("已修正 fixed.xlsx\uff1a3 个单元格") for line in lines)
    assert any("还需人工处理" in line for line in lines)


def test_the_same_in_english_in_place_with_a_backup(leads: Path) -> None:
    result = run(leads, "--in-place", "--lang", "en")
    assert result.exit_code == 0, result.output
    assert f"  {LEADS}!L5 Amount (10k CNY): 1,200 → 1200" in result.stdout
    assert "Fixed leads.xlsx: 3 cells set" in result.stdout
    assert "leads.xlsx.bak" in result.stdout
    assert openpyxl.load_workbook(leads)[LEADS]["L5"].value == 1200
    again = run(leads, "--in-place", "--lang", "en")
    assert "leads.xlsx: nothing that can be put right by itself." in again.stdout


def test_several_workbooks_go_into_a_folder(leads: Path, tmp_path: Path) -> None:
    other = xltrack.demo(tmp_path / "other.xlsx", leads=5)
    folder = tmp_path / "out"
    result = run(leads, other, "-o", folder)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in folder.iterdir()) == ["leads.xlsx", "other.xlsx"]


def test_one_that_cannot_be_fixed_does_not_stop_the_others(leads: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"nothing")
    result = run(broken, leads, "--in-place", "--lang", "en")
    assert result.exit_code == 2
    assert "broken.xlsx is not an Excel workbook" in result.stderr
    assert "Fixed leads.xlsx" in result.stdout


def test_neither_nor_both_places_is_an_error(leads: Path, tmp_path: Path) -> None:
    before = leads.read_bytes()
    for options in ([], ["--in-place", "-o", tmp_path / "a.xlsx"]):
        result = run(leads, *options)
        assert result.exit_code != 0
        assert getattr(result.exception, "reason", "") == "output_or_in_place"
    assert leads.read_bytes() == before
