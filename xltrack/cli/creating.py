"""``xltrack new`` and ``xltrack demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xltrack.cli.options import Columns, Force, Lang, Language, NewPath, WorkbookLang, parse_day
from xltrack.cli.speech import help_text, say


def new(
    path: NewPath,
    workbook_lang: WorkbookLang = Language.zh,
    columns: Columns = "default",
    rows: Annotated[
        int | None, typer.Option("--rows", min=1, max=100_000, help=help_text("rows"))
    ] = None,
    id_prefix: Annotated[
        str | None, typer.Option("--id-prefix", help=help_text("id_prefix"))
    ] = None,
    example: Annotated[bool, typer.Option("--example", help=help_text("example"))] = False,
    declared: Annotated[
        Path | None, typer.Option("--declared", metavar="FILE", help=help_text("declared"))
    ] = None,
    button: Annotated[bool, typer.Option("--button", help=help_text("with_button"))] = False,
    upgrade: Annotated[bool, typer.Option("--upgrade", help=help_text("upgrade"))] = False,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    api.new(
        path,
        workbook_lang=workbook_lang.value,
        columns=columns,
        rows=rows,
        id_prefix=id_prefix,
        example=example,
        declared=declared,
        button=button,
        upgrade=upgrade,
        force=force,
    )
    typer.echo(say("upgraded", file=path) if upgrade else say("new", file=path))


def demo(
    path: NewPath,
    leads: Annotated[int, typer.Option("--leads", help=help_text("leads"))] = 200,
    seed: Annotated[int, typer.Option("--seed", help=help_text("seed"))] = 1,
    until: Annotated[
        str, typer.Option("--until", metavar="DAY", help=help_text("until"))
    ] = "2024-06-30",
    workbook_lang: WorkbookLang = Language.zh,
    columns: Columns = "default",
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    day = parse_day(until)
    api.demo(
        path,
        leads=leads,
        seed=seed,
        until=day,
        workbook_lang=workbook_lang.value,
        columns=columns,
        force=force,
    )
    typer.echo(say("demo", file=path, leads=leads, until=day))
