"""``xltrack check``."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from xltrack.cli.options import AsOf, Force, Lang, PasswordFile, SettingsFile, parse_day
from xltrack.cli.progress import Progress
from xltrack.cli.several import expand
from xltrack.cli.speech import help_text, language, say
from xltrack.errors import UsageError

if TYPE_CHECKING:
    from xltrack.leads.checked import Checked
    from xltrack.render.findings import Sink


class Format(StrEnum):
    """How findings are printed."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    html = "html"
    xlsx = "xlsx"


class FailOn(StrEnum):
    """The least severity of a finding that makes the exit status 1."""

    error = "error"
    warning = "warning"
    never = "never"


Checkable = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH...", help=help_text("paths_check"))
]
Jobs = Annotated[int | None, typer.Option("--jobs", metavar="N", min=1, help=help_text("jobs"))]
Memory = Annotated[int, typer.Option("--memory", metavar="MIB", min=1, help=help_text("memory"))]
Seconds = Annotated[float, typer.Option("--seconds", min=1, help=help_text("seconds"))]
MaxSize = Annotated[int, typer.Option("--max-size", metavar="MIB", min=1, help=help_text("size"))]
Explain = Annotated[
    str | None, typer.Option("--explain", metavar="CODE", help=help_text("explain"))
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help=help_text("output_check"))]


def check(
    paths: Checkable = None,
    as_of: AsOf = None,
    settings: SettingsFile = None,
    form: Annotated[Format, typer.Option("--format", help=help_text("format"))] = Format.text,
    output: Output = None,
    force: Force = False,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help=help_text("fail_on"))] = FailOn.error,
    explain: Explain = None,
    password_file: PasswordFile = None,
    jobs: Jobs = None,
    memory: Memory = 4096,
    seconds: Seconds = 300,
    max_size: MaxSize = 12_288,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    if explain is not None:
        from xltrack.render.findings_explained import explained

        typer.echo(explained(explain, language()))
        return
    if not paths:
        raise UsageError("no_paths")
    if form is Format.xlsx and output is None:
        raise UsageError("output_needed")
    run = _Run(expand(paths), form, output)

    def produce(out: BinaryIO) -> None:
        from xltrack import api

        with run.sink(out) as sink, Progress(len(run.workbooks)) as progress:
            try:
                api.check(
                    run.workbooks,
                    as_of=parse_day(as_of) if as_of else None,
                    settings=settings,
                    password_file=password_file,
                    jobs=jobs,
                    memory=memory,
                    seconds=seconds,
                    max_size=max_size,
                    each=lambda checked: run.take(checked, sink, progress),
                    write=sink.write,
                )
            except KeyboardInterrupt:
                run.stopped = True

    if output is None:
        produce(sys.stdout.buffer)
    else:
        from xltrack.writeback import write_new

        write_new(output, produce, overwrite=force)
        typer.echo(say("findings_written", file=output.name), err=True)
    raise typer.Exit(run.status(fail_on))


class _Run:
    """One run of the command: what it came to."""

    def __init__(self, workbooks: list[Path], form: Format, output: Path | None) -> None:
        self.workbooks = workbooks
        self.stopped = False
        self._form = form
        self._output = output
        self._found: set[str] = set()
        self._failed = False

    def sink(self, out: BinaryIO) -> Sink:
        """What takes the findings in the form asked for."""
        from xltrack.render.findings import sink_for

        folder = self._output.parent if self._output is not None else None
        plain = self._output is not None or not sys.stdout.isatty()
        return sink_for(self._form.value, out, language(), folder=folder, plain=plain)

    def take(self, checked: Checked, sink: Sink, progress: Progress) -> None:
        """One workbook, in its turn."""
        self._found.update(checked.severities)
        self._failed |= checked.error is not None
        sink.add(checked)
        if not checked.across:
            progress.step(checked.workbook)

    def status(self, fail_on: FailOn) -> int:
        """The exit status."""
        if self.stopped:
            typer.echo(say("check_stopped"), err=True)
            return 130
        if self._failed:
            return 2
        grave = {FailOn.error: {"error"}, FailOn.warning: {"error", "warning"}, FailOn.never: set()}
        return 1 if self._found & grave[fail_on] else 0
