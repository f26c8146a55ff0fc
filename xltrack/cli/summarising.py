"""``xltrack summary``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xltrack.cli.checking import FailOn, Jobs, MaxSize, Memory, Seconds
from xltrack.cli.options import (
    AsOf,
    Force,
    Lang,
    Month,
    PasswordFile,
    Paths,
    Quarter,
    SettingsFile,
    Week,
    parse_day,
)
from xltrack.cli.progress import Progress
from xltrack.cli.several import expand
from xltrack.cli.speech import explain, help_text, language, say

if TYPE_CHECKING:
    from xltrack.api.summarising import Summarised


def summary(
    paths: Paths,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=help_text("summary_output"))
    ] = None,
    as_of: AsOf = None,
    week: Week = None,
    month: Month = None,
    quarter: Quarter = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", metavar="FILE", help=help_text("roster"))
    ] = None,
    review: Annotated[
        Path | None, typer.Option("--review", metavar="FILE", help=help_text("summary_html"))
    ] = None,
    settings: SettingsFile = None,
    password_file: PasswordFile = None,
    jobs: Jobs = None,
    memory: Memory = 4096,
    seconds: Seconds = 300,
    max_size: MaxSize = 12_288,
    force: Force = False,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help=help_text("summary_fail_on"))
    ] = FailOn.error,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api
    from xltrack.batch.memory import frugal

    frugal()
    workbooks = expand(paths)
    with Progress(len(workbooks)) as progress:
        done = api.summary(
            workbooks,
            output=output,
            as_of=parse_day(as_of) if as_of else None,
            week=week,
            month=month,
            quarter=quarter,
            roster=roster,
            review=review,
            settings=settings,
            password_file=password_file,
            jobs=jobs,
            memory=memory,
            seconds=seconds,
            max_size=max_size,
            force=force,
            each=lambda gleaned: progress.step(gleaned.workbook),
        )
    _tell(done)
    raise typer.Exit(_status(done, fail_on))


def _tell(done: Summarised) -> None:
    for each in done.unreadable:
        if each.error is not None:
            typer.echo(explain(each.error), err=True)
    if done.unreadable:
        typer.echo(say("summary_not_read", n=len(done.unreadable)), err=True)
    if done.missing:
        glue = "\u3001" if language() == "zh" else ", "
        names = glue.join(entry.submitter for entry in done.missing)
        typer.echo(say("summary_not_submitted", n=len(done.missing), names=names), err=True)
    typer.echo(
        say(
            "summarised",
            file=done.path.name,
            workbooks=len(done.submissions.workbooks) - len(done.unreadable),
            leads=f"{done.leads:,}",
            day=done.analysis.as_of,
            errors=f"{done.errors:,}",
            warnings=f"{done.warnings:,}",
        )
    )
    if done.review is not None:
        typer.echo(say("summary_review", file=done.review.name))


def _status(done: Summarised, fail_on: FailOn) -> int:
    if done.unreadable:
        return 2
    grave = {
        FailOn.error: done.errors,
        FailOn.warning: done.errors + done.warnings,
        FailOn.never: 0,
    }
    return 1 if grave[fail_on] else 0
