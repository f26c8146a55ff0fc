"""The round that the doctor makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from xltrack import api
from xltrack.create.button_config import KEY, portable
from xltrack.doctor.computer import Computer, ThisComputer
from xltrack.doctor.config_file import NAME, SUBJECT, examine_file, user_file
from xltrack.doctor.examination import Examined, Verdict, fault, good, unknown
from xltrack.doctor.mac import examine_mac
from xltrack.doctor.windows import examine_windows
from xltrack.doctor.workbook import KEYS, examine_config, examine_place, examine_project
from xltrack.errors import XltrackError
from xltrack.writeback import Target, open_target


def doctor(
    path: Path | str | None = None, *, fix: bool = False, computer: Computer | None = None
) -> tuple[Examined, ...]:
    """Everything the buttons need, as it was found.

    Args:
        path: a workbook with buttons; none = the computer alone is looked at.
        fix: repair what can be repaired safely; what was repaired says so.
        computer: the computer to ask; none = this one.

    Raises:
        UnreadableWorkbook, PackageError: ``path`` is no workbook, or a broken one.
    """
    asked = computer if computer is not None else ThisComputer()
    found = list(_examine(Path(path) if path is not None else None, asked))
    return tuple(_repaired(each) if fix else each for each in found)


def _repaired(examined: Examined) -> Examined:
    """A repair that fails leaves what was found, a fault that it is."""
    try:
        return examined.put_right()
    except (OSError, XltrackError) as error:
        values = {**examined.values, "trouble": str(error)}
        return Examined(examined.subject, examined.state, Verdict.FAULT, values)


def _examine(path: Path | None, computer: Computer) -> Iterator[Examined]:
    if computer.platform == "win32":
        yield from examine_windows(computer)
    elif computer.platform == "darwin":
        yield from examine_mac(computer)
    else:
        yield unknown("excel", "not_here")
    yield _config_of_person(computer)
    if path is None:
        version = computer.xlwings_version()
        yield good("xlwings", installed=version) if version else fault("xlwings", "missing")
        return
    target = open_target(path, break_signature=True, force=True, in_place=False)
    yield from examine_place(path, computer)
    of_folder = examine_file(path.with_name(NAME))
    if of_folder is not None:
        yield of_folder
    yield from examine_project(target, computer)
    yield from examine_config(target, computer, _rewrite(target, computer))


def _config_of_person(computer: Computer) -> Examined:
    place = user_file(computer)
    found = examine_file(place) if computer.platform in KEYS else None
    return found or good(SUBJECT, "none", file=place)


def _rewrite(target: Target, computer: Computer) -> Callable[[str], None] | None:
    """How the sheet of settings is written anew with a Python; None where that is not ours."""
    if KEY not in target.owned:
        return None

    def write(python: str) -> None:
        named = portable(PurePath(python), computer.platform, computer.environment)
        here = {computer.platform: named}
        api.button(
            target.path, interpreter_win=here.get("win32"), interpreter_mac=here.get("darwin")
        )

    return write
