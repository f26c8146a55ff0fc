"""One sentence per sheet in plain words, computed from its figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from xltrack.analysis import Analysis
from xltrack.findings import Finding
from xltrack.report.action_plan import problem_text
from xltrack.report.blocks import Rate
from xltrack.report.wording import Wording
from xltrack.template.finding_texts import load_finding_texts


def conclusion(analysis: Analysis, wording: Wording) -> str:
    """How many leads there are and what became of them."""
    values = analysis["overview"].set_index("metric")["value"]
    won, closed = int(values["won"]), int(values["won"] + values["lost"])
    leads = int(values["leads"])
    cohort_won = round(values["conversion"] * leads) if leads else 0
    counts = {
        metric: f"{values[metric]:,.0f}" for metric in ("leads", "open", "won", "lost", "overdue")
    }
    win_rate = _rate(won, closed, wording)
    if analysis.period is not None:
        return wording.phrase(
            "conclusion_period",
            period=analysis.period.label,
            new=f"{values['new_leads']:,.0f}",
            day=analysis.as_of,
            win_rate=win_rate,
            **counts,
        )
    conversion = _rate(cohort_won, leads, wording)
    return wording.phrase("conclusion", conversion=conversion, win_rate=win_rate, **counts)


def channel_sentence(analysis: Analysis, wording: Wording) -> str:
    """The channel that brings most per lead, among those with enough leads to say so."""
    frame = analysis["channels"]
    average = frame["revenue"].sum() / max(1, frame["leads"].sum())
    minimum = analysis.settings.parameters.minimum_sample
    able = frame[frame["channel"].notna() & (frame["leads"] >= minimum) & (frame["won"] > 0)]
    if able.empty or not average:
        return wording.word("reason", "nothing_to_compare")
    best = able.iloc[0]
    return wording.phrase(
        "best_channel",
        channel=best["channel"],
        amount=wording.amount(best["revenue_per_lead"]),
        times=f"{best['revenue_per_lead'] / average:.1f}",
    )


def competitor_sentence(analysis: Analysis, wording: Wording) -> str:
    """The competitor that comes up most, and how often it is beaten."""
    frame = analysis["competitors"]
    if frame.empty:
        return wording.phrase("no_competitor")
    first = frame.iloc[0]
    won, closed = int(first["won"]), int(first["won"] + first["lost"])
    return wording.phrase(
        "most_mentioned",
        competitor=first["competitor"],
        leads=f"{int(first['leads']):,}",
        win_rate=_rate(won, closed, wording),
    )


def funnel_sentence(analysis: Analysis, wording: Wording) -> str:
    """The stage after which most is lost."""
    frame = analysis["funnel"]
    weak = frame[frame["bottleneck"]]
    if weak.empty:
        return wording.phrase("no_weak_step")
    row = weak.iloc[0]
    went_on = int(frame["reached"].iloc[weak.index[0] + 1])
    return wording.phrase(
        "weakest_step",
        stage=row["stage"],
        rate=Rate(row["decided_conversion"], went_on, went_on + int(row["lost"])),
    )


def follow_up_sentence(analysis: Analysis, wording: Wording) -> str:
    """How many leads are late, and how many of them matter most."""
    frame = analysis["follow_ups"]
    late = frame[frame["days_overdue"] > 0]
    if late.empty:
        return wording.phrase("nobody_late")
    first = analysis.settings.priorities[0].name
    fresh = int((late["status"] == "not_contacted").sum())
    return wording.phrase(
        "late_and_new_leads" if fresh else "late_leads",
        overdue=f"{len(late):,}",
        urgent=f"{int((late['priority'] == first).sum()):,}",
        fresh=f"{fresh:,}",
    )


def forecast_sentence(analysis: Analysis, wording: Wording) -> str:
    """What the next month with an expected close may bring."""
    frame = analysis["forecast"]
    ahead = frame[~frame["month"].isin(["overdue", "none"])]
    if ahead.empty:
        return wording.phrase("nothing_expected")
    row = ahead.iloc[0]
    weighted = row["weighted_pipeline"]
    return wording.phrase(
        "next_month",
        month=row["month"],
        leads=f"{int(row['leads']):,}",
        amount=wording.phrase("nothing") if math.isnan(weighted) else wording.amount(weighted),
    )


def owner_sentence(analysis: Analysis, wording: Wording) -> str:
    """Who won most."""
    frame = analysis["owners"]
    named = frame[frame["owner"].notna() & (frame["won"] > 0)]
    if named.empty:
        return wording.word("reason", "nothing_won")
    best = named.iloc[0]
    return wording.phrase(
        "best_owner",
        owner=best["owner"],
        amount=wording.amount(best["revenue"]),
        won=f"{int(best['won']):,}",
    )


def plan_sentence(analysis: Analysis, wording: Wording) -> str:
    """How far the team is with the plan, and what is most urgent in it."""
    frame = analysis["actions"]
    if frame.empty:
        return wording.phrase("no_problem")
    first = frame.iloc[0]
    counts = frame["status"].value_counts()
    return wording.phrase(
        "plan_done",
        n=len(frame),
        doing=int(counts.get("in_progress", 0)),
        done=int(counts.get("done", 0)),
        waiting=int(counts.get("not_started", 0)),
        problem=problem_text(first["problem_id"], first["problem"], wording),
    )


def check_sentence(findings: Sequence[Finding], wording: Wording) -> str:
    """How many findings of each severity there are, and which kind is the most frequent."""
    if not findings:
        return wording.phrase("all_clean")
    severities = Counter(finding.severity for finding in findings)
    code, _ = Counter(finding.code for finding in findings).most_common(1)[0]
    most = f"{code} {load_finding_texts()[code].why.of(wording.lang)}"
    return wording.phrase(
        "checks_sentence",
        errors=f"{severities['error']:,}",
        warnings=f"{severities['warning']:,}",
        infos=f"{severities['info']:,}",
        most=most,
    )


def profile_sentence(analysis: Analysis, wording: Wording) -> str:
    """What the large wins have in common, where there are enough of them."""
    frame = analysis["persona_summary"]
    known = frame[frame["value"].notna()]
    if known.empty:
        return wording.word("reason", "nothing_won")
    n = int(known["n"].max())
    if bool(known["small_sample"].all()):
        return wording.phrase("profile_small", n=n)
    glue = "\u3001" if wording.lang == "zh" else ", "
    return wording.phrase("profile_sentence", traits=glue.join(known["value"].astype(str)), n=n)


def _rate(part: int, whole: int, wording: Wording) -> str:
    return str(Rate(part / whole, part, whole)) if whole else wording.phrase("nothing")
