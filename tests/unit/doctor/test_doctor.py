"""The doctor on planted faults: each is found, and repaired where that is safe."""

from __future__ import annotations

import ast
import importlib.metadata
import sqlite3
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from typer.testing import CliRunner

import xltrack
import xltrack.doctor
from xltrack.cli.app import app
from xltrack.create.button_macros import xlwings_folder
from xltrack.doctor import Examined, Verdict, doctor
from xltrack.doctor.workbook import examine_interpreter, expanded
from xltrack.template.doctor_texts import load_doctor_texts

POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security"
CHOSEN = r"HKCU\Software\Microsoft\Office\16.0\Excel\Security"
RULES = (
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender"
    r"\Windows Defender Exploit Guard\ASR\Rules"
)
MANAGED = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager\ASRRules"
CHILDREN = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"
CALLS = "92E97FA1-2EDF-4476-BDD6-9DD0B4DDDC7B"
INSTALLED = importlib.metadata.version("xlwings")


@pytest.fixture
def windows(recorded: Any) -> Any:
    computer = recorded("windows")
    computer.version = INSTALLED
    _install(computer)
    return computer


@pytest.fixture
def mac(recorded: Any) -> Any:
    computer = recorded("mac")
    computer.version = INSTALLED
    _install(computer)
    (computer.home / "Applications/Microsoft Excel.app").mkdir(parents=True)
    return computer


def _install(computer: Any) -> None:
    place = Path(computer.python)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"")


@pytest.fixture
def workbook(tmp_path: Path, windows: Any) -> Path:
    """A workbook that names a Python of that Windows; the variable is as Windows spells it."""
    path = tmp_path / "team.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("线索").write(0, 0, "线索编号")
    book.close()
    python = str(Path(windows.python))
    return xltrack.button(path, interpreter_win=python, interpreter_mac=python).destination


def found(all_: tuple[Examined, ...], subject: str) -> list[tuple[str, str]]:
    for each in all_:
        assert worded(each)
    return [(each.state, each.verdict) for each in all_ if each.subject == subject]


def worded(examined: Examined) -> str:
    """What is said of it, in both languages, with all that was found filled in."""
    subject = load_doctor_texts().subjects[examined.subject]
    texts = [subject.states[examined.state]]
    if examined.state in subject.remedies:
        texts.append(subject.remedies[examined.state])
    return "".join(each.format(**examined.values) for text in texts for each in (text.zh, text.en))


def faults(all_: tuple[Examined, ...]) -> list[tuple[str, str]]:
    return [(each.subject, each.state) for each in all_ if each.verdict is Verdict.FAULT]


def test_a_windows_in_order_has_nothing_to_deal_with(windows: Any, workbook: Path) -> None:
    examined = doctor(workbook, computer=windows)
    assert faults(examined) == []
    assert found(examined, "excel") == [("good", "good")]
    assert found(examined, "interpreter") == [("good", "good")]
    assert windows.commands == [
        [windows.python, "-c", "import xlwings, xltrack.live; print(xlwings.__version__)"]
    ]
    assert found(examined, "defender_processes") == [("unknown", "unknown")]


@pytest.mark.parametrize(
    ("values", "subject", "state", "verdict"),
    [
        ({rf"{POLICY}\VBAWarnings": 4}, "macro_policy", "policy_none", "fault"),
        ({rf"{POLICY}\VBAWarnings": 3}, "macro_policy", "policy_signed", "fault"),
        ({rf"{POLICY}\VBAWarnings": 2}, "macro_policy", "good", "good"),
        ({rf"{CHOSEN}\VBAWarnings": 4}, "macro_policy", "chosen_none", "fault"),
        ({rf"{CHOSEN}\VBAWarnings": 3}, "macro_policy", "chosen_signed", "fault"),
        (
            {r"HKCU\Software\Policies\Microsoft\Office\16.0\Common\vbaoff": 1},
            *("macro_policy", "vba_off", "fault"),
        ),
        (
            {rf"{POLICY}\blockcontentexecutionfrominternet": 1},
            *("internet_policy", "blocked", "warning"),
        ),
        ({rf"{RULES}\{CHILDREN}": "1"}, "defender_processes", "blocks", "fault"),
        ({rf"{RULES}\{CHILDREN.lower()}": "1"}, "defender_processes", "blocks", "fault"),
        ({rf"{RULES}\{CHILDREN}": "2"}, "defender_processes", "audits", "warning"),
        ({rf"{RULES}\{CHILDREN}": "6"}, "defender_processes", "warns", "warning"),
        ({rf"{RULES}\{CHILDREN}": "0"}, "defender_processes", "good", "good"),
        ({rf"{RULES}\{CALLS}": "1"}, "defender_calls", "blocks", "fault"),
        (
            {MANAGED: f"{CALLS.lower()}=2|{CHILDREN.lower()}=1"},
            "defender_processes",
            "blocks",
            "fault",
        ),
    ],
)
def test_a_policy_in_the_registry_is_found(
    windows: Any, values: dict[str, Any], subject: str, state: str, verdict: str
) -> None:
    windows.values |= values
    assert found(doctor(computer=windows), subject) == [(state, verdict)]


