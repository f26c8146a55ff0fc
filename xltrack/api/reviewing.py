"""``review`` and ``digest``: what is said about the leads in a meeting and in a chat."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.analysing import Unreadable, read
from xltrack.api.paths import AnyPath, access_with
from xltrack.api.plans import plans_of
from xltrack.errors import Reason, Refused, UsageError

if TYPE_CHECKING:
    from xltrack.analysis import Analysis, Period
    from xltrack.leads import LeadBook
    from xltrack.opc.access import Access
    from xltrack.report import Wording
    from xltrack.report.digest import Digest
    from xltrack.report.review import Review

FOLDER = "review"
"""Where the shipped templates lie in the folder of declared data."""


def review(
    paths: AnyPath | Iterable[AnyPath] = (),
    *,
    output: AnyPath | None = None,
    as_of: dt.date | None = None,
    week: str | None = None,
    month: str | None = None,
    quarter: str | None = None,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
    settings: AnyPath | None = None,
    password_file: AnyPath | None = None,
    templates: AnyPath | None = None,
    init: AnyPath | None = None,
    force: bool = False,
    unreadable: Unreadable | None = None,
) -> Path:
    """Write the three reports of a review meeting; the file that was written.

    They are in the language of the (first) workbook. What the team typed into the action plan of
    the workbooks is looked back at.

    Args:
        paths: workbooks, folders or globs.
        output: the file to write; ``.html``, ``.md``, ``.docx`` or ``.xlsx``.
        as_of, week, month, quarter, from_day, to_day, settings: as for :func:`analyze`; a review
            is of a period.
        password_file: as for :func:`read`.
        templates: folder of the team's own templates; see docs/review.md.
        init: copy the shipped templates to this folder, and write no review.
        force: overwrite what is in the way.
        unreadable: told of workbooks left out, as for :func:`read`.

    Raises:
        UnreadableWorkbook, Refused, UsageError: see their reasons.
        TemplateError: names the file and line of a mistake in a template.
    """
    if init is not None:
        return _copy_templates(Path(init), force)
    if output is None:
        raise UsageError("no_output")
    from xltrack.analysis.period import choose_period

    place = Path(output)
    draw = _face(place.suffix.lower(), place.name)
    period = choose_period(week, month, quarter, from_day, to_day)
    if period is None:
        raise UsageError("no_period")
    listed = [paths] if isinstance(paths, str | Path) else list(paths)
    if not listed:
        raise UsageError("no_paths")
    if place.exists() and not force:
        raise Refused(place, Reason.EXISTS)
    from xltrack.template.locate import template_dir
    from xltrack.writeback import write_new

    book = read(listed, settings=settings, password_file=password_file, unreadable=unreadable)
    if place.resolve() in {source.path.resolve() for source in book.sources}:
        raise UsageError("output_is_input", place.name)
    analysis = _analysis(book, as_of, period, access_with(password_file))
    folder = Path(templates) if templates is not None else template_dir() / FOLDER
    content = draw(analysis, book, folder)
    write_new(place, lambda out: out.write(content), overwrite=force)
    return place


def digest(
    paths: AnyPath | Iterable[AnyPath],
    *,
    as_of: dt.date | None = None,
    owner: Sequence[str] | None = None,
    settings: AnyPath | None = None,
    password_file: AnyPath | None = None,
    unreadable: Unreadable | None = None,
) -> tuple[Digest, ...]:
    """Short texts to paste into a chat: one per owner with something to do, then one for the team.

    They name customers and hold no contact details; their language is that of the (first) workbook.

    Args:
        paths: workbooks, folders or globs.
        as_of: the day to look from; none = today.
        owner: only for these owners, whether or not they have something to do.
        settings: take the Settings of this workbook.
        password_file: as for :func:`read`.
        unreadable: told of workbooks left out, as for :func:`read`.

    Raises:
        UnreadableWorkbook: a workbook that cannot be read, or that holds no leads.
        UsageError: no workbook found, or an owner that is neither in the leads nor in Settings.
    """
    book = read(paths, settings=settings, password_file=password_file, unreadable=unreadable)
    from xltrack.analysis import analyze_book
    from xltrack.report.digest import DIGEST_TABLES, digests

    analysis = analyze_book(book, as_of=as_of or dt.date.today(), tables=DIGEST_TABLES)
    known = set(analysis["owners"]["owner"].dropna())
    for name in owner or ():
        if name not in known:
            raise UsageError("unknown_owner", name)
    return digests(analysis, _wording(book), owner or ())


Draw = Callable[["Analysis", "LeadBook", Path], bytes]


def _face(ending: str, name: str) -> Draw:
    """How a review is drawn into a file of that ending."""
    faces: dict[str, Draw] = {
        ".html": _html,
        ".htm": _html,
        ".md": _markdown,
        ".docx": _word,
        ".xlsx": _sheet,
    }
    if ending not in faces:
        raise UsageError("review_format", name)
    return faces[ending]


def _html(analysis: Analysis, book: LeadBook, folder: Path) -> bytes:
    from xltrack.render.review_context import review_context
    from xltrack.render.review_pages import review_html

    review_, wording = _composed(analysis, book)
    return review_html(review_context(review_, wording), folder).encode()


def _markdown(analysis: Analysis, book: LeadBook, folder: Path) -> bytes:
    from xltrack.render.review_context import review_context
    from xltrack.render.review_pages import review_markdown

    review_, wording = _composed(analysis, book)
    return review_markdown(review_context(review_, wording), folder).encode()


def _word(analysis: Analysis, book: LeadBook, folder: Path) -> bytes:
    from xltrack.render.review_context import review_context
    from xltrack.render.review_docx import review_docx

    review_, wording = _composed(analysis, book)
    return review_docx(review_context(review_, wording), folder)


def _sheet(analysis: Analysis, book: LeadBook, _: Path) -> bytes:
    from xltrack.render.xlsx import draw_workbook
    from xltrack.report import build_report
    from xltrack.template import load_labels, load_template

    template = load_template()
    report = build_report(
        analysis, load_labels(), template, book.lang, ["review"], always=["review"], linked=False
    )
    return draw_workbook(report, font=(template.look.font.of(book.lang), template.look.font_size))


def _composed(analysis: Analysis, book: LeadBook) -> tuple[Review, Wording]:
    from xltrack.report.review import compose_review
    from xltrack.report.sheets import scope_line

    wording = _wording(book)
    return compose_review(analysis, wording, scope_line(analysis, wording)), wording


def _wording(book: LeadBook) -> Wording:
    from xltrack.report import Wording
    from xltrack.template import load_labels

    return Wording.of(load_labels(), book.settings, book.lang)


def _analysis(book: LeadBook, as_of: dt.date | None, period: Period, access: Access) -> Analysis:
    from xltrack.analysis import analyze_book
    from xltrack.checks import check_merged
    from xltrack.report.review import REVIEW_TABLES

    day = as_of or dt.date.today()
    return analyze_book(
        book,
        as_of=day,
        period=period,
        tables=REVIEW_TABLES,
        findings=check_merged(book, as_of=min(day, period.end)),
        plan=plans_of(dict.fromkeys(source.path for source in book.sources), access),
    )


def _copy_templates(folder: Path, force: bool) -> Path:
    """Copy the shipped templates; nothing is copied where one of them is in the way."""
    from xltrack.template.locate import template_dir

    shipped = sorted(file for file in (template_dir() / FOLDER).iterdir() if file.is_file())
    for file in shipped:
        if (folder / file.name).exists() and not force:
            raise Refused(folder / file.name, Reason.EXISTS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in shipped:
            shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise Refused(folder, Reason.WRITE_FAILED, error.strerror or str(error)) from error
    return folder
