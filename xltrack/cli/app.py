"""The commands, their help, and the one place where errors become exit statuses."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from xltrack.cli.adopting import adopt
from xltrack.cli.analyzing import analyze
from xltrack.cli.buttoning import button
from xltrack.cli.checking import check
from xltrack.cli.creating import demo, new
from xltrack.cli.doctoring import doctor
from xltrack.cli.exchanging import diff, merge, redact
from xltrack.cli.fixing import fix
from xltrack.cli.refreshing import refresh
from xltrack.cli.reviewing import digest, review
from xltrack.cli.speech import explain, help_text, say
from xltrack.cli.summarising import summary
from xltrack.cli.supporting import clean, inspect
from xltrack.cli.watching import watch
from xltrack.errors import XltrackError

app = typer.Typer(
    name="xltrack",
    help=help_text("app"),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    *(new, demo, adopt, fix, check, analyze, refresh, summary, review),
    *(digest, clean, inspect, diff, merge, redact, button, watch, doctor),
):
    app.command(name=command.__name__, help=help_text(command.__name__))(command)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("xltrack"))
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help=help_text("version")),
    ] = False,
) -> None:
    """See the declared help."""


def main() -> None:
    """Run the command line; exit status 2 and one line for anything wrong with the task."""
    # looking for cycles among what imports and cells leave behind takes a tenth of a refresh and
    # finds next to nothing, so it is done seldom
    gc.set_threshold(500_000, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and not stream.isatty():
            stream.reconfigure(encoding="utf-8")  # what is piped or saved reads the same anywhere
    try:
        app()
    except XltrackError as error:
        typer.echo(explain(error), err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo(say("stopped"), err=True)
        sys.exit(130)
