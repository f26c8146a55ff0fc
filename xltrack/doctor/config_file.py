"""The files that xlwings reads settings from: lines of two quoted texts.

The macro reads them with VBA's ``Input #``, which stops with an error at a line that is not made
so. Each file is one for a person, or one for all workbooks of a folder.

Source: ``GetConfig`` and ``GetConfigFromFile`` of the module that xlwings ships.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from xltrack.create.button_config import UDF_SERVER
from xltrack.doctor.computer import Computer
from xltrack.doctor.examination import Examined, fault, good, warning
from xltrack.writeback import write_new

SUBJECT = "config_file"
NAME = "xlwings.conf"
_LINE = re.compile(r'\s*"([^"]*)"\s*,\s*"([^"]*)"\s*')
_BOOLEANS = (UDF_SERVER, "SHOW CONSOLE", "DEBUG UDFS")
_TRUTHS = frozenset({"true", "false"})


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The settings of a file, and the numbers of the lines that the macro would stop at."""

    path: Path
    settings: tuple[tuple[str, str], ...]
    broken: tuple[int, ...]
    marked: bool
    """Whether it begins with a byte order mark, which the macro takes for text."""


def user_file(computer: Computer) -> Path:
    """Where the settings of a person are."""
    if computer.platform == "darwin":
        return computer.home / "Library/Containers/com.microsoft.Excel/Data" / NAME
    return computer.home / ".xlwings" / NAME


def read_config(path: Path) -> ConfigFile | None:
    """Return what a file says, None where there is none."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    text = data.decode("utf-8-sig", "replace")
    settings, broken = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match:
            settings.append((match[1].upper(), match[2]))
        elif line.strip():
            broken.append(number)
    marked = data.startswith(b"\xef\xbb\xbf")
    return ConfigFile(path, tuple(settings), tuple(broken), marked)


def examine_file(path: Path) -> Examined | None:
    """Return how the file at ``path`` was found, None where there is none.

    Repaired, it keeps the lines that can be read, and a copy of it as it was lies beside it.
    """
    config = read_config(path)
    if config is None:
        return None

    def repair() -> None:
        _rewrite(path, config)

    if config.broken or config.marked:
        lines = ", ".join(map(str, config.broken)) or "1"
        return fault(SUBJECT, "broken", repair, file=path, lines=lines)
    blank = blank_switch(config.settings)
    if blank is not None:
        return fault(SUBJECT, "blank_switch", repair, file=path, key=blank)
    if dict(config.settings).get(UDF_SERVER, "").lower() == "true":
        return warning(SUBJECT, "udf_server", file=path)
    return good(SUBJECT, file=path)


def blank_switch(settings: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> str | None:
    """Return the first switch that is neither true nor false; the macro stops at it."""
    for key, value in settings:
        if key in _BOOLEANS and value.strip().lower() not in _TRUTHS:
            return key
    return None


def _rewrite(path: Path, config: ConfigFile) -> None:
    """Write the readable settings, the first of each name, without switches that are blank."""
    copy = path.with_name(f"{path.name}.bak")
    before = path.read_bytes()
    write_new(copy, lambda out: out.write(before), overwrite=True)
    kept: dict[str, str] = {}
    for key, value in config.settings:
        if blank_switch([(key, value)]) is None:
            kept.setdefault(key, value)
    text = "".join(f'"{key}","{value}"\r\n' for key, value in kept.items())
    write_new(path, lambda out: out.write(text.encode()), overwrite=True)
