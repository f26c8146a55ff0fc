"""``xltrack diff``, ``xltrack merge`` and ``xltrack redact``."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from xltrack.cli.options import Force, Lang, SettingsFile
from xltrack.cli.speech import help_text, language, say
from xltrack.errors import UsageError


class Format(StrEnum):
    """How changes are told."""

    text = "text"
    json = "json"
    xlsx = "xlsx"


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help=help_text("before"))],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help=help_text("after"))],
    settings: SettingsFile = None,
    form: Annotated[Format, typer.Option("--format", help=help_text("format"))] = Format.text,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=help_text("changes_output"))
    ] = None,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    as_workbook = form is Format.xlsx
    if as_workbook and output is None:
        raise UsageError("xlsx_needs_output")
    found = api.diff(
        before,
        after,
        settings=settings,
        output=output if as_workbook else None,
        force=force,
    )
    if form is Format.json:
        _put(json.dumps(found.as_dict(), ensure_ascii=False, indent=1), output, force)
    elif form is Format.text:
        from xltrack.render.changes import change_lines

        _put("\n".join(change_lines(found, language())), output, force)
    if output is not None:
        typer.echo(say("differences", file=output.name, n=f"{len(found.changes):,}"), err=True)


def _put(text: str, output: Path | None, force: bool) -> None:
    """Print the text, or write it into a file."""
    if output is None:
        typer.echo(text)
        return
    from xltrack.writeback import write_new

    content = (text + "\n").encode()
    write_new(output, lambda out: out.write(content), overwrite=force)
