"""``refresh``, ``clean`` and ``inspect``: what is written into a team's workbook, and taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltrack.api.analysing import Unreadable, read_meanwhile
from xltrack.api.composing import compose, wanted_sheets
from xltrack.api.journaling import may_note, noted, ready_sheets
from xltrack.api.paths import AnyPath
from xltrack.api.plans import plan_in
from xltrack.batch.inputs import BESIDE
from xltrack.errors import Reason, Refused, UsageError
from xltrack.writeback.receipt import Receipt

if TYPE_CHECKING:
    from xltrack.findings import Finding
    from xltrack.report import Report
    from xltrack.sheetml.references import Reference
    from xltrack.template import SettingsProblem
    from xltrack.writeback import Contents, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed(Receipt):
    """The receipt of a refresh, and what the sheets say: their keys, how many leads, as of when.

    ``errors`` and ``warnings`` count the findings, none where the leads were not checked;
    ``journal_skipped`` the lines of the stage journal that were not understood.
    """

    sheets: tuple[str, ...]
    leads: int
    as_of: dt.date
    settings_problems: tuple[SettingsProblem, ...]
    errors: int | None
    warnings: int | None
    journal_skipped: int


def refresh(
    path: AnyPath,
    *,
    as_of: dt.date | None = None,
    week: str | None = None,
    month: str | None = None,
    quarter: str | None = None,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
    sheets: Sequence[str] | None = None,
    settings: AnyPath | None = None,
    from_leads: Iterable[AnyPath] = (),
    beside: bool = False,
    output: AnyPath | None = None,
    backup: bool = True,
    checks: bool = True,
    journal: bool = True,
    break_signature: bool = False,
    force: bool = False,
    unreadable: Unreadable | None = None,
) -> Refreshed:
    """Write the analysis of a workbook's leads into it as sheets of its own.

    Every other part of the workbook comes out byte for byte as it went in. Sheets written before
    are replaced where they stand, under the name they have now.

    Args:
        path: the workbook.
        as_of, week, month, quarter, from_day, to_day: as for :func:`analyze`.
        sheets: keys or names of the sheets wanted; none = those named in Settings, else the usual
            ones. Sheets written before are brought up to date in any case, never taken away.
        settings: take the Settings of this workbook.
        from_leads: take the leads of these workbooks; ``path`` need hold none.
        beside: write to ``<name>_分析.xlsx`` next to it and leave the workbook alone.
        output: write the result here and leave the workbook alone.
        backup: keep a copy of the workbook before its first refresh.
        checks, journal: whether to check the leads and to keep the stage journal.
        break_signature: go on although a digital signature will break.
        force: overwrite ``output``; write to a workbook marked final or write-protected.
        unreadable: told of workbooks of ``from_leads`` left out, as for :func:`read`.

    Raises:
        UnreadableWorkbook, Refused, PackageError, UsageError: see their reasons; the workbook is
        as it was.
    """
    if beside and output is not None:
        raise UsageError("output_and_beside")
    path, sources = Path(path), list(from_leads)
    place = path.with_name(f"{path.stem}{BESIDE}") if beside else path
    target: Target | None = None

    def open_and_import() -> None:
        """What need not wait for the cells, in the shadow of their loading."""
        nonlocal target
        import xltrack.analysis
        import xltrack.render.xlsx

        if checks:
            import xltrack.checks.merged_checks  # noqa: F401
        if not beside or place.exists():
            target = _target(place, output, break_signature=break_signature, force=force)

    book = read_meanwhile(sources or [path], settings, unreadable, open_and_import)
    from xltrack.analysis import choose_period
    from xltrack.writeback import graft, save, write_standalone

    period = choose_period(week, month, quarter, from_day, to_day)
    there = target.owned if target else {}
    keys = wanted_sheets(sheets, book, there)
    day = as_of or dt.date.today()
    day = min(day, period.end) if period else day
    keep = journal and may_note(as_of, from_elsewhere=bool(sources))
    after = noted(book, target, beside=beside) if keep else None
    history = after.journal if after else book.journal
    composed = compose(
        book,
        keys,
        day=day,
        period=period,
        history=history,
        plan=plan_in(target.package, target.workbook) if target else (),
        checks=checks,
        always=there,
        linked=not sources,
    )
    analysis, report = composed.analysis, composed.report
    names = _sheet_names(report, target)
    scratch = _scratch(report, names, target, path, beside=beside)
    marks = {name: key for key, name in names.items()}
    ready = ready_sheets(after, book, target)
    if target is None:
        receipt = write_standalone(path, place, scratch, marks, ready=ready)
    else:
        edit = graft(target, scratch, marks, ready=ready)
        receipt = save(
            edit,
            Path(output) if output is not None else None,
            backup=backup and not beside,
            overwrite=force,
        )
    return Refreshed(
        **_fields(receipt),
        sheets=tuple(names),
        leads=len(book.leads),
        as_of=analysis.as_of,
        settings_problems=analysis.settings.problems,
        errors=_count(analysis.findings, "error"),
        warnings=_count(analysis.findings, "warning"),
        journal_skipped=history.skipped,
    )


def _count(findings: Sequence[Finding] | None, severity: str) -> int | None:
    if findings is None:
        return None
    return sum(finding.severity == severity for finding in findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned(Receipt):
    """The receipt of a cleaning, the sheets taken out, and what of the team's pointed at them."""

    sheets: tuple[str, ...]
    references: tuple[Reference, ...]


