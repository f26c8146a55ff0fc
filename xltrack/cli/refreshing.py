"""``xltrack refresh``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xltrack.cli.options import (
    AsOf,
    Force,
    Lang,
    Month,
    Quarter,
    SettingsFile,
    ToDay,
    Week,
    parse_day,
)
from xltrack.cli.several import LeftOut, each_workbook, expand, outputs_for, tell_problems
from xltrack.cli.speech import help_text, language, say
from xltrack.errors import UsageError
from xltrack.text import split_list

if TYPE_CHECKING:
    from xltrack.api import Refreshed


def refresh(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help=help_text("paths"))
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help=help_text("open"))] = False,
    as_of: AsOf = None,
    week: Week = None,
    month: Month = None,
    quarter: Quarter = None,
    from_: Annotated[
        list[str] | None, typer.Option("--from", metavar="LEADS", help=help_text("from_leads"))
    ] = None,
    to_day: ToDay = None,
    sheets: Annotated[str | None, typer.Option("--sheets", help=help_text("sheets"))] = None,
    settings: SettingsFile = None,
    beside: Annotated[bool, typer.Option("--beside", help=help_text("beside"))] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=help_text("output"))] = None,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", metavar="FILE", help=help_text("receipt"))
    ] = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help=help_text("no_backup"))] = False,
    no_checks: Annotated[bool, typer.Option("--no-checks", help=help_text("no_checks"))] = False,
    no_journal: Annotated[bool, typer.Option("--no-journal", help=help_text("no_journal"))] = False,
    break_signature: Annotated[
        bool, typer.Option("--break-signature", help=help_text("break_signature"))
    ] = False,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from_day, from_leads = _day_or_leads(from_ or [])
    if open_:
        refused = {"--from": from_leads, "--settings": settings, "--beside": beside}
        refused |= {"--output": output, "--receipt": receipt, "--no-backup": no_backup}
        refused |= {"--break-signature": break_signature, "--force": force}
        _refuse_with_open([option for option, given in refused.items() if given])
        _refresh_open(
            paths or [],
            as_of=parse_day(as_of) if as_of else None,
            week=week,
            month=month,
            quarter=quarter,
            from_day=from_day,
            to_day=parse_day(to_day) if to_day else None,
            sheets=split_list(sheets) if sheets else None,
            checks=not no_checks,
            journal=not no_journal,
        )
        return
    if not paths:
        raise UsageError("which_workbook")
    workbooks = expand(paths)
    outputs = outputs_for(workbooks, output)
    receipts: list[dict[str, object]] = []
    left_out = LeftOut()

    def run(path: Path) -> None:
        from xltrack import api

        refreshed = api.refresh(
            path,
            as_of=parse_day(as_of) if as_of else None,
            week=week,
            month=month,
            quarter=quarter,
            from_day=from_day,
            to_day=parse_day(to_day) if to_day else None,
            sheets=split_list(sheets) if sheets else None,
            settings=settings,
            from_leads=from_leads,
            beside=beside,
            output=outputs.get(path),
            backup=not no_backup,
            checks=not no_checks,
            journal=not no_journal,
            break_signature=break_signature,
            force=force,
            unreadable=left_out,
        )
        receipts.append(refreshed.as_dict())
        _report(refreshed, elsewhere=bool(from_leads))

    failed = each_workbook(workbooks, run)
    if receipt is not None and receipts:
        document = receipts[0] if len(workbooks) == 1 else receipts
        _save_receipt(receipt, document)
    if failed or left_out.count:
        raise typer.Exit(2)


def _refuse_with_open(options: Sequence[str]) -> None:
    """What is about files makes no sense for a workbook that is open."""
    if options:
        raise UsageError("not_with_open", ", ".join(options))


def _refresh_open(paths: Sequence[Path], **options: Any) -> None:
    """Refresh the workbook that is open in Excel, that of this name or the active one."""
    from xltrack.live import refresh_open

    if len(paths) > 1:
        raise UsageError("one_open")
    refreshed = refresh_open(str(paths[0]) if paths else "", **options)
    typer.echo(
        say(
            "refreshed_open",
            file=refreshed.workbook,
            sheets=len(refreshed.sheets),
            leads=f"{refreshed.leads:,}",
            errors=refreshed.errors,
            warnings=refreshed.warnings,
            seconds=f"{refreshed.seconds:.1f}",
        )
    )


def _day_or_leads(given: Sequence[str]) -> tuple[dt.date | None, list[Path]]:
    """``--from`` names workbooks of leads, or, with ``--to``, the first day of a range."""
    if len(given) == 1:
        try:
            return dt.date.fromisoformat(given[0]), []
        except ValueError:
            return None, [Path(given[0])]
    return None, [Path(each) for each in given]


def _save_receipt(path: Path, document: object) -> None:
    from xltrack.writeback import write_new

    content = json.dumps(document, ensure_ascii=False, indent=1).encode()
    write_new(path, lambda out: out.write(content), overwrite=True)


def _report(refreshed: Refreshed, *, elsewhere: bool) -> None:
    """What was done; ``elsewhere`` says that the leads are those of other workbooks."""
    from xltrack.template import load_labels

    labels = load_labels()
    glue = "、" if language() == "zh" else ", "
    names = glue.join(labels.sheets[key].of(language()) for key in refreshed.sheets)
    key = "refreshed" if refreshed.changed else "unchanged"
    typer.echo(
        say(
            key,
            file=refreshed.destination.name,
            sheets=names,
            leads=f"{refreshed.leads:,}",
            day=refreshed.as_of,
        )
    )
    if refreshed.backup:
        typer.echo(say("backup", file=refreshed.backup.name))
    if refreshed.errors or refreshed.warnings:
        typer.echo(
            say(
                "found_elsewhere" if elsewhere else "found",
                file=refreshed.source.name,
                errors=f"{refreshed.errors:,}",
                warnings=f"{refreshed.warnings:,}",
            )
        )
    if refreshed.journal_skipped:
        n, name = refreshed.journal_skipped, refreshed.source.name
        typer.echo(say("journal_skipped", file=name, n=f"{n:,}"), err=True)
    tell_problems(refreshed.source.name, refreshed.settings_problems)
