"""What the headers of a workbook mean that was in use before, as its Settings say."""

from __future__ import annotations

from collections.abc import Sequence

from xltrack.template.declared import Template
from xltrack.template.settings_tables import settings_runs
from xltrack.text import fold, header_key

COLUMNS = "columns"
"""The id of the table that says it."""
OWN_COLUMN = "—"
"""What stands for a column of the team's own there."""


def adopted_names(template: Template) -> frozenset[str]:
    """The defined names that only a workbook has which says what its headers mean."""
    tables = (table for table in template.settings.adopted if table.id == COLUMNS)
    return frozenset(c.name for table in tables for c in table.columns if c.name)


def header_meanings(template: Template, rows: Sequence[Sequence[object]]) -> list[tuple[str, str]]:
    """Headers with the id of the field that each means, from the cells of a Settings sheet.

    An empty id stands for a column of the team's own; a header whose field is not known is left
    out, and so keeps its usual meaning.
    """
    found = []
    for run in settings_runs(template, rows):
        if run.table != COLUMNS or "field" not in run.columns:
            continue
        at, said = run.columns.index("header"), run.columns.index("field")
        for cells in run.body:
            header, field = _text(cells, at), _text(cells, said)
            meant = field_named(template, field)
            if header and meant is not None:
                found.append((header, meant))
    return found


def field_named(template: Template, text: str) -> str | None:
    """The id of the field that a text names by its id or a header of its.

    Returns: an empty text for a mark that stands for the team's own, None for what is not known.
    """
    if fold(text) in ("", "-", OWN_COLUMN):
        return ""
    if text.strip() in template.by_id:
        return text.strip()
    return template.by_header.get(header_key(text))


def _text(cells: Sequence[object], place: int) -> str:
    cell = cells[place] if place < len(cells) else None
    return "" if cell is None else str(cell).strip()
