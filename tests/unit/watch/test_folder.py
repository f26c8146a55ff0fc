"""A folder that is watched, with files and times of the system; refreshes are counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import watchfiles

import xltrack
from xltrack.errors import Reason, Refused, UnreadableWorkbook, UsageError
from xltrack.watch import Happening, What, signatures, watch
from xltrack.watch.folder import FolderWatch, Pace
from xltrack.watch.signatures import Signature, is_watched, workbooks_in

PACE = Pace(settle=0.2, tick=0.1, rescan=300.0, poll=0.2)
PATIENCE = 20.0  # seconds after which a test gives up; none asserts a time


class Done:
    """What a refresh gives back, as far as the watching looks at it."""

    def __init__(self, *, changed: bool = True) -> None:
        self.changed, self.leads = changed, 3


class Session:
    """A folder watched in a thread of its own."""

    def __init__(self, folder: Path, refresh: Callable[[Path], Any], **options: Any) -> None:
        self.happenings: list[Happening] = []
        self.stop = threading.Event()
        initial = options.pop("initial", False)
        pace = options.pop("pace", PACE)
        self.watch = FolderWatch(folder, refresh, told=self.happenings.append, pace=pace, **options)
        self.thread = threading.Thread(
            target=self.watch.run, args=(self.stop,), kwargs={"initial": initial}
        )
        self.thread.start()

    def wait_for(self, what: What, count: int = 1) -> list[Happening]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = [each for each in self.happenings if each.what is what]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{what} {count} times: {self.happenings}")

    def rest(self) -> None:
        """Give it time for what it should not do: some ticks and a settling."""
        time.sleep(1.2)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


@pytest.fixture
def session() -> Iterator[Callable[..., Session]]:
    started: list[Session] = []

    def start(*arguments: Any, **options: Any) -> Session:
        made = Session(*arguments, **options)
        started.append(made)
        made.wait_for(What.STARTED)
        time.sleep(0.5)  # until the system tells of changes
        return made

    yield start
    for each in started:
        each.end()


@pytest.fixture
def refreshes() -> list[str]:
    return []


@pytest.fixture
def refresh(refreshes: list[str]) -> Callable[[Path], Done]:
    """Writes into the workbook, as a refresh does."""

    def write(path: Path) -> Done:
        refreshes.append(path.name)
        temporary = path.with_name(f".{path.name}.1.tmp")
        temporary.write_bytes(path.read_bytes() + b"analysis")
        temporary.replace(path)
        return Done()

    return write


@pytest.mark.parametrize("poll", [False, True])
def test_a_saved_workbook_is_refreshed_once(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str], poll: bool
) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"old")
    (tmp_path / "b.xlsx").write_bytes(b"old")
    # a busy machine may begin to look after the save: then the look round finds it, as it is for
    running = session(tmp_path, refresh, poll=poll, pace=replace(PACE, rescan=3.0))
    (tmp_path / "a.xlsx").write_bytes(b"saved")
    running.wait_for(What.REFRESHED)
    running.rest()
    assert refreshes == ["a.xlsx"]
    assert running.happenings[0] == Happening(What.STARTED, tmp_path, 2)
    assert running.watch.refreshed == 1


@pytest.mark.parametrize("called", ["link", "."])
def test_a_folder_under_another_name_is_the_same_folder(
    tmp_path: Path,
    session: Any,
    refresh: Any,
    refreshes: list[str],
    monkeypatch: Any,
    called: str,
) -> None:
    folder = tmp_path / "reps"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.chdir(folder if called == "." else tmp_path)
    (folder / "a.xlsx").write_bytes(b"old")
    running = session(Path(called), refresh, pace=Pace(settle=0.2, tick=0.1, rescan=0.4, poll=0.2))
    assert running.happenings[0].count == 1
    (folder / "a.xlsx").rename(folder / "b.xlsx")
    running.rest()
    assert refreshes == []
    (folder / "b.xlsx").write_bytes(b"saved")
    running.wait_for(What.REFRESHED)
    running.rest()
    assert refreshes == ["b.xlsx"]


def test_workbooks_in_folders_made_later_are_watched(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str]
) -> None:
    running = session(tmp_path, refresh)
    (tmp_path / "华东").mkdir()
    (tmp_path / "华东" / "一.xlsm").write_bytes(b"new")
    running.wait_for(What.REFRESHED)
    assert refreshes == ["一.xlsm"]


def test_an_open_workbook_is_refreshed_after_it_is_closed(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str]
) -> None:
    owner = tmp_path / "~$a.xlsx"
    owner.write_bytes(b"")
    (tmp_path / "a.xlsx").write_bytes(b"old")
    running = session(tmp_path, refresh)
    for content in (b"saved", b"saved again"):
        (tmp_path / "a.xlsx").write_bytes(content)
        running.rest()
    assert refreshes == []
    owner.unlink()
    running.wait_for(What.REFRESHED)
    running.rest()
    assert refreshes == ["a.xlsx"]


def test_outputs_backups_owner_files_and_others_start_nothing(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str]
) -> None:
    running = session(tmp_path, refresh)
    for name in ("a_分析.xlsx", "a.xlsx.bak", "~$a.xlsx", ".~lock.a.xlsx#", "b.xls", "c.csv"):
        (tmp_path / name).write_bytes(b"new")
    running.rest()
    assert refreshes == []


def test_at_first_all_workbooks_are_refreshed_where_that_is_asked_for(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str]
) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        (tmp_path / name).write_bytes(b"old")
    running = session(tmp_path, refresh, initial=True)
    running.wait_for(What.REFRESHED, 2)
    running.rest()
    assert sorted(refreshes) == ["a.xlsx", "b.xlsx"]


def test_a_workbook_that_fails_is_told_of_and_the_others_go_on(
    tmp_path: Path, session: Any, refreshes: list[str]
) -> None:
    def refresh(path: Path) -> Done:
        refreshes.append(path.name)
        if path.name == "bad.xlsx":
            raise UnreadableWorkbook(path, Reason.NO_LEADS)
        if path.name == "worse.xlsx":
            raise ValueError("not foreseen")
        return Done(changed=False)

    running = session(tmp_path, refresh)
    for name in ("bad.xlsx", "worse.xlsx", "good.xlsx"):
        (tmp_path / name).write_bytes(b"new")
    running.wait_for(What.FAILED, 2)
    running.wait_for(What.UNCHANGED)
    running.rest()
    assert sorted(refreshes) == ["bad.xlsx", "good.xlsx", "worse.xlsx"]


def test_a_workbook_that_is_opened_just_before_its_refresh_is_tried_again(
    tmp_path: Path, session: Any, refreshes: list[str]
) -> None:
    def refresh(path: Path) -> Done:
        refreshes.append(path.name)
        if len(refreshes) == 1:
            raise Refused(path, Reason.OPEN_ELSEWHERE)
        return Done()

    running = session(tmp_path, refresh)
    (tmp_path / "a.xlsx").write_bytes(b"new")
    running.wait_for(What.REFRESHED)
    assert refreshes == ["a.xlsx", "a.xlsx"]
    assert [each for each in running.happenings if each.what is What.FAILED] == []


def test_a_file_that_is_only_in_the_cloud_is_not_fetched(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str], monkeypatch: Any
) -> None:
    """The attribute that Windows and macOS give such a file is made up here."""
    real = signatures.signature_of

    def in_cloud(path: Path) -> Signature | None:
        found = real(path)
        return found and Signature(found.size, found.modified, in_cloud=True)

    running = session(tmp_path, refresh)
    monkeypatch.setattr("xltrack.watch.folder.signature_of", in_cloud)
    (tmp_path / "a.xlsx").write_bytes(b"new")
    running.wait_for(What.IN_CLOUD)
    running.rest()
    assert refreshes == []


def test_a_folder_that_goes_away_is_waited_for(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str]
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    (drive / "a.xlsx").write_bytes(b"old")
    running = session(drive, refresh)
    drive.rename(tmp_path / "unplugged")
    running.wait_for(What.FOLDER_GONE)
    (tmp_path / "unplugged" / "a.xlsx").write_bytes(b"saved by another computer")
    (tmp_path / "unplugged").rename(drive)
    running.wait_for(What.FOLDER_BACK)
    running.wait_for(What.REFRESHED)
    assert refreshes == ["a.xlsx"]


def test_what_the_system_does_not_tell_is_found_by_looking_through_the_folder(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str], monkeypatch: Any
) -> None:
    def deaf(*_: object, stop_event: threading.Event, **__: object) -> Iterator[set[Any]]:
        while not stop_event.wait(0.05):
            yield set()

    monkeypatch.setattr(watchfiles, "watch", deaf)
    running = session(tmp_path, refresh, pace=Pace(settle=0.2, tick=0.1, rescan=0.3, poll=0.2))
    (tmp_path / "a.xlsx").write_bytes(b"new")
    running.wait_for(What.REFRESHED)
    assert refreshes == ["a.xlsx"]


def test_where_the_system_tells_of_no_more_folders_it_is_looked_at(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str], monkeypatch: Any
) -> None:
    real: Any = watchfiles.watch

    def full(*paths: Any, force_polling: bool | None, **options: Any) -> Iterator[set[Any]]:
        if not force_polling:
            raise OSError("OS file watch limit reached")
        yield from real(*paths, force_polling=force_polling, **options)

    monkeypatch.setattr(watchfiles, "watch", full)
    running = session(tmp_path, refresh)
    (tmp_path / "a.xlsx").write_bytes(b"new")
    running.wait_for(What.REFRESHED)
    assert refreshes == ["a.xlsx"]


def test_thousands_of_workbooks_are_known_and_the_saved_one_is_found(
    tmp_path: Path, session: Any, refresh: Any, refreshes: list[str]
) -> None:
    for number in range(3000):
        (tmp_path / f"{number}.xlsx").write_bytes(b"old")
    running = session(tmp_path, refresh)
    assert running.happenings[0].count == 3000
    (tmp_path / "1234.xlsx").write_bytes(b"saved")
    running.wait_for(What.REFRESHED)
    running.rest()
    assert refreshes == ["1234.xlsx"]


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no_such_folder"):
        watch(tmp_path / "none")


def test_the_function_refreshes_until_it_is_stopped(tmp_path: Path) -> None:
    stop, happenings = threading.Event(), []
    xltrack.demo(tmp_path / "a.xlsx", leads=20)

    def told(happening: Happening) -> None:
        happenings.append(happening)
        if happening.what is What.REFRESHED:
            stop.set()

    assert watch(tmp_path, initial=True, told=told, stop=stop) == 1
    assert [each.what for each in happenings] == [What.STARTED, What.REFRESHED]
    assert happenings[1].count == 20


def test_only_workbooks_that_can_be_written_to_are_watched(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.XLSM", "c.xls", "d.ods", "e_分析.xlsx"):
        (tmp_path / name).write_bytes(b"")
    assert {path.name for path, _ in workbooks_in(tmp_path)} == {"a.xlsx", "b.XLSM"}
    assert not is_watched(Path("~$a.xlsx"))
