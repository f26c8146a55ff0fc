"""The command line as a user meets it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import xltrack

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SIX = ["总览", "跟进提醒", "转化分析", "渠道分析", "行动改进计划", "数据校验"]


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    return xltrack.demo(tmp_path / "leads.xlsx", leads=40)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sheets(path: Path) -> list[str]:
    return openpyxl.load_workbook(path, read_only=True).sheetnames


def test_the_main_job_twice_changes_the_file_once(run: Run, leads: Path) -> None:
    first = run("refresh", leads, "--as-of", "2024-06-30")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith(
        "Refreshed leads.xlsx: Overview, Follow-ups, Conversion, Channels"
    )
    assert sheets(leads)[-6:] == SIX
    after = digest(leads)
    second = run("refresh", leads, "--as-of", "2024-06-30")
    assert "was not touched" in second.stdout
    assert digest(leads) == after


def test_a_backup_is_kept_unless_told_otherwise(run: Run, leads: Path) -> None:
    before = digest(leads)
    run("refresh", leads, "--as-of", "2024-06-30")
    assert digest(leads.with_name("leads.xlsx.bak")) == before


def test_no_backup_means_none(run: Run, leads: Path) -> None:
    run("refresh", leads, "--no-backup", "--no-checks", "--no-journal")
    assert not leads.with_name("leads.xlsx.bak").exists()


def test_sheets_can_be_chosen_by_name_in_either_language(run: Run, leads: Path) -> None:
    done = run("refresh", leads, "--sheets", "负责人业绩,Channels")
    assert done.returncode == 0, done.stderr
    assert sheets(leads)[-3:] == ["负责人业绩", "渠道分析", "阶段日志"]


def test_a_sheet_that_is_there_stays_up_to_date(run: Run, leads: Path) -> None:
    run("refresh", leads, "--sheets", "owners", "--as-of", "2024-06-30")
    run("refresh", leads, "--sheets", "overview", "--as-of", "2024-06-01")
    book = openpyxl.load_workbook(leads)
    assert (
        book["负责人业绩"]["A2"].value == book["总览"]["A2"].value == "截至 2024-06-01 · 全部线索"
    )


def test_output_leaves_the_workbook_alone(run: Run, leads: Path, tmp_path: Path) -> None:
    before = digest(leads)
    assert run("refresh", leads, "--output", "out.xlsx").returncode == 0
    assert digest(leads) == before
    refused = run("refresh", leads, "--output", "out.xlsx")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "out.xlsx exists already" in refused.stderr
    assert run("refresh", leads, "--output", "out.xlsx", "--force").returncode == 0
    assert "总览" in sheets(tmp_path / "out.xlsx")


def test_beside_makes_a_workbook_of_the_analysis_alone_and_refreshes_it(
    run: Run, leads: Path
) -> None:
    (leads.parent / "~$leads.xlsx").touch()  # the workbook is open
    before = digest(leads)
    beside = leads.with_name("leads_分析.xlsx")
    assert run("refresh", leads, "--beside", "--as-of", "2024-06-30").returncode == 0
    assert sheets(beside) == SIX
    first = digest(beside)
    assert "not touched" in run("refresh", leads, "--beside", "--as-of", "2024-06-30").stdout
    assert (digest(beside), digest(leads)) == (first, before)
    changed = run("refresh", leads, "--beside", "--as-of", "2024-06-01")
    assert changed.stdout.startswith("Refreshed leads_分析.xlsx")
    assert sheets(beside) == SIX


def test_leads_of_other_workbooks_go_into_a_board_that_holds_none(
    run: Run, leads: Path, tmp_path: Path
) -> None:
    board = tmp_path / "board.xlsx"
    book = openpyxl.Workbook()
    book.save(board)
    other = xltrack.demo(tmp_path / "other.xlsx", leads=30, seed=9)
    done = run("refresh", board, "--from", leads, "--from", other, "--as-of", "2024-06-30")
    assert done.returncode == 0, done.stderr
    assert sheets(board) == ["Sheet", *SIX]
    assert "来自 2 个工作簿" in openpyxl.load_workbook(board)["总览"]["A2"].value


def test_a_range_of_days_is_a_period(run: Run, leads: Path) -> None:
    done = run("refresh", leads, "--from", "2024-05-01", "--to", "2024-05-31")
    assert done.returncode == 0, done.stderr
    assert "2024-05-01..2024-05-31" in openpyxl.load_workbook(leads)["总览"]["A2"].value


def test_one_bad_file_does_not_stop_the_others(run: Run, leads: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_text("no workbook")
    done = run("refresh", "bad.xlsx", leads)
    assert done.returncode == 2
    assert "bad.xlsx is not an Excel workbook" in done.stderr
    assert "总览" in sheets(leads)


def test_a_folder_passes_over_owner_files_backups_and_own_outputs(
    run: Run, leads: Path, tmp_path: Path
) -> None:
    run("refresh", leads, "--beside")
    run("refresh", leads)
    (tmp_path / "~$x.xlsx").touch()
    done = run("refresh", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" leads as of ") == 1


def test_a_receipt_tells_what_happened_to_each_part(run: Run, leads: Path, tmp_path: Path) -> None:
    run("refresh", leads, "--receipt", "receipt.json")
    receipt = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    untouched = receipt["parts"]["untouched"]
    assert "xl/sharedStrings.xml" in {part["name"] for part in untouched}
    assert all(part["before"] == part["after"] for part in untouched)
    assert {part["name"] for part in receipt["parts"]["changed"]} <= {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "docProps/app.xml",
    }


@pytest.mark.parametrize("table", ["funnel", "channels"])
def test_analyze_prints_json_that_names_base_and_columns(run: Run, leads: Path, table: str) -> None:
    document = json.loads(run("analyze", leads, "--format", "json", "--as-of", "2024-06-30").stdout)
    assert (document["as_of"], document["period"]) == ("2024-06-30", None)
    assert document["source"][0]["workbook"] == "leads.xlsx"
    shown = document["tables"][table]
    assert shown["base"] == "cohort"
    assert all(len(row) == len(shown["columns"]) for row in shown["rows"])


def test_analyze_prints_markdown(run: Run, leads: Path) -> None:
    text = run("analyze", leads, "--format", "markdown", "--table", "funnel", "--lang", "zh").stdout
    assert text.startswith("## 阶段漏斗\n")
    assert "| 跟进阶段 | 停在本阶段 |" in text


def test_messages_follow_the_system_language(run: Run) -> None:
    assert "找不到文件" in run("analyze", "nope.xlsx", lang="zh_CN.UTF-8").stderr
    assert (
        "does not exist" in run("analyze", "nope.xlsx", "--lang", "en", lang="zh_CN.UTF-8").stderr
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["refresh", "nope.xlsx"], "nope.xlsx does not exist"),
        (["refresh", "leads.xlsx", "--month", "2024-13"], "A month is written 2024-05"),
        (["refresh", "leads.xlsx", "--week", "2024-W01", "--month", "2024-05"], "Choose one of"),
        (["refresh", "leads.xlsx", "--from", "2024-05-01"], "--from and --to go together"),
        (["refresh", "leads.xlsx", "--sheets", "foo"], 'no analysis sheet "foo"'),
        (
            ["refresh", "leads.xlsx", "--beside", "--output", "x.xlsx"],
            "Choose one of --output and --beside",
        ),
        (["refresh", "leads.xlsx", "--output", "no/such/x.xlsx"], "there is no folder"),
        (["refresh", "empty"], "No workbook found"),
        (["analyze", "leads.xlsx", "--table", "foo"], 'no table "foo"'),
        (["analyze", "leads.xlsx", "--as-of", "tomorrow"], "A day is written"),
        (["new", "leads.xlsx"], "leads.xlsx exists already"),
        (["new", "leads.xls"], "must end in .xlsx"),
        (["new", "x.xlsx", "--columns", "foo"], 'no column "foo"'),
        (["demo", "x.xlsx", "--leads", "-1"], "must be 0 or more"),
    ],
)
def test_bad_input_gets_one_line_and_changes_nothing(
    run: Run, leads: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    before = digest(leads)
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert digest(leads) == before
    assert {file.name for file in tmp_path.iterdir()} == {"leads.xlsx", "empty"}


def test_a_contact_never_reaches_the_analysis(run: Run, leads: Path, tmp_path: Path) -> None:
    book = xltrack.read(leads)
    contacts = book.leads["contact_details"].dropna().unique()
    assert len(contacts) > 20
    printed = run("analyze", leads, "--format", "json").stdout + run("analyze", leads).stdout
    run("refresh", leads, "--beside")
    analysis = openpyxl.load_workbook(tmp_path / "leads_分析.xlsx")
    shown = printed + "\n".join(
        str(cell) for sheet in analysis for row in sheet.iter_rows(values_only=True) for cell in row
    )
    assert [contact for contact in contacts if contact in shown] == []


def hand_made(path: Path, *settings: list[object]) -> Path:
    """A workbook with leads and a Settings sheet typed by hand."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "线索跟踪表"
    sheet.append(["线索编号", "客户名称", "跟进阶段", "负责人"])
    sheet.append(["LX202405001", "甲", "初识", "张三"])
    page = book.create_sheet("设置")
    for row in settings:
        page.append(row)
    book.save(path)
    return path


