"""``xltrack fix``."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xltrack.cli.options import AsOf, Force, Lang, Paths, SettingsFile, parse_day
from xltrack.cli.several import each_workbook, expand, outputs_for
from xltrack.cli.speech import help_text, language, say
from xltrack.errors import UsageError

if TYPE_CHECKING:
    from xltrack.api import Change, Fixed
    from xltrack.writeback.rules import PutBack


def fix(
    paths: Paths,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=help_text("output"))] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help=help_text("in_place"))] = False,
    as_of: AsOf = None,
    settings: SettingsFile = None,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help=help_text("no_backup_fix"))
    ] = False,
    break_signature: Annotated[
        bool, typer.Option("--break-signature", help=help_text("break_signature"))
    ] = False,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    if (output is not None) == in_place:
        raise UsageError("output_or_in_place")
    workbooks = expand(paths)
    outputs = outputs_for(workbooks, output)

    def run(path: Path) -> None:
        from xltrack import api

        fixed = api.fix(
            path,
            output=outputs.get(path),
            in_place=in_place,
            as_of=parse_day(as_of) if as_of else None,
            settings=settings,
            backup=not no_backup,
            break_signature=break_signature,
            force=force,
        )
        _report(fixed)

    if each_workbook(workbooks, run):
        raise typer.Exit(2)


def _report(fixed: Fixed) -> None:
    for change in fixed.changes:
        typer.echo(_line(change))
    for put in fixed.restored:
        typer.echo(_restored(put))
    for place in fixed.blocked:
        typer.echo(say("blocked", place=place))
    for kept in fixed.withheld:
        place = f"{kept.sheet}!{kept.cell}"
        typer.echo(say("withheld", place=place, code=kept.code, because=kept.because))
    file = fixed.destination.name
    count, restored = len(fixed.changes), len(fixed.restored)
    if restored:
        typer.echo(say("fixed_and_restored", file=file, count=count, restored=restored))
    elif count:
        typer.echo(say("fixed", file=file, count=count))
    else:
        typer.echo(say("nothing_to_fix", file=file))
    if fixed.backup:
        typer.echo(say("backup", file=fixed.backup.name))
    severities = Counter(finding.severity for finding in fixed.left)
    if fixed.left:
        typer.echo(
            say(
                "left_to_mend",
                errors=severities["error"],
                warnings=severities["warning"],
                infos=severities["info"],
                file=file,
            )
        )


def _restored(put: PutBack) -> str:
    if put.kind == "validation":
        return say("restored_validation", sheet=put.sheet, cells=put.cells)
    return say("restored_format", sheet=put.sheet, cells=put.cells)


def _line(change: Change) -> str:
    old, new = change.old or say("empty_cell"), change.new
    shown = new.isoformat() if isinstance(new, dt.date) else _number(new)
    name = _field(change.field)
    return say("fix_line", place=f"{change.sheet}!{change.cell}", field=name, old=old, new=shown)


def _number(value: str | float) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _field(field: str) -> str:
    """The header of a documented field; the team's own are known by theirs."""
    from xltrack.template import load_template

    declared = load_template().by_id.get(field)
    return declared.header.of(language()) if declared is not None else field
