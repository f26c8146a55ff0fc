"""How much of a package a reader is willing to take."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits that hold before anything is inflated, and again while it is.

    The defaults leave room for a sheet with all its 1,048,576 rows filled; sizes are in bytes.

    Source: the idea and the ratio test are those of Apache POI's ZipSecureFile.
    """

    entries: int = 50_000
    entry_size: int = 6 * 1024 * MIB
    total_size: int = 12 * 1024 * MIB
    ratio: float = 300.0
    """Inflated over stored size; looked at only for entries above ``ratio_from``."""
    ratio_from: int = 16 * MIB
    parsed_size: int = 64 * MIB
    """Size of a part that is parsed as a tree (workbook, styles, relationships)."""


DEFAULT_BOUNDS = Bounds()
