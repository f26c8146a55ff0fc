"""The key figures of a period beside those of the period before and of a year before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from xltrack.analysis.overview import overview, past_figures
from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table
from xltrack.findings import Finding
from xltrack.leads.finding_counts import FindingCounts


def comparison(scope: Scope, findings: Iterable[Finding] | FindingCounts | None = None) -> Table:
    """The overview with the same period a year earlier beside it.

    Columns: those of :func:`overview`, then year_before (float) and year_change (value −
    year_before); both null without a period, and for figures of the state where the stage journal
    does not reach back to that day. A year without a single lead known by its end has no figures.
    Source: the monthly summary.
    """
    table = overview(scope, findings)
    frame = table.frame.copy()
    figures: dict[str, float] = {}
    if scope.period is not None:
        earlier = scope.period.year_before(scope.as_of)
        then = replace(scope, period=earlier)
        known = scope.facts["acquired_from"].dt.date.le(earlier.end) if len(scope.facts) else None
        figures = past_figures(then) if known is not None and known.any() else {}
    frame["year_before"] = frame["metric"].map(figures).astype("float64")
    frame["year_change"] = frame["value"] - frame["year_before"]
    return Table(frame, table.base, table.left_out, table.presumed)
