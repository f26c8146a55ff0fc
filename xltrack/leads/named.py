"""A workbook among others: where it is, and what it is called in rows and findings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Named:
    """The path of a workbook and its name, which no other of them has."""

    path: Path
    name: str
