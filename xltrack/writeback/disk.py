"""Putting a file in the place of another one, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from xltrack.errors import Reason, Refused
from xltrack.writeback.locks import is_sharing_violation

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_CHUNK = 1 << 20
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NOT_FLUSHABLE = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM})
_WINDOWS_TRIES = 5

Write = Callable[[BinaryIO], object]
Check = Callable[[Path], None]


def replace_file(place: Path, write: Write, check: Check) -> None:
    """Write a new file and put it at ``place``; until the very last step nothing there changes.

    The file is written beside ``place``, flushed to the disk, and given to ``check``, which raises
    to stop. Mode and owner of a file that is there already are kept. A crash at any instant leaves
    the old file or the new one, and at worst a file ``.name.….tmp`` beside it.

    Raises: Refused (NO_FOLDER, READ_ONLY, DISK_FULL, OPEN_ELSEWHERE, WRITE_FAILED), and what
    ``write`` and ``check`` raise; the temporary file is gone then.
    """
    with _failing_as_refusal(place):
        temporary = _written_beside(place, write)
        try:
            check(temporary)
            _move(temporary, place)
            _flush_folder(place.parent)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def copy_beside(source: Path, place: Path) -> None:
    """Copy a file to ``place``, where there is none, flushed to the disk before it appears.

    Raises: Refused as :func:`replace_file` does.
    """

    def write(out: BinaryIO) -> None:
        with source.open("rb") as file:
            while chunk := file.read(_CHUNK):
                out.write(chunk)

    with _failing_as_refusal(place):
        temporary = _written_beside(place, write)
        try:
            temporary.chmod(source.stat().st_mode & 0o7777)
            temporary.replace(place)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _written_beside(place: Path, write: Write) -> Path:
    """Return a finished temporary file; when something fails, there is none."""
    temporary, descriptor = _create(place)
    try:
        with os.fdopen(descriptor, "w+b") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        _take_over_rights(temporary, place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _create(place: Path) -> tuple[Path, int]:
    for number in itertools.count():
        temporary = place.with_name(f".{place.name}.{os.getpid()}-{number}.tmp")
        with contextlib.suppress(FileExistsError):
            return temporary, os.open(temporary, _NEW, 0o666)
    raise AssertionError("there is always one more number")


def _take_over_rights(temporary: Path, place: Path) -> None:
    if not place.exists():
        return
    status = place.stat()
    if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
        # whoever is not root cannot give a file away; then it is the refresher's, as after a save
        with contextlib.suppress(PermissionError):
            os.chown(temporary, status.st_uid, status.st_gid)
    temporary.chmod(status.st_mode & 0o7777)


def _move(temporary: Path, place: Path) -> None:
    for attempt in itertools.count(1):
        try:
            temporary.replace(place)
        except PermissionError:
            # a virus scanner holds a fresh file for a moment; a program holds it until it is closed
            if sys.platform != "win32" or attempt == _WINDOWS_TRIES:
                raise
            time.sleep(0.1 * attempt)
        else:
            return


def _flush_folder(folder: Path) -> None:
    """Make the new name last. Some network folders cannot be flushed, and a folder need not be
    readable; the file is in its place by then, so that is no failure."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NOT_FLUSHABLE:
            raise


@contextlib.contextmanager
def _failing_as_refusal(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(place, _reason(place, error), error.strerror or str(error)) from error


def _reason(place: Path, error: OSError) -> Reason:
    if is_sharing_violation(error) or (sys.platform == "win32" and error.errno == errno.EACCES):
        return Reason.OPEN_ELSEWHERE if place.exists() else Reason.READ_ONLY
    if error.errno in _FULL:
        return Reason.DISK_FULL
    if error.errno in _DENIED:
        return Reason.READ_ONLY
    if not place.parent.is_dir():
        return Reason.NO_FOLDER
    return Reason.WRITE_FAILED
