"""How the groups of owners do."""

from __future__ import annotations

import pandas as pd

from xltrack.analysis.table import Table, key_text, ratio

_SUMMED = (
    *("leads", "open", "overdue", "pipeline", "weighted_pipeline"),
    *("won", "lost", "revenue", "target"),
)
COLUMNS = (
    *("group", "owners", "leads", "open", "overdue", "pipeline", "weighted_pipeline"),
    *("won", "lost", "win_rate", "revenue", "target", "attainment"),
)


def groups(owners: Table) -> Table:
    """One row per group of the table ``owners``; null for owners without a group.

    Columns: group (text), owners (int), the sums of its owners' leads (cohort), open, overdue,
    pipeline, weighted_pipeline (state), won, lost, win_rate, revenue, target (null where none of
    them has one), attainment (revenue / target, of all of the group) (closed; amounts in the
    workbook's unit). Most revenue first, then most leads, then name. Empty where no owner has a
    group.
    """
    frame = owners.frame
    known = frame[frame["group"].notna()]
    keys = frame["group"] if len(known) else known["group"]
    grouped = frame.loc[keys.index].groupby(keys, dropna=False)
    summed = grouped[list(_SUMMED)].sum(min_count=1)
    summed["owners"] = grouped["owner"].count()
    summed = summed.reset_index()
    summed["group"] = key_text(summed["group"])
    summed["win_rate"] = ratio(summed["won"], summed["won"] + summed["lost"])
    summed["attainment"] = ratio(summed["revenue"], summed["target"])
    counts = ["owners", "leads", "open", "overdue", "won", "lost"]
    summed = summed.astype(dict.fromkeys(counts, "int64"))
    order = ["revenue", "leads", "group"]
    summed = summed.sort_values(order, ascending=[False, False, True], na_position="last")
    rows: pd.DataFrame = summed[list(COLUMNS)].reset_index(drop=True)
    return Table(rows, owners.base, owners.left_out, owners.presumed)
