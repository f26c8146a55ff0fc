"""The tracking workbook, written in one go into a stream."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import BinaryIO

from xlsxwriter import Workbook

from xltrack.create.board_figures import board_figures
from xltrack.create.board_sheet import write_board
from xltrack.create.guide_sheet import write_guide
from xltrack.create.layout import HEADER_POINTS, Layout, lead_fields
from xltrack.create.leads_sheet import Lead, in_language, write_leads
from xltrack.create.names import defined_names
from xltrack.create.palette import Palette, workbook_options
from xltrack.create.settings_sheet import Rows, settings_rows, write_settings
from xltrack.errors import UsageError
from xltrack.template import Template, settings_of
from xltrack.text import Lang

_CREATED = dt.datetime(2024, 1, 1)  # fixed: the same request gives the same bytes
_MOST_ROWS = 1_048_575  # rows of a sheet below the header


def write_tracking_workbook(
    stream: BinaryIO,
    *,
    template: Template,
    lang: Lang = "zh",
    columns: str = "default",
    rows: int | None = None,
    id_prefix: str | None = None,
    example: bool = False,
    as_of: dt.date | None = None,
    header_points: float = HEADER_POINTS,
) -> None:
    """Writes an empty tracking workbook, or one with the guide's four leads.

    The same arguments give the same bytes.

    Args:
        stream: where the workbook goes, opened for binary writing.
        template: what is declared.
        lang: language of headers, lists and texts.
        columns: ``documented``, ``default``, ``full`` or field ids after commas.
        rows: rows prepared with dropdowns and formats; default as declared.
        id_prefix: prefix of lead ids; default as declared.
        example: put the declared example leads in, and their owners into Settings.
        as_of: day that the board's cached figures are of; default today. Programs that calculate
            show today's.
        header_points: height of the header row.

    Raises:
        UsageError: an unknown, repeated or missing column, rows below 1 or beyond the sheet.
    """
    layout = replace(new_layout(template, lang, columns, rows), header_points=header_points)
    leads = [in_language(layout, lead) for lead in template.examples] if example else []
    owners = list(dict.fromkeys(str(lead["owner"]) for lead in leads if lead.get("owner")))
    more: Rows = {"owners": [{"owner": owner, "active": True} for owner in owners]}
    write_workbook(stream, layout, leads, more if example else {}, id_prefix=id_prefix, as_of=as_of)


def new_layout(template: Template, lang: Lang, columns: str, rows: int | None) -> Layout:
    """The layout of a workbook to write.

    Raises:
        UsageError: an unknown, repeated or missing column, rows below 1 or beyond the sheet.
    """
    rows = template.workbook.rows if rows is None else rows
    if not 1 <= rows <= _MOST_ROWS:
        raise UsageError("rows_out_of_range", str(rows))
    return Layout(template, lang, lead_fields(template, columns), rows)


def write_workbook(
    stream: BinaryIO,
    layout: Layout,
    leads: Iterable[Lead],
    settings: Rows,
    *,
    id_prefix: str | None = None,
    as_of: dt.date | None = None,
) -> None:
    """Writes the sheets over these leads; ``settings`` replaces rows of Settings tables."""
    template, lang = layout.template, layout.lang
    book = Workbook(stream, workbook_options(template, lang))
    palette = Palette(book, template, lang)
    fields = [field.id for field in layout.fields]
    rows = [{field: lead.get(field) for field in fields} for lead in leads]
    tables = settings_rows(layout, settings, id_prefix)
    write_leads(book, palette, layout, rows)
    if layout.has("stage"):
        figures = board_figures(
            template,
            settings_of(template, tables, lang),
            rows,
            as_of or dt.date.today(),
            with_expected=layout.has("expected_amount"),
        )
        write_board(book, palette, layout, figures)
    write_settings(book, palette, layout, tables)
    write_guide(book, palette, layout)
    for name, formula in defined_names(layout):
        book.define_name(name, formula)
    book.set_properties(
        {
            "title": layout.leads_sheet,
            "subject": layout.template.guide.intro.of(lang),
            "author": "xltrack",
            "created": _CREATED,
        }
    )
    book.close()
