"""What the functions of several commands take for a path, and how they open what is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xltrack.opc.access import Access

AnyPath = str | Path
MIB = 1 << 20


def access_with(password_file: AnyPath | None, max_size: int | None = None) -> Access:
    """How workbooks are opened: with the passwords of a file, up to so many MiB when unpacked.

    Raises:
        UsageError: the password file cannot be read, or holds none.
    """
    from xltrack.opc.access import USUAL, Access

    bounds, passwords = USUAL.bounds, USUAL.passwords
    if max_size is not None:
        size = max_size * MIB
        bounds = replace(bounds, total_size=size, entry_size=min(bounds.entry_size, size))
    if password_file is not None:
        from xltrack.opc.encryption import read_passwords

        passwords = read_passwords(Path(password_file))
    return Access(bounds, passwords)
