"""Leads: read out of workbooks, with where each stands and what was odd about its cells.

pandas is imported when a workbook is read, not before, while its cells are already being loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xltrack.leads.book import LeadBook, Source, merge_books
    from xltrack.leads.follow_up import last_contact
    from xltrack.leads.identity import normalised_customer
    from xltrack.leads.reading import read_book

_HOMES = {
    "LeadBook": "book",
    "Source": "book",
    "last_contact": "follow_up",
    "merge_books": "book",
    "normalised_customer": "identity",
    "read_book": "reading",
}

__all__ = [
    "LeadBook",
    "Source",
    "last_contact",
    "merge_books",
    "normalised_customer",
    "read_book",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
