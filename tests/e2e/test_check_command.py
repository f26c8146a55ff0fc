"""``xltrack check`` over a folder in which not everything can be read."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

import xltrack

Check = Callable[..., "subprocess.CompletedProcess[str]"]
AS_OF = ("--as-of", "2024-06-30")
PHONE, EMAIL, IDENTITY = "13998765432", "lihua.private@example.com", "110101199003078515"
HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "联系方式", "需求描述", "身份证号"]


@pytest.fixture
def command() -> list[str]:
    return [sys.executable, "-m", "xltrack", "check"]


@pytest.fixture
def check(command: list[str], tmp_path: Path) -> Check:
    def run(*arguments: object, lang: str = "en_US.UTF-8") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *map(str, arguments), *AS_OF],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": lang, "PYTHONWARNINGS": "error"},
            check=False,
        )

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Good workbooks between one that is damaged, hostile, encrypted, empty, and not of leads."""
    folder = tmp_path / "submitted"
    (folder / "north").mkdir(parents=True)
    (folder / "south").mkdir()
    first = xltrack.demo(folder / "a.xlsx", leads=30, seed=1)
    xltrack.demo(folder / "north" / "leads.xlsx", leads=30, seed=2)
    xltrack.demo(folder / "south" / "leads.xlsx", leads=30, seed=3)
    data = first.read_bytes()
    (folder / "damaged.xlsx").write_bytes(data[: len(data) // 2])
    (folder / "empty.xlsx").write_bytes(b"")
    with (folder / "locked.xlsx").open("wb") as out:
        OOXMLFile(io.BytesIO(data)).encrypt("s3cret-word", out)
    hostile(first, folder / "hostile.xlsx")
    book = xlsxwriter.Workbook(folder / "prices.xlsx")
    book.add_worksheet().write_row(0, 0, ["产品", "单价"])
    book.close()
    (folder / "~$a.xlsx").write_bytes(b"owner file")
    (folder / "a.bak.xlsx").write_bytes(data)
    return folder


def hostile(source: Path, place: Path) -> None:
    """The workbook with entities without end in its strings."""
    laughs = b"".join(b'<!ENTITY l%d "&l%d;&l%d;">' % (n + 1, n, n) for n in range(60))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(place, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/sharedStrings.xml":
                head, _, rest = content.partition(b"?>")
                content = head + b'?><!DOCTYPE sst [<!ENTITY l0 "ha">' + laughs + b"]>" + rest
            new.writestr(info.filename, content)


def test_a_run_goes_on_past_what_cannot_be_read(check: Check, folder: Path) -> None:
    run = check(folder, "--format", "jsonl", "--jobs", 2)
    assert run.returncode == 2, run.stderr
    assert "Traceback" not in run.stderr + run.stdout
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    own = [line for line in lines if "across" not in line]
    assert [line["workbook"] for line in own] == [
        "a.xlsx",
        "damaged.xlsx",
        "empty.xlsx",
        "hostile.xlsx",
        "locked.xlsx",
        "north/leads.xlsx",
        "prices.xlsx",
        "south/leads.xlsx",
    ]
    unread = {line["workbook"]: line["findings"] for line in own if line["leads"] == 0}
    assert {name: [f["code"] for f in found] for name, found in unread.items()} == {
        "damaged.xlsx": ["F001"],
        "empty.xlsx": ["F001"],
        "hostile.xlsx": ["F001"],
        "locked.xlsx": ["F001"],
        "prices.xlsx": ["F002"],
    }
    across = [line for line in lines if "across" in line]
    assert lines[-len(across) :] == across
    assert {f["code"] for line in across for f in line["findings"]} >= {"V104"}


def test_the_jobs_change_nothing(check: Check, folder: Path) -> None:
    one, three = (check(folder, "--format", "json", "--jobs", jobs) for jobs in (1, 3))
    assert one.stdout == three.stdout
    assert json.loads(one.stdout)["errors"] > 0


def test_the_password_opens_what_is_locked_and_is_never_shown(check: Check, folder: Path) -> None:
    passwords = folder.parent / "passwords.txt"
    passwords.write_text("another-word\ns3cret-word\n", encoding="utf-8")
    run = check(folder / "locked.xlsx", "--password-file", passwords, "--format", "json")
    plain = check(folder / "a.xlsx", "--format", "json")
    assert run.returncode == plain.returncode == 1
    opened, (known,) = json.loads(run.stdout)["workbooks"][0], json.loads(plain.stdout)["workbooks"]
    assert opened["leads"] == known["leads"] > 0
    assert opened["findings"] == known["findings"]
    passwords.write_text("another-word\n", encoding="utf-8")
    wrong = check(folder / "locked.xlsx", "--password-file", passwords)
    assert wrong.returncode == 2
    for said in (run, wrong):
        assert not re.search("s3cret|another-word", said.stdout + said.stderr)


@pytest.mark.parametrize(
    ("options", "status"),
    [((), 1), (("--fail-on", "warning"), 1), (("--fail-on", "never"), 0)],
)
def test_exit_status_by_severity(
    check: Check, folder: Path, options: tuple[str], status: int
) -> None:
    assert check(folder / "a.xlsx", *options).returncode == status


def test_a_clean_workbook_is_fine(check: Check, tmp_path: Path) -> None:
    clean = xltrack.new(tmp_path / "new.xlsx")
    run = check(clean, "--fail-on", "warning")
    assert (run.returncode, run.stderr) == (0, "")
    assert "nothing found" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the files"),
        (["--explain", "V999"], "There is no code V999"),
        (["nowhere/"], "nowhere"),
        (["a.xlsx", "--format", "xlsx"], "needs --output"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_status_2(
    command: list[str], tmp_path: Path, arguments: list[str], said: str
) -> None:
    run = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "en_US.UTF-8"},
        check=False,
    )
    assert run.returncode == 2
    assert said in run.stderr + run.stdout
    assert "Traceback" not in run.stderr


def test_a_result_is_not_overwritten_unless_told(check: Check, folder: Path) -> None:
    place = folder.parent / "found.csv"
    place.write_text("mine", encoding="utf-8")
    assert check(folder / "a.xlsx", "--format", "csv", "-o", place).returncode == 2
    assert place.read_text(encoding="utf-8") == "mine"
    assert check(folder / "a.xlsx", "--format", "csv", "-o", place, "--force").returncode == 1
    assert place.read_text(encoding="utf-8-sig").startswith("Workbook,Severity")


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """Leads whose contacts, needs and a column of the team's own hold private values."""
    path = tmp_path / "private.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("线索跟踪表")
    rows = [
        HEADER,
        ["LX202405001", "甲公司", "初识", "张三", f"{PHONE[:-2]}", f"请打 {PHONE}", IDENTITY],
        ["LX202405001", "乙公司", "初识", "张三", EMAIL, f"发到 {EMAIL} 大概", IDENTITY],
        ["LX202405003", "丙公司", "不明", "张三、李四", f" {PHONE} ", f"身份证 {IDENTITY}", "#"],
        ["LX202405004", PHONE, "初识", PHONE, "无", "ok", ""],
    ]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


@pytest.mark.parametrize(
    ("form", "lang"),
    [(form, "zh") for form in ("text", "json", "jsonl", "csv", "html", "xlsx")] + [("text", "en")],
)
def test_private_values_are_in_no_output(
    check: Check, private: Path, tmp_path: Path, form: str, lang: str
) -> None:
    place = tmp_path / f"found.{form}"
    run = check(private, "--format", form, "--lang", lang, "-o", place)
    assert run.returncode == 1, run.stderr
    if form == "xlsx":
        book = openpyxl.load_workbook(place)
        cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
        text = "\n".join(map(str, cells))
    else:
        text = place.read_text(encoding="utf-8")
    assert "V171" in text
    for value in (EMAIL, IDENTITY, PHONE[:-2]):
        assert value not in text + run.stdout + run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way there")
def test_stopping_prints_what_is_done_and_leaves_no_process(
    command: list[str], tmp_path: Path
) -> None:
    data = xltrack.demo(tmp_path / "x.xlsx", leads=200).read_bytes()
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number:03}.xlsx").write_bytes(data)
    place = tmp_path / "found.jsonl"
    with place.open("wb") as out:
        process = subprocess.Popen(
            [*command, str(folder), "--format", "jsonl", "--jobs", "2", *AS_OF],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            env={**os.environ, "LC_ALL": "en_US.UTF-8"},
        )
        while not place.stat().st_size and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said
    lines = [json.loads(line) for line in place.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [line["workbook"] for line in lines] == [f"{n:03}.xlsx" for n in range(len(lines))]
    assert len(lines) < 400
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("worker processes are still there")


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "html"])
def test_a_reader_that_has_seen_enough_is_no_error_to_tell(
    command: list[str], tmp_path: Path, form: str
) -> None:
    path = xltrack.demo(tmp_path / "x.xlsx", leads=40)
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*command, str(path), "--format", form, *AS_OF],
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            check=False,
        )
    finally:
        os.close(write)
    assert done.returncode == 1
    assert done.stderr == ""


def test_the_python_function_gives_what_the_command_prints(check: Check, folder: Path) -> None:
    import datetime as dt

    result = xltrack.check(folder, as_of=dt.date(2024, 6, 30), jobs=2)
    printed = json.loads(check(folder, "--format", "json").stdout)
    assert [checked.workbook for checked in result] == [w["workbook"] for w in printed["workbooks"]]
    assert (result.errors, result.warnings) == (printed["errors"], printed["warnings"])
    assert [f.cell for f in result.findings] == [
        f["cell"] for w in printed["workbooks"] for f in w["findings"]
    ]
    assert result.failed == 5
