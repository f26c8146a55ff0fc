"""Checks: every finding about the leads of a workbook, and of many together."""

from xltrack.checks.across import Abstract, abstract_of, check_across
from xltrack.checks.book_checks import check_book
from xltrack.checks.errors import finding_of_error
from xltrack.checks.rule import RULES, Rule
from xltrack.template.finding_texts import load_finding_texts, shown

__all__ = [
    "RULES",
    "Abstract",
    "Rule",
    "abstract_of",
    "check_across",
    "check_book",
    "finding_of_error",
    "load_finding_texts",
    "shown",
]
