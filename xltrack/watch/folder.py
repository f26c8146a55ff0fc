"""Watching a folder until somebody stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import watchfiles

from xltrack import api
from xltrack.errors import Reason, Refused, UsageError, XltrackError
from xltrack.watch.signatures import is_open, is_watched, signature_of, workbooks_in
from xltrack.watch.waiting import WaitingList

if TYPE_CHECKING:
    from xltrack.api import Refreshed

Told = Callable[["Happening"], None]
Refresh = Callable[[Path], "Refreshed"]
Changes = list[tuple[watchfiles.Change, Path]]
_TRY_AGAIN = frozenset({Reason.OPEN_ELSEWHERE, Reason.CHANGED_ON_DISK})


class What(StrEnum):
    """What can happen while a folder is watched."""

    STARTED = "started"
    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    IN_CLOUD = "in_cloud"
    FOLDER_GONE = "folder_gone"
    FOLDER_BACK = "folder_back"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, to a workbook or to the folder.

    ``count``: workbooks that are watched (STARTED), or leads. ``error``: why a refresh failed.
    """

    what: What
    path: Path
    count: int = 0
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how long a workbook must stay the same; between two looks at those that wait;
    between two looks through the whole folder, for what the system did not tell; between two looks
    of a poll."""

    settle: float = 2.0
    tick: float = 1.0
    rescan: float = 300.0
    poll: float = 5.0


def watch(
    path: Path | str,
    *,
    beside: bool = False,
    initial: bool = False,
    poll: bool = False,
    told: Told | None = None,
    stop: threading.Event | None = None,
) -> int:
    """Refresh each workbook of a folder once it was saved and closed, until stopped.

    Args:
        path: the folder; those inside it are watched too.
        beside: write to ``<name>_分析.xlsx`` next to a workbook, which may then stay open.
        initial: refresh all workbooks first.
        poll: look every few seconds instead of being told, for drives that do not tell.
        told: is told of everything that happens.
        stop: ends the watching when it is set; so does an interrupt, which is raised.

    Returns:
        how many times a workbook was refreshed.

    Raises:
        UsageError: there is no such folder.
    """
    watched = FolderWatch(
        Path(path), partial(api.refresh, beside=beside), beside=beside, poll=poll, told=told
    )
    return watched.run(stop or threading.Event(), initial=initial)


class FolderWatch:
    """A folder that is watched."""

    def __init__(
        self,
        folder: Path,
        refresh: Refresh,
        *,
        beside: bool = False,
        poll: bool = False,
        told: Told | None = None,
        pace: Pace = Pace(),
    ) -> None:
        """Take the folder's workbooks for up to date.

        Raises: UsageError when there is no such folder.
        """
        # the system tells of real paths, whatever the folder was called
        self.folder = folder.resolve()
        self._refresh, self._pace, self._poll = refresh, pace, poll
        self._beside, self._told = beside, told or _tell_nobody
        self._list = WaitingList(pace.settle, while_open=beside)
        self.refreshed = 0
        try:
            for path, signature in workbooks_in(self.folder):
                self._list.know(path, signature)
        except OSError as error:
            raise UsageError("no_such_folder", str(folder)) from error

    def run(self, stop: threading.Event, *, initial: bool = False) -> int:
        """Watch until ``stop`` is set; return how many times a workbook was refreshed."""
        count = len(self._list.known)
        if initial:
            self._await_all()
        self._told(Happening(What.STARTED, self.folder, count))
        while not stop.is_set():
            self._watch_while_there(stop)
            self._wait_for_folder(stop)
        return self.refreshed

    def _await_all(self) -> None:
        for path, signature in workbooks_in(self.folder):
            self._list.await_refresh(path, signature, -self._pace.settle)

    def _watch_while_there(self, stop: threading.Event) -> None:
        """Watch until stopped, or until the folder cannot be reached."""
        next_scan = 0.0  # at once: what was saved while the watching began
        try:
            for changed in self._changes(stop):
                now = time.monotonic()
                if not self.folder.is_dir():
                    return
                if now >= next_scan:
                    self._rescan(now)
                    next_scan = now + self._pace.rescan
                else:
                    paths = [path for _, path in changed if is_watched(path)]
                    self._list.look_again({path: signature_of(path) for path in paths}, now)
                    if any(self._is_folder(change, path) for change, path in changed):
                        # nothing is told of what was in a folder before the system knew of it
                        next_scan = min(next_scan, now + self._pace.settle)
                self._refresh_ready(now)
        except (OSError, RuntimeError):
            # a drive that goes away ends the telling in more than one way, and the system tells
            # of so many folders only; where the folder is still there, looking is what is left
            if self.folder.is_dir() and self._poll:
                raise
            self._poll = self._poll or self.folder.is_dir()

    def _is_folder(self, change: watchfiles.Change, path: Path) -> bool:
        """Whether a folder came, or one with workbooks in it went."""
        if change is watchfiles.Change.added:
            return path.is_dir()
        gone = change is watchfiles.Change.deleted and not is_watched(path)
        return gone and any(path in known.parents for known in self._list.known)

    def _changes(self, stop: threading.Event) -> Iterator[Changes]:
        """Yield what changed, and nothing at each tick without a change."""
        changes = watchfiles.watch(
            self.folder,
            watch_filter=None,
            step=50,
            debounce=200,
            rust_timeout=int(self._pace.tick * 1000),
            yield_on_timeout=True,
            stop_event=stop,
            force_polling=True if self._poll else None,
            poll_delay_ms=int(self._pace.poll * 1000),
            ignore_permission_denied=True,
        )
        for batch in changes:
            yield [(change, Path(name)) for change, name in batch]

    def _rescan(self, now: float) -> None:
        there = dict(workbooks_in(self.folder))
        gone = dict.fromkeys(self._list.missing(there))
        self._list.look_again({**gone, **there}, now)

    def _refresh_ready(self, now: float) -> None:
        for path in self._list.ready(now, signature_of, is_open):
            before = signature_of(path)
            if before is None:
                continue
            if before.in_cloud:
                self._list.know(path, before)
                self._told(Happening(What.IN_CLOUD, path))
                continue
            self._refresh_one(path)

    def _refresh_one(self, path: Path) -> None:
        """Refresh a workbook; one that fails is told of and does not end the watching."""
        before = signature_of(path)
        try:
            done = self._refresh(path)
        except Refused as error:
            if error.reason in _TRY_AGAIN and not self._beside:
                self._list.postpone(path, time.monotonic())
                return
            happening = Happening(What.FAILED, path, error=error)
        except XltrackError as error:
            happening = Happening(What.FAILED, path, error=error)
        except Exception as error:  # noqa: BLE001 - like a batch: one workbook costs one workbook
            happening = Happening(What.FAILED, path, error=error)
        else:
            what = What.REFRESHED if done.changed else What.UNCHANGED
            happening = Happening(what, path, count=done.leads)
            self.refreshed += done.changed
        after = before if self._beside or happening.error else signature_of(path)
        if after is not None:
            self._list.know(path, after)
        self._told(happening)

    def _wait_for_folder(self, stop: threading.Event) -> None:
        if stop.is_set() or self.folder.is_dir():
            return
        self._told(Happening(What.FOLDER_GONE, self.folder))
        while not stop.wait(self._pace.poll):
            if self.folder.is_dir():
                self._told(Happening(What.FOLDER_BACK, self.folder))
                return


def _tell_nobody(_: Happening) -> None:
    """Nobody asked."""
