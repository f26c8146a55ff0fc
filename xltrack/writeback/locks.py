"""Whether another program has a workbook open."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from xltrack.errors import Reason, Refused

_SHARING_VIOLATIONS = frozenset({32, 33})


def refuse_open(path: Path) -> None:
    """Raise Refused (OPEN_ELSEWHERE) when another program has the file open."""
    if owner := owner_file(path):
        raise Refused(path, Reason.OPEN_ELSEWHERE, owner.name)
    if is_held(path):
        raise Refused(path, Reason.OPEN_ELSEWHERE)


def owner_file(path: Path) -> Path | None:
    """Return the file that shows that ``path`` is open elsewhere, None when nothing does.

    Excel and WPS put ``~$name`` beside an open workbook (WPS also ``.~name``), LibreOffice
    ``.~lock.name#``. On Windows the owner is asked: a file left behind by a crash can be opened
    for writing, one in use cannot.
    """
    name = path.name
    for candidate in (f"~${name}", f".~{name}", f".~lock.{name}#"):
        owner = path.with_name(candidate)
        if owner.is_file() and (sys.platform != "win32" or is_held(owner)):
            return owner
    return None


def is_held(path: Path) -> bool:
    """Whether a program holds the file so that it cannot be written; asked on Windows alone."""
    if sys.platform != "win32":
        return False
    try:
        os.close(os.open(path, os.O_RDWR))
    except OSError as error:
        return is_sharing_violation(error)
    return False


def is_sharing_violation(error: OSError) -> bool:
    """Whether the system refused because another program holds the file (Windows only)."""
    return getattr(error, "winerror", None) in _SHARING_VIOLATIONS
