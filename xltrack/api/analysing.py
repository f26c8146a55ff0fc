"""``read`` and ``analyze``: what the leads of workbooks say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.imposed import imposed_settings
from xltrack.api.paths import AnyPath, access_with
from xltrack.api.plans import plans_of
from xltrack.errors import UnreadableWorkbook

if TYPE_CHECKING:
    from xltrack.analysis import Analysis
    from xltrack.leads import LeadBook
    from xltrack.template.settings import Pivot


Unreadable = Callable[[UnreadableWorkbook], None]


def read(
    paths: AnyPath | Iterable[AnyPath],
    *,
    settings: AnyPath | None = None,
    password_file: AnyPath | None = None,
    unreadable: Unreadable | None = None,
) -> LeadBook:
    """The leads of one workbook, or of several as one book.

    Args:
        paths: workbooks, folders or globs.
        settings: take the Settings of this workbook instead of each workbook's own.
        password_file: a text file of passwords, one a line, for workbooks that need one.
        unreadable: told of each of several workbooks that cannot be read, which is then left out;
            none = the first of them is raised.

    Raises:
        UnreadableWorkbook: a workbook that cannot be read, or that holds no leads.
        UsageError: a folder or glob without workbooks.
    """
    listed = [paths] if isinstance(paths, str | Path) else paths
    return read_meanwhile(listed, settings, unreadable, password_file=password_file)


def read_meanwhile(
    paths: Iterable[AnyPath],
    settings: AnyPath | None,
    unreadable: Unreadable | None = None,
    meanwhile: Callable[[], None] | None = None,
    password_file: AnyPath | None = None,
) -> LeadBook:
    """As :func:`read`; ``meanwhile`` is called once, while the first workbook loads if it can."""
    from xltrack.batch import find_workbooks
    from xltrack.leads.reading import read_book
    from xltrack.template import load_template

    waiting = [meanwhile] if meanwhile is not None else []

    def once() -> None:
        while waiting:
            waiting.pop()()

    access = access_with(password_file)
    template, imposed = load_template(), imposed_settings(settings, access)
    books: list[LeadBook] = []
    errors: list[UnreadableWorkbook] = []
    for path in find_workbooks(paths):
        try:
            book = read_book(
                path, template=template, settings=imposed, meanwhile=once, access=access
            )
            books.append(book)
        except UnreadableWorkbook as error:
            if unreadable is None or error.path != path:  # or it is about what went on meanwhile
                raise
            errors.append(error)
    once()
    if not books:
        raise errors.pop()
    if unreadable is not None:
        for left_out in errors:
            unreadable(left_out)
    if len(books) == 1:
        return books[0]
    from xltrack.leads import merge_books

    return merge_books(books)


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
    pivots: Sequence[Pivot | str] = (),
    settings: AnyPath | None = None,
    password_file: AnyPath | None = None,
    unreadable: Unreadable | None = None,
) -> Analysis:
    """The tables of one or several workbooks: ``analyze(path)["channels"]`` is a DataFrame.

    Args:
        paths: workbooks, folders or globs.
        as_of: the day to look from; none = today.
        week, month, quarter: 2024-W20, 2024-05, 2024-Q2; at most one of them.
        from_day, to_day: first and last day of a range.
        tables: ids of the tables wanted; none = all.
        pivots: pivots wanted besides those of Settings, as objects or as they are typed
            (``rows=region,columns=stage,value=amount,agg=sum``); their ids are ``pivot:<title>``.
        settings: take the Settings of this workbook.
        password_file: as for :func:`read`.
        unreadable: told of workbooks left out, as for :func:`read`.

    Raises:
        UnreadableWorkbook: a workbook that cannot be read, or that holds no leads.
        UsageError: an unknown table, more than one period, no workbook found, a pivot that makes
            no sense.
    """
    from xltrack.analysis.period import choose_period
    from xltrack.analysis.pivots import parse_pivot

    wanted = [parse_pivot(each) if isinstance(each, str) else each for each in pivots]
    period = choose_period(week, month, quarter, from_day, to_day)
    book = read(paths, settings=settings, password_file=password_file, unreadable=unreadable)
    from xltrack.analysis import analyze_book

    return analyze_book(
        book,
        as_of=as_of or dt.date.today(),
        period=period,
        tables=tables,
        pivots=wanted,
        plan=plans_of(dict.fromkeys(s.path for s in book.sources), access_with(password_file)),
    )