def clean(
    path: AnyPath,
    *,
    output: AnyPath | None = None,
    force: bool = False,
    proceed: Callable[[tuple[Reference, ...]], bool] | None = None,
) -> Cleaned | None:
    """Take the sheets that were written out of a workbook again; buttons stay and go on working.

    Args:
        path: the workbook.
        output: write the result here and leave the workbook alone.
        force: overwrite ``output``; write to a workbook marked final or write-protected.
        proceed: asked before anything is written where formulas, names or charts of the team's
            refer to a sheet that goes; where it says no, nothing is done and none is returned.

    Raises:
        UnreadableWorkbook, Refused, PackageError: see their reasons; the workbook is as it was.
    """
    from xltrack.create.button_config import KEY as BUTTON
    from xltrack.writeback import clean as take_out
    from xltrack.writeback import save

    target = _target(Path(path), output, force=force)
    edit = take_out(target, keep={BUTTON})
    if edit.references and proceed is not None and not proceed(edit.references):
        return None
    place = Path(output) if output is not None else None
    sheets = tuple(name for key, name in target.owned.items() if key != BUTTON)
    receipt = save(edit, place, backup=False, overwrite=force)
    return Cleaned(**_fields(receipt), sheets=sheets, references=edit.references)


def inspect(path: AnyPath) -> Contents:
    """What a workbook holds: sheets, tables, charts, macros, what other programs would drop.

    Raises:
        UnreadableWorkbook, Refused, PackageError: it is no workbook, or a broken one.
    """
    from xltrack.writeback import inspect as look_into

    return look_into(Path(path))


def _fields(receipt: Receipt) -> dict[str, Any]:
    return {field.name: getattr(receipt, field.name) for field in fields(receipt)}


def _target(
    place: Path, output: AnyPath | None, *, break_signature: bool = False, force: bool
) -> Target:
    """The workbook to write into; an output that is in the way is refused before any work."""
    from xltrack.writeback import open_target

    if output is not None and Path(output).exists() and not force:
        raise Refused(output, Reason.EXISTS)
    return open_target(place, break_signature=break_signature, force=force, in_place=output is None)


def _sheet_names(report: Report, target: Target | None) -> dict[str, str]:
    """The name of each sheet: the one it has in the workbook, else the declared one if free."""
    wanted = {sheet.key: sheet.name for sheet in report.sheets}
    if target is None:
        return wanted
    return {key: target.sheet_name(key, name) for key, name in wanted.items()}


def _scratch(
    report: Report, names: dict[str, str], target: Target | None, path: Path, *, beside: bool
) -> bytes:
    """The sheets as a workbook of their own."""
    from xltrack.render.xlsx import draw_workbook
    from xltrack.template import load_template

    look = load_template().look
    font = target.body_font if target else (look.font.of(report.lang), look.font_size)
    return draw_workbook(report, names, font, links_to=path.name if beside else "")
