"""Which workbooks wait for a refresh, and which of them are ready; no clock and no disk of its own.

A workbook waits when it differs from what is known of it; it is ready when it has stayed the same
for a while and no program has it open. What a refresh leaves behind becomes what is known, so the
program's own writing starts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from xltrack.watch.signatures import Signature

State = tuple[int, int]
_RENAMED_WITHIN = 30.0  # seconds between a name that goes and the one that comes
Look = Callable[[Path], Signature | None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    state: State
    since: float


class WaitingList:
    """What is known of the workbooks of a folder, and those that have changed since.

    ``settle``: seconds that a workbook must stay the same; ``while_open``: whether one that is
    open in a program may be ready.
    """

    def __init__(self, settle: float, *, while_open: bool) -> None:
        """Start knowing nothing."""
        self._settle, self._while_open = settle, while_open
        self._known: dict[Path, State] = {}
        self._waiting: dict[Path, _Waiting] = {}
        self._gone: dict[State, list[float]] = {}

    @property
    def known(self) -> frozenset[Path]:
        """The workbooks that are known or wait."""
        return frozenset(self._known) | frozenset(self._waiting)

    @property
    def waiting(self) -> frozenset[Path]:
        """The workbooks that wait."""
        return frozenset(self._waiting)

    def know(self, path: Path, signature: Signature) -> None:
        """Take the state of a workbook for refreshed."""
        self._known[path] = signature.state
        self._waiting.pop(path, None)

    def await_refresh(self, path: Path, signature: Signature, now: float) -> None:
        """Forget what is known of a workbook, so that it waits."""
        self._known.pop(path, None)
        self._waiting[path] = _Waiting(signature.state, now)

    def look_again(self, seen: Mapping[Path, Signature | None], now: float) -> None:
        """Take in how workbooks are now; None for one that is gone.

        A workbook that appears in the state of one that just went is that one under another name.
        """
        self._gone = {
            state: recent
            for state, times in self._gone.items()
            if (recent := [then for then in times if now - then <= _RENAMED_WITHIN])
        }
        for path, signature in seen.items():
            if signature is None:
                self._waiting.pop(path, None)
                state = self._known.pop(path, None)
                if state is not None:
                    self._gone.setdefault(state, []).append(now)
        for path, signature in seen.items():
            if signature is not None:
                self._take_in(path, signature, now)

    def _take_in(self, path: Path, signature: Signature, now: float) -> None:
        state = signature.state
        if path not in self._known and self._was_renamed(state):
            self._known[path] = state
        if self._known.get(path) == state:
            self._waiting.pop(path, None)
        elif path not in self._waiting or self._waiting[path].state != state:
            self._waiting[path] = _Waiting(state, now)

    def _was_renamed(self, state: State) -> bool:
        """Whether a workbook in this state went a moment ago; each that went counts once."""
        went = self._gone.pop(state, [])
        if len(went) > 1:
            self._gone[state] = went[1:]
        return bool(went)

    def missing(self, there: Iterable[Path]) -> frozenset[Path]:
        """Return the workbooks that are known and not among those that are there."""
        return self.known - frozenset(there)

    def ready(self, now: float, look: Look, is_open: Callable[[Path], bool]) -> list[Path]:
        """Return the workbooks that can be refreshed now, the one that waits longest first."""
        found = []
        for path, waiting in sorted(self._waiting.items(), key=lambda item: item[1].since):
            signature = look(path)
            if signature is None:
                continue  # in the middle of a save, or gone: its folder tells
            if signature.state != waiting.state:
                self._waiting[path] = _Waiting(signature.state, now)
            elif now - waiting.since >= self._settle and (self._while_open or not is_open(path)):
                found.append(path)
        return found

    def postpone(self, path: Path, now: float) -> None:
        """Let a workbook wait as if it had changed just now."""
        waiting = self._waiting.get(path)
        if waiting is not None:
            self._waiting[path] = _Waiting(waiting.state, now)
