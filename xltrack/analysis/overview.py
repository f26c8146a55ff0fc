"""The key figures, each with its base, beside those of the preceding period."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from xltrack.analysis.funnel import stage_weights
from xltrack.analysis.quality import counted
from xltrack.analysis.scope import Base, Scope
from xltrack.analysis.table import Table, share
from xltrack.analysis.targets import target_of
from xltrack.findings import Finding
from xltrack.leads.finding_counts import FindingCounts
from xltrack.leads.journal_history import standing_on

BASES: dict[str, Base] = {
    "leads": "cohort",
    "new_leads": "cohort",
    "open": "state",
    "paused": "state",
    "overdue": "state",
    "not_contacted": "state",
    "pipeline": "state",
    "weighted_pipeline": "state",
    "won": "closed",
    "lost": "closed",
    "win_rate": "closed",
    "win_rate_by_value": "closed",
    "revenue": "closed",
    "average_deal": "closed",
    "sales_cycle_days": "closed",
    "conversion": "cohort",
    "target": "closed",
    "attainment": "closed",
    "gap": "closed",
    "leads_needed": "closed",
    "findings_error": "state",
    "findings_warning": "state",
}
NULL = float("nan")


def overview(scope: Scope, findings: Iterable[Finding] | FindingCounts | None = None) -> Table:
    """The key figures of the period and of the one before.

    Columns: metric (id), value (float), previous (float, null without a period; open, paused,
    pipeline and weighted_pipeline have one where the stage journal covers the last day of the
    preceding period, other figures of the state have none), change (value − previous; for
    rates a difference of fractions), base. Amounts in the workbook's unit, sales_cycle_days the
    median days from acquisition to the close of a won lead. The four target figures have rows only
    where Settings has targets, the two counts of findings only where the leads were checked.
    Left out: leads acquired after the as-of day.
    """
    values = _cohort(scope) | _state(scope) | _closed(scope)
    before = scope.before()
    previous = past_figures(before) if before else {}
    if scope.settings.targets:
        values |= _targets(scope, values)
    if findings is not None:
        counts = counted(findings)
        values["findings_error"] = counts.severity("error")
        values["findings_warning"] = counts.severity("warning")
    frame = pd.DataFrame({"metric": [metric for metric in BASES if metric in values]})
    frame["value"] = frame["metric"].map(values).astype("float64")
    frame["previous"] = frame["metric"].map(previous).astype("float64")
    frame["change"] = frame["value"] - frame["previous"]
    frame["base"] = frame["metric"].map(BASES)
    return Table(frame, "mixed", scope.future, scope.presumed)


def past_figures(scope: Scope) -> dict[str, float]:
    """By metric, the figures of the scope's period as one that is over.

    Figures of the state are there only where the stage journal covers the period's last day.
    """
    values = _cohort(scope) | _closed(scope) | _state_before(scope)
    return values | (_targets(scope, values) if scope.settings.targets else {})


def _cohort(scope: Scope) -> dict[str, float]:
    leads = int(scope.cohort.sum())
    won = int((scope.cohort & (scope.facts["outcome"] == "won")).sum())
    return {
        "leads": leads,
        "new_leads": int(scope.new.sum()),
        "conversion": share(won, leads),
    }


def _state(scope: Scope) -> dict[str, float]:
    columns = ["days_overdue", "index", "paused", "status", "value"]
    facts = scope.facts.loc[scope.state, columns]
    weight = stage_weights(scope)
    weighted = (facts["value"] * facts["index"].map(weight)).sum()
    return {
        "open": len(facts),
        "paused": int(facts["paused"].sum()),
        "overdue": int((facts["days_overdue"] > 0).sum()),
        "not_contacted": int((facts["status"] == "not_contacted").sum()),
        "pipeline": float(facts["value"].sum()),
        "weighted_pipeline": NULL if weight.isna().all() else float(weighted),
    }


def _state_before(scope: Scope) -> dict[str, float]:
    """Figures of the state at the end of the scope's period, where the journal tells them."""
    if scope.period is None or not scope.journal or not scope.journal.covers(scope.period.end):
        return {}
    then = replace(scope, facts=standing_on(scope.journal, scope.settings, scope.period.end))
    facts = then.facts[then.facts["outcome"] == "open"]
    weight = stage_weights(then)
    weighted = (facts["value"] * facts["index"].map(weight)).sum()
    return {
        "open": len(facts),
        "paused": int(facts["paused"].sum()),
        "pipeline": float(facts["value"].sum()),
        "weighted_pipeline": NULL if weight.isna().all() else float(weighted),
    }


def _closed(scope: Scope) -> dict[str, float]:
    columns = ["acquired_on", "close_day", "outcome", "value"]
    facts = scope.facts.loc[scope.closed, columns]
    won, lost = facts[facts["outcome"] == "won"], facts[facts["outcome"] == "lost"]
    revenue, lost_amount = float(won["value"].sum()), float(lost["value"].sum())
    cycle = (won["close_day"] - won["acquired_on"]).dt.days
    return {
        "won": len(won),
        "lost": len(lost),
        "win_rate": share(len(won), len(won) + len(lost)),
        "win_rate_by_value": share(revenue, revenue + lost_amount),
        "revenue": revenue,
        "average_deal": share(revenue, int(won["value"].notna().sum())),
        "sales_cycle_days": float(cycle.median()),
    }


def _targets(scope: Scope, values: dict[str, float]) -> dict[str, float]:
    target = target_of(scope.settings, scope.period)
    gap = target - values["revenue"]
    per_lead = values["average_deal"] * values["conversion"]
    needed = math.ceil(max(0.0, gap) / per_lead) if per_lead > 0 and not math.isnan(gap) else NULL
    return {
        "target": target,
        "attainment": values["revenue"] / target,
        "gap": gap,
        "leads_needed": needed,
    }
