"""The key figures side by side, each with its change and its course over the months."""

from __future__ import annotations

import math

from xltrack.analysis import Analysis
from xltrack.report.blocks import KeyFigure, KeyFigures, Rate
from xltrack.report.wording import RATE_METRICS, Wording

COURSES = {metric: ("trend_by_month", metric) for metric in ("new_leads", "won", "lost", "revenue")}


def key_figures(analysis: Analysis, wording: Wording) -> KeyFigures:
    """Every metric of the overview as a figure."""
    figures = []
    values = analysis["overview"].set_index("metric")["value"]
    counts = {"win_rate": values["won"] + values["lost"], "conversion": values["leads"]}
    for record in analysis["overview"].to_dict("records"):
        metric, value = str(record["metric"]), float(record["value"])
        declared = wording.header("overview", metric)
        form = "rate" if metric in RATE_METRICS else declared.format
        figures.append(
            KeyFigure(
                label=wording.label("overview", metric),
                value=_value(value, counts.get(metric)),
                format=form,  # type: ignore[arg-type]
                change=_change(metric, float(record["change"]), float(record["previous"]), wording),
                base=wording.word("base", str(record["base"])),
                spark=COURSES.get(metric),
            )
        )
    return KeyFigures(tuple(figures))


def _value(value: float, whole: float | None) -> float | Rate | None:
    if math.isnan(value):
        return None
    return value if whole is None else Rate(value, round(value * whole), int(whole))


def _change(metric: str, change: float, previous: float, wording: Wording) -> str:
    if math.isnan(change):
        return ""
    mark = "▲" if change > 0 else "▼" if change < 0 else "="
    if metric in RATE_METRICS:
        amount = wording.phrase("points", n=f"{abs(change) * 100:.1f}")
    elif wording.header("overview", metric).format == "amount" and previous > 0:
        amount = f"{abs(change / previous):.0%}"
    else:
        amount = f"{abs(change):,.0f}"
    return f"{mark} {amount}"
