"""One function per command: the only place where the layers meet.

Imports stand inside the functions: ``import xltrack`` and ``xltrack --help`` stay quick, and the
reading of a workbook starts before pandas is loaded.
"""

from xltrack.api.adopting import Adopted, adopt
from xltrack.api.analysing import analyze, read
from xltrack.api.buttons import Buttoned, button
from xltrack.api.checking import CheckResult, check
from xltrack.api.corrections import Change
from xltrack.api.exchanging import Redacted, diff, redact
from xltrack.api.fixing import Fixed, fix
from xltrack.api.making import demo, new
from xltrack.api.merging import Merged, merge
from xltrack.api.reviewing import digest, review
from xltrack.api.summarising import Summarised, summary
from xltrack.api.writing import Cleaned, Refreshed, clean, inspect, refresh

__all__ = [
    "Adopted",
    "Buttoned",
    "Change",
    "CheckResult",
    "Cleaned",
    "Fixed",
    "Merged",
    "Redacted",
    "Refreshed",
    "Summarised",
    "adopt",
    "analyze",
    "button",
    "check",
    "clean",
    "demo",
    "diff",
    "digest",
    "fix",
    "inspect",
    "merge",
    "new",
    "read",
    "redact",
    "refresh",
    "review",
    "summary",
]
