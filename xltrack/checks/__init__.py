"""Checks: every finding about the leads of a workbook, and of many together.

The rules need pandas and are imported when they are asked for; what only several workbooks show
does without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xltrack.checks.abstract import Abstract, abstract_of
    from xltrack.checks.across import check_across
    from xltrack.checks.book_checks import check_book
    from xltrack.checks.errors import finding_of_error
    from xltrack.checks.merged_checks import check_merged
    from xltrack.checks.rule import RULES, Rule
    from xltrack.template.finding_texts import load_finding_texts, shown

__all__ = [
    "RULES",
    "Abstract",
    "Rule",
    "abstract_of",
    "check_across",
    "check_book",
    "check_merged",
    "finding_of_error",
    "load_finding_texts",
    "shown",
]

_HOMES = {
    "RULES": "xltrack.checks.book_checks",  # which imports every module that declares some
    "Abstract": "xltrack.checks.abstract",
    "Rule": "xltrack.checks.rule",
    "abstract_of": "xltrack.checks.abstract",
    "check_across": "xltrack.checks.across",
    "check_book": "xltrack.checks.book_checks",
    "check_merged": "xltrack.checks.merged_checks",
    "finding_of_error": "xltrack.checks.errors",
    "load_finding_texts": "xltrack.template.finding_texts",
    "shown": "xltrack.template.finding_texts",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
