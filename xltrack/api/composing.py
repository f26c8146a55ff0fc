"""From a book of leads to the report of a refresh, wherever it will be drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xltrack.analysis import Analysis, Period
    from xltrack.leads import LeadBook
    from xltrack.leads.journal import Journal
    from xltrack.leads.plan import PlannedAction
    from xltrack.report import Report


@dataclass(frozen=True)
class Composed:
    """The analysis of a refresh and the report made of it."""

    analysis: Analysis
    report: Report


def wanted_sheets(asked: Sequence[str] | None, book: LeadBook, there: Collection[str]) -> list[str]:
    """Keys of the sheets asked for, else of the team's usual ones, then of those already there.

    Raises: UsageError for a name that is no sheet.
    """
    from xltrack.report import SHEETS, sheet_keys, usual_sheets
    from xltrack.template import load_labels
    from xltrack.text import split_list

    named = asked if asked is not None else split_list(book.settings.parameters.sheets)
    keys = sheet_keys(named or usual_sheets(book.settings), load_labels())
    return [*keys, *(key for key in SHEETS if key in there and key not in keys)]


def compose(
    book: LeadBook,
    keys: Sequence[str],
    *,
    day: dt.date,
    period: Period | None = None,
    history: Journal | None = None,
    plan: Sequence[PlannedAction] = (),
    checks: bool = True,
    always: Collection[str] = (),
    linked: bool = True,
) -> Composed:
    """What the sheets of these keys say about the leads on a day.

    Args:
        book: the leads.
        keys: of the sheets, in their order.
        day: the day to look from.
        period: the period looked at, none = everything.
        history: the stage journal, none = there is none.
        plan: what the team has put into its action plan.
        checks: whether to check the leads.
        always: keys of sheets that are made even with nothing to say.
        linked: the leads stand in the workbook the report is drawn into.
    """
    from xltrack.analysis import analyze_book
    from xltrack.checks import check_merged
    from xltrack.leads.facts import lead_facts
    from xltrack.report import build_report, tables_for
    from xltrack.template import load_labels, load_template

    facts = lead_facts(book.leads, book.settings, day, history)
    findings = check_merged(book, as_of=day, facts=facts) if checks else None
    analysis = analyze_book(
        book,
        as_of=day,
        period=period,
        tables=tables_for(keys, book.settings),
        findings=findings,
        plan=plan,
        journal=history,
        facts=facts,
    )
    labels, template = load_labels(), load_template()
    report = build_report(analysis, labels, template, book.lang, keys, always=always, linked=linked)
    return Composed(analysis, report)
