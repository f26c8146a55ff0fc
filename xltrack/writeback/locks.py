"""Whether another program has a workbook open."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SHARING_VIOLATIONS = frozenset({32, 33})


def owner_file(path: Path) -> Path | None:
    """Return the file that shows that ``path`` is open elsewhere, None when nothing does.

    Excel and WPS put ``~$name`` beside an open workbook (WPS also ``.~name``), LibreOffice
    ``.~lock.name#``. On Windows the owner is asked: a file left behind by a crash can be opened
    for writing, one in use cannot.
    """
    name = path.name
    for candidate in (f"~${name}", f"~${name[2:]}", f".~{name}", f".~lock.{name}#"):
        owner = path.with_name(candidate)
        if len(candidate) > len("~$") and owner.is_file() and _is_held(owner):
            return owner
    return None


def _is_held(owner: Path) -> bool:
    if sys.platform != "win32":
        return True
    try:
        os.close(os.open(owner, os.O_RDWR))
    except OSError:
        return True
    return False


def is_sharing_violation(error: OSError) -> bool:
    """Whether the system refused because another program holds the file (Windows only)."""
    return getattr(error, "winerror", None) in _SHARING_VIOLATIONS
