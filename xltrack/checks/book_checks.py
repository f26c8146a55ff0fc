"""Running the rules over a book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from xltrack.checks import (  # noqa: F401  # each declares its rules
    amounts,
    contact,
    customers,
    dates,
    follow_up,
    identity,
    lists,
    outcome,
    ownership,
    required,
    texts,
)
from xltrack.checks.examined import Examined
from xltrack.checks.placed import in_order, placed_hits, placed_reading
from xltrack.checks.rule import RULES
from xltrack.findings import Finding, Severity
from xltrack.leads.book import LeadBook
from xltrack.template import Template, load_template
from xltrack.template.check_settings import severities_of
from xltrack.template.check_words import CheckWords, load_check_words


def check_book(
    book: LeadBook,
    *,
    as_of: dt.date,
    facts: pd.DataFrame | None = None,
    template: Template | None = None,
    words: CheckWords | None = None,
) -> tuple[Finding, ...]:
    """What reading found and what every rule finds that looks at one workbook.

    A book may hold many workbooks with equal Settings: each is checked as if it were alone. What
    only several workbooks together show is found by :func:`check_across`.

    Args:
        book: the leads as they were read.
        as_of: the day to look from.
        facts: :func:`xltrack.leads.facts.lead_facts` of ``book.leads``, where they are at hand.
        template: what declares the fields; none = the shipped one.
        words: the words and limits of the rules; none = the shipped ones.

    Returns:
        The findings by file, sheet, row, column and code, their severity as the team sets it.
    """
    template = template or load_template()
    examined = Examined(
        book, as_of=as_of, template=template, words=words or load_check_words(), facts=facts
    )
    severities = severities_of(book.settings, template)
    parts = list(placed_reading(examined, severities))
    for rule in RULES.values():
        severity = _severity(rule.code, severities)
        if severity is not None and len(examined.leads):
            parts += [placed_hits(examined, rule, hits, severity) for hits in rule.find(examined)]
    return in_order(parts)


def _severity(code: str, severities: Mapping[str, Severity | None]) -> Severity | None:
    return severities.get(code, RULES[code].severity)
