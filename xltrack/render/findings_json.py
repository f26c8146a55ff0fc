"""Findings as JSON: one document, or one workbook a line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, BinaryIO

import msgspec

from xltrack.findings import Corrected, Finding
from xltrack.leads.checked import Checked, Write, with_across
from xltrack.render.findings import Sink
from xltrack.template.finding_texts import shown
from xltrack.text import Lang


@dataclass(frozen=True)
class JsonLine:
    """Writes one workbook as a line of JSON."""

    lang: Lang

    def __call__(self, checked: Checked) -> bytes:
        """The line, with its end."""
        document = workbook_object(checked, self.lang)
        if checked.across:
            document["across"] = True
        return _dumped(document)


class JsonLinesSink(Sink):
    """One workbook a line as it comes; findings across workbooks are marked ``across``."""

    def __init__(self, out: BinaryIO, lang: Lang) -> None:
        self._out = out
        self.write: Write = JsonLine(lang)

    def add(self, checked: Checked) -> None:
        """Write its line."""
        self._out.write(self.write(checked) if checked.written is None else checked.written)
        self._out.flush()

    def close(self) -> None:
        """Nothing is left."""


class JsonSink(Sink):
    """One document; findings across workbooks are among those of their workbook."""

    def __init__(self, out: BinaryIO, lang: Lang) -> None:
        self._out = out
        self._lang: Lang = lang
        self._kept: list[Checked] = []

    def add(self, checked: Checked) -> None:
        """Keep it."""
        self._kept.append(checked)

    def close(self) -> None:
        """Write the document."""
        workbooks = [workbook_object(each, self._lang) for each in with_across(self._kept)]
        document = {
            "workbooks": workbooks,
            "errors": sum(each["errors"] for each in workbooks),
            "warnings": sum(each["warnings"] for each in workbooks),
        }
        self._out.write(_dumped(document))


def workbook_object(checked: Checked, lang: Lang) -> dict[str, Any]:
    """One workbook with its findings."""
    return {
        "workbook": checked.workbook,
        "leads": checked.leads,
        "errors": checked.errors,
        "warnings": checked.warnings,
        "findings": [_finding(finding, lang) for finding in checked.findings],
    }


def _finding(finding: Finding, lang: Lang) -> dict[str, Any]:
    message, suggestion = shown(finding, lang)
    return {
        "code": finding.code,
        "severity": finding.severity,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "lead_id": finding.lead_id,
        "field": finding.field,
        "value": finding.value,
        "message": message,
        "suggestion": suggestion,
        "corrected": _corrected(finding.corrected),
    }


def _corrected(corrected: Corrected) -> str | float | None:
    return corrected.isoformat() if isinstance(corrected, dt.date) else corrected


def _dumped(document: object) -> bytes:
    return msgspec.json.encode(document) + b"\n"
