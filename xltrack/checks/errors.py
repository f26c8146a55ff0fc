"""A workbook that cannot be read, as a finding."""

from __future__ import annotations

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.findings import Finding


def finding_of_error(error: UnreadableWorkbook, workbook: str | None = None) -> Finding:
    """F002 where a workbook has no header row of leads, F001 for every other reason.

    ``workbook`` is what the workbook is called in a batch; none = its file name.
    """
    code = "F002" if error.reason is Reason.NO_LEAD_HEADER else "F001"
    params = {"reason": str(error.reason.value), "detail": error.detail}
    return Finding(code, workbook or error.path.name, params=params)
