"""``xltrack button``, ``watch`` and ``doctor`` as somebody types them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import xltrack
from xltrack.create.button_macros import shipped_project


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    code = "from xltrack.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def team(tmp_path: Path) -> Path:
    return xltrack.new(tmp_path / "team.xlsx", example=True)


def test_it_says_where_the_buttons_are(team: Path) -> None:
    done = run("button", team, "--at", "B30", "--lang", "en")
    assert done.returncode == 0
    assert "buttons on 线索跟踪表 at B30 (RefreshAnalysis, CheckLeads)" in done.stdout
    assert done.stderr == ""
    again = run("button", team.with_suffix(".xlsm"), "--lang", "zh")
    assert again.returncode == 0
    assert "team.xlsm 已有按钮" in again.stdout


def test_macros_of_the_teams_own_are_a_message_with_three_lines_to_paste(
    team: Path, tamper: object
) -> None:
    assert callable(tamper)
    workbook = xltrack.button(team).destination
    tamper(workbook, {"xl/vbaProject.bin": shipped_project().data})
    done = run("button", workbook, "--lang", "en")
    assert done.returncode == 2
    assert "xlwings.bas" in done.stderr
    assert done.stderr.rstrip().splitlines()[-3:] == [
        "Sub RefreshAnalysis()",
        '    RunPython "import xltrack.live; xltrack.live.refresh()"',
        "End Sub",
    ]


def test_a_new_workbook_with_buttons(tmp_path: Path) -> None:
    done = run("new", tmp_path / "team.xlsm", "--button", "--lang", "en")
    assert done.returncode == 0
    assert xltrack.inspect(tmp_path / "team.xlsm").macros


def test_watching_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = run("watch", tmp_path / "none", "--lang", "en")
    assert done.returncode == 2
    assert done.stderr.startswith("There is no folder")


def test_the_doctor_of_what_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.xlsm").write_bytes(b"")
    done = run("doctor", tmp_path / "a.xlsm", "--lang", "en")
    assert done.returncode == 2
    assert "is empty" in done.stderr
