"""How long processes keep memory: the one that puts together gives it back, workers do not."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # parameters of mallopt in glibc
_LARGE, _HUGE = 1 << 18, 1 << 30


def frugal() -> None:
    """Have the C library give large pieces of memory back at once, while this process runs.

    It learns to keep them otherwise, half as much as the leads of a summary.
    """
    _keep_pieces_below(_LARGE)


def keep() -> None:
    """Have the C library keep the memory that it was given back, for the next piece of work.

    Workers take as much again and again; taking it from the system each time is a twentieth of all.
    """
    _keep_pieces_below(_HUGE)


def _keep_pieces_below(size: int) -> None:
    """Where the C library is not that of GNU, nothing happens."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return  # Windows, macOS, musl
    for parameter in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
        mallopt(parameter, size)


@contextmanager
def lean() -> Iterator[None]:
    """Have Arrow take its memory from the system while this lasts.

    Its own allocators keep what was given up, which at the end was as much again as the leads.
    """
    import pyarrow as pa  # noqa: PLC0415

    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)


def let_go() -> None:
    """Give back what is not used any more; tables are in cycles, and are found by looking alone."""
    import pyarrow as pa  # noqa: PLC0415

    gc.collect()
    pa.default_memory_pool().release_unused()
