"""What only Windows does, told by what the system would say there."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import Reason, Refused
from xltrack.writeback.disk import replace_file
from xltrack.writeback.locks import is_held, is_sharing_violation, owner_file, refuse_open


class WindowsError32(PermissionError):
    """What a rename over an open file raises."""

    winerror = 32


def failing(error: OSError) -> Callable[..., Any]:
    def call(*_: Any, **__: Any) -> Any:
        raise error

    return call


def test_a_sharing_violation_means_that_the_workbook_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "team.xlsx"
    place.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", failing(WindowsError32(13, "used by another process")))
    with pytest.raises(Refused) as caught:
        replace_file(place, lambda out: out.write(b"new"), lambda _: None)
    assert caught.value.reason is Reason.OPEN_ELSEWHERE
    assert place.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [place]


def test_a_file_that_is_held_for_a_moment_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "team.xlsx"
    tries = []
    real = Path.replace

    def slow(self: Path, target: Path) -> Path:
        tries.append(target)
        if len(tries) < 3:
            raise PermissionError(13, "held")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", slow)
    monkeypatch.setattr("xltrack.writeback.disk.time.sleep", lambda _: None)
    monkeypatch.setattr(sys, "platform", "win32")
    replace_file(place, lambda out: out.write(b"new"), lambda _: None)
    assert (place.read_bytes(), len(tries)) == (b"new", 3)


@pytest.mark.parametrize(("code", "fine"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_a_folder_that_cannot_be_flushed_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, fine: bool
) -> None:
    place, flush = tmp_path / "team.xlsx", os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, "no")
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    if fine:
        replace_file(place, lambda out: out.write(b"new"), lambda _: None)
    else:
        with pytest.raises(Refused):
            replace_file(place, lambda out: out.write(b"new"), lambda _: None)
    assert place.read_bytes() == b"new"


def test_an_owner_file_left_behind_is_told_from_one_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, owner = tmp_path / "team.xlsx", tmp_path / "~$team.xlsx"
    owner.write_bytes(b"somebody")
    assert owner_file(place) == owner
    monkeypatch.setattr(sys, "platform", "win32")
    assert owner_file(place) is None, "it can be opened for writing, so nobody holds it"
    monkeypatch.setattr(os, "open", failing(WindowsError32(13, "used by another process")))
    assert owner_file(place) == owner


def test_a_workbook_that_is_held_is_refused_before_anything_is_read(
    team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_held(team)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "open", failing(WindowsError32(13, "used by another process")))
    with pytest.raises(Refused) as caught:
        refuse_open(team)
    assert caught.value.reason is Reason.OPEN_ELSEWHERE


def test_only_sharing_violations_are_taken_for_one() -> None:
    assert is_sharing_violation(WindowsError32())
    assert not is_sharing_violation(PermissionError(13, "no"))
