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
from xltrack.batch.pool import Pool
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
        with Pool(works.double, jobs=jobs) as pool:
            assert list(pool.run(pieces)) == expected


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
    with Pool(works.odd, jobs=1, limits=limits) as pool:
        results = list(pool.run(pieces))
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
    with Pool(works.odd, jobs=2) as pool:
        assert next(pool.run([["a"], ["hangs"], ["hangs"]])) == (["a"], ["A"])
        start = time.monotonic()
    assert time.monotonic() - start < 30  # the works would sleep for a minute each


def test_no_work_is_no_process(works: Any) -> None:
    with Pool(works.talk, jobs=4) as pool:
        assert list(pool.run([])) == []


def test_other_work_is_done_in_a_process_that_is_there(works: Any) -> None:
    with Pool(works.double, jobs=2) as pool:
        assert [result for _, result in pool.run([[1], [2], [3]])] == [[2], [4], [6]]
        assert pool.ask(works.odd, ["a", "b"]) == ["A", "B"]
        lost = pool.ask(works.odd, ["dies"])
        assert isinstance(lost, Lost)
        assert lost.reason is Reason.CRASHED
        assert [result for _, result in pool.run([[4]])] == [[8]]


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
