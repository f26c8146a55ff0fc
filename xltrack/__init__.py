"""Sales leads in an Excel workbook: made, read, analysed, and the analysis written back.

>>> import xltrack
>>> book = xltrack.read("leads.xlsx")  # doctest: +SKIP
>>> xltrack.analyze("leads.xlsx")["channels"]  # doctest: +SKIP
>>> xltrack.refresh("leads.xlsx")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xltrack.errors import (
    PackageError,
    Refused,
    TemplateError,
    UnreadableWorkbook,
    UsageError,
    XltrackError,
)

if TYPE_CHECKING:
    from xltrack.analysis import Analysis
    from xltrack.api import (
        Adopted,
        CheckResult,
        Merged,
        Redacted,
        Summarised,
        adopt,
        analyze,
        button,
        check,
        clean,
        demo,
        diff,
        digest,
        fix,
        inspect,
        merge,
        new,
        read,
        redact,
        refresh,
        review,
        summary,
    )
    from xltrack.leads import LeadBook
    from xltrack.leads.checked import Checked
    from xltrack.leads.difference import Difference
    from xltrack.leads.submissions import Submission
    from xltrack.report.digest import Digest
    from xltrack.writeback import Receipt

__all__ = [
    "Adopted",
    "Analysis",
    "CheckResult",
    "Checked",
    "Difference",
    "Digest",
    "LeadBook",
    "Merged",
    "PackageError",
    "Receipt",
    "Redacted",
    "Refused",
    "Submission",
    "Summarised",
    "TemplateError",
    "UnreadableWorkbook",
    "UsageError",
    "XltrackError",
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
    "Analysis": "xltrack.analysis",
    "Checked": "xltrack.leads.checked",
    "Difference": "xltrack.leads.difference",
    "Digest": "xltrack.report.digest",
    "LeadBook": "xltrack.leads",
    "Receipt": "xltrack.writeback",
    "Submission": "xltrack.leads.submissions",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``import xltrack`` stays quick."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "xltrack.api")), name)


def __dir__() -> list[str]:
    return sorted(__all__)
