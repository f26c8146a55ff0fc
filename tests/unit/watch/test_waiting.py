"""Which workbooks wait and which are ready, told with clocks and files that are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from xltrack.watch.signatures import Signature
from xltrack.watch.waiting import WaitingList

A, B = Path("a.xlsx"), Path("b.xlsx")
OLD, NEW, NEWER = (Signature(size, size, in_cloud=False) for size in (1, 2, 3))


class Desk:
    """A waiting list with the files that it looks at."""

    def __init__(self, *, while_open: bool = False) -> None:
        self.list = WaitingList(2.0, while_open=while_open)
        self.files: dict[Path, Signature] = {}
        self.open: set[Path] = set()

    def tell(self, now: float, *paths: Path) -> None:
        self.list.look_again({path: self.files.get(path) for path in paths}, now)

    def ready(self, now: float) -> list[Path]:
        return self.list.ready(now, self.files.get, lambda path: path in self.open)


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.files[A] = OLD
    made.list.know(A, OLD)
    return made


def test_a_known_workbook_does_not_wait(desk: Desk) -> None:
    desk.tell(0, A)
    assert desk.ready(100) == []


def test_a_saved_workbook_is_ready_when_it_has_settled(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.tell(0, A)
    assert desk.ready(1.9) == []
    assert desk.ready(2.0) == [A]


def test_a_workbook_that_still_grows_waits_on(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.tell(0, A)
    desk.files[A] = NEWER
    assert desk.ready(2.0) == []
    assert desk.ready(3.9) == []
    assert desk.ready(4.0) == [A]


def test_an_open_workbook_waits_until_it_is_closed(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.open.add(A)
    desk.tell(0, A)
    assert desk.ready(3600) == []
    desk.open.clear()
    assert desk.ready(3601) == [A]


def test_beside_an_open_workbook_is_ready() -> None:
    desk = Desk(while_open=True)
    desk.list.know(A, OLD)
    desk.files[A] = NEW
    desk.open.add(A)
    desk.tell(0, A)
    assert desk.ready(2) == [A]


def test_what_the_refresh_wrote_starts_nothing(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.tell(0, A)
    desk.files[A] = NEWER
    desk.list.know(A, NEWER)
    desk.tell(3, A)
    assert desk.ready(100) == []


def test_a_save_that_is_taken_back_leaves_nothing_waiting(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.tell(0, A)
    desk.files[A] = OLD
    desk.tell(1, A)
    assert desk.ready(100) == []


@pytest.mark.parametrize("between", [0.0, 10.0])
def test_a_renamed_workbook_is_not_a_saved_one(desk: Desk, between: float) -> None:
    desk.files = {B: OLD}
    desk.tell(0, A)
    desk.tell(between, B)
    assert desk.ready(100) == []
    assert desk.list.known == {B}


def test_two_copies_of_one_that_went_are_one_rename_and_one_new_workbook(desk: Desk) -> None:
    c = Path("c.xlsx")
    desk.files = {B: OLD, c: OLD}
    desk.tell(0, A, B, c)
    assert desk.ready(2) == [c]


def test_a_workbook_that_comes_long_after_one_went_is_new(desk: Desk) -> None:
    desk.files = {B: OLD}
    desk.tell(0, A)
    desk.tell(60, B)
    assert desk.ready(62) == [B]


def test_a_workbook_saved_and_renamed_at_once_waits_under_its_new_name(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.tell(0, A)
    desk.files = {B: NEW}
    desk.tell(0.5, A, B)
    assert desk.ready(2.5) == [B]


def test_a_workbook_that_is_being_replaced_waits(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.tell(0, A)
    del desk.files[A]
    assert desk.ready(5) == []
    desk.files[A] = NEW
    assert desk.ready(6) == [A]


def test_a_deleted_workbook_waits_no_longer(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.tell(0, A)
    del desk.files[A]
    desk.tell(1, A)
    assert desk.list.waiting == frozenset()


def test_a_postponed_workbook_settles_again(desk: Desk) -> None:
    desk.files[A] = NEW
    desk.tell(0, A)
    desk.list.postpone(A, 5)
    assert desk.ready(6.9) == []
    assert desk.ready(7) == [A]


def test_those_that_wait_longest_come_first(desk: Desk) -> None:
    desk.files |= {A: NEW, B: OLD}
    desk.tell(1, B)
    desk.tell(2, A)
    assert desk.ready(9) == [B, A]


def test_fetching_a_file_from_the_cloud_is_no_save(desk: Desk) -> None:
    desk.files[A] = Signature(OLD.size, OLD.modified, in_cloud=True)
    desk.tell(0, A)
    assert desk.ready(100) == []


def test_what_a_look_through_the_folder_does_not_find_is_missing(desk: Desk) -> None:
    assert desk.list.missing([B]) == {A}
