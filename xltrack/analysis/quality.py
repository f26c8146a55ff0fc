"""How far the data can be trusted: the findings counted by code."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table
from xltrack.findings import Finding
from xltrack.leads.finding_counts import FindingCounts

_WORST_FIRST = {"error": 0, "warning": 1, "info": 2}


def data_quality(scope: Scope, findings: Iterable[Finding] | FindingCounts | None = None) -> Table:
    """How many findings of each kind there are, and how many leads they concern.

    Columns: code, severity (error, warning, info), findings (int), leads (int, different leads; 0
    for findings about a sheet), share (leads / all leads). Errors first, then most findings, then
    code. Empty where the leads were not checked.
    """
    counts = counted(findings or ())
    rows = [(*key, *both) for key, both in sorted(counts.by_code.items())]
    table = pd.DataFrame(rows, columns=["code", "severity", "findings", "leads"])
    table = table.astype({"findings": "int64", "leads": "int64"})
    table["share"] = table["leads"] / max(1, len(scope.facts))
    rank = table["severity"].map(_WORST_FIRST)
    order = table.assign(rank=rank).sort_values(
        ["rank", "findings", "code"], ascending=[True, False, True]
    )
    return Table(order.drop(columns="rank").reset_index(drop=True), "state")


def counted(findings: Iterable[Finding] | FindingCounts) -> FindingCounts:
    """Findings by code, which they may be already."""
    return findings if isinstance(findings, FindingCounts) else FindingCounts.of(findings)
