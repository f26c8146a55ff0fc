"""``xltrack review`` and ``xltrack digest``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xltrack.cli.options import (
    AsOf,
    Force,
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
from xltrack.cli.several import LeftOut
from xltrack.cli.speech import help_text, say


def review(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help=help_text("paths"))
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=help_text("review_output"))
    ] = None,
    as_of: AsOf = None,
    week: Week = None,
    month: Month = None,
    quarter: Quarter = None,
    from_day: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help=help_text("from_day"))
    ] = None,
    to_day: ToDay = None,
    settings: SettingsFile = None,
    password_file: PasswordFile = None,
    templates: Annotated[
        Path | None, typer.Option("--templates", metavar="DIR", help=help_text("templates"))
    ] = None,
    init: Annotated[
        Path | None, typer.Option("--init", metavar="DIR", help=help_text("init"))
    ] = None,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    left_out = LeftOut()
    written = api.review(
        paths or (),
        output=output,
        as_of=parse_day(as_of) if as_of else None,
        week=week,
        month=month,
        quarter=quarter,
        from_day=parse_day(from_day) if from_day else None,
        to_day=parse_day(to_day) if to_day else None,
        settings=settings,
        password_file=password_file,
        templates=templates,
        init=init,
        force=force,
        unreadable=left_out,
    )
    if init is not None:
        names = ", ".join(sorted(file.name for file in written.iterdir()))
        typer.echo(say("review_templates", folder=written, files=names))
    else:
        typer.echo(say("reviewed", file=written.name))
    if left_out.count:
        raise typer.Exit(2)


def digest(
    paths: Paths,
    as_of: AsOf = None,
    owner: Annotated[
        list[str] | None, typer.Option("--owner", metavar="NAME", help=help_text("digest_owner"))
    ] = None,
    settings: SettingsFile = None,
    password_file: PasswordFile = None,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    left_out = LeftOut()
    texts = api.digest(
        paths,
        as_of=parse_day(as_of) if as_of else None,
        owner=owner,
        settings=settings,
        password_file=password_file,
        unreadable=left_out,
    )
    typer.echo("\n\n".join(str(each) for each in texts))
    if left_out.count:
        raise typer.Exit(2)
