"""``xltrack watch``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xltrack.cli.options import Lang
from xltrack.cli.speech import explain, help_text, language, say
from xltrack.errors import XltrackError

if TYPE_CHECKING:
    from xltrack.watch import Happening


def watch(
    path: Annotated[Path, typer.Argument(metavar="DIR", help=help_text("path_watch"))],
    beside: Annotated[bool, typer.Option("--beside", help=help_text("beside_watch"))] = False,
    initial: Annotated[bool, typer.Option("--initial", help=help_text("initial"))] = False,
    poll: Annotated[bool, typer.Option("--poll", help=help_text("poll"))] = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack.watch import What
    from xltrack.watch import watch as watch_folder

    refreshed = 0

    def tell(happening: Happening) -> None:
        nonlocal refreshed
        refreshed += happening.what is What.REFRESHED
        typer.echo(_line(happening, beside=beside))

    try:
        watch_folder(path, beside=beside, initial=initial, poll=poll, told=tell)
    except KeyboardInterrupt:
        typer.echo(say("watch_ended", count=refreshed))


def _line(happening: Happening, *, beside: bool) -> str:
    now, name = time.strftime("%H:%M:%S"), happening.path.name
    match happening.what:
        case "started":
            where = {"folder": happening.path, "count": happening.count}
            return say("watching_beside", **where) if beside else say("watching", **where)
        case "refreshed":
            return say("watch_refreshed", time=now, file=name, leads=happening.count)
        case "unchanged":
            return say("watch_unchanged", time=now, file=name, leads=happening.count)
        case "in_cloud":
            return say("watch_in_cloud", time=now, file=name)
        case "folder_gone":
            return say("watch_gone", time=now, file=happening.path)
        case "folder_back":
            return say("watch_back", time=now, file=happening.path)
    return say("watch_failed", time=now, reason=_reason(happening))


def _reason(happening: Happening) -> str:
    from xltrack.template.messages import load_messages

    error = happening.error
    if isinstance(error, XltrackError):
        return explain(error)
    text = load_messages().errors["unexpected"].of(language())
    return text.format(file=happening.path.name, detail=repr(error))
