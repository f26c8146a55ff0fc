"""Which workbooks are worked on together: many small ones, a large one by itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

MOST = 128
"""Workbooks in a piece."""
_BYTES = 16 << 20
_PER_JOB = 4  # pieces per process at least, so that none waits for long at the end


def pieces_of(items: Sequence[tuple[Path, T]], jobs: int) -> list[list[T]]:
    """The items in pieces, in their order; each goes by the path of its file."""
    most = max(1, min(MOST, -(-len(items) // (max(1, jobs) * _PER_JOB))))
    pieces: list[list[T]] = []
    size = _BYTES
    for path, item in items:
        own = _size(path)
        if not pieces or len(pieces[-1]) >= most or size + own > _BYTES:
            pieces.append([])
            size = 0
        pieces[-1].append(item)
        size += own
    return pieces


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # the reader says what is wrong


def usual_jobs() -> int:
    """As many processes as there are cores for this one."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
