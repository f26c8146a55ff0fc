"""Computers that are not here: a Windows and a Mac, answered for from files.

The answers in ``data/`` are written after the documentation of Microsoft and xlwings. None was
recorded on such a computer: none is at hand where this is tested.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"


class RecordedComputer:
    """A computer that answers what is written down for it."""

    def __init__(self, answers: Mapping[str, Any], home: Path) -> None:
        self.platform: str = answers["platform"]
        self.home = home
        self.environment: Mapping[str, str] = {
            key: value.replace("<home>", str(home)) for key, value in answers["environment"].items()
        }
        self.python: str = answers["python"].replace("<home>", str(home))
        self.values: dict[str, Any] = dict(answers.get("registry", {}))
        self.modules: set[str] = set(answers["modules"])
        self.version: str | None = answers["xlwings"]
        self.marks: dict[str, str] = {}
        self.status = 0
        self.answer = str(answers["xlwings"])
        self.commands: list[list[str]] = []
        self.asked: list[tuple[str, str, str]] = []

    def registry(self, hive: str, key: str, name: str) -> str | int | None:
        self.asked.append((hive, key, name))
        value = self.values.get(f"{hive}\\{key}\\{name}")
        assert value is None or isinstance(value, str | int)
        return value

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        self.commands.append(list(command))
        return self.status, self.answer

    def installed(self, module: str) -> bool:
        return module in self.modules

    def xlwings_version(self) -> str | None:
        return self.version

    def web_mark(self, path: Path) -> str | None:
        return self.marks.get(path.name)

    def remove_web_mark(self, path: Path) -> None:
        self.marks.pop(path.name)

    def held(self, path: Path) -> bool:
        return path.name in self.marks


Recorded = Callable[[str], RecordedComputer]


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    def answering(name: str) -> RecordedComputer:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        answers = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
        return RecordedComputer(answers, home)

    return answering
