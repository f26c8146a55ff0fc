"""The worker process: takes pieces of work over a pipe and sends back what they come to.

Started as ``python -m xltrack.batch.worker`` rather than by :mod:`multiprocessing`, which would
import a script of the caller's again in every process.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

from xltrack.batch.memory import keep
from xltrack.batch.protocol import Failed, Other, receive, send


def limit_memory(limit: int) -> None:
    """Let this process have so many bytes of its own data, where the system can see to that."""
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    except (OSError, ValueError):
        return  # a system that has the limit by name alone


def main() -> None:
    """Work until there is no more: first the memory limit and what to do, then its arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the work, and its workers
    keep()
    gc.disable()  # cycles are looked for between two pieces, when hardly anything is there
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the messages
    limit_memory(receive(source))
    work = receive(source)
    settled = False
    while True:
        try:
            argument = receive(source)
        except EOFError:
            os._exit(0)  # all was sent; the system takes the memory back in one piece
        try:
            other = isinstance(argument, Other)
            result = argument.work(argument.argument) if other else work(argument)
        except MemoryError:
            result = Failed("MemoryError", memory=True)
        except Exception as error:  # noqa: BLE001  # one workbook must not end the run
            result = Failed(type(error).__name__)
        send(target, result)
        del argument, result
        gc.collect()
        if not settled:  # what has been imported by now stays
            gc.freeze()
            settled = True


if __name__ == "__main__":
    main()
