"""What only a Mac has: the script through which Excel may start Python, and the permission for it.

Source: the module that xlwings ships (``AppleScriptTask``), and its command ``runpython install``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from xltrack.create.button_macros import xlwings_folder
from xltrack.doctor.computer import Computer
from xltrack.doctor.examination import Examined, fault, good, unknown, warning
from xltrack.writeback import write_new

_EXCEL = "com.microsoft.Excel"
_APPLICATION = Path("Applications/Microsoft Excel.app")
_PERMISSIONS = Path("Library/Application Support/com.apple.TCC/TCC.db")
_QUESTION = (
    "SELECT auth_value FROM access WHERE service = 'kTCCServiceAppleEvents'"
    " AND indirect_object_identifier = ?"
)
_ALLOWED = 2


def examine_mac(computer: Computer, root: Path = Path("/")) -> Iterator[Examined]:
    """Yield how Excel, the script and the permission were found."""
    places = [base / _APPLICATION for base in (root, computer.home)]
    found = next((place for place in places if place.exists()), None)
    yield good("excel", place=found) if found else fault("excel", "missing")
    yield good("appscript") if computer.installed("appscript") else fault("appscript", "missing")
    yield _script(computer)
    yield _permission(computer)


def _script(computer: Computer) -> Examined:
    """The macro asks for a script by the version of its own xlwings."""
    version = computer.xlwings_version()
    name = f"xlwings-{version}.applescript"
    shipped = xlwings_folder() / name
    place = computer.home / "Library/Application Scripts" / _EXCEL / name
    if not shipped.is_file():
        return unknown("applescript", version=version)
    content = shipped.read_bytes()

    def repair() -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_new(place, lambda out: out.write(content), overwrite=True)

    if not place.is_file():
        return fault("applescript", "missing", repair, file=place)
    if place.read_bytes() != content:
        return fault("applescript", "other", repair, file=place)
    return good("applescript", file=place)


def _permission(computer: Computer) -> Examined:
    """Whether the system lets programs steer Excel; its list may be read by few."""
    place = computer.home / _PERMISSIONS
    try:
        with closing(sqlite3.connect(f"{place.as_uri()}?mode=ro", uri=True)) as permissions:
            answers = [row[0] for row in permissions.execute(_QUESTION, (_EXCEL,))]
    except sqlite3.Error:
        return unknown("automation")
    if not answers:
        return warning("automation", "not_asked")
    if any(answer != _ALLOWED for answer in answers):
        return fault("automation", "denied")
    return good("automation")
