"""Where leads come from and what each channel brings, with advice on where to invest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, add_results, key_text, ratio, share, tally, wilson

FIGURES = [
    "leads",
    "open",
    "won",
    "lost",
    "conversion",
    "win_rate",
    "average_deal",
    "revenue",
    "revenue_per_lead",
    "lead_share",
    "revenue_share",
    "conversion_low",
    "conversion_high",
]


def channels(scope: Scope) -> Table:
    """What each channel brings.

    Columns: channel (text, null where none is given), leads, open, won, lost (int), conversion
    (won / leads), win_rate (won / decided), average_deal, revenue, revenue_per_lead (in the
    workbook's unit), lead_share, revenue_share (fractions), conversion_low, conversion_high
    (Wilson 95 %), verdict (invest, keep, review, small_sample, too_early; null without a channel),
    reason (codes joined by +). Best revenue_per_lead first, then conversion, then name.
    Source: guide, step 4.
    """
    frame = _figures(tally(scope, scope.cohort, "channel"))
    frame = _with_verdicts(frame, scope)
    frame["channel"] = key_text(frame["channel"])
    frame = frame.sort_values(
        ["revenue_per_lead", "conversion", "channel"], ascending=[False, False, True]
    )
    columns = ["channel", *FIGURES, "verdict", "reason"]
    return Table(frame[columns].reset_index(drop=True), "cohort", scope.undated)


def channel_details(scope: Scope) -> Table:
    """The figures of :func:`channels` by channel and detail (each exhibition, each campaign).

    Columns: channel, detail (text, null where none is given), then as there without the verdict.
    Ordered by channel name, then revenue_per_lead, conversion and detail.
    """
    frame = _figures(tally(scope, scope.cohort, "channel", "detail"))
    for key in ("channel", "detail"):
        frame[key] = key_text(frame[key])
    frame = frame.sort_values(
        ["channel", "revenue_per_lead", "conversion", "detail"],
        ascending=[True, False, False, True],
    )
    columns = ["channel", "detail", *FIGURES]
    return Table(frame[columns].reset_index(drop=True), "cohort", scope.undated)


def _figures(frame: pd.DataFrame) -> pd.DataFrame:
    add_results(frame)
    for figure, key in (("leads", "lead_share"), ("revenue", "revenue_share")):
        frame[key] = ratio(frame[figure], pd.Series(frame[figure].sum(), frame.index))
    frame["conversion_low"], frame["conversion_high"] = wilson(frame["won"], frame["leads"])
    return frame


def _with_verdicts(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    minimum = scope.settings.parameters.minimum_sample
    won = int(frame["won"].sum())
    per_lead = share(frame["revenue"].sum(), frame["leads"].sum())
    conversion = share(won, frame["leads"].sum())
    deal = share(frame["revenue"].sum(), frame["priced"].sum())
    young = _young_leads(scope).reindex(frame["channel"], fill_value=0).to_numpy()

    pays = (frame["revenue_per_lead"] >= per_lead).to_numpy()
    converts = (frame["conversion"] >= conversion).to_numpy()
    small = (frame["leads"] < minimum).to_numpy()
    early = young > frame["leads"].to_numpy() / 2
    no_wins = np.full(len(frame), won == 0)
    alone = np.full(len(frame), int((~small).sum()) < 2)
    named = frame["channel"].notna().to_numpy()

    verdict = np.select(
        [
            ~named,
            small,
            early,
            no_wins | alone,
            pays & converts & (frame["won"] >= 3).to_numpy(),
            ~pays & ~converts,
        ],
        ["", "small_sample", "too_early", "keep", "invest", "review"],
        "keep",
    )
    compared = np.char.add(
        np.where(converts, "conversion_high", "conversion_low"),
        np.where((frame["average_deal"] >= deal).to_numpy(), "+deal_high", "+deal_low"),
    )
    compared = np.where(frame["average_deal"].notna(), compared, "no_won_amount")
    reason = np.select(
        [~named, small, early, no_wins, alone],
        ["", "few_leads", "young_leads", "nothing_won", "nothing_to_compare"],
        compared,
    )
    frame["verdict"] = pd.Series(verdict, frame.index, dtype="object").replace("", None)
    frame["reason"] = pd.Series(reason, frame.index, dtype="object").replace("", None)
    return frame


def _young_leads(scope: Scope) -> pd.Series:
    """Leads of the cohort younger than the maturity, by channel."""
    maturity = pd.Timedelta(days=scope.settings.parameters.maturity_days)
    age = pd.Timestamp(scope.as_of) - scope.facts["acquired_to"]
    young = scope.cohort & (age < maturity)
    counts: pd.Series = scope.facts.loc[young, "channel"].value_counts(dropna=False)
    return counts
