"""The macros: what xlwings ships, what becomes of it, and what others read in that."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import olefile
import pytest
from oletools.mraptor import MacroRaptor
from oletools.olevba import VBA_Parser

from xltrack.create import button_macros
from xltrack.create.button_compound import compound_file
from xltrack.create.button_macros import (
    QUICKSTART,
    button_module,
    is_ours,
    is_same,
    shipped_project,
    spelled,
    without_sample,
    xlwings_folder,
)
from xltrack.create.button_project import (
    UnexpectedProject,
    VbaProject,
    made_project,
    read_project,
)
from xltrack.errors import UsageError
from xltrack.template.button import load_buttons


def shipped() -> VbaProject:
    project = shipped_project().project
    assert project is not None
    return project


@pytest.fixture(scope="module")
def made() -> bytes:
    project = shipped()
    module = button_module(project, load_buttons())
    return made_project(
        without_sample(project), module, "DieseArbeitsmappe", ["Tabelle1", "Sheet2"], ["Chart1"]
    )


def modules(data: bytes) -> dict[str, str]:
    """Texts by module as olevba reads them."""
    parser = VBA_Parser("vbaProject.bin", data=data)
    return {name: code for _, _, name, code in parser.extract_macros()}


def test_the_installed_xlwings_ships_what_is_expected() -> None:
    found = shipped_project()
    assert found.trouble == ""
    assert shipped().xlwings_version == button_macros.installed_xlwings()


def test_another_program_reads_the_macros(made: bytes) -> None:
    text = modules(made)["XltrackMacros.bas"]
    assert 'RunPython "import xltrack.live; xltrack.live.refresh()"' in text
    assert 'RunPython "import xltrack.live; xltrack.live.check()"' in text
    assert "Public Sub RefreshAnalysis()" in text
    assert "Public Sub CheckLeads()" in text


def test_the_module_that_runs_python_is_the_one_that_is_shipped(made: bytes) -> None:
    before = modules((shipped_project()).data)
    after = modules(made)
    for name in ("xlwings.bas", "Dictionary.cls"):
        assert after[name] == before[name]
        assert len(after[name]) > 10_000
    assert "Module1.bas" not in after


def test_nothing_compiled_is_left(made: bytes) -> None:
    with olefile.OleFileIO(io.BytesIO(made)) as compound:
        assert compound.openstream("VBA/_VBA_PROJECT").read()[2:4] == b"\xff\xff"
        for path in compound.listdir():
            if path[0] == "VBA" and path[1] not in ("_VBA_PROJECT", "dir"):
                assert compound.openstream(path).read()[:1] == b"\x01", path  # text from the start


def test_each_sheet_has_an_empty_module_of_its_name(made: bytes) -> None:
    project = read_project(made)
    documents = {module.name: module for module in project.modules if module.document}
    assert list(documents) == ["DieseArbeitsmappe", "Tabelle1", "Sheet2", "Chart1"]
    assert all(module.code == "" for module in documents.values())
    assert "0{00020821" in documents["Chart1"].text
    with olefile.OleFileIO(io.BytesIO(made)) as compound:
        listing = compound.openstream("PROJECT").read().decode("ascii").split("\r\n")
    assert "Document=Tabelle1/&H00000000" in listing
    assert "Module=XltrackMacros" in listing
    assert "Class=Dictionary" in listing


def test_nothing_runs_on_its_own(made: bytes) -> None:
    raptor = MacroRaptor("\n".join(modules(made).values()))
    raptor.scan()
    assert not raptor.autoexec
    assert not raptor.suspicious


def test_the_macro_is_ascii_and_says_its_failure_in_chinese() -> None:
    text = button_module(shipped(), load_buttons()).text
    assert text.isascii()
    assert "ChrW(26080) & ChrW(27861)" in text  # 无法


def test_a_quote_in_a_text_is_doubled() -> None:
    assert spelled('say "a"') == '"say ""a"""'
    assert spelled("") == '""'


def test_a_project_of_ours_is_known_again(made: bytes) -> None:
    project, buttons = read_project(made), load_buttons()
    assert is_ours(project, buttons)
    assert is_same(project, shipped(), buttons)


def test_a_project_with_a_line_of_the_teams_is_not_ours(made: bytes) -> None:
    project = read_project(made)
    module = project.module("Tabelle1")
    assert module is not None
    text = module.text + "Sub Mine()\r\nEnd Sub\r\n"
    theirs = tuple(
        type(m)(m.name, text, m.document, m.records) if m is module else m for m in project.modules
    )
    changed = VbaProject(theirs, project.head, project.listing, project.compiled)
    assert not is_ours(changed, load_buttons())


def test_a_name_that_is_not_western_is_refused() -> None:
    project = shipped()
    with pytest.raises(UnexpectedProject, match="线索"):
        made_project(project, button_module(project, load_buttons()), "线索", [], [])


@pytest.mark.parametrize(
    "data", [b"", b"no compound file", compound_file({"VBA": {"dir": b"\x01\x00"}})]
)
def test_what_is_no_project_is_unexpected(data: bytes) -> None:
    with pytest.raises(UnexpectedProject):
        read_project(data)


def test_a_shipped_project_built_otherwise_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a later xlwings shipped a project that holds compiled code."""
    before = shipped_project().data
    with olefile.OleFileIO(io.BytesIO(before)) as compound:
        vba = {
            path[1]: compound.openstream(path).read()
            for path in compound.listdir()
            if path[0] == "VBA"
        }
        listing = compound.openstream("PROJECT").read()
    vba["_VBA_PROJECT"] = b"\xcc\x61\xb5\x00\x00\x00\x00"
    data = compound_file({"PROJECT": listing, "VBA": vba})
    with zipfile.ZipFile(tmp_path / QUICKSTART, "w") as archive:
        archive.writestr("xl/vbaProject.bin", data)
    monkeypatch.setattr(button_macros, "xlwings_folder", lambda: tmp_path)
    found = shipped_project()
    assert found.project is None
    assert found.trouble == "VBA: holds compiled code"
    assert found.data == data


def test_without_the_quickstart_it_says_to_install_xlwings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(button_macros, "xlwings_folder", lambda: tmp_path)
    with pytest.raises(UsageError, match="no_xlwings"):
        shipped_project()


def test_xlwings_is_looked_at_and_never_imported() -> None:
    code = (
        "import sys; from xltrack.create.button_macros import shipped_project; shipped_project();"
        "print([name for name in sys.modules if name.split('.')[0] == 'xlwings'])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_lines_to_paste_need_the_module_that_xlwings_ships() -> None:
    text = (xlwings_folder() / "xlwings.bas").read_text(encoding="utf-8")
    assert "Public Function RunPython(" in text
