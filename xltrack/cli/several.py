"""One command over several workbooks: which ones, where results go, what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from xltrack.cli.speech import explain, say
from xltrack.errors import UnreadableWorkbook, UsageError, XltrackError

if TYPE_CHECKING:
    from xltrack.template import SettingsProblem


class LeftOut:
    """Says which of several workbooks could not be read, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: UnreadableWorkbook) -> None:
        self.count += 1
        typer.echo(explain(error), err=True)


def tell_problems(file: str, problems: Iterable[SettingsProblem]) -> None:
    """Say which values on the Settings sheet could not be used."""
    for problem in problems:
        line = say(
            "settings_problem",
            file=file,
            table=problem.table,
            column=problem.column,
            value=problem.value,
        )
        typer.echo(line, err=True)


def expand(paths: Sequence[Path]) -> list[Path]:
    from xltrack.batch import find_workbooks

    return find_workbooks(paths)


def outputs_for(workbooks: Sequence[Path], output: Path | None) -> dict[Path, Path]:
    """Where each workbook's result goes; nothing where it stays in place."""
    if output is None:
        return {}
    if len(workbooks) > 1 and not output.exists():
        _make_folder(output)
    if output.is_dir():
        return {path: output / path.name for path in workbooks}
    if len(workbooks) > 1:
        raise UsageError("output_not_a_folder", str(output))
    return {workbooks[0]: output}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir()
    except OSError as error:
        raise UsageError("output_not_a_folder", str(folder)) from error


def each_workbook(workbooks: Sequence[Path], run: Callable[[Path], None]) -> int:
    """Run over all workbooks; one that fails is named and the others go on."""
    from rich.console import Console

    console, failed = Console(stderr=True), 0
    for number, path in enumerate(workbooks, start=1):
        count = f" ({number}/{len(workbooks)})" if len(workbooks) > 1 else ""
        try:
            with console.status(say("working", file=path.name) + count):
                run(path)
        except XltrackError as error:
            failed += 1
            typer.echo(explain(error), err=True)
    if len(workbooks) > 1:
        typer.echo(say("batch", done=len(workbooks) - failed, failed=failed), err=True)
    return failed
