"""What a workbook with buttons needs of itself, and of where it lies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from xltrack.create.button_config import CONFIG_SHEET, MAC, WIN, config_of
from xltrack.create.button_macros import is_ours
from xltrack.create.button_project import UnexpectedProject, VbaProject, read_project
from xltrack.create.button_shapes import macros_of
from xltrack.doctor.computer import Computer
from xltrack.doctor.config_file import blank_switch
from xltrack.doctor.examination import Examined, fault, good, unknown, warning
from xltrack.template.button import load_buttons
from xltrack.writeback import Target
from xltrack.writeback.locks import owner_file

KEYS = {"win32": WIN, "darwin": MAC}
_CUT_AT = "="  # xlwings cuts what Excel tells it there
_LISTS = ";|"  # it separates paths with these
_SYNCED = ("OneDriveCommercial", "OneDriveConsumer", "OneDrive")
_SYNCED_ON_MAC = ("Library/CloudStorage", "Library/Mobile Documents")
_PROBE = "import xlwings, xltrack.live; print(xlwings.__version__)"
_VARIABLE = re.compile(r"%([^%]+)%|^\$(\w+)")


def examine_place(path: Path, computer: Computer) -> Iterator[Examined]:
    """Yield how the workbook's name, folder, marks and locks were found."""
    if _CUT_AT in path.name:
        yield fault("file_name", "equals", file=path.name)
    elif any(letter in str(path) for letter in _LISTS):
        yield fault("file_name", "separator", file=path)
    else:
        yield good("file_name")
    yield _synced(path, computer)
    yield _web_mark(path, computer)
    yield _locked(path, computer)


def _synced(path: Path, computer: Computer) -> Examined:
    folders = [computer.environment.get(name) for name in _SYNCED]
    roots = [Path(folder) for folder in folders if folder]
    roots += [computer.home / place for place in _SYNCED_ON_MAC]
    absolute = path.absolute()
    root = next((root for root in roots if absolute.is_relative_to(root)), None)
    return warning("synced", "synced", folder=root) if root else good("synced")


def _web_mark(path: Path, computer: Computer) -> Examined:
    if computer.platform not in KEYS:
        return unknown("web_mark")
    mark = computer.web_mark(path)
    if mark is None:
        return good("web_mark")
    if computer.platform == "win32":
        zone = re.search(r"ZoneId\s*=\s*(\d+)", mark)
        if zone is not None and int(zone[1]) < 3:
            return good("web_mark")
    return fault("web_mark", "marked", lambda: computer.remove_web_mark(path), file=path.name)


def _locked(path: Path, computer: Computer) -> Examined:
    owner = owner_file(path)
    if owner is None:
        return good("lock")
    if computer.platform == "win32" and not computer.held(owner):
        return warning("lock", "left", lambda: owner.unlink(missing_ok=True), file=owner.name)
    return warning("lock", "open", file=owner.name)


def examine_project(target: Target, computer: Computer) -> Iterator[Examined]:
    """Yield how the macros of the workbook were found.

    Raises: PackageError for a part that is broken.
    """
    part = target.package.related(target.workbook.part, "vbaProject")
    if part is None:
        yield fault("macros", "missing", file=target.path.name)
        return
    try:
        project = read_project(target.package.read(part))
    except UnexpectedProject as error:
        yield fault("macros", "unreadable", detail=error)
        return
    buttons = load_buttons()
    if is_ours(project, buttons):
        yield good("macros")
    elif _calls_buttons(project):
        yield good("macros", "own")
    else:
        yield fault("macros", "other", file=target.path.name)
    yield _bound(target)
    yield _version(project, computer)


def _bound(target: Target) -> Examined:
    """Whether a shape starts each macro; a team that calls them in its own way has its own."""
    package = target.package
    drawings = package.parts_of_type("officedocument.drawing+xml")
    there: set[str] = set()
    for part in drawings:
        there |= macros_of(package.xml(part))
    lacking = [b.macro for b in load_buttons().buttons if b.macro not in there]
    if lacking:
        return warning("buttons", "missing", macros=", ".join(lacking), file=target.path.name)
    return good("buttons")


def _calls_buttons(project: VbaProject) -> bool:
    commands = [button.command for button in load_buttons().buttons]
    return any(command in module.text for module in project.modules for command in commands)


def _version(project: VbaProject, computer: Computer) -> Examined:
    there, here = project.xlwings_version, computer.xlwings_version()
    if here is None:
        return fault("xlwings", "missing")
    if there is None:
        return warning("xlwings", "not_in_workbook", installed=here)
    if there != here:
        # on a Mac the macro asks for a script of its own version
        found = fault if computer.platform == "darwin" else warning
        return found("xlwings", "differs", installed=here, workbook=there)
    return good("xlwings", installed=here)


def examine_config(
    target: Target, computer: Computer, rewrite: Callable[[str], None] | None
) -> Iterator[Examined]:
    """Yield how the sheet ``xlwings.conf`` was found; ``rewrite`` writes it anew with a Python,
    None where the sheet is not the program's.

    Raises: PackageError for a sheet that is broken.
    """
    rows = config_of(target)
    if target.workbook.sheet(CONFIG_SHEET) is None:
        yield warning("config_sheet", "missing")
        return
    keys = [key for key, _ in rows]
    doubled = next((key for key in keys if keys.count(key) > 1), None)
    blank = blank_switch(rows)

    def repair() -> None:
        if rewrite is not None:
            rewrite(computer.python)

    mended = repair if rewrite is not None else None
    if doubled is not None:
        yield fault("config_sheet", "doubled", mended, key=doubled)
    elif blank is not None:
        yield fault("config_sheet", "blank_switch", mended, key=blank)
    else:
        yield good("config_sheet")
    key = KEYS.get(computer.platform)
    if key is not None:
        yield examine_interpreter(dict(rows).get(key, ""), computer, mended)


def examine_interpreter(
    said: str, computer: Computer, repair: Callable[[], None] | None
) -> Examined:
    """Return how the Python was found that a workbook names, by running it."""
    if not said:
        return warning("interpreter", "not_named", repair)
    place = expanded(said, computer)
    if place not in ("python", "pythonw") and not Path(place).is_file():
        return fault("interpreter", "missing", repair, said=said, place=place)
    status, answer = computer.run([place, "-c", _PROBE])
    if status != 0:
        last = answer.splitlines()[-1] if answer else ""
        return fault("interpreter", "fails", repair, said=said, detail=last)
    return good("interpreter", said=said, version=answer)


def expanded(text: str, computer: Computer) -> str:
    """Return a path with the variables in it replaced, as the macro does on each system."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name == "HOME":
            return str(computer.home)
        return computer.environment.get(name, match[0])

    return _VARIABLE.sub(value, text)
