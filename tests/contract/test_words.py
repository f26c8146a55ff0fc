"""Every code, reason and column has its words, in both languages."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import xltrack
import xltrack.doctor
import xltrack.watch
from xltrack import api
from xltrack.analysis import TABLES, analyze_book
from xltrack.cli.app import app
from xltrack.errors import Reason
from xltrack.leads import read_book
from xltrack.report import SHEETS
from xltrack.template import load_labels, load_template
from xltrack.template.messages import load_messages

PACKAGE = Path(xltrack.__file__).parent


OF_A_SUMMARY = {"submissions", "missing", "groups", "comparison", "outlook"}
"""Tables that only a summary of several workbooks has."""


def calls(name: str) -> Iterator[str]:
    """First arguments of the calls of ``name`` in the package, where they are written out."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id == name and isinstance(first, ast.Constant):
                    yield str(first.value)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_that_names_the_file(reason: Reason) -> None:
    text = load_messages().errors[reason]
    for sentence in (text.zh, text.en):
        assert "{file}" in sentence


def test_every_usage_error_has_a_sentence() -> None:
    used = set(calls("UsageError")) | {"bad_week", "bad_month", "bad_quarter"}
    assert used == set(load_messages().usage)


def test_everything_said_is_declared_and_everything_declared_is_said() -> None:
    used = set(calls("say")) | {"refreshed", "unchanged", "found", "found_elsewhere"}
    assert used == set(load_messages().done)


def test_every_help_text_is_used() -> None:
    used = set(calls("help_text")) | set(commands())
    assert used == set(load_messages().help)


def commands() -> list[str]:
    return [command.name or "" for command in app.registered_commands]


def test_every_table_and_column_has_a_label(tmp_path: Path) -> None:
    book = read_book(xltrack.demo(tmp_path / "demo.xlsx", leads=50), template=load_template())
    analysis = analyze_book(book, as_of=book.leads["acquired_on"].max().date())
    labels = load_labels()
    assert set(TABLES) == set(labels.tables) - OF_A_SUMMARY
    for name, frame in analysis.items():
        for column in frame.columns:
            assert labels.column(name, column).label.zh
    for metric in analysis["overview"]["metric"]:
        assert labels.columns[metric].label.zh


def test_every_sheet_has_a_name() -> None:
    assert set(SHEETS) <= set(load_labels().sheets)


def test_every_named_sheet_is_composed_or_written_by_hand() -> None:
    assert set(load_labels().sheets) - set(SHEETS) == {"journal", "submissions", "summary"}


@pytest.mark.parametrize("command", commands())
def test_every_command_is_a_function_with_its_options(command: str) -> None:
    above_api = {"watch": xltrack.watch, "doctor": xltrack.doctor}
    function = getattr(above_api.get(command, api), command)
    parameters = set(inspect.signature(function).parameters)
    callback = next(each.callback for each in app.registered_commands if each.name == command)
    assert callback is not None
    options = set(inspect.signature(callback).parameters)
    only_in_a_terminal = {"lang", "form", "receipt", "fail_on"}
    if command == "refresh":  # xltrack.live.refresh_open does that, above the functions for files
        only_in_a_terminal |= {"open_"}
    if command == "check":  # the function returns what the command prints, writes and judges
        only_in_a_terminal |= {"output", "force", "explain"}
    renamed = {"path": "paths", "table": "tables", "no_backup": "backup", "no_checks": "checks"}
    renamed |= {"no_journal": "journal", "from_": "from_day"}
    asked_in_python = {
        "proceed",
        "unreadable",
        "each",
        "write",
        "told",
        "stop",
        "computer",
        "answer",
    }
    named = {renamed.get(option, option) for option in options - only_in_a_terminal}
    assert (
        named
        == {renamed.get(parameter, parameter) for parameter in parameters}
        - {"from_leads"}
        - asked_in_python
    )


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_documentation(command: str) -> None:
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    assert f"xltrack {command}" in readme


@pytest.mark.parametrize("command", commands())
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "See the declared help" not in result.stdout
