"""What many workbooks leave for the end of a run: in memory while it is little, then in a file."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from xltrack.batch.protocol import receive, send_data
from xltrack.errors import Reason, Refused

_LITTLE = 1 << 20  # bytes


class Kept:
    """Pickles in the order they came, for this process or one that is told the file.

    The file is in a folder of this user alone, which goes with the end of the ``with``.
    """

    def __init__(self, most: int = _LITTLE) -> None:
        """``most``: bytes that stay in memory."""
        self._most = most
        self._held: list[bytes] = []
        self._size = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, pickled: bytes) -> None:
        """Keep something more, as the process that sent it pickled it.

        Raises: Refused where the system's temporary folder takes nothing.
        """
        self._held.append(pickled)
        self._size += len(pickled)
        if self._size > self._most:
            self._write_out()

    def _write_out(self) -> None:
        try:
            self._write_held()
        except OSError as error:
            place = Path(tempfile.gettempdir())
            raise Refused(place, Reason.WRITE_FAILED, error.strerror or str(error)) from error

    def _write_held(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="xltrack-")
        if self._file is None:
            self._file = (Path(self._folder.name) / "kept").open("wb")
        for pickled in self._held:
            send_data(self._file, pickled)
        self._file.flush()
        self._held.clear()
        self._size = 0

    def written(self) -> Path | None:
        """The file with all there is, None while it is so little that there is none."""
        if self._file is None:
            return None
        self._write_out()
        return Path(self._file.name)

    def __iter__(self) -> Iterator[Any]:
        """All there is."""
        path = self.written()
        held = (pickle.loads(each) for each in self._held)  # noqa: S301  # from our own processes
        yield from held if path is None else read_kept(path)


def read_kept(path: Path) -> Iterator[Any]:
    """What was kept in a file, one by one."""
    with path.open("rb") as file:
        try:
            while True:
                yield receive(file)
        except EOFError:
            return
