"""The stage journal of a refresh: what it was, what this refresh adds, how it is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xltrack.leads import LeadBook
    from xltrack.leads.journal import Journal
    from xltrack.writeback import ReadySheet, Target


@dataclass(frozen=True)
class Noted:
    """The journal as a refresh leaves it; ``changed``: it is not what stands in the workbook."""

    journal: Journal
    changed: bool


def may_note(as_of: dt.date | None, *, from_elsewhere: bool) -> bool:
    """Whether a refresh may write down what it sees.

    Not what the leads of other workbooks are, nor what is looked at as if it were an earlier day:
    a journal notes what was there on the day it was there.
    """
    return not from_elsewhere and (as_of is None or as_of >= dt.date.today())


def noted(book: LeadBook, target: Target | None, *, beside: bool) -> Noted:
    """The journal after this refresh. That of the workbook beside counts as well as the leads' own.

    Raises: PackageError, UnreadableWorkbook for entries of the zip file that are damaged.
    """
    from xltrack.leads.journal_parse import decoded
    from xltrack.leads.journal_reading import KEY, journal_texts
    from xltrack.leads.journal_union import union

    known = book.journal
    if beside and target is not None and KEY in target.owned:
        texts = journal_texts(target.package, target.workbook)
        there = decoded(texts, book.customer_suffixes)
        known = union([known, there]) if known else there
        unchanged = known is there
    else:
        unchanged = target is not None and KEY in target.owned
    after = known.updated(book.leads, book.settings, dt.date.today())
    return Noted(after, changed=after is not known or not unchanged)


def ready_sheets(
    after: Noted | None, book: LeadBook, target: Target | None
) -> dict[str, ReadySheet]:
    """The sheet of the journal for the graft; one that has not changed stays as it is."""
    if after is None:
        return {}
    from xltrack.leads.journal_reading import KEY
    from xltrack.leads.journal_sheet import journal_sheet
    from xltrack.template import load_labels
    from xltrack.writeback import ReadySheet

    name = load_labels().sheets[KEY].of(book.lang)
    if not after.changed:
        return {KEY: ReadySheet(name, None)}
    inline = target is None or target.inline_strings
    return {KEY: ReadySheet(name, journal_sheet(after.journal, book.lang, inline=inline))}
