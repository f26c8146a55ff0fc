"""The dropdowns and formats of a sheet of leads alone, for sheets that lost some of theirs."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence

from xlsxwriter import Workbook

from xltrack.create.highlights import add_highlights
from xltrack.create.layout import OWN, Layout
from xltrack.create.names import settings_names
from xltrack.create.palette import Palette, workbook_options
from xltrack.create.validations import add_validations
from xltrack.template import Field, Template, Text
from xltrack.text import Lang

RULES_SHEET = "rules"
"""The sheet of the scratch workbook that has them."""


def prepared_rules(
    template: Template,
    lang: Lang,
    columns: Mapping[str, Sequence[int]],
    *,
    header_row: int = 1,
    rows: int | None = None,
    free: Collection[str] = (),
) -> bytes:
    """A scratch workbook whose one sheet has the dropdowns and formats, and no cells.

    ``columns``: the columns of each field, 1-based; the first of several counts. ``rows``: so many
    below the header, by default as many as the template prepares. ``free``: fields without an input
    check.
    """
    layout = Layout(
        template,
        lang,
        _fields(template, columns),
        rows or template.workbook.rows,
        first_row=header_row + 1,
    )
    stream = io.BytesIO()
    book = Workbook(stream, workbook_options(template, lang))
    sheet = book.add_worksheet(RULES_SHEET)
    add_validations(sheet, layout, free)
    add_highlights(sheet, Palette(book, template, lang), layout)
    book.close()
    return stream.getvalue()


def names_of_rules(template: Template, lang: Lang) -> list[str]:
    """The defined names that the rules' formulas use."""
    layout = Layout(template, lang, (), template.workbook.rows)
    return [name for name, _ in settings_names(layout)]


def _fields(template: Template, columns: Mapping[str, Sequence[int]]) -> tuple[Field, ...]:
    """The fields in their places; what stands between them is the team's own."""
    by_column = {places[0]: template.by_id[field] for field, places in columns.items() if places}
    return tuple(
        by_column.get(column) or _own(column) for column in range(1, max(by_column, default=0) + 1)
    )


def _own(column: int) -> Field:
    header = Text(zh=f"{OWN}{column}", en=f"{OWN}{column}")
    return Field(id=f"{OWN}{column}", header=header, help=header)
