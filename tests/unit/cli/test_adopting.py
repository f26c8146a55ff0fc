"""``xltrack adopt`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import xltrack
from tests.golden.adopt_layouts import LAYOUTS, write_layout
from xltrack.api.questions import Question
from xltrack.cli import adopting
from xltrack.cli.app import app


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return write_layout(LAYOUTS["own words"], tmp_path / "ledger.xlsx", 3).path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["adopt", *map(str, arguments)])


def test_a_dry_run_says_what_was_understood(ledger: Path) -> None:
    result = run(ledger, "--dry-run", "--lang", "en")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "Sheet1: header in row 1, 24 leads"
    assert "  业务担当 → Owner (100%, usual word)" in lines
    assert any(line.startswith("  Stage: 谈单中 → 商务谈判 (") for line in lines)
    assert any(line.startswith("Order of the stages: 初步接触 → ") for line in lines)
    assert lines[-1] == "A preview only; nothing was written."


def test_nothing_private_is_printed(ledger: Path) -> None:
    phone = str(xltrack.read(_adopted(ledger)).leads["contact_details"][0]).split()[0]
    assert phone.startswith("138")
    assert phone not in run(ledger, "--dry-run").output


def _adopted(path: Path) -> Path:
    out = path.with_name("adopted.xlsx")
    xltrack.adopt(path, output=out, yes=True)
    return out


def test_map_add_and_stages_are_options(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    result = run(
        *(ledger, "-o", out, "--lang", "zh", "--yes", "--add", "priority"),
        *("--map", "产品名称=need", "--map", "阶段:暂停=流失", "--stages", "谈单中,初步接触"),
    )
    assert result.exit_code == 0, result.output
    assert "  产品名称 → 需求描述\uff08100%\uff0c由你指定\uff09" in result.stdout.splitlines()
    assert "Sheet1 新增 P 列“优先级”\uff1a填入 0 个\uff0c留空 24 个" in result.stdout
    settings = xltrack.read(out).settings
    assert [stage.name for stage in settings.stages][:2] == ["谈单中", "初步接触"]
    assert next(s.kind for s in settings.stages if s.name == "暂停") == "lost"


def test_a_workbook_without_leads_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_layout(LAYOUTS["own words"], path, 1)
    import openpyxl

    openpyxl.Workbook().save(path)
    result = run(path, "--dry-run", "--lang", "en")
    assert result.exit_code == 0
    assert result.stdout == "a.xlsx holds no leads.\n"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            Question(
                "column", "日期", "acquired_on", 0.7, ("acquired_on", ""), examples=("2024-05-01",)
            ),
            ["2024-05-01", "1  Acquired on", "2  own column"],
        ),
        (
            Question("word", "上门", "open", 0.5, ("初识", "open"), "stage"),
            ['Stage "上门"', "2  a stage of its own, in progress"],
        ),
        (Question("stages", "", "a, b", 1.0), ["Order of the stages"]),
        (
            Question("needed", "台账", "stage", 0.0, ("stage", "owner", "")),
            ["台账", "2  Owner"],
        ),
        (Question("offered", "lead_id", "no", 1.0, ("yes", "no")), ["Lead ID", "1  yes"]),
        (Question("unit", "金额", "元", 0.7, ("元", "万")), ["金额", "2  万"]),
    ],
)
def test_a_question_shows_what_may_be_answered(
    question: Question,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("xltrack.cli.speech._chosen", ["en"])
    asked: list[str] = []

    def ask(text: object, *, default: str, **_: object) -> str:
        asked.append(str(text))
        return default

    monkeypatch.setattr("rich.prompt.Prompt.ask", ask)
    assert adopting._answer(question) == question.proposed
    shown = capsys.readouterr().out + asked[0]
    for piece in said:
        assert piece in shown
