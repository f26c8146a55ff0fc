"""A person edits, saves and closes a workbook in another program while its folder is watched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xltrack

pytestmark = pytest.mark.office
PATIENCE = 60.0  # seconds after which a test gives up; none asserts a time
LONG_ENOUGH = 5.0  # more than the settling and two ticks: what should not happen had its chance


class Watching:
    """The command, running in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        code = "from xltrack.cli import main; main()"
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, "watch", str(folder), "--lang", "en", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def wait_for(self, text: str, count: int = 1) -> None:
        deadline = time.monotonic() + PATIENCE
        while sum(text in line for line in self.lines) < count:
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.1)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.returncode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reps"
    made.mkdir()
    xltrack.demo(made / "team.xlsx", leads=30)
    return made


@pytest.fixture
def watching(folder: Path, request: pytest.FixtureRequest) -> Iterator[Watching]:
    running = Watching(folder, *getattr(request, "param", ()))
    running.wait_for("Watching")
    time.sleep(1.5)  # until the system tells of changes
    yield running
    if running.process.poll() is None:
        running.interrupt()


def opened(office: Any, path: Path) -> Any:
    options = (office.option("Hidden", False),)
    return office._desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, options)


def edit(document: Any, text: str) -> None:
    document.Sheets.getByIndex(0).getCellRangeByName("C2").String = text
    document.store()


def test_it_is_refreshed_once_after_it_was_closed_and_not_before(
    folder: Path, watching: Watching, office: Any
) -> None:
    path = folder / "team.xlsx"
    for session in (1, 2):
        document = opened(office, path)
        assert (folder / ".~lock.team.xlsx#").exists()
        edit(document, f"甲公司{session}")
        time.sleep(LONG_ENOUGH)
        assert sum("team.xlsx" in line for line in watching.lines) == session - 1
        document.close(True)
        watching.wait_for("team.xlsx refreshed (30 leads)", session)
        time.sleep(LONG_ENOUGH)
        assert sum("team.xlsx" in line for line in watching.lines) == session  # no loop
        book = openpyxl.load_workbook(path)
        assert book.worksheets[0]["C2"].value == f"甲公司{session}"
        assert "总览" in book.sheetnames
    assert watching.interrupt() == 0
    assert watching.lines[-1] == "Stopped watching: 2 refreshed."


def test_a_look_without_a_save_refreshes_nothing(
    folder: Path, watching: Watching, office: Any
) -> None:
    opened(office, folder / "team.xlsx").close(True)
    time.sleep(LONG_ENOUGH)
    assert len(watching.lines) == 1


@pytest.mark.parametrize("watching", [("--beside",)], indirect=True)
def test_beside_it_is_refreshed_while_it_is_open(
    folder: Path, watching: Watching, office: Any
) -> None:
    path = folder / "team.xlsx"
    document = opened(office, path)
    edit(document, "乙公司")
    watching.wait_for("team.xlsx refreshed (30 leads)")
    saved = path.read_bytes()
    time.sleep(LONG_ENOUGH)
    assert sum("team.xlsx" in line for line in watching.lines) == 1
    assert path.read_bytes() == saved
    assert "总览" in openpyxl.load_workbook(folder / "team_分析.xlsx").sheetnames
    document.close(True)


@pytest.mark.parametrize("watching", [("--initial",)], indirect=True)
def test_a_refresh_that_is_interrupted_leaves_a_whole_workbook(
    folder: Path, watching: Watching
) -> None:
    watching.wait_for("team.xlsx refreshed (30 leads)")
    assert watching.interrupt() == 0
    assert len(xltrack.read(folder / "team.xlsx").leads) == 30
    assert [file.name for file in folder.iterdir() if file.name.endswith(".tmp")] == []
