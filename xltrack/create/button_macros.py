"""The macros behind the buttons, and where they come from: the project that xlwings ships.

xlwings is looked at as a file, never imported. Of its two licences the BSD one covers the file
that is read here; nothing of its ``pro`` folder is.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from xltrack.create.button_project import (
    Module,
    UnexpectedProject,
    VbaProject,
    macro_module,
    read_project,
)
from xltrack.errors import UsageError
from xltrack.template.button import Buttons

QUICKSTART = "quickstart_standalone.xlsm"
_PROJECT = "xl/vbaProject.bin"
_SAMPLE, _SAMPLE_MACRO = "Module1", "SampleCall"
_RUNNER = "xlwings"
_BACKGROUND = """
' The buttons of this workbook. Each starts Python, which reads the leads of this workbook and
' writes the sheets of analysis; nothing else is done, and nothing runs on its own.
' What runs: the package xltrack, in the Python that the hidden sheet xlwings.conf names.
Option Explicit
"""
_MACRO = """
Public Sub {macro}()
    On Error GoTo failed
    RunPython "{command}"
    Exit Sub
failed:
    TellFailure Err.Description
End Sub
"""
_FAILURE = """
Private Sub TellFailure(reason As String)
    MsgBox {failed} & vbCrLf & reason, vbExclamation, "xltrack"
End Sub
"""


@dataclass(frozen=True, slots=True)
class Shipped:
    """The project that xlwings ships, as bytes and as read; ``project`` is None where it is not
    built as expected, and ``trouble`` says why."""

    data: bytes
    project: VbaProject | None
    trouble: str = ""


def xlwings_folder() -> Path:
    """Where xlwings is installed.

    Raises: UsageError when it is not.
    """
    spec = find_spec("xlwings")
    for folder in spec.submodule_search_locations or () if spec else ():
        return Path(folder)
    raise UsageError("no_xlwings")


def installed_xlwings() -> str | None:
    """The version of xlwings that is installed here, None without one."""
    try:
        return version("xlwings")
    except PackageNotFoundError:
        return None


def shipped_project() -> Shipped:
    """The project in the quickstart workbook of the installed xlwings.

    Raises: UsageError without xlwings, or where it ships no such workbook.
    """
    try:
        content = (xlwings_folder() / QUICKSTART).read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            data = archive.read(_PROJECT)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UsageError("no_xlwings") from error
    try:
        project = read_project(data)
        _refuse_unknown(project)
    except UnexpectedProject as error:
        return Shipped(data, None, str(error))
    return Shipped(data, project)


def _refuse_unknown(project: VbaProject) -> None:
    """What the macros build on: the function that runs Python, and a sample to replace."""
    runner, sample = project.module(_RUNNER), project.module(_SAMPLE)
    if project.compiled:
        raise UnexpectedProject("VBA: holds compiled code")
    if runner is None or "Public Function RunPython(" not in runner.text:
        raise UnexpectedProject("VBA: no RunPython")
    if sample is None or f"Sub {_SAMPLE_MACRO}()" not in sample.text:
        raise UnexpectedProject(f"VBA: no {_SAMPLE_MACRO}")


def sample_macro() -> str:
    """The macro of the project as it is shipped, which runs ``main`` of ``<workbook>.py``."""
    return _SAMPLE_MACRO


def button_module(shipped: VbaProject, buttons: Buttons) -> Module:
    """The module with one macro for each button.

    Raises: UnexpectedProject without the sample that it takes the place of.
    """
    failed = f"{spelled(buttons.failed.zh)} & vbCrLf & {spelled(buttons.failed.en)}"
    macros = [
        _MACRO.format(macro=button.macro, command=button.command) for button in buttons.buttons
    ]
    text = _BACKGROUND.lstrip("\n") + "".join(macros) + _FAILURE.format(failed=failed)
    return macro_module(shipped, _SAMPLE, buttons.module, text)


def without_sample(shipped: VbaProject) -> VbaProject:
    """The shipped project without its sample."""
    kept = tuple(m for m in shipped.modules if m.name != _SAMPLE)
    return VbaProject(kept, shipped.head, shipped.listing, shipped.compiled)


def is_ours(project: VbaProject, buttons: Buttons) -> bool:
    """Whether a project holds the macros of the buttons and nothing that a team has added."""
    known = {buttons.module, _RUNNER, "Dictionary"}
    has_macros = project.module(buttons.module) is not None
    own = (m for m in project.modules if m.name not in known)
    return has_macros and all(module.document and not module.code for module in own)


def is_same(project: VbaProject, shipped: VbaProject, buttons: Buttons) -> bool:
    """Whether a project of ours has today's macros and the version of xlwings that is shipped."""
    macros, made = project.module(buttons.module), button_module(shipped, buttons)
    return (
        macros is not None
        and macros.code == made.code
        and project.xlwings_version == shipped.xlwings_version
    )


def thin_script(buttons: Buttons) -> str:
    """The file that the macro of xlwings runs, where that is used: it refreshes."""
    return (
        "# Run by the button of the workbook of the same name.\n\n\n"
        f"def main():\n    {buttons.buttons[0].command}\n"
    )


def spelled(text: str) -> str:
    """A VBA expression for a text, in ASCII.

    >>> spelled("a \u6821\u9a8c")
    '"a " & ChrW(26657) & ChrW(39564)'
    """
    pieces: list[str] = []
    plain = ""
    for letter in text:
        if letter.isascii():
            plain += '""' if letter == '"' else letter
            continue
        if plain:
            pieces.append(f'"{plain}"')
            plain = ""
        pieces.append(f"ChrW({ord(letter)})")
    if plain or not pieces:
        pieces.append(f'"{plain}"')
    return " & ".join(pieces)
