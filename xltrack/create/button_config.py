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
WIN, MAC = "INTERPRETER_WIN", "INTERPRETER_MAC"
ADD_FOLDER = "ADD_WORKBOOK_TO_PYTHONPATH"
UDF_SERVER = "USE UDF SERVER"
_HERE = {"win32": WIN, "darwin": MAC}


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


def portable(interpreter: PurePath, platform: str = sys.platform) -> str:
    """Return a path with the person's folder as a variable.

    >>> import os; os.environ["HOME"] = "/Users/li"
    >>> portable(PurePosixPath("/Users/li/xltrack/bin/python"), "darwin")
    '$HOME/xltrack/bin/python'
    """
    if platform == "win32":
        return _under(PureWindowsPath(interpreter), "LOCALAPPDATA", "USERPROFILE", form="%{}%")
    return _under(PurePosixPath(interpreter), "HOME", form="${}")


def _under(path: PurePath, *variables: str, form: str) -> str:
    for variable in variables:
        folder = os.environ.get(variable)
        if folder and path.is_relative_to(folder) and path != type(path)(folder):
            rest = path.relative_to(folder)
            separator = "\\" if isinstance(path, PureWindowsPath) else "/"
            return separator.join([form.format(variable), *rest.parts])
    return str(path)
