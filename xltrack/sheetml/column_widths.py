"""Widths of columns that have none of their own yet."""

from __future__ import annotations

from collections.abc import Mapping

from xltrack.opc.markup import children, local_name, whole_number
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.splice import Splice


def widened(frame: SheetFrame, widths: Mapping[int, float]) -> list[Splice]:
    """The splices that give columns (1-based) a width; one that is described already stays.

    Raises: PackageError for a part that is not well-formed.
    """
    prefix, data = frame.markup.prefix, frame.markup.data
    section = next((e for e in children(frame.root) if local_name(e) == "cols"), None)
    spans = [
        (whole_number(e.get("min")) or 0, whole_number(e.get("max")) or 0)
        for e in (children(section) if section is not None else ())
    ]
    new = {c: w for c, w in widths.items() if not any(lo <= c <= hi for lo, hi in spans)}
    if not new:
        return []
    markup = {
        column: f'<{prefix}col min="{column}" max="{column}" width="{width:g}" customWidth="1"/>'
        for column, width in sorted(new.items())
    }
    there = next((s for s in frame.sections if s.name == "cols"), None)
    if there is None:
        whole = f"<{prefix}cols>{''.join(markup.values())}</{prefix}cols>"
        return [frame.inserted("cols", whole.encode())]
    if any(lo > min(new) for lo, _ in spans):
        return []  # they stand in order, and new ones come last
    end = data.rindex(b"</", there.inner, there.end)
    return [Splice(end, end, "".join(markup.values()).encode())]
