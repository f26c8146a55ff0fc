"""``xltrack button``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xltrack.cli.options import Force, Lang
from xltrack.cli.speech import help_text, language, say


def button(
    path: Annotated[Path, typer.Argument(metavar="PATH", help=help_text("path_button"))],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=help_text("output_button"))
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="CELL", help=help_text("at"))] = None,
    interpreter_win: Annotated[
        str | None, typer.Option("--interpreter-win", help=help_text("interpreter_win"))
    ] = None,
    interpreter_mac: Annotated[
        str | None, typer.Option("--interpreter-mac", help=help_text("interpreter_mac"))
    ] = None,
    break_signature: Annotated[
        bool, typer.Option("--break-signature", help=help_text("break_signature"))
    ] = False,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    made = api.button(
        path,
        output=output,
        at=at,
        interpreter_win=interpreter_win,
        interpreter_mac=interpreter_mac,
        break_signature=break_signature,
        force=force,
    )
    name = made.destination.name
    if not made.changed:
        typer.echo(say("buttons_kept", file=name))
        return
    macros = ("、" if language() == "zh" else ", ").join(made.macros)
    typer.echo(say("buttoned", file=name, sheet=made.sheet, cell=made.cell, macros=macros))
    if made.backup:
        typer.echo(say("backup", file=made.backup.name))
    if made.script:
        typer.echo(say("thin_macro", trouble=made.trouble, script=made.script.name), err=True)
    if made.config_left:
        typer.echo(say("config_left"), err=True)
