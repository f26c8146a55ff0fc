"""The whole way of a button but for Excel: what it is bound to, the macro, the command, Python."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from oletools.olevba import VBA_Parser

import xltrack
from xltrack.create.button_config import config_of
from xltrack.writeback import open_target

pytestmark = pytest.mark.office

WITH_MACROS = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
COMMANDS = {
    "RefreshAnalysis": "import xltrack.live; xltrack.live.refresh()",
    "CheckLeads": "import xltrack.live; xltrack.live.check()",
}
# takes the place of the function that starts Python: it notes the command
NOTE_COMMAND = """
Function RunPython(command As String)
    ThisComponent.Sheets.getByIndex(0).getCellRangeByName("B40").String = command
End Function
"""
# takes the place of xltrack.live, which needs a running Excel
STUB = """
import json, os, sys
def note(what):
    with open(os.environ["XLTRACK_NOTE"], "w", encoding="utf-8") as file:
        json.dump({"what": what, "arguments": sys.argv[1:], "path": sys.path[:2]}, file)
def refresh():
    note("refresh")
def check():
    note("check")
"""


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return xltrack.new(tmp_path / "team 线索.xlsm", button=True, example=True)


@pytest.fixture
def document(office: Any, workbook: Path) -> Iterator[Any]:
    options = (office.option("Hidden", True), office.option("MacroExecutionMode", WITH_MACROS))
    opened = office._desktop.loadComponentFromURL(workbook.as_uri(), "_blank", 0, options)
    yield opened
    opened.close(True)


def bound(document: Any) -> dict[str, str]:
    """The script behind each button of the first sheet, by the button's name."""
    page = document.Sheets.getByIndex(0).DrawPage
    shapes = [page.getByIndex(number) for number in range(page.Count)]
    scripts = {}
    for shape in shapes:
        if shape.Name.endswith("Button"):
            event = {value.Name: value.Value for value in shape.getEvents().getByName("OnClick")}
            scripts[shape.Name] = str(event["Script"])
    return scripts


def test_another_program_lists_modules_and_buttons(document: Any) -> None:
    library = document.BasicLibraries
    library.loadLibrary("VBAProject")
    modules = set(library.getByName("VBAProject").ElementNames)
    assert modules == {
        *("ThisWorkbook", "Sheet1", "Sheet2"),
        *("XltrackMacros", "xlwings", "Dictionary"),
    }
    assert set(bound(document)) == {"RefreshAnalysisButton", "CheckLeadsButton"}
    assert not document.Sheets.getByName("xlwings.conf").IsVisible


@pytest.mark.parametrize("macro", list(COMMANDS))
def test_a_click_gives_python_the_command(document: Any, macro: str) -> None:
    libraries = document.BasicLibraries
    for name in ("VBAProject", "Standard"):
        libraries.loadLibrary(name)
    standard, project = libraries.getByName("Standard"), libraries.getByName("VBAProject")
    standard.insertByName("Stub", NOTE_COMMAND)
    standard.insertByName("XltrackMacros", project.getByName("XltrackMacros"))
    # without a window the program starts no macro of a VBA library; the same text in its own
    # library it does
    script = bound(document)[f"{macro}Button"].replace("VBAProject.", "Standard.")
    document.getScriptProvider().getScript(script).invoke((), (), ())
    cell = document.Sheets.getByIndex(0).getCellRangeByName("B40")
    assert cell.String == COMMANDS[macro]


def macro_text(workbook: Path, module: str) -> str:
    parser = VBA_Parser(str(workbook))
    texts = {name: code for _, _, name, code in parser.extract_macros()}
    parser.close()
    return str(texts[module])


@pytest.mark.parametrize(
    ("macro", "done"), [("RefreshAnalysis", "refresh"), ("CheckLeads", "check")]
)
def test_the_command_of_the_macro_runs_in_a_fresh_python(
    workbook: Path, tmp_path: Path, macro: str, done: str
) -> None:
    """As ``ExecuteWindows`` of the module that xlwings ships puts it together."""
    text = macro_text(workbook, "XltrackMacros.bas")
    found = re.search(rf'Public Sub {macro}\(\).*?RunPython "([^"]+)"', text, re.DOTALL)
    assert found is not None
    runner = macro_text(workbook, "xlwings.bas")
    assert '-B -c ""import xlwings.utils;xlwings.utils.prepare_sys_path(' in runner
    assert '" --wb=" & """" & ThisWorkbook.Name & """ --from_xl=1"' in runner

    stub = tmp_path / "stub"
    stub.mkdir()
    (stub / "live.py").write_text(STUB, encoding="utf-8")
    (stub / "sitecustomize.py").write_text(
        f"import xltrack; xltrack.__path__.insert(0, {str(stub)!r})", encoding="utf-8"
    )
    settings = dict(config_of(open_target(workbook, in_place=False)))
    searched = f"{settings['ADD_WORKBOOK_TO_PYTHONPATH']};{workbook};{workbook};;;;"
    code = f"import xlwings.utils;xlwings.utils.prepare_sys_path({searched!r}); {found[1]}"
    note = tmp_path / "note.json"
    root = str(Path(xltrack.__file__).parent.parent)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(stub), root]),
        "XLTRACK_NOTE": str(note),
    }
    arguments = [f"--wb={workbook.name}", "--from_xl=1", "--app=Excel", "--hwnd=1"]
    subprocess.run(
        [sys.executable, "-B", "-c", code, *arguments],
        env=environment,
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    said = json.loads(note.read_text(encoding="utf-8"))
    assert said["what"] == done
    assert said["arguments"] == arguments
    # no module that lies beside a workbook is found before the installed ones
    assert str(workbook.parent) not in said["path"]
