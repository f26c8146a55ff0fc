"""The whole way of a button but for Excel: from the event that is bound to it to the sheets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import xltrack
from tests.e2e.conftest import Office
from tests.live.conftest import Open

pytestmark = pytest.mark.office

ROOT = Path(__file__).parents[2]
# takes the place of the function that starts Python: it notes the command
NOTE_COMMAND = """
Function RunPython(command As String)
    ThisComponent.Sheets.getByIndex(0).getCellRangeByName("B40").String = command
End Function
"""
# what makes LibreOffice the program that a fresh Python finds, as Excel is on a team's computer
ATTACH = """
import sys
sys.path[:0] = [{root!r}]
sys.path.append("/usr/lib/python3/dist-packages")
import uno
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext(
    "com.sun.star.bridge.UnoUrlResolver", local)
context = resolver.resolve("uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
desktop = context.ServiceManager.createInstanceWithContext(
    "com.sun.star.frame.Desktop", context)
from tests.live.engine import register
register(desktop)
"""


def pressed(document: Any, button: str) -> str:
    """The command that the macro bound to a button of the first sheet gives to Python."""
    page = document.Sheets.getByIndex(0).DrawPage
    shapes = [page.getByIndex(number) for number in range(page.Count)]
    shape = next(shape for shape in shapes if shape.Name == button)
    event = {value.Name: value.Value for value in shape.getEvents().getByName("OnClick")}
    libraries = document.BasicLibraries
    for name in ("VBAProject", "Standard"):
        libraries.loadLibrary(name)
    standard, project = libraries.getByName("Standard"), libraries.getByName("VBAProject")
    standard.insertByName("Stub", NOTE_COMMAND)
    standard.insertByName("XltrackMacros", project.getByName("XltrackMacros"))
    # without a window the program starts no macro of a VBA library; its own library it does
    script = str(event["Script"]).replace("VBAProject.", "Standard.")
    document.getScriptProvider().getScript(script).invoke((), (), ())
    cell = document.Sheets.getByIndex(0).getCellRangeByName("B40")
    command = str(cell.String)
    cell.String = ""
    return command


def command_of(office: Office, path: Path, button: str) -> str:
    options = (office.option("Hidden", True), office.option("MacroExecutionMode", 4))
    document = office._desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, options)
    try:
        return pressed(document, button)
    finally:
        document.close(True)


@pytest.mark.parametrize(
    ("button", "sheet"), [("RefreshAnalysisButton", "总览"), ("CheckLeadsButton", "数据校验")]
)
def test_a_click_ends_in_sheets_of_the_open_workbook(
    office: Office, opened: Open, tmp_path: Path, button: str, sheet: str
) -> None:
    path = xltrack.new(tmp_path / "team 线索.xlsm", button=True, example=True)
    command = command_of(office, path, button)
    book = opened(path)
    before = [each.name for each in book.sheets]
    site = tmp_path / "site"
    site.mkdir()
    pipe = f"xltrack_{office.folder.name.replace('-', '_')}_{id(office)}"
    text = ATTACH.format(root=str(ROOT), pipe=pipe)
    (site / "sitecustomize.py").write_text(text, encoding="utf-8")
    searched = f"false;{path};{path};;;;"
    code = f"import xlwings.utils;xlwings.utils.prepare_sys_path({searched!r}); {command}"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, f"--wb={path.name}", "--from_xl=1", "--hwnd=1"],
        env={**os.environ, "PYTHONPATH": str(site)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    names = [each.name for each in book.sheets]
    assert names[: len(before)] == before
    assert sheet in names
    assert "运行消息" not in names
    assert book.sheets[sheet].range("A1").value == sheet