def test_settings_typed_by_hand_are_brought_up_to_date_where_they_stand(
    run: Run, tmp_path: Path
) -> None:
    path = hand_made(tmp_path / "hand.xlsx", ["渠道", "同义词"], ["门店", "店"])
    done = run("new", path, "--upgrade")
    assert done.returncode == 0, done.stderr
    assert sheets(path) == ["线索跟踪表", "设置"]
    settings = xltrack.read(path).settings
    assert [(channel.name, channel.synonyms) for channel in settings.channels] == [
        ("门店", ("店",))
    ]
    assert settings.stages[0].name == "初识"
    before = digest(path)
    run("new", path, "--upgrade")
    assert digest(path) == before
    run("refresh", path)
    run("clean", path)
    assert sheets(path) == ["线索跟踪表", "设置"]


def test_a_sheet_that_is_only_called_settings_is_not_touched(run: Run, tmp_path: Path) -> None:
    path = hand_made(tmp_path / "hand.xlsx", ["something else"])
    before = digest(path)
    done = run("new", path, "--upgrade")
    assert (done.returncode, digest(path)) == (2, before)
    assert "holds no table of Settings" in done.stderr


def test_a_teams_own_template_overrides_what_it_names(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text(
        '[[settings.tables]]\nid = "channels"\nrows = [{ channel = "门店" }]\n', encoding="utf-8"
    )
    assert run("new", "team.xlsx", "--declared", "my.toml").returncode == 0
    page = openpyxl.load_workbook(tmp_path / "team.xlsx")["设置"]
    assert [page["A1"].value, page["A2"].value, page["A3"].value] == ["渠道", "门店", None]
    (tmp_path / "bad.toml").write_text("nonsense", encoding="utf-8")
    refused = run("new", "other.xlsx", "--declared", "bad.toml")
    assert refused.returncode == 2
    assert refused.stderr.startswith("Template bad.toml is wrong")
    assert not (tmp_path / "other.xlsx").exists()


def test_cleaning_names_what_points_at_a_sheet_that_goes(run: Run, leads: Path) -> None:
    run("refresh", leads, "--as-of", "2024-06-30")
    book = openpyxl.load_workbook(leads)
    book["设置"]["AZ9"] = "=总览!A6"
    book.save(leads)
    done = run("clean", leads)
    assert done.returncode == 0, done.stderr
    assert "AZ9" in done.stderr
    assert done.stdout.startswith("Took the analysis sheets out")
    assert "总览" not in sheets(leads)


def test_cleaning_can_be_called_off(leads: Path) -> None:
    xltrack.refresh(leads, as_of=dt.date(2024, 6, 30))
    book = openpyxl.load_workbook(leads)
    book["设置"]["AZ9"] = "=总览!A6"
    book.save(leads)
    before = digest(leads)
    assert xltrack.clean(leads, proceed=lambda references: not references) is None
    assert digest(leads) == before


def test_analysis_of_a_folder_goes_on_without_what_cannot_be_read(
    run: Run, leads: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.xlsx").write_text("no workbook")
    done = run("analyze", tmp_path, "--format", "json", "--table", "overview")
    assert done.returncode == 2
    assert done.stderr == (
        "bad.xlsx is not an Excel workbook. Open it in Excel or WPS and save it as .xlsx.\n"
    )
    assert [source["workbook"] for source in json.loads(done.stdout)["source"]] == [leads.name]


def test_a_board_is_refreshed_from_the_workbooks_that_can_be_read(
    run: Run, leads: Path, tmp_path: Path
) -> None:
    board = tmp_path / "board.xlsx"
    openpyxl.Workbook().save(board)
    (tmp_path / "a-bad.xlsx").write_text("no workbook")  # the first to be read
    done = run("refresh", board, "--from", "a-bad.xlsx", "--from", leads)
    assert done.returncode == 2
    assert "a-bad.xlsx is not an Excel workbook" in done.stderr
    assert sheets(board) == ["Sheet", *SIX]


def test_a_board_that_cannot_be_read_is_named_once(run: Run, leads: Path, tmp_path: Path) -> None:
    other = xltrack.demo(tmp_path / "other.xlsx", leads=5)
    (tmp_path / "board.xlsx").write_text("no workbook")
    done = run("refresh", "board.xlsx", "--from", leads, "--from", other)
    assert (done.returncode, done.stderr.count("board.xlsx")) == (2, 1)
    assert (tmp_path / "board.xlsx").read_text() == "no workbook"


def test_a_folder_for_several_results_is_made(run: Run, leads: Path, tmp_path: Path) -> None:
    other = xltrack.demo(tmp_path / "other.xlsx", leads=5)
    before = digest(leads)
    assert run("refresh", leads, other, "--output", "results").returncode == 0
    assert {file.name for file in (tmp_path / "results").iterdir()} == {"leads.xlsx", "other.xlsx"}
    assert digest(leads) == before
    assert run("refresh", leads, other, "--output", "no/such").returncode == 2


def test_only_sheets_that_can_be_chosen_are_named(run: Run, leads: Path) -> None:
    said = run("refresh", leads, "--sheets", "foo").stderr.replace("foo", "")
    assert "review Review" in said
    assert not {"journal", "submissions", "summary"} & set(said.replace(",", " ").split())
