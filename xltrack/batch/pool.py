"""Work over many workbooks in processes of their own.

A workbook that kills its process, or keeps it for too long, costs that workbook alone: what was
worked on together with it is done again, one by one.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, cast

from xltrack.batch.process import USUAL_LIMITS, Limits, Lost, Worker
from xltrack.batch.protocol import Other

T = TypeVar("T")
R = TypeVar("R")
A = TypeVar("A")
Task: TypeAlias = Sequence[T] | Other

_AHEAD = 3  # pieces per process that may be done before their turn has come
_LISTEN = 0.5  # seconds between two looks at whether somebody wants to stop


class Pool(Generic[T, R]):
    """Processes that do the same work over and over, started as they are needed.

    They end with the ``with``, whatever they are at.
    """

    def __init__(
        self,
        work: Callable[[Sequence[T]], R],
        *,
        jobs: int,
        limits: Limits = USUAL_LIMITS,
    ) -> None:
        """``work`` must be something that pickle can name, its results something it can send."""
        self._tasks: queue.SimpleQueue[tuple[int, Task[T]] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._workers = [Worker(work, limits) for _ in range(max(1, jobs))]
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), daemon=True)
            for worker in self._workers
        ]

    def __enter__(self) -> Pool[T, R]:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            self._tasks.put(None)
            worker.close()
        for thread, worker in zip(self._threads, self._workers, strict=True):
            thread.join()
            worker.tidy()

    def run(self, pieces: Sequence[Sequence[T]]) -> Iterator[tuple[Sequence[T], R | Lost]]:
        """What the work comes to for each piece, in their order whatever the ``jobs``.

        A piece that cannot be done as a whole comes as single items, each with its result or
        :class:`Lost`.
        """
        waiting = deque(enumerate(pieces))
        early: dict[int, list[tuple[Sequence[T], Any]]] = {}
        for turn in range(len(pieces)):
            while waiting and waiting[0][0] < turn + len(self._workers) * _AHEAD:
                self._tasks.put(waiting.popleft())
            while turn not in early:
                number, results = self._next()
                early[number] = results
            yield from early.pop(turn)

    def ask(self, other: Callable[[Any], A], argument: object) -> A | Lost:
        """What some other work comes to, in one of the processes; nothing may be running."""
        self._tasks.put((0, Other(other, argument)))
        _, answer = self._next()
        return cast("A | Lost", answer)

    def _next(self) -> tuple[int, Any]:
        while True:
            try:
                number, results = self._done.get(timeout=_LISTEN)
            except queue.Empty:
                continue
            if isinstance(results, BaseException):
                raise results
            return number, results

    def _serve(self, worker: Worker) -> None:
        while (task := self._tasks.get()) is not None:
            turn, asked = task
            try:
                self._done.put((turn, _answer(worker, asked)))
            except BaseException as error:  # noqa: BLE001  # raised again where results are taken
                self._done.put((turn, error))


def _answer(worker: Worker, task: Task[T]) -> Any:
    """What other work comes to; the items of a piece, in one or several, with their results."""
    if isinstance(task, Other):
        return worker.ask(task)
    result = worker.ask(list(task))
    if isinstance(result, Lost) and len(task) > 1:
        return [([item], worker.ask([item])) for item in task]
    return [(task, result)]
