"""Work in processes of their own: in order, and whatever happens to one of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from xltrack.batch.pieces import pieces_of
from xltrack.batch.pool import run_in_processes
from xltrack.batch.process import MIB, Limits, Lost
from xltrack.errors import Reason

HERE = Path(__file__).parent
Work = Callable[[Sequence[Any]], Any]


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of works, found by the processes as well."""
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    yield import_module("works")
    sys.modules.pop("works")


def test_results_come_in_order_whatever_the_jobs(works: Any) -> None:
    pieces = [[n, n + 1] for n in range(0, 24, 2)]
    expected = [(piece, [2 * n for n in piece]) for piece in pieces]
    for jobs in (1, 3):
        assert list(run_in_processes(works.double, pieces, jobs=jobs)) == expected


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("dies", Reason.CRASHED),
        ("hangs", Reason.OUT_OF_TIME),
        ("raises", Reason.CRASHED),
        pytest.param(
            "eats",
            Reason.OUT_OF_MEMORY,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="the limit is the system's"),
        ),
    ],
)
def test_what_happens_to_one_item_costs_that_item(works: Any, kind: str, reason: Reason) -> None:
    limits = Limits(memory=600 * MIB, seconds=2)
    pieces = [["a", kind, "b"], ["c"]]
    results = list(run_in_processes(works.odd, pieces, jobs=1, limits=limits))
    assert [(items, result) for items, result in results if not isinstance(result, Lost)] == [
        (["a"], ["A"]),
        (["b"], ["B"]),
        (["c"], ["C"]),
    ]
    lost = [(items, result) for items, result in results if isinstance(result, Lost)]
    assert [(items, result.reason) for items, result in lost] == [([kind], reason)]
    assert "private" not in lost[0][1].detail
    assert [items for items, _ in results] == [["a"], [kind], ["b"], ["c"]]


def test_stopping_early_ends_the_processes(works: Any) -> None:
    running = run_in_processes(works.odd, [["a"], ["hangs"], ["hangs"]], jobs=2)
    assert next(running) == (["a"], ["A"])
    start = time.monotonic()
    running.close()  # type: ignore[attr-defined]
    assert time.monotonic() - start < 30  # the works would sleep for a minute each


def test_no_work_is_no_process(works: Any) -> None:
    assert list(run_in_processes(works.talk, [], jobs=4)) == []


def test_pieces_hold_many_small_files_and_single_large_ones(tmp_path: Path) -> None:
    sizes = [10, 10, 17 << 20, 10, 10]
    items = []
    for number, size in enumerate(sizes):
        path = tmp_path / f"{number}"
        path.write_bytes(bytes(size))
        items.append((path, number))
    assert pieces_of(items * 20, 1)[:3] == [[0, 1], [2], [3, 4, 0, 1]]
    assert pieces_of(items, 1) == [[0, 1], [2], [3, 4]]
    assert [len(piece) for piece in pieces_of(items[:1] * 1000, 2)] == [125] * 8
    assert [len(piece) for piece in pieces_of(items[:1] * 20, 2)] == [3, 3, 3, 3, 3, 3, 2]


def test_a_file_that_is_missing_takes_no_room(tmp_path: Path) -> None:
    assert pieces_of([(tmp_path / "none", 1), (tmp_path / "none", 2)], 0) == [[1], [2]]