def test_windows_without_excel_or_pywin32(windows: Any) -> None:
    windows.values.clear()
    windows.modules.clear()
    assert faults(doctor(computer=windows)) == [("excel", "missing"), ("pywin32", "missing")]


def test_a_downloaded_workbook_is_unblocked_on_request(windows: Any, workbook: Path) -> None:
    windows.marks[workbook.name] = "[ZoneTransfer]\r\nZoneId=3\r\n"
    assert found(doctor(workbook, computer=windows), "web_mark") == [("marked", "fault")]
    fixed = doctor(workbook, fix=True, computer=windows)
    assert [each.repaired for each in fixed if each.subject == "web_mark"] == [True]
    assert windows.marks == {}


def test_a_workbook_from_the_own_network_is_not_marked(windows: Any, workbook: Path) -> None:
    windows.marks[workbook.name] = "[ZoneTransfer]\r\nZoneId=1\r\n"
    assert found(doctor(workbook, computer=windows), "web_mark") == [("good", "good")]


def test_a_python_that_is_not_there_is_replaced_by_the_one_that_runs(
    windows: Any, workbook: Path
) -> None:
    xltrack.button(workbook, interpreter_win="%USERPROFILE%\\gone\\python.exe")
    examined = doctor(workbook, computer=windows)
    assert found(examined, "interpreter") == [("missing", "fault")]
    doctor(workbook, fix=True, computer=windows)
    sheet = openpyxl.load_workbook(workbook)["xlwings.conf"]
    assert sheet["A1"].value == "INTERPRETER_WIN"
    assert sheet["B1"].value == "%USERPROFILE%\\xltrack\\Scripts\\python.exe"


def test_a_python_that_lacks_the_package_fails(windows: Any, workbook: Path) -> None:
    windows.status, windows.answer = 1, "Traceback\nModuleNotFoundError: No module named 'xltrack'"
    examined = doctor(workbook, computer=windows)
    assert found(examined, "interpreter") == [("fails", "fault")]
    values = next(each.values for each in examined if each.subject == "interpreter")
    assert values["detail"] == "ModuleNotFoundError: No module named 'xltrack'"


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([("USE UDF SERVER", None)], "blank_switch"),
        ([("Interpreter_Win", "python"), ("INTERPRETER_WIN", "python")], "doubled"),
    ],
)
def test_rows_at_which_the_macro_stops_are_found(
    tmp_path: Path, windows: Any, rows: list[tuple[str, str | None]], state: str
) -> None:
    path = tmp_path / "own.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("线索").write(0, 0, "线索编号")
    sheet = book.add_worksheet("xlwings.conf")
    for number, (key, value) in enumerate(rows):
        sheet.write(number, 0, key)
        if value is not None:
            sheet.write(number, 1, value)
    book.close()
    examined = doctor(xltrack.button(path).destination, computer=windows)
    assert found(examined, "config_sheet") == [(state, "fault")]


def test_a_blank_switch_on_our_own_sheet_is_written_anew(
    workbook: Path, windows: Any, tamper: Any
) -> None:
    part = "xl/worksheets/sheet2.xml"
    tamper(workbook, {part: lambda data: data.replace(b">False<", b"><")})
    assert found(doctor(workbook, computer=windows), "config_sheet") == [("blank_switch", "fault")]
    fixed = doctor(workbook, fix=True, computer=windows)
    assert [each.repaired for each in fixed if each.subject == "config_sheet"] == [True]
    assert found(doctor(workbook, computer=windows), "config_sheet") == [("good", "good")]


@pytest.mark.parametrize(
    ("content", "state", "kept"),
    [
        (b'"INTERPRETER_WIN","C:\\py\\python.exe"\r\nnonsense\r\n', "broken", "INTERPRETER_WIN"),
        (b'\xef\xbb\xbf"SHOW CONSOLE","False"\r\n', "broken", "SHOW CONSOLE"),
        (b'"USE UDF SERVER",""\r\n"SHOW CONSOLE","True"\r\n', "blank_switch", "SHOW CONSOLE"),
    ],
)
def test_a_broken_settings_file_keeps_the_lines_that_can_be_read(
    windows: Any, content: bytes, state: str, kept: str
) -> None:
    place = windows.home / ".xlwings" / "xlwings.conf"
    place.parent.mkdir()
    place.write_bytes(content)
    assert found(doctor(computer=windows), "config_file") == [(state, "fault")]
    doctor(fix=True, computer=windows)
    assert found(doctor(computer=windows), "config_file") == [("good", "good")]
    assert f'"{kept}"' in place.read_text(encoding="utf-8")
    assert place.with_name("xlwings.conf.bak").read_bytes() == content


