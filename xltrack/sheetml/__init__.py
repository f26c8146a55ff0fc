"""SpreadsheetML on top of packages: the workbook part, ownership marks, styles, tables, lint.

Nothing in here knows what a sheet is about.
"""

from xltrack.sheetml.lint import lint
from xltrack.sheetml.ownership import Ownership, ownership, ownership_of
from xltrack.sheetml.references import Reference
from xltrack.sheetml.workbook import DefinedName, Sheet, Workbook, read_workbook

__all__ = [
    "DefinedName",
    "Ownership",
    "Reference",
    "Sheet",
    "Workbook",
    "lint",
    "ownership",
    "ownership_of",
    "read_workbook",
]
