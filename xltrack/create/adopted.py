"""The Settings sheet put into a workbook that was in use before, and what its headers mean."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import msgspec
from xlsxwriter import Workbook

from xltrack.create.adopted_lists import Row, Rows
from xltrack.create.layout import Layout
from xltrack.create.names import settings_names
from xltrack.create.palette import Palette, workbook_options
from xltrack.create.settings_sheet import settings_rows, write_settings
from xltrack.create.upgrade import with_names
from xltrack.errors import UsageError
from xltrack.template import Template, Text
from xltrack.template.own_headers import COLUMNS, OWN_COLUMN
from xltrack.text import Lang, fold
from xltrack.writeback import Edit, Target, graft

_KEY = "settings"


def put_settings_in(
    target: Target,
    *,
    template: Template,
    lang: Lang,
    rows: Mapping[str, Sequence[Row]],
    parameters: Mapping[str, object],
) -> Edit:
    """The edit that adds a Settings sheet of the team's own, with the names that rules use.

    ``rows``: by table, those that are not the template's; ``parameters``: by id, values that are
    not the template's.

    Raises:
        UsageError: ``settings_name_taken`` where a sheet of the team is called like Settings,
            ``names_taken`` where defined names of the team are called like those that rules use.
    """
    merged = _with_adopted_tables(template, target, _free_name(target, template, lang))
    layout = Layout(merged, lang, (), template.workbook.rows)
    _refuse_taken_names(target, layout)
    name = target.sheet_name(_KEY, layout.sheet("settings"))
    edit = graft(target, _authored(layout, rows, parameters), {name: _KEY})
    overlay = with_names(edit, layout, name, recalculate=False)
    return Edit(target, overlay, edit.grafted)


def _free_name(target: Target, template: Template, lang: Lang) -> str:
    """The name of Settings; a sheet of the team with either name would be taken for it."""
    names = template.workbook.sheets["settings"]
    known = (fold(names.zh), fold(names.en))
    taken = next((s.name for s in target.workbook.sheets if fold(s.name) in known), None)
    if taken is not None:
        raise UsageError("settings_name_taken", taken)
    return names.of(lang)


def _with_adopted_tables(template: Template, target: Target, sheet: str) -> Template:
    settings = template.settings
    tables = tuple(
        msgspec.structs.replace(table, name=target.table_name(table.name))
        for table in (*settings.tables, *settings.adopted)
    )
    title = Text(zh=sheet, en=sheet)
    return msgspec.structs.replace(
        template,
        settings=msgspec.structs.replace(settings, tables=tables, with_field=()),
        workbook=msgspec.structs.replace(
            template.workbook, sheets={**template.workbook.sheets, "settings": title}
        ),
    )


def _refuse_taken_names(target: Target, layout: Layout) -> None:
    wanted = {name.casefold() for name, _ in settings_names(layout)}
    taken = sorted({n.name for n in target.workbook.names if n.name.casefold() in wanted})
    if taken:
        raise UsageError("names_taken", ", ".join(taken))


def _authored(
    layout: Layout, rows: Mapping[str, Sequence[Row]], parameters: Mapping[str, object]
) -> bytes:
    template, stream = layout.template, io.BytesIO()
    filled = settings_rows(layout, rows, None)
    for row, entry in zip(filled["parameters"], template.parameters, strict=True):
        if entry.id in parameters:
            row["value"] = parameters[entry.id]
    book = Workbook(stream, workbook_options(template, layout.lang))
    write_settings(book, Palette(book, template, layout.lang), layout, filled)
    book.close()
    return stream.getvalue()


def column_rows(template: Template, lang: Lang, headers: Mapping[str, str]) -> Rows:
    """The rows that say what headers mean; an empty field is a column of the team's own."""
    body = [
        {
            "header": " ".join(header.split()),
            "field": template.by_id[field].header.of(lang) if field else OWN_COLUMN,
        }
        for header, field in headers.items()
    ]
    return {COLUMNS: body}
