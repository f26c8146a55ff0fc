"""Defined names of the workbook: lists that grow, single parameters, columns of the leads."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.utility import xl_col_to_name

from xltrack.create.layout import OWN, Layout
from xltrack.template import SettingsTable, Template
from xltrack.text import Lang


def settings_columns(template: Template) -> dict[tuple[str, str], int]:
    """Column number from 0 of each (table id, column id): one empty column between tables."""
    places: dict[tuple[str, str], int] = {}
    left = 0
    for table in template.settings.tables:
        for offset, column in enumerate(table.columns):
            places[table.id, column.id] = left + offset
        left += len(table.columns) + 1
    return places


def word(words: tuple[str, ...], lang: Lang) -> str:
    """The first of the words that is of that language (ASCII = English).

    >>> word(("是", "yes"), "en")
    'yes'
    """
    return next((entry for entry in words if entry.isascii() == (lang == "en")), words[0])


def defined_names(layout: Layout) -> Iterator[tuple[str, str]]:
    """Name and formula of everything the formulas, formats and dropdowns refer to."""
    yield from settings_names(layout)
    sheet = layout.leads_sheet
    for field in layout.fields:
        if field.id.startswith(OWN):
            continue  # a header need not be a name
        letter = layout.letter(field.id)
        yield f"lead_{field.id}", f"={sheet}!${letter}:${letter}"


def settings_names(layout: Layout) -> Iterator[tuple[str, str]]:
    """Those of them that stand for something on Settings."""
    yield from _list_names(layout)
    yield from _parameter_names(layout)
    yield "overdue_limit", f"={overdue_limit(layout, 'TODAY()')}"


def _list_names(layout: Layout) -> Iterator[tuple[str, str]]:
    # This form grows in Excel, WPS and LibreOffice and is not volatile; a name for a structured
    # reference or INDIRECT does not grow in LibreOffice.
    sheet, end = layout.sheet("settings"), layout.template.settings.rows
    for table, column, letter, first in _columns(layout):
        name = next(entry.name for entry in table.columns if entry.id == column)
        if name:
            yield (
                name,
                f"={sheet}!${letter}$2:INDEX({sheet}!${letter}$2:${letter}${end},"
                f"MAX(1,COUNTA({sheet}!${first}$2:${first}${end})))",
            )


def _columns(layout: Layout) -> Iterator[tuple[SettingsTable, str, str, str]]:
    places = settings_columns(layout.template)
    for table in layout.template.settings.tables:
        first = str(xl_col_to_name(places[table.id, table.columns[0].id]))
        for column in table.columns:
            yield table, column.id, str(xl_col_to_name(places[table.id, column.id])), first


def _parameter_names(layout: Layout) -> Iterator[tuple[str, str]]:
    sheet, end = layout.sheet("settings"), layout.template.settings.rows
    places = settings_columns(layout.template)
    label = xl_col_to_name(places["parameters", "parameter"])
    value = xl_col_to_name(places["parameters", "value"])
    for parameter in layout.template.parameters:
        found = (
            f"INDEX({sheet}!${value}$2:${value}${end},"
            f'MATCH("{parameter.label.of(layout.lang)}",{sheet}!${label}$2:${label}${end},0))'
        )
        yield f"param_{parameter.id}", f"={found}"


def overdue_limit(layout: Layout, day: str) -> str:
    """Formula of the last day that a lead overdue on ``day`` can have been due on.

    With due days moved to working days, a lead is overdue when a working day lies between its due
    day and the day before: when it was due on or before the last working day before ``day``.
    """
    yes = word(layout.template.words.yes, layout.lang)
    shifted = f"WORKDAY({day},-1,holiday_list)"
    return f'IF(param_shift_to_working_days="{yes}",{shifted},{day}-1)'
