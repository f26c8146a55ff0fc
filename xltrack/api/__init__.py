"""One function per command: the only place where the layers meet.

Imports stand inside the functions, and a function is imported when it is asked for:
``import xltrack`` and ``xltrack --help`` stay quick, and the
reading of a workbook starts before pandas is loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "Adopted": "xltrack.api.adopting",
    "adopt": "xltrack.api.adopting",
    "analyze": "xltrack.api.analysing",
    "read": "xltrack.api.analysing",
    "Buttoned": "xltrack.api.buttons",
    "button": "xltrack.api.buttons",
    "CheckResult": "xltrack.api.checking",
    "check": "xltrack.api.checking",
    "Change": "xltrack.api.corrections",
    "Redacted": "xltrack.api.exchanging",
    "diff": "xltrack.api.exchanging",
    "redact": "xltrack.api.exchanging",
    "Fixed": "xltrack.api.fixing",
    "fix": "xltrack.api.fixing",
    "demo": "xltrack.api.making",
    "new": "xltrack.api.making",
    "Merged": "xltrack.api.merging",
    "merge": "xltrack.api.merging",
    "digest": "xltrack.api.reviewing",
    "review": "xltrack.api.reviewing",
    "Summarised": "xltrack.api.summarising",
    "summary": "xltrack.api.summarising",
    "Cleaned": "xltrack.api.writing",
    "Refreshed": "xltrack.api.writing",
    "clean": "xltrack.api.writing",
    "inspect": "xltrack.api.writing",
    "refresh": "xltrack.api.writing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
