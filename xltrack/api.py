"""One function per command: the only place where the layers meet.

Imports stand inside the functions: ``import xltrack`` and ``xltrack --help`` stay quick, and the
reading of a workbook starts before pandas is loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from xltrack.errors import Reason, Refused, UsageError
from xltrack.writeback.receipt import Receipt

if TYPE_CHECKING:
    from xltrack.analysis import Analysis, Period
    from xltrack.leads import LeadBook
    from xltrack.sheetml.references import Reference
    from xltrack.template import Settings, SettingsProblem
    from xltrack.text import Lang
    from xltrack.writeback import Contents, Target

AnyPath = str | Path
BESIDE = "_分析"


def new(
    path: AnyPath,
    *,
    workbook_lang: Lang = "zh",
    columns: str = "default",
    rows: int | None = None,
    id_prefix: str | None = None,
    example: bool = False,
    force: bool = False,
) -> Path:
    """Write a tracking workbook and return where it is.

    Args:
        path: the ``.xlsx`` file to write.
        workbook_lang: language of headers, lists and help in it.
        columns: ``documented`` (the 14), ``default``, ``full``, or field ids after commas.
        rows: rows prepared with dropdowns and formats; none = as declared.
        id_prefix: prefix of lead ids; none = as declared.
        example: put the guide's four leads in.
        force: overwrite a file that exists.

    Raises:
        UsageError: an unknown column, or a name that does not end in ``.xlsx``.
        Refused: the file exists, or its folder cannot be written to.
    """
    from xltrack.create import write_tracking_workbook
    from xltrack.template import load_template

    def write(out: BinaryIO) -> None:
        write_tracking_workbook(
            out,
            template=load_template(),
            lang=workbook_lang,
            columns=columns,
            rows=rows,
            id_prefix=id_prefix,
            example=example,
        )

    return _write_new(Path(path), write, force)


def demo(
    path: AnyPath,
    *,
    leads: int = 200,
    seed: int = 1,
    until: dt.date = dt.date(2024, 6, 30),
    workbook_lang: Lang = "zh",
    columns: str = "default",
    force: bool = False,
) -> Path:
    """Write a workbook of realistic leads, the same for the same arguments.

    Args:
        path: the ``.xlsx`` file to write.
        leads: how many.
        seed: of the random choices.
        until: last day of the six months they span.
        workbook_lang, columns, force: as for :func:`new`.

    Raises:
        UsageError: fewer than 0 leads, an unknown column, a name that does not end in ``.xlsx``.
        Refused: the file exists, or its folder cannot be written to.
    """
    from xltrack.create import write_demo
    from xltrack.template import load_template

    if leads < 0:
        raise UsageError("too_few_leads", str(leads))

    def write(out: BinaryIO) -> None:
        write_demo(
            out,
            template=load_template(),
            leads=leads,
            seed=seed,
            until=until,
            lang=workbook_lang,
            columns=columns,
        )

    return _write_new(Path(path), write, force)


def read(paths: AnyPath | Iterable[AnyPath], *, settings: AnyPath | None = None) -> LeadBook:
    """The leads of one workbook, or of several as one book.

    Args:
        paths: workbooks, folders or globs.
        settings: take the Settings of this workbook instead of each workbook's own.

    Raises:
        UnreadableWorkbook: a workbook that cannot be read, or that holds no leads.
        UsageError: a folder or glob without workbooks.
    """
    return _read([paths] if isinstance(paths, str | Path) else paths, settings)


def _read(
    paths: Iterable[AnyPath],
    settings: AnyPath | None,
    meanwhile: Callable[[], None] | None = None,
) -> LeadBook:
    """The leads of all workbooks as one book; ``meanwhile`` is called while the first loads."""
    from xltrack.batch import find_workbooks
    from xltrack.leads.reading import read_book
    from xltrack.template import load_template

    template, imposed = load_template(), _settings(settings)
    first, *others = find_workbooks(paths)
    book = read_book(first, template=template, settings=imposed, meanwhile=meanwhile)
    if not others:
        return book
    from xltrack.leads import merge_books

    return merge_books(
        [book, *(read_book(path, template=template, settings=imposed) for path in others)]
    )


def analyze(
    paths: AnyPath | Iterable[AnyPath],
    *,
    as_of: dt.date | None = None,
    week: str | None = None,
    month: str | None = None,
    quarter: str | None = None,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
    tables: Sequence[str] | None = None,
    settings: AnyPath | None = None,
) -> Analysis:
    """The tables of one or several workbooks: ``analyze(path)["channels"]`` is a DataFrame.

    Args:
        paths: workbooks, folders or globs.
        as_of: the day to look from; none = today.
        week, month, quarter: 2024-W20, 2024-05, 2024-Q2; at most one of them.
        from_day, to_day: first and last day of a range.
        tables: ids of the tables wanted; none = all.
        settings: take the Settings of this workbook.

    Raises:
        UnreadableWorkbook: a workbook that cannot be read, or that holds no leads.
        UsageError: an unknown table, more than one period, no workbook found.
    """
    from xltrack.analysis.period import choose_period

    period = choose_period(week, month, quarter, from_day, to_day)
    book = read(paths, settings=settings)
    from xltrack.analysis import analyze_book

    return analyze_book(book, as_of=as_of or dt.date.today(), period=period, tables=tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed(Receipt):
    """The receipt of a refresh, and what the sheets say: their keys, how many leads, as of when."""

    sheets: tuple[str, ...]
    leads: int
    as_of: dt.date
    settings_problems: tuple[SettingsProblem, ...]


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
    checks: bool = True,  # noqa: ARG001 - accepted from the start, nothing to switch off yet
    journal: bool = True,  # noqa: ARG001 - likewise
    break_signature: bool = False,
    force: bool = False,
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

    Raises:
        UnreadableWorkbook, Refused, PackageError, UsageError: see their reasons; the workbook is
        as it was.
    """
    if beside and output is not None:
        raise UsageError("output_and_beside")
    path, sources = Path(path), list(from_leads)
    place = path.with_name(f"{path.stem}{BESIDE}.xlsx") if beside else path
    target: Target | None = None

    def open_and_import() -> None:
        """What need not wait for the cells, in the shadow of their loading."""
        nonlocal target
        import xltrack.analysis
        import xltrack.render.xlsx  # noqa: F401

        if not beside or place.exists():
            target = _target(place, output, break_signature=break_signature, force=force)

    book = _read(sources or [path], settings, open_and_import)
    from xltrack.analysis import choose_period
    from xltrack.writeback import graft, save, write_standalone

    period = choose_period(week, month, quarter, from_day, to_day)
    keys = _sheet_keys(sheets, book, target)
    analysis = _analysis_for(keys, book, as_of, period)
    names = _sheet_names(keys, book, target)
    scratch = _scratch(analysis, book, names, target, path, linked=not sources, beside=beside)
    marks = {name: key for key, name in names.items()}
    if target is None:
        receipt = write_standalone(path, place, scratch, marks)
    else:
        edit = graft(target, scratch, marks)
        receipt = save(
            edit,
            Path(output) if output is not None else None,
            backup=backup and not beside,
            overwrite=force,
        )
    return Refreshed(
        **_fields(receipt),
        sheets=tuple(keys),
        leads=len(book.leads),
        as_of=analysis.as_of,
        settings_problems=book.settings.problems,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned(Receipt):
    """The receipt of a cleaning, the sheets taken out, and what of the team's pointed at them."""

    sheets: tuple[str, ...]
    references: tuple[Reference, ...]


def clean(path: AnyPath, *, output: AnyPath | None = None, force: bool = False) -> Cleaned:
    """Take the sheets that were written out of a workbook again.

    Args:
        path: the workbook.
        output: write the result here and leave the workbook alone.
        force: overwrite ``output``; write to a workbook marked final or write-protected.

    Raises:
        UnreadableWorkbook, Refused, PackageError: see their reasons; the workbook is as it was.
    """
    from xltrack.writeback import clean as take_out
    from xltrack.writeback import save

    target = _target(Path(path), output, force=force)
    edit = take_out(target)
    place = Path(output) if output is not None else None
    receipt = save(edit, place, backup=False, overwrite=force)
    return Cleaned(
        **_fields(receipt), sheets=tuple(target.owned.values()), references=edit.references
    )


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


def _sheet_keys(sheets: Sequence[str] | None, book: LeadBook, target: Target | None) -> list[str]:
    """The sheets asked for, then those that are in the workbook already."""
    from xltrack.report import DEFAULT_SHEETS, SHEETS, sheet_keys
    from xltrack.template import load_labels
    from xltrack.text import split_list

    asked = sheets if sheets is not None else split_list(book.settings.parameters.sheets)
    keys = sheet_keys(asked or DEFAULT_SHEETS, load_labels())
    there = target.owned if target else {}
    return [*keys, *(key for key in SHEETS if key in there and key not in keys)]


def _sheet_names(keys: Sequence[str], book: LeadBook, target: Target | None) -> dict[str, str]:
    """The name of each sheet: the one it has in the workbook, else the declared one if free."""
    from xltrack.template import load_labels

    wanted = {key: load_labels().sheets[key].of(book.lang) for key in keys}
    if target is None:
        return wanted
    return {key: target.sheet_name(key, name) for key, name in wanted.items()}


def _analysis_for(
    keys: Sequence[str], book: LeadBook, as_of: dt.date | None, period: Period | None
) -> Analysis:
    from xltrack.analysis import analyze_book
    from xltrack.report import tables_for

    day = as_of or dt.date.today()
    return analyze_book(book, as_of=day, period=period, tables=tables_for(keys))


def _scratch(
    analysis: Analysis,
    book: LeadBook,
    names: dict[str, str],
    target: Target | None,
    path: Path,
    *,
    linked: bool,
    beside: bool,
) -> bytes:
    """The sheets as a workbook of their own."""
    from xltrack.render.xlsx import draw_workbook
    from xltrack.report import build_report
    from xltrack.template import load_labels, load_template

    report = build_report(analysis, load_labels(), book.lang, list(names), linked=linked)
    look = load_template().look
    font = target.body_font if target else (look.font.of(book.lang), look.font_size)
    return draw_workbook(report, names, font, links_to=path.name if beside else "")


def _settings(path: AnyPath | None) -> Settings | None:
    """The Settings of a workbook that are to be used for others."""
    if path is None:
        return None
    from xltrack.leads import read_book
    from xltrack.template import load_template

    return read_book(Path(path), template=load_template(), allow_empty=True).settings


def _write_new(path: Path, write: Callable[[BinaryIO], object], overwrite: bool) -> Path:
    """A new file at ``path``, whole or not at all."""
    from xltrack.writeback import write_new

    if path.suffix.lower() != ".xlsx":
        raise UsageError("needs_xlsx", path.name)
    write_new(path, write, overwrite=overwrite)
    return path
