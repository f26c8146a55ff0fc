"""Checks of leads that were read from one workbook or from several."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from xltrack.checks.abstract import abstract_of
from xltrack.checks.across import check_across
from xltrack.checks.book_checks import check_book
from xltrack.findings import Finding
from xltrack.leads.book import LeadBook


def check_merged(
    book: LeadBook, *, as_of: dt.date, facts: pd.DataFrame | None = None
) -> tuple[Finding, ...]:
    """What :func:`check_book` finds, and for several workbooks what only they together show.

    Their Settings are those of the first once they are merged, so nothing is said about these. The
    findings across workbooks stand behind the others of their workbook.
    """
    found = check_book(book, as_of=as_of, facts=facts)
    order = {source.workbook: number for number, source in enumerate(book.sources)}
    if len(order) < 2:
        return found
    across = check_across([abstract_of(book)])
    return tuple(sorted([*found, *across], key=lambda each: order.get(each.workbook, -1)))
