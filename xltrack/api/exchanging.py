"""``diff``, ``merge`` and ``redact``: several copies of a team's workbook, and one to give away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.paths import AnyPath
from xltrack.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from xltrack.leads.difference import Difference


def diff(
    before: AnyPath,
    after: AnyPath,
    *,
    settings: AnyPath | None = None,
    output: AnyPath | None = None,
    force: bool = False,
) -> Difference:
    """What changed from one workbook, or version of it, to another.

    Leads that came or went, moved on or back, were won, lost or opened again; amounts, owners and
    every other column. Private columns are told as changed, without their values; contact details
    inside texts are masked.

    Args:
        before, after: the two workbooks.
        settings: take the Settings of this workbook for both.
        output: also write the changes as a workbook (``.xlsx``).
        force: overwrite ``output``.

    Raises:
        UnreadableWorkbook: one cannot be read, or holds no leads.
        UsageError: ``output`` does not end in ``.xlsx``.
        Refused: ``output`` exists or cannot be written.
    """
    from dataclasses import replace

    from xltrack.api.analysing import read
    from xltrack.writeback.standalone import write_new

    if output is not None and Path(output).suffix.lower() != ".xlsx":
        raise UsageError("needs_xlsx", Path(output).name)
    old, new = read(before, settings=settings), read(after, settings=settings)
    from xltrack.leads.difference import difference
    from xltrack.template import load_template

    found = difference(old, new, load_template())
    found = replace(found, changes=_without_contacts(found.changes))
    if output is not None:
        from xltrack.render.changes import change_workbook

        content = change_workbook(found, new.lang)
        write_new(Path(output), lambda out: out.write(content), overwrite=force)
    return found


def _without_contacts(changes: pd.DataFrame) -> pd.DataFrame:
    """The changes with contact details masked where they stand inside other text."""
    from xltrack.checks.privacy import without_private

    masked = changes.copy()
    for name in ("customer", "old", "new"):
        masked[name] = [without_private(v) if isinstance(v, str) else v for v in changes[name]]
    return masked
