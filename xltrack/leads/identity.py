"""Which rows are the same lead: the same id and the same customer, however it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from xltrack.leads.follow_up import last_contact
from xltrack.template import Settings, lookup
from xltrack.text import fold

_NOT_IN_NAME = re.compile(r"[\s()\[\]{}<>《》「」【】·.,,。、&'\"_-]+")


def normalised_customer(name: str, suffixes: Sequence[str]) -> str:
    """A customer's name without width, case, spaces, punctuation and the form of the company.

    >>> normalised_customer(" XX科技(北京) 有限公司", ["有限公司", "公司"])
    'xx科技北京'
    >>> normalised_customer("公司", ["公司"])
    '公司'
    """
    return _normalised(name, tuple(suffixes))


@lru_cache(maxsize=1 << 16)  # asked for by several rules, and customers come again
def _normalised(name: str, suffixes: tuple[str, ...]) -> str:
    plain = _plain(name)
    for suffix in _plain_suffixes(suffixes):
        shorter = plain.removesuffix(suffix)
        if shorter and shorter != plain:
            return shorter
    return plain


def _plain(name: str) -> str:
    return _NOT_IN_NAME.sub("", fold(name))


@lru_cache(maxsize=8)
def _plain_suffixes(suffixes: tuple[str, ...]) -> list[str]:
    return sorted(set(map(_plain, suffixes)), key=lambda suffix: (-len(suffix), suffix))


def lead_keys(rows: pd.DataFrame, suffixes: Sequence[str]) -> pd.DataFrame:
    """The rows whose id occurs more than once, with the keys of the lead they are.

    Columns: ``id`` and ``customer``, folded and normalised. Index: that of ``rows``.
    """
    ids = rows["lead_id"]
    repeated = ids[ids.notna() & ids.str.upper().duplicated(keep=False)]
    customers = rows.loc[repeated.index, "customer"].fillna("")
    names = {name: normalised_customer(name, suffixes) for name in customers.unique()}
    return pd.DataFrame({"id": repeated.map(fold), "customer": customers.map(names)})


def one_row_per_lead(
    rows: pd.DataFrame, settings: Settings, suffixes: Sequence[str]
) -> pd.DataFrame:
    """One row per lead, in the order of the rows; the index is new.

    Rows of one id and one customer are one lead: the row with the latest follow-up counts, then
    the furthest stage, then the first by file, sheet and row. Rows without an id are a lead each.

    Source: definition of the workbook, one lead several rows.
    """
    keys = lead_keys(rows, suffixes)
    same = keys[keys.duplicated(keep=False)]
    if same.empty:
        return rows
    some = rows.loc[same.index]
    stages = {stage.name: index for index, stage in enumerate(settings.funnel)}
    names = lookup(settings.stages)
    place = some["stage"].map(
        lambda stage: stages.get(names.get(fold(stage), ""), -1), na_action="ignore"
    )
    ranked = same.assign(
        contact=last_contact(some["latest_follow_up"]).fillna(pd.Timestamp(0)),
        place=pd.to_numeric(place).fillna(-1),
        file=some["file"].astype("str"),
        at=np.arange(len(some)),
    )
    ranked = ranked.sort_values(
        ["contact", "place", "file", "at"], ascending=[False, False, True, True]
    )
    left_out = ranked.index[ranked.duplicated(["id", "customer"])]
    return rows.drop(index=left_out).reset_index(drop=True)


def leads_by_file(rows: pd.DataFrame, suffixes: Sequence[str]) -> dict[str, int]:
    """How many leads each workbook holds; rows of one lead count once in each."""
    counted = rows["file"].value_counts(sort=False)
    ids = rows["lead_id"]
    keys = pd.DataFrame({"file": rows["file"].cat.codes, "id": ids.str.upper()})
    repeated = ids.notna() & keys.duplicated(keep=False)
    if repeated.any():
        some = lead_keys(rows[repeated], suffixes).assign(file=rows["file"])
        again = some[some.duplicated(["file", "id", "customer"])]
        counted = counted.sub(again["file"].value_counts(sort=False), fill_value=0)
    return {str(name): int(count) for name, count in counted.items()}
