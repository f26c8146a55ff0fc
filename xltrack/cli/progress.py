"""A bar for work that takes more than a moment, where a person looks on."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from xltrack.cli.speech import say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_PATIENCE = 1.0  # seconds before it appears


class Progress:
    """File, share, rate and time left on standard error; nothing where that is no terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._start = time.monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def step(self, name: str) -> None:
        """One more is done: ``name``."""
        self._done += 1
        if self._bar is None and self._is_due():
            self._show()
        if self._bar is not None and self._task is not None:
            rate = self._done / max(time.monotonic() - self._start, 0.001)
            self._bar.update(
                self._task,
                completed=self._done,
                description=name,
                rate=say("rate", rate=f"{rate:,.1f}"),
            )

    def _is_due(self) -> bool:
        late = time.monotonic() - self._start > _PATIENCE
        return late and self._done < self._total and sys.stderr.isatty()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
        )
        self._task = self._bar.add_task("", total=self._total, rate="")
        self._bar.start()
