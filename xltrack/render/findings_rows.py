"""A finding as the texts of one row, for every form that has rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from xltrack.findings import Corrected, Finding
from xltrack.leads.checked import Checked
from xltrack.template import load_labels, load_template
from xltrack.template.finding_texts import shown
from xltrack.text import Lang

COLUMNS = (
    "file", "severity", "code", "sheet", "cell", "lead_id", "owner", "field", "found", "message",
    "suggestion", "corrected",
)  # fmt: skip
"""The columns of a list of findings, as the labels call them."""

TABLE = "findings_list"


@dataclass(frozen=True)
class FindingRow:
    """One finding as a person reads it; the names are those of :data:`COLUMNS`."""

    file: str
    severity: str
    code: str
    sheet: str
    cell: str
    lead_id: str
    owner: str
    field: str
    found: str
    message: str
    suggestion: str
    corrected: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts in the order of the columns."""
        return tuple(getattr(self, column) for column in COLUMNS)


def heads(lang: Lang) -> list[str]:
    """What the columns are called."""
    labels = load_labels()
    return [labels.column(TABLE, column).label.of(lang) for column in COLUMNS]


def severity_word(severity: str, lang: Lang) -> str:
    """A severity in words."""
    return load_labels().values["severity"][severity].of(lang)


def rows_of(checked: Checked, lang: Lang) -> list[FindingRow]:
    """The findings of a workbook, one row each."""
    return [
        row_of(checked, finding, checked.owner_of(number), lang)
        for number, finding in enumerate(checked.findings)
    ]


def row_of(checked: Checked, finding: Finding, owner: str, lang: Lang) -> FindingRow:
    """One finding in words; private values are masked in it already."""
    message, suggestion = shown(finding, lang)
    declared = load_template().by_id.get(finding.field)
    return FindingRow(
        checked.workbook,
        severity_word(finding.severity, lang),
        finding.code,
        finding.sheet,
        finding.cell,
        finding.lead_id,
        owner,
        declared.header.of(lang) if declared else finding.field,
        finding.value,
        message,
        suggestion,
        corrected_text(finding.corrected),
    )


def corrected_text(corrected: Corrected) -> str:
    """What a fix would write, as text; empty where it would write nothing.

    >>> corrected_text(dt.date(2024, 5, 10)), corrected_text(32.0), corrected_text(None)
    ('2024-05-10', '32', '')
    """
    if corrected is None:
        return ""
    if isinstance(corrected, float):
        return f"{corrected:.9f}".rstrip("0").rstrip(".")
    if isinstance(corrected, dt.datetime):
        return f"{corrected:%Y-%m-%d %H:%M}"
    return str(corrected)
