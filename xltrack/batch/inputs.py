"""Which workbooks are meant by the files, folders and globs of a command."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from xltrack.errors import UsageError

WORKBOOK_ENDINGS = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods"}
BACKUP_ENDINGS = (".bak.xlsx", ".bak.xlsm", ".bak")
BESIDE = "_分析.xlsx"  # what a file written beside a workbook is called after its stem


def find_workbooks(paths: Iterable[str | Path]) -> list[Path]:
    """The workbooks of files, folders (searched through) and globs, each once, in order.

    A folder's and a glob's workbooks come sorted by path; owner files (``~$…``), backups and the
    program's own outputs in them are passed over. A file that is named is taken as it is, whether
    it exists or not: the reader says what is wrong with it.

    Raises:
        UsageError: a folder or glob that holds no workbook.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for workbook in _of_one(Path(path)):
            found.setdefault(workbook)
    return list(found)


def _of_one(path: Path) -> list[Path]:
    if path.is_dir():
        inside = [file for file in sorted(path.rglob("*")) if file.is_file() and is_input(file)]
    elif not path.exists() and glob.has_magic(str(path)):
        matches = sorted(Path(match) for match in glob.glob(str(path), recursive=True))  # noqa: PTH207 - pathlib takes no absolute pattern
        inside = [file for file in matches if file.is_file() and is_input(file)]
    else:
        return [path]
    if not inside:
        raise UsageError("nothing_found", str(path))
    return inside


def is_input(file: Path) -> bool:
    """Whether a file that was found is a workbook of somebody, no owner file, backup or output."""
    name = file.name
    return (
        file.suffix.lower() in WORKBOOK_ENDINGS
        and not name.startswith(("~$", "."))
        and not name.lower().endswith(BACKUP_ENDINGS)
        and not name.endswith(BESIDE)
    )
