"""The findings as a list to work through, each with a link to its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xltrack.analysis import Analysis
from xltrack.findings import Finding
from xltrack.report.blocks import Cell, Column, Link, TableBlock
from xltrack.report.table_blocks import MOST_ROWS, table_block
from xltrack.report.wording import Wording
from xltrack.template import Template
from xltrack.template.finding_texts import load_finding_texts, shown

SEVERITIES = ("error", "warning", "info")
COLUMNS = ("place", "severity", "code", "lead_id", "field", "found", "message", "suggestion")


def quality_block(analysis: Analysis, wording: Wording) -> TableBlock:
    """How many findings there are of each code, and why they matter."""
    block = table_block("data_quality", analysis.tables["data_quality"], wording)
    declared = wording.header("data_quality", "meaning")
    meaning = Column("meaning", wording.label("data_quality", "meaning"), "text", declared.width)
    texts = load_finding_texts()
    code = block.position("code")
    rows = ((*row, texts[str(row[code])].why.of(wording.lang)) for row in block.rows)
    return replace(block, columns=(*block.columns, meaning), rows=tuple(rows))


def finding_block(
    findings: Sequence[Finding], template: Template, wording: Wording, *, linked: bool
) -> TableBlock:
    """The findings one by one, errors first.

    ``linked``: they are about the workbook the block is drawn into, so places can be links.
    """
    by_severity = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    first = by_severity[:MOST_ROWS]
    hidden = len(findings) - len(first)
    return TableBlock(
        id="findings",
        title=wording.phrase("findings_list"),
        subtitle=wording.phrase("findings_subtitle"),
        columns=tuple(_column(column, wording) for column in COLUMNS),
        rows=tuple(_row(finding, template, wording) for finding in first),
        links=tuple(Link(f.sheet, f.cell or "A1") for f in first) if linked else (),
        strong=frozenset(n for n, finding in enumerate(first) if finding.severity == "error"),
        more=wording.phrase("more_rows", n=f"{hidden:,}") if hidden else "",
        worklist=True,
    )


def _column(column: str, wording: Wording) -> Column:
    declared = wording.header("findings", column)
    return Column(column, wording.label("findings", column), "text", declared.width)


def _row(finding: Finding, template: Template, wording: Wording) -> tuple[Cell, ...]:
    message, suggestion = shown(finding, wording.lang)
    field = template.by_id.get(finding.field)
    return (
        f"{finding.sheet} {finding.cell}".strip(),
        wording.word("severity", finding.severity),
        finding.code,
        finding.lead_id,
        field.header.of(wording.lang) if field else finding.field,
        finding.value,
        message,
        suggestion,
    )
