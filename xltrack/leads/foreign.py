"""Workbooks that are no packages of XML parts: .xls, .xlsb and .ods.

Nothing tells the extent of their sheets in advance, so they are read in a process of their own
with a limit on its memory: a workbook that is made to exhaust it takes that process down alone.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.leads.careful import Rows, first_line
from xltrack.leads.marks import Place

_MEMORY = 4 << 30
_SECONDS = 120
_DAMAGED, _ENCRYPTED = 3, 4
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class ForeignSheet:
    """A sheet's cells from A1 on, and its merged ranges as 1-based places."""

    name: str
    rows: Rows
    merged: list[tuple[Place, Place]]


def is_open_document(path: Path) -> bool:
    """Whether the zip archive at ``path`` is a spreadsheet of the OpenDocument format."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("mimetype") as file:
            return file.read(len(_OPEN_DOCUMENT)) == _OPEN_DOCUMENT
    except (KeyError, OSError, ValueError, zipfile.BadZipFile):
        return False


def read_foreign(path: Path) -> list[ForeignSheet]:
    """The sheets of a workbook in one of the other formats. Error cells are empty.

    Raises: UnreadableWorkbook (ENCRYPTED, DAMAGED; TOO_LARGE where reading it took too much memory
    or time).
    """
    command = [sys.executable, "-m", __name__, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # no shell
    except subprocess.TimeoutExpired as error:
        raise UnreadableWorkbook(path, Reason.TOO_LARGE) from error
    if done.returncode == 0:
        return [ForeignSheet(*sheet) for sheet in pickle.loads(done.stdout)]  # noqa: S301  # our own
    reasons = {_DAMAGED: Reason.DAMAGED, _ENCRYPTED: Reason.ENCRYPTED}
    detail = done.stdout.decode("utf-8", "replace")[:200] if done.returncode == _DAMAGED else ""
    raise UnreadableWorkbook(path, reasons.get(done.returncode, Reason.TOO_LARGE), detail)


def _main(path: str) -> int:
    """Read the workbook at ``path`` to standard output; the exit status says what went wrong."""
    import python_calamine  # noqa: PLC0415  # for the process of its own

    _limit_memory()
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as workbook:
            sheets = [_sheet(workbook, meta.name) for meta in workbook.sheets_metadata]
    except python_calamine.PasswordError:
        return _ENCRYPTED
    except python_calamine.CalamineError as error:
        sys.stdout.write(first_line(error))
        return _DAMAGED
    sys.stdout.buffer.write(pickle.dumps(sheets, pickle.HIGHEST_PROTOCOL))
    return 0


def _sheet(workbook: Any, name: str) -> tuple[str, Rows, list[tuple[Place, Place]]]:
    sheet = workbook.get_sheet_by_name(name)
    merged = [
        ((top + 1, left + 1), (bottom + 1, right + 1))
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
    ]
    return name, sheet.to_python(skip_empty_area=False), merged


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
