"""Work over many workbooks in processes of their own.

A workbook that kills its process, or keeps it for too long, costs that workbook alone: what was
worked on together with it is done again, one by one.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from xltrack.batch.process import USUAL_LIMITS, Limits, Lost, Worker

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 3  # pieces per process that may be done before their turn has come
_LISTEN = 0.5  # seconds between two looks at whether somebody wants to stop


def run_in_processes(
    work: Callable[[Sequence[T]], R],
    pieces: Sequence[Sequence[T]],
    *,
    jobs: int,
    limits: Limits = USUAL_LIMITS,
) -> Iterator[tuple[Sequence[T], R | Lost]]:
    """What ``work`` returns for each piece, in the order of the pieces whatever the ``jobs``.

    ``work`` must be something that pickle can name, and its results something it can send. A piece
    that cannot be done as a whole comes as single items, each with its result or :class:`Lost`.
    Processes end when the iterator is closed.
    """
    pool: _Pool[T] = _Pool(work, limits, max(1, min(jobs, len(pieces))))
    try:
        yield from pool.run(pieces)
    finally:
        pool.close()


class _Pool(Generic[T]):
    def __init__(self, work: Callable[[Sequence[T]], Any], limits: Limits, jobs: int) -> None:
        self._tasks: queue.SimpleQueue[tuple[int, Sequence[T]] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._workers = [Worker(work, limits) for _ in range(jobs)]
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), daemon=True)
            for worker in self._workers
        ]

    def run(self, pieces: Sequence[Sequence[T]]) -> Iterator[tuple[Sequence[T], Any]]:
        for thread in self._threads:
            thread.start()
        waiting = deque(enumerate(pieces))
        early: dict[int, list[tuple[Sequence[T], Any]]] = {}
        for turn in range(len(pieces)):
            while waiting and waiting[0][0] < turn + len(self._workers) * _AHEAD:
                self._tasks.put(waiting.popleft())
            while turn not in early:
                number, results = self._next()
                if isinstance(results, BaseException):
                    raise results
                early[number] = results
            yield from early.pop(turn)

    def _next(self) -> tuple[int, Any]:
        while True:
            try:
                return self._done.get(timeout=_LISTEN)
            except queue.Empty:
                continue

    def _serve(self, worker: Worker) -> None:
        while (task := self._tasks.get()) is not None:
            turn, items = task
            try:
                self._done.put((turn, _results(worker, items)))
            except BaseException as error:  # noqa: BLE001  # raised again where results are taken
                self._done.put((turn, error))

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for worker in self._workers:
            self._tasks.put(None)
            worker.close()
        for thread, worker in zip(self._threads, self._workers, strict=True):
            if thread.is_alive():
                thread.join()
            worker.tidy()


def _results(worker: Worker, items: Sequence[T]) -> list[tuple[Sequence[T], Any]]:
    result = worker.ask(items)
    if isinstance(result, Lost) and len(items) > 1:
        return [([item], worker.ask([item])) for item in items]
    return [(items, result)]
