"""The command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line in an empty folder, speaking English."""

    def call(*arguments: object, lang: str = "en_US.UTF-8") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "LC_ALL": lang, "PYTHONWARNINGS": "error"}
        command = [sys.executable, "-m", "xltrack", *map(str, arguments)]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment,
            check=False,
        )

    return call
