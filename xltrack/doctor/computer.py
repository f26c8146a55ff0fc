"""What the doctor asks a computer, so that tests can answer for computers that are not here.

The registry is only ever read.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from xltrack.create.button_macros import installed_xlwings
from xltrack.writeback.locks import is_held

_SECONDS = 60
_STREAM = ":Zone.Identifier"
_QUARANTINE = "com.apple.quarantine"


class Computer(Protocol):
    """A computer as the doctor sees it."""

    platform: str
    """``win32``, ``darwin``, or another system, where there is no Excel."""
    environment: Mapping[str, str]
    home: Path
    python: str
    """The Python that runs now."""

    def registry(self, hive: str, key: str, name: str) -> str | int | None:
        """Return a value of the registry (``HKCU``, ``HKLM``), None where there is none."""

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a program and return its exit status and what it said."""

    def installed(self, module: str) -> bool:
        """Whether a module can be imported by the Python that runs now."""

    def xlwings_version(self) -> str | None:
        """The version of xlwings of the Python that runs now."""

    def web_mark(self, path: Path) -> str | None:
        """The mark that a file carries for coming from outside, None without one."""

    def remove_web_mark(self, path: Path) -> None:
        """Take that mark off."""

    def held(self, path: Path) -> bool:
        """Whether a program holds a file; known on Windows only."""


class ThisComputer:
    """The computer that the doctor runs on."""

    def __init__(self) -> None:
        """Ask what does not change."""
        self.platform = sys.platform
        self.environment: Mapping[str, str] = os.environ
        self.home = Path.home()
        self.python = sys.executable

    def registry(self, hive: str, key: str, name: str) -> str | int | None:
        """Return a value of the registry, None where there is none or it may not be read."""
        if sys.platform != "win32":
            return None
        import winreg  # noqa: PLC0415 - there is none on other systems

        root = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[hive]
        try:
            access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
            with winreg.OpenKey(root, key, 0, access) as opened:
                value, _ = winreg.QueryValueEx(opened, name)
        except OSError:
            return None
        return value if isinstance(value, str | int) else None

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a program and return its exit status and what it said, or why it did not start."""
        try:
            done = subprocess.run(  # noqa: S603 - the interpreter that the workbook names
                command,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return -1, str(error)
        return done.returncode, (done.stdout + done.stderr).strip()

    def installed(self, module: str) -> bool:
        """Whether a module can be imported."""
        return find_spec(module) is not None

    def xlwings_version(self) -> str | None:
        """The installed version, from its metadata."""
        return installed_xlwings()

    def web_mark(self, path: Path) -> str | None:
        """The stream or attribute that the system keeps the mark in."""
        if sys.platform == "win32":
            try:
                return Path(f"{path}{_STREAM}").read_text(encoding="utf-8", errors="replace")
            except OSError:
                return None
        if sys.platform == "darwin":
            status, said = self.run(["/usr/bin/xattr", "-p", _QUARANTINE, str(path)])
            return said if status == 0 else None
        return None

    def remove_web_mark(self, path: Path) -> None:
        """Remove the stream or attribute; the file's content stays as it is."""
        if sys.platform == "win32":
            Path(f"{path}{_STREAM}").unlink(missing_ok=True)
        elif sys.platform == "darwin":
            self.run(["/usr/bin/xattr", "-d", _QUARANTINE, str(path)])

    def held(self, path: Path) -> bool:
        """Whether a program holds a file; asked on Windows only."""
        return is_held(path)
