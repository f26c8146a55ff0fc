"""What each submitted workbook brought into a summary, told from the merged leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from xltrack.analysis.scope import Scope
from xltrack.batch.across import Across
from xltrack.batch.summarising import Gleaned
from xltrack.leads.roster import Entry, entry_of
from xltrack.leads.submissions import Submission

Mask = npt.NDArray[np.bool_]


def tally(
    workbooks: Sequence[Gleaned],
    leads: pd.DataFrame,
    facts: pd.DataFrame,
    scope: Scope,
    *,
    across: Mapping[str, Across],
    foreign: Mapping[str, int],
    roster: Sequence[Entry] | None,
) -> tuple[Submission, ...]:
    """One submission per workbook, in their order.

    Args:
        workbooks: what each came to.
        leads: the merged leads, ``file`` naming the workbook of the row that counts.
        facts: of those leads.
        scope: of the summary.
        across: what workbooks show together, by name.
        foreign: amounts in another currency, by workbook.
        roster: who is expected to submit.
    """
    counts = _counts(leads, facts, scope)
    return tuple(
        _submission(each, counts, across.get(each.workbook, Across()), foreign, roster)
        for each in workbooks
    )


def _counts(leads: pd.DataFrame, facts: pd.DataFrame, scope: Scope) -> dict[str, dict[str, int]]:
    """By kind, how many leads of each workbook."""
    names = [str(name) for name in leads["file"].cat.categories]
    codes = leads["file"].cat.codes.to_numpy()
    future = (facts["acquired_from"] > pd.Timestamp(scope.as_of)).to_numpy()
    closed = (facts["outcome"] != "open").to_numpy()
    known = np.flatnonzero(~future)
    new, presumed = np.zeros(len(leads), dtype=bool), np.zeros(len(leads), dtype=bool)
    new[known] = scope.new.to_numpy()
    presumed[known] = (scope.closed & scope.facts["close_presumed"]).to_numpy()
    masks: dict[str, Mask] = {
        "kept": np.ones(len(leads), dtype=bool),
        "counted": ~future,
        "new": new,
        "presumed": presumed,
        "future": future,
        "undated": facts["acquired_from"].isna().to_numpy(),
        "unclosed": closed & facts["close_day"].isna().to_numpy() & ~future,
        "no_stage": facts["index"].isna().to_numpy() & ~future,
    }
    return {
        kind: dict(zip(names, np.bincount(codes[mask], minlength=len(names)).tolist(), strict=True))
        for kind, mask in masks.items()
    }


def _submission(
    gleaned: Gleaned,
    counts: Mapping[str, Mapping[str, int]],
    across: Across,
    foreign: Mapping[str, int],
    roster: Sequence[Entry] | None,
) -> Submission:
    name = gleaned.workbook
    count = {kind: by_name.get(name, 0) for kind, by_name in counts.items()}
    left_out = {
        "elsewhere": gleaned.leads - count["kept"],
        **{kind: count[kind] for kind in ("future", "undated", "unclosed", "no_stage")},
        "currency": foreign.get(name, 0),
    }
    return Submission(
        path=gleaned.path,
        workbook=name,
        leads=gleaned.leads,
        counted=count["counted"],
        new=count["new"],
        presumed=count["presumed"],
        findings=gleaned.findings.plus(across.findings),
        differences=across.differences or gleaned.differences,
        left_out={kind: n for kind, n in left_out.items() if n > 0},
        copy_of=across.copy_of,
        error=gleaned.error,
        entry=entry_of(gleaned.path.name, roster) if roster is not None else None,
    )