def test_a_settings_file_of_the_workbooks_folder_is_looked_at(windows: Any, workbook: Path) -> None:
    (workbook.parent / "xlwings.conf").write_text('"USE UDF SERVER","True"\n', encoding="utf-8")
    examined = doctor(workbook, computer=windows)
    assert found(examined, "config_file") == [("none", "good"), ("udf_server", "warning")]


def test_names_and_folders_that_xlwings_cuts(windows: Any, workbook: Path) -> None:
    equals = workbook.rename(workbook.with_name("a=b.xlsm"))
    assert found(doctor(equals, computer=windows), "file_name") == [("equals", "fault")]
    folder = workbook.parent / "a;b"
    folder.mkdir()
    separated = equals.rename(folder / "c.xlsm")
    assert found(doctor(separated, computer=windows), "file_name") == [("separator", "fault")]


def test_a_synced_folder_is_named(windows: Any, mac: Any, workbook: Path) -> None:
    for computer, folder in ((windows, "OneDrive"), (mac, "Library/CloudStorage/OneDrive-A")):
        place = computer.home / folder
        place.mkdir(parents=True, exist_ok=True)
        synced = place / "team.xlsm"
        synced.write_bytes(workbook.read_bytes())
        assert found(doctor(synced, computer=computer), "synced") == [("synced", "warning")]


def test_an_owner_file_that_a_crash_left_is_removed_on_request(
    windows: Any, workbook: Path
) -> None:
    owner = workbook.with_name(f"~${workbook.name}")
    owner.write_bytes(b"")
    windows.marks[owner.name] = "held"
    assert found(doctor(workbook, computer=windows), "lock") == [("open", "warning")]
    windows.marks.clear()
    assert found(doctor(workbook, computer=windows), "lock") == [("left", "warning")]
    doctor(workbook, fix=True, computer=windows)
    assert not owner.exists()


def test_macros_that_are_missing_or_of_somebody_else(
    windows: Any, workbook: Path, tamper: Any
) -> None:
    plain = workbook.with_suffix(".xlsx")
    assert ("macros", "missing") in faults(doctor(plain, computer=windows))
    tamper(workbook, {"xl/vbaProject.bin": b"not a project"})
    assert ("macros", "unreadable") in faults(doctor(workbook, computer=windows))
    from xltrack.create.button_macros import shipped_project

    tamper(workbook, {"xl/vbaProject.bin": shipped_project().data})
    assert ("macros", "other") in faults(doctor(workbook, computer=windows))


def test_buttons_that_a_save_unbound_are_told(windows: Any, workbook: Path, tamper: Any) -> None:
    assert found(doctor(workbook, computer=windows), "buttons") == [("good", "good")]

    def unbound(data: bytes) -> bytes:
        return data.replace(b'macro="[0]!CheckLeads"', b'macro=""')

    tamper(workbook, {"xl/drawings/drawing1.xml": unbound})
    examined = doctor(workbook, computer=windows)
    assert found(examined, "buttons") == [("missing", "warning")]
    values = next(each.values for each in examined if each.subject == "buttons")
    assert values["macros"] == "CheckLeads"


@pytest.mark.parametrize(("name", "verdict"), [("windows", "warning"), ("mac", "fault")])
def test_another_version_of_xlwings_is_told(
    request: pytest.FixtureRequest, workbook: Path, name: str, verdict: str
) -> None:
    computer = request.getfixturevalue(name)
    computer.version = "0.33.0"
    assert found(doctor(workbook, computer=computer), "xlwings") == [("differs", verdict)]


def test_a_mac_without_the_script_gets_it_on_request(mac: Any) -> None:
    name = f"xlwings-{INSTALLED}.applescript"
    place = mac.home / "Library/Application Scripts/com.microsoft.Excel" / name
    assert found(doctor(computer=mac), "applescript") == [("missing", "fault")]
    doctor(fix=True, computer=mac)
    assert place.read_bytes() == (xlwings_folder() / name).read_bytes()
    assert found(doctor(computer=mac), "applescript") == [("good", "good")]
    place.write_text("on run\nend run", encoding="utf-8")
    assert found(doctor(computer=mac), "applescript") == [("other", "fault")]


