"""Pieces of work that go well, fail, die or hang."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence


def double(items: Sequence[int]) -> list[int]:
    """Slower for the first items, so that later ones are done before."""
    time.sleep(0.05 if min(items) < 4 else 0)
    return [2 * item for item in items]


def odd(items: Sequence[str]) -> list[str]:
    """Does what an item says, with all the items it is worked on together with."""
    print("a library prints this")  # noqa: T201
    for item in items:
        if item == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "hangs":
            time.sleep(60)
        if item == "raises":
            raise RuntimeError("private words")
        if item == "eats":
            kept = []
            for _ in range(2_000):
                kept.append(bytearray(1 << 20))  # noqa: PERF401
    return [item.upper() for item in items]


def talk(items: Sequence[int]) -> int:
    """The process that did it."""
    return os.getpid() + 0 * len(items)
