"""How far the data can be trusted: the findings counted by code."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table
from xltrack.findings import Finding

_WORST_FIRST = {"error": 0, "warning": 1, "info": 2}


def data_quality(scope: Scope, findings: Iterable[Finding] | None = None) -> Table:
    """How many findings of each kind there are, and how many leads they concern.

    Columns: code, severity (error, warning, info), findings (int), leads (int, different leads; 0
    for findings about a sheet), share (leads / all leads). Errors first, then most findings, then
    code. Empty where the leads were not checked.
    """
    found = [(f.code, f.severity, f.workbook, f.sheet, f.lead_id, _row(f)) for f in findings or ()]
    columns = ["code", "severity", "workbook", "sheet", "lead_id", "row"]
    frame = pd.DataFrame(found, columns=columns)
    counts = frame.groupby(["code", "severity"]).size().rename("findings")
    placed = frame[frame["row"] != ""].drop_duplicates(["code", "workbook", "sheet", "row"])
    leads = placed.groupby(["code", "severity"]).size().rename("leads")
    table = pd.concat([counts, leads], axis=1).fillna(0).astype("int64").reset_index()
    table["share"] = table["leads"] / max(1, len(scope.facts))
    rank = table["severity"].map(_WORST_FIRST)
    order = table.assign(rank=rank).sort_values(
        ["rank", "findings", "code"], ascending=[True, False, True]
    )
    return Table(order.drop(columns="rank").reset_index(drop=True), "state")


def _row(finding: Finding) -> str:
    """The row of the lead a finding is about, empty for one about a sheet or a workbook."""
    return finding.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") if finding.lead_id else ""
