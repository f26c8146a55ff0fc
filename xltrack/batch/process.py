"""One worker process as its parent sees it: asked for work, timed, and replaced when it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from xltrack.batch.protocol import Failed, receive, send
from xltrack.errors import Reason

MIB = 1 << 20
_TAIL = 4096  # bytes of what a process said last


@dataclass(frozen=True)
class Limits:
    """What one process may take: ``memory`` in bytes, ``seconds`` for one piece of work."""

    memory: int = 4096 * MIB
    seconds: float = 300


USUAL_LIMITS = Limits()


@dataclass(frozen=True)
class Lost:
    """What a single item came to that its process could not be done with."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True)
class _Process:
    popen: subprocess.Popen[bytes]
    to: IO[bytes]
    answers: IO[bytes]
    said: IO[bytes]


class Worker:
    """One process, started when there is something to do and again after its death."""

    def __init__(self, work: object, limits: Limits) -> None:
        self._work = work
        self._limits = limits
        self._running: _Process | None = None
        self._closed = False

    def ask(self, task: object) -> Any:
        """What the work comes to over ``task``, or :class:`Lost`."""
        if self._closed:
            return Lost(Reason.CRASHED, "closed")
        process = self._running or self._start()
        late = threading.Event()

        def end() -> None:
            late.set()
            process.popen.kill()

        timer = threading.Timer(self._limits.seconds, end)
        timer.daemon = True
        timer.start()
        try:
            send(process.to, task)
            answer = receive(process.answers)
        except (EOFError, OSError):
            return self._lost(process, late.is_set())
        finally:
            timer.cancel()
        if isinstance(answer, Failed):
            if answer.memory:
                self._end(process)  # what it holds is not worth keeping
            return Lost(Reason.OUT_OF_MEMORY if answer.memory else Reason.CRASHED, answer.kind)
        return answer

    def _start(self) -> _Process:
        root = str(Path(__file__).parents[2])
        paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        said = tempfile.TemporaryFile()  # noqa: SIM115  # for as long as the process
        popen = subprocess.Popen(
            [sys.executable, "-P", "-m", "xltrack.batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        if popen.stdin is None or popen.stdout is None:  # never with pipes
            raise OSError("no pipes")
        self._running = _Process(popen, popen.stdin, popen.stdout, said)
        if self._closed:
            popen.kill()
        try:
            send(popen.stdin, self._limits.memory)
            send(popen.stdin, self._work)
        except OSError:
            return self._running  # it is gone already; whoever asks it is told so
        return self._running

    def _lost(self, process: _Process, late: bool) -> Lost:
        """Why the process is gone."""
        code = process.popen.wait()
        size = process.said.seek(0, os.SEEK_END)
        process.said.seek(max(0, size - _TAIL))
        said = process.said.read()
        self._end(process)
        if late:
            return Lost(Reason.OUT_OF_TIME, f"{self._limits.seconds:g}")
        if b"alloc" in said or b"MemoryError" in said:
            return Lost(Reason.OUT_OF_MEMORY)
        return Lost(Reason.CRASHED, _name_of(code))

    def _end(self, process: _Process) -> None:
        process.popen.kill()
        process.popen.wait()
        for stream in (process.to, process.answers, process.said):
            _close(stream)
        self._running = None

    def close(self) -> None:
        """End the process; what it was asked for is lost, and nothing more is taken on."""
        self._closed = True
        if self._running is not None:
            self._running.popen.kill()

    def tidy(self) -> None:
        """Let go of what is left of a process that nobody asks any more."""
        if self._running is not None:
            self._end(self._running)


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        return  # what was left to write to a process that is gone


def _name_of(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return str(code)
    return str(code)
