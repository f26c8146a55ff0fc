"""``xltrack analyze``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from xltrack.cli.options import (
    AsOf,
    Lang,
    Month,
    PasswordFile,
    Paths,
    Quarter,
    SettingsFile,
    ToDay,
    Week,
    parse_day,
)
from xltrack.cli.several import LeftOut, tell_problems
from xltrack.cli.speech import help_text, language

if TYPE_CHECKING:
    from xltrack.analysis import Analysis

TEXT_ROWS = 50  # a terminal is no place for a list of thousands
PIPE_WIDTH = 400  # without a terminal, lines are as long as their table


class Format(StrEnum):
    """How tables are printed."""

    text = "text"
    json = "json"
    markdown = "markdown"


def analyze(
    paths: Paths,
    as_of: AsOf = None,
    week: Week = None,
    month: Month = None,
    quarter: Quarter = None,
    from_day: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help=help_text("from_day"))
    ] = None,
    to_day: ToDay = None,
    table: Annotated[
        list[str] | None, typer.Option("--table", metavar="ID", help=help_text("table"))
    ] = None,
    pivots: Annotated[
        list[str] | None, typer.Option("--pivot", metavar="ROWS,…", help=help_text("pivots"))
    ] = None,
    settings: SettingsFile = None,
    password_file: PasswordFile = None,
    form: Annotated[Format, typer.Option("--format", help=help_text("format"))] = Format.text,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    left_out = LeftOut()
    analysis = api.analyze(
        paths,
        as_of=parse_day(as_of) if as_of else None,
        week=week,
        month=month,
        quarter=quarter,
        from_day=parse_day(from_day) if from_day else None,
        to_day=parse_day(to_day) if to_day else None,
        tables=[] if pivots and not table else table,
        pivots=pivots or (),
        settings=settings,
        password_file=password_file,
        unreadable=left_out,
    )
    if form is Format.json:
        from xltrack.render.json_tables import analysis_json

        typer.echo(analysis_json(analysis))
    else:
        _print(analysis, form)
    workbooks = dict.fromkeys(source.workbook for source in analysis.sources)
    tell_problems(next(iter(workbooks), ""), analysis.settings.problems)
    if left_out.count:
        raise typer.Exit(2)


def _print(analysis: Analysis, form: Format) -> None:
    from rich.console import Console

    from xltrack.render.plain import markdown_tables, print_tables
    from xltrack.report import Wording, block_of
    from xltrack.template import load_labels

    wording = Wording.of(load_labels(), analysis.settings, language())
    most = TEXT_ROWS if form is Format.text else 5000
    blocks = [block_of(analysis, name, wording, most) for name in analysis]
    if form is Format.markdown:
        typer.echo(markdown_tables(blocks, wording))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE_WIDTH)
    print_tables(blocks, wording, console)
