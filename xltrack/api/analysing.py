"""``read`` and ``analyze``: what the leads of workbooks say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.paths import AnyPath

if TYPE_CHECKING:
    from xltrack.analysis import Analysis
    from xltrack.leads import LeadBook
    from xltrack.template import Settings


def read(paths: AnyPath | Iterable[AnyPath], *, settings: AnyPath | None = None) -> LeadBook:
    """The leads of one workbook, or of several as one book.

    Args:
        paths: workbooks, folders or globs.
        settings: take the Settings of this workbook instead of each workbook's own.

    Raises:
        UnreadableWorkbook: a workbook that cannot be read, or that holds no leads.
        UsageError: a folder or glob without workbooks.
    """
    return read_meanwhile([paths] if isinstance(paths, str | Path) else paths, settings)


def read_meanwhile(
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


def _settings(path: AnyPath | None) -> Settings | None:
    """The Settings of a workbook that are to be used for others."""
    if path is None:
        return None
    from xltrack.leads import read_book
    from xltrack.template import load_template

    return read_book(Path(path), template=load_template(), allow_empty=True).settings
