"""Checks of leads that were read from one workbook or from several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from xltrack.checks.abstract import abstract_of
from xltrack.checks.across import check_across
from xltrack.checks.book_checks import check_book
from xltrack.checks.differences import settings_differences
from xltrack.findings import SEVERITIES, Finding
from xltrack.leads.book import LeadBook
from xltrack.template import load_template
from xltrack.template.check_settings import severities_of


def check_merged(
    book: LeadBook, *, as_of: dt.date, facts: pd.DataFrame | None = None
) -> tuple[Finding, ...]:
    """What :func:`check_book` finds, and for several workbooks what only they together show.

    They stand behind the other findings of their workbook.
    """
    found = check_book(book, as_of=as_of, facts=facts)
    order = {source.workbook: number for number, source in enumerate(book.sources)}
    if len(order) < 2:
        return found
    across = [*_other_settings(book), *check_across([abstract_of(book)])]
    return tuple(sorted([*found, *across], key=lambda each: order.get(each.workbook, -1)))


def _other_settings(book: LeadBook) -> Iterator[Finding]:
    """Workbooks whose Settings are not those that all were merged under."""
    template = load_template()
    severity = {**SEVERITIES, **severities_of(book.settings, template)}["F011"]
    known: dict[int, str] = {}
    for name, own in book.settings_of.items():
        if id(own) not in known:
            known[id(own)] = settings_differences(own, book.settings, template)
        if known[id(own)] and severity is not None:
            yield Finding("F011", name, params={"differences": known[id(own)]}, severity=severity)
