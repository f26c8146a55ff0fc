"""What the sheet ``xlwings.conf`` of a workbook with buttons says: where Python is.

Environment variables stand for the folders of a person, so that one workbook serves a team whose
computers are set up alike.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from xltrack.sheetml.cell_values import cell_values
from xltrack.template.button import Buttons
from xltrack.writeback import Target

CONFIG_SHEET = "xlwings.conf"
KEY = "button"
"""The key under which that sheet is owned."""
WIN, MAC = "INTERPRETER_WIN", "INTERPRETER_MAC"
ADD_FOLDER = "ADD_WORKBOOK_TO_PYTHONPATH"
UDF_SERVER = "USE UDF SERVER"
_HERE = {"win32": WIN, "darwin": MAC}
_PERSONS_FOLDERS = {True: ("LOCALAPPDATA", "USERPROFILE"), False: ("HOME",)}


def config_rows(
    target: Target, buttons: Buttons, given: Mapping[str, str | None]
) -> dict[str, str]:
    """Return what the sheet is to say, by key.

    An interpreter that is ``given`` comes first, then the one that the workbook names already,
    then this Python where it is on that system, then the declared one. The workbook's folder is
    not searched for modules: nothing lying beside a workbook is run, and a workbook in a synced
    folder, whose place Excel tells as an address, needs no translation.
    """
    known = dict(config_of(target)) if CONFIG_SHEET in target.owned.values() else {}
    rows = {}
    for key, declared in buttons.interpreters.items():
        here = portable(Path(sys.executable)) if _HERE.get(sys.platform) == key else None
        rows[key] = given.get(key) or known.get(key) or here or declared
    return rows | {ADD_FOLDER: "false", UDF_SERVER: "False"}


def config_of(target: Target) -> list[tuple[str, str]]:
    """Return the rows of the sheet as xlwings reads them: from A1 down to the first empty cell;
    an empty list without such a sheet.

    Raises: PackageError for a sheet that is not sound.
    """
    sheet = target.workbook.sheet(CONFIG_SHEET)
    if sheet is None or sheet.part is None:
        return []
    cells = cell_values(target.package, target.workbook.part, sheet.part)
    rows, number = [], 1
    while (key := cells.get(number, {}).get(1)) not in (None, ""):
        value = cells[number].get(2)
        rows.append((str(key).upper(), "" if value is None else str(value)))
        number += 1
    return rows


def portable(
    interpreter: PurePath,
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """Return a path with the person's folder as a variable.

    >>> portable(PurePosixPath("/Users/li/xltrack/bin/python"), "darwin", {"HOME": "/Users/li"})
    '$HOME/xltrack/bin/python'
    """
    if platform == "win32":
        path: PurePath = PureWindowsPath(interpreter)
        form, separator = "%{}%", "\\"
    else:
        path = PurePosixPath(interpreter)
        form, separator = "${}", "/"
    for variable in _PERSONS_FOLDERS[platform == "win32"]:
        folder = environment.get(variable)
        if folder and path.is_relative_to(folder):
            return separator.join([form.format(variable), *path.relative_to(folder).parts])
    return str(path)
