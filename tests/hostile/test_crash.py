"""A crash or an error at any step of a save: the old file or the new one, whole.

Every call that the save makes to the file system is one step. At each in turn the process is
killed (half of a write done), or the call fails; then the workbook is looked at from outside.
"""

from __future__ import annotations

import errno
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import Reason, Refused
from xltrack.writeback import Edit, graft, open_target, save

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a child is killed at each step")
LIMIT = 500


class Step:
    """Counts calls to the file system and does something at one of them."""

    def __init__(self, at: int, then: Callable[[], None]) -> None:
        self.at, self.then, self.count = at, then, 0

    def reached(self) -> bool:
        self.count += 1
        return self.count == self.at

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if self.reached():
                self.then()
            return function(*arguments, **options)

        return call


class TornFile:
    """A file whose writes are steps; the one that is reached is done by half."""

    def __init__(self, file: Any, step: Step) -> None:
        self._file, self._step = file, step

    def __enter__(self) -> TornFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        if self._step.reached():
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            self._step.then()
        return int(self._file.write(data))


def watched(patch: pytest.MonkeyPatch, step: Step) -> None:
    opened = os.fdopen
    patch.setattr(os, "fdopen", lambda *a, **k: TornFile(opened(*a, **k), step))
    for owner, name in (
        (os, "open"),
        (os, "fsync"),
        (os, "close"),
        (Path, "replace"),
        (Path, "chmod"),
        (Path, "unlink"),
    ):
        patch.setattr(owner, name, step.wrap(getattr(owner, name)))


def edit_of(path: Path, author: Any) -> Edit:
    target = open_target(path)
    return graft(target, author(["a"], charts=1), {"a": "a"})


def whole(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None


def killed_at(step_number: int, edit: Edit) -> bool:
    """Save in a child that dies at the step; return whether it got that far."""
    child = os.fork()
    if child == 0:
        step = Step(step_number, lambda: os._exit(9))
        watched(pytest.MonkeyPatch(), step)
        save(edit)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9)
    return code == 9


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_kill_at_any_step_leaves_the_old_or_the_new_file(team: Path, author: Any) -> None:
    old = team.read_bytes()
    new = edit_of(team, author).to_bytes()
    seen = set()
    for number in range(1, LIMIT):
        for entry in team.parent.iterdir():
            entry.unlink()
        team.write_bytes(old)
        died = killed_at(number, edit_of(team, author))
        assert team.read_bytes() in (old, new), number
        backup = team.with_name("team.xlsx.bak")
        assert not backup.exists() or backup.read_bytes() == old
        seen.add(team.read_bytes())
        if not died:
            break
    assert number > 30, "the steps were counted"
    assert number < LIMIT - 1
    assert seen == {old, new}


def outcome_of(edit: Edit) -> Reason | None:
    try:
        save(edit, backup=False)
    except Refused as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.ENOSPC, Reason.DISK_FULL),
        (errno.EROFS, Reason.READ_ONLY),
        (errno.EACCES, Reason.READ_ONLY),
        (errno.EIO, Reason.WRITE_FAILED),
    ],
)
def test_an_error_at_any_step_is_a_refusal_and_leaves_nothing_behind(
    team: Path, author: Any, code: int, reason: Reason
) -> None:
    old = team.read_bytes()

    def fail() -> None:
        raise OSError(code, os.strerror(code))

    for number in range(1, LIMIT):
        edit = edit_of(team, author)
        step = Step(number, fail)
        with pytest.MonkeyPatch.context() as patch:
            watched(patch, step)
            outcome = outcome_of(edit)
        if outcome is None:
            break
        assert outcome is reason, number
        if team.read_bytes() != old:  # the new file is in its place, the folder was not flushed
            assert whole(team)
            team.write_bytes(old)
        left = [entry.name for entry in team.parent.iterdir() if entry != team]
        assert left == [], number
    assert number > 20


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_file_system_that_takes_no_more_bytes_is_survived(team: Path, author: Any) -> None:
    """A real limit of the system instead of an injected error."""
    import resource
    import signal

    old, edit = team.read_bytes(), edit_of(team, author)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            save(edit, backup=False)
        except Refused as refusal:
            os._exit(7 if refusal.reason is Reason.WRITE_FAILED else 8)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert team.read_bytes() == old
    assert list(team.parent.iterdir()) == [team]
