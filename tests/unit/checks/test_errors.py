"""A workbook that cannot be read, as a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from xltrack.checks import finding_of_error, shown
from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.template.messages import load_messages


@pytest.mark.parametrize(
    ("reason", "code"),
    [(Reason.DAMAGED, "F001"), (Reason.ENCRYPTED, "F001"), (Reason.NO_LEAD_HEADER, "F002")],
)
def test_an_unreadable_workbook_is_one_finding(reason: Reason, code: str) -> None:
    found = finding_of_error(UnreadableWorkbook(Path("x") / "a.xlsx", reason, "why"))
    assert (found.code, found.workbook, found.severity) == (code, "a.xlsx", "error")
    for lang in ("zh", "en"):
        line = load_messages().errors[reason]
        said = (line.zh if lang == "zh" else line.en).format(file="a.xlsx", detail="why")
        assert shown(found, "zh" if lang == "zh" else "en")[0] == said


def test_it_is_called_what_the_batch_calls_it() -> None:
    error = UnreadableWorkbook("x/a.xlsx", Reason.MISSING)
    assert finding_of_error(error, "x/a.xlsx").workbook == "x/a.xlsx"