@pytest.mark.parametrize(
    ("answer", "state", "verdict"),
    [(2, "good", "good"), (0, "denied", "fault"), (None, "not_asked", "warning")],
)
def test_the_permission_is_read_where_the_system_shows_it(
    mac: Any, answer: int | None, state: str, verdict: str
) -> None:
    place = mac.home / "Library/Application Support/com.apple.TCC/TCC.db"
    place.parent.mkdir(parents=True)
    with sqlite3.connect(place) as permissions:
        permissions.execute(
            "CREATE TABLE access (service TEXT, client TEXT, auth_value INTEGER,"
            " indirect_object_identifier TEXT)"
        )
        if answer is not None:
            row = ("kTCCServiceAppleEvents", "com.apple.Terminal", answer, "com.microsoft.Excel")
            permissions.execute("INSERT INTO access VALUES (?, ?, ?, ?)", row)
    permissions.close()
    assert found(doctor(computer=mac), "automation") == [(state, verdict)]


def test_the_permission_is_unknown_where_the_system_does_not_show_it(mac: Any) -> None:
    assert found(doctor(computer=mac), "automation") == [("unknown", "unknown")]


def test_a_mac_without_excel_or_appscript(recorded: Any) -> None:
    computer = recorded("mac")
    computer.modules.clear()
    found_faults = faults(doctor(computer=computer))
    assert ("excel", "missing") in found_faults
    assert ("appscript", "missing") in found_faults


def test_variables_are_replaced_as_each_system_does(windows: Any, mac: Any) -> None:
    assert expanded("%USERPROFILE%\\p", windows) == f"{windows.home}\\p"
    assert expanded("%NOWHERE%\\p", windows) == "%NOWHERE%\\p"
    assert expanded("$HOME/p", mac) == f"{mac.home}/p"


def test_no_python_named_is_a_warning(windows: Any) -> None:
    examined = examine_interpreter("", windows, None)
    assert (examined.state, examined.verdict) == ("not_named", Verdict.WARNING)


def test_nothing_is_repaired_without_being_asked(windows: Any, workbook: Path) -> None:
    windows.marks[workbook.name] = "ZoneId=3"
    before = workbook.read_bytes()
    xltrack.button(workbook, interpreter_win="gone")
    changed = workbook.read_bytes()
    assert changed != before
    doctor(workbook, computer=windows)
    assert workbook.read_bytes() == changed
    assert windows.marks


def test_a_repair_that_fails_stays_a_fault_and_says_why(windows: Any, workbook: Path) -> None:
    xltrack.button(workbook, interpreter_win="gone")
    owner = workbook.with_name(f".~lock.{workbook.name}#")
    owner.write_bytes(b"")
    windows.marks[owner.name] = "held"
    fixed = doctor(workbook, fix=True, computer=windows)
    examined = next(each for each in fixed if each.subject == "interpreter")
    assert (examined.repaired, examined.verdict) == (False, Verdict.FAULT)
    assert "open_elsewhere" in examined.values["trouble"]


def test_here_it_says_plainly_that_there_is_no_excel(workbook: Path) -> None:
    result = CliRunner().invoke(app, ["doctor", str(workbook), "--lang", "en"])
    assert "there is no Excel for this system" in result.stdout
    assert "[ok] Macros of the workbook: those of the buttons" in result.stdout
    assert result.exit_code == 0


def test_faults_are_an_exit_status(tmp_path: Path) -> None:
    plain = xltrack.new(tmp_path / "team.xlsx")
    result = CliRunner().invoke(app, ["doctor", str(plain), "--lang", "zh"])
    assert result.exit_code == 1
    assert "xltrack button team.xlsx" in result.stdout


def declared_states() -> set[tuple[str, str]]:
    """(subject, state) of every call that makes something examined, where both are written out."""
    states = set()
    for file in Path(xltrack.doctor.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                given = [a.value for a in node.args if isinstance(a, ast.Constant)]
                usual = {"good": "good", "unknown": "unknown"}.get(node.func.id)
                state = given[1] if len(given) > 1 else usual
                names = ("good", "fault", "warning", "unknown", "found")
                if node.func.id in names and given and state:
                    states.add((str(given[0]), str(state)))
    return states


def test_every_state_has_its_words_and_every_trouble_what_to_do() -> None:
    texts = load_doctor_texts()
    states = {pair for pair in declared_states() if pair[0] in texts.subjects}
    assert len(states) > 40
    for name, state in states:
        assert state in texts.subjects[name].states, (name, state)
    for name, subject in texts.subjects.items():
        for state in subject.states:
            fine = state in ("good", "none", "own", "unknown")
            assert fine or state in subject.remedies, (name, state)
        assert set(subject.remedies) <= set(subject.states)
