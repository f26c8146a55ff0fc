"""``xltrack diff``, ``xltrack merge`` and ``xltrack redact``."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xltrack.cli.options import AsOf, Force, Lang, PasswordFile, Paths, SettingsFile, parse_day
from xltrack.cli.speech import help_text, language, say
from xltrack.errors import Reason, Refused, UsageError
from xltrack.text import split_list

if TYPE_CHECKING:
    from xltrack.api import Redacted


class Format(StrEnum):
    """How changes are told."""

    text = "text"
    json = "json"
    xlsx = "xlsx"


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help=help_text("before"))],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help=help_text("after"))],
    settings: SettingsFile = None,
    password_file: PasswordFile = None,
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
        password_file=password_file,
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


def redact(
    path: Annotated[Path, typer.Argument(metavar="PATH", help=help_text("path_redact"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=help_text("redact_output"))],
    drop: Annotated[bool, typer.Option("--drop", help=help_text("drop"))] = False,
    keep: Annotated[str | None, typer.Option("--keep", help=help_text("keep_parts"))] = None,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", metavar="FILE", help=help_text("redact_receipt"))
    ] = None,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    try:
        redacted = api.redact(
            path, output=output, drop=drop, keep=split_list(keep or ""), force=force
        )
    except Refused as error:
        if error.reason is not Reason.CANNOT_SEE_INTO:
            raise
        raise Refused(error.path, error.reason, _in_words(error.detail)) from error
    _report(redacted)
    if receipt is not None:
        _put(json.dumps(redacted.as_dict(), ensure_ascii=False, indent=1), receipt, force)


def _in_words(detail: str) -> str:
    """The kinds of parts in the reader's language."""
    from xltrack.template.exchange_words import load_exchange_words

    words = load_exchange_words().redact.features

    def word(match: re.Match[str]) -> str:
        return words[match[1]].of(language()) if match[1] in words else match[1]

    return re.sub(r"(?:(?<=^)|(?<=; ))(\w+)(?= \()", word, detail)


def _report(redacted: Redacted) -> None:
    from xltrack.template.exchange_words import load_exchange_words

    words, glue = load_exchange_words().redact.kinds, "\u3001" if language() == "zh" else ", "
    counts = redacted.counts.items()
    kinds = glue.join(f"{words[kind].of(language())} {number:,}" for kind, number in counts)
    name = redacted.destination.name
    if kinds:
        typer.echo(say("redacted", file=name, kinds=kinds))
    else:
        typer.echo(say("nothing_private", file=name))
    if redacted.taken_out:
        typer.echo(say("taken_out", parts=glue.join(redacted.taken_out)))


def merge(
    paths: Paths,
    output: Annotated[Path, typer.Option("--output", "-o", help=help_text("merge_output"))],
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="FILE", help=help_text("merge_settings"))
    ] = None,
    password_file: PasswordFile = None,
    as_of: AsOf = None,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    merged = api.merge(
        paths,
        output=output,
        settings=settings,
        password_file=password_file,
        as_of=parse_day(as_of) if as_of else None,
        force=force,
    )
    typer.echo(
        say(
            "merged",
            file=merged.destination.name,
            workbooks=len(merged.sources),
            rows=f"{merged.rows:,}",
            leads=f"{merged.leads:,}",
        )
    )
    if len(merged.conflicts):
        total, undecided = len(merged.conflicts), merged.undecided
        typer.echo(say("merge_conflicts", n=f"{total:,}", undecided=f"{undecided:,}"))
