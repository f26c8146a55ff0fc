"""The Settings sheet of an older workbook brought up to date; everything else stays as it is.

The sheet is authored anew with what the team typed, the tables and columns that are missing and
the parameters that were added, and put in the place of the old one. Columns and tables of the
team's own are kept. Defined names follow their lists to their new places.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import msgspec
from xlsxwriter import Workbook

from xltrack.create.layout import OWN, Layout
from xltrack.create.names import settings_names
from xltrack.create.palette import Palette, workbook_options
from xltrack.create.settings_sheet import settings_rows, write_settings
from xltrack.errors import UsageError
from xltrack.sheetml.ownership import mark
from xltrack.sheetml.workbook import DefinedName, quoted
from xltrack.sheetml.workbook_edit import EditedWorkbook
from xltrack.template import SettingsTable, Template, Text
from xltrack.template.declared import Parameter, SettingsColumn
from xltrack.template.settings_tables import Run, settings_runs
from xltrack.text import Lang, fold, header_key
from xltrack.writeback import Edit, Target, graft

_KEY = "settings"
_VERSION = "settings_version"
_OWN_WIDTH = 16
_MOST_ROWS = 2000  # a Settings sheet is a short one


def upgrade_settings(target: Target, *, template: Template) -> Edit:
    """Returns the edit that brings the Settings of ``target`` up to date.

    Nothing changes where no table, column or parameter is missing. Cell formats that the team
    gave to the Settings sheet itself are those of the template afterwards.

    Raises:
        PackageError: a broken part.
        UsageError: a sheet is called like Settings, but holds none of its tables.
    """
    name, lang, rows = _old_sheet(target, template)
    runs = settings_runs(template, rows)
    if name is not None and not _is_behind(template, runs):
        return Edit(target, {})
    preferred = template.workbook.sheets["settings"].of(lang)
    owned = {**target.owned, **({_KEY: name} if name is not None else {})}
    adopted = replace(target, owned=owned)
    name = adopted.sheet_name(_KEY, preferred)
    merged = _merged_template(template, runs, name)
    layout = Layout(merged, lang, (), template.workbook.rows)
    scratch = _authored(layout, runs)
    edit = graft(adopted, scratch, {name: _KEY})
    # the adopted target: the save lets the parts of the Settings sheet change, and no others
    return Edit(adopted, with_names(edit, layout, name), edit.grafted, edit.references)


def _old_sheet(target: Target, template: Template) -> tuple[str | None, Lang, list[list[object]]]:
    """Name of the Settings sheet, the workbook's language, and the sheet's cells."""
    from openpyxl import load_workbook  # noqa: PLC0415 (a new workbook needs none of it)

    book = load_workbook(io.BytesIO(_content(target)), read_only=True, data_only=True)
    declared = template.workbook.sheets["settings"]
    called_settings = {fold(declared.zh), fold(declared.en)}
    best: tuple[int, str, list[list[object]]] = (1, "", [])
    for sheet in book.worksheets:
        if sheet.title in target.owned.values() or sheet.title in target.copies:
            continue
        rows: list[list[object]] = [
            list(row) for row in sheet.iter_rows(max_row=_MOST_ROWS, values_only=True)
        ]
        known = sum(bool(run.table) for run in settings_runs(template, rows))
        if fold(sheet.title) in called_settings:
            if not known:
                raise UsageError("settings_name_taken", sheet.title)
            best = (len(template.settings.tables) + 1, sheet.title, rows)  # as reading takes it
        elif known > best[0]:
            best = (known, sheet.title, rows)
    book.close()
    if best[1]:
        return best[1], _language(template, best[2]), best[2]
    names = {sheet.name for sheet in target.workbook.sheets}
    leads = template.workbook.sheets["leads"]
    lang: Lang = "en" if leads.en in names and leads.zh not in names else "zh"
    return None, lang, []


def _content(target: Target) -> bytes:
    stream = io.BytesIO()
    target.package.write(stream)
    return stream.getvalue()


def _language(template: Template, rows: Sequence[Sequence[object]]) -> Lang:
    """The language most headers are in."""
    headers = {header_key(str(cell)) for row in rows for cell in row if cell}
    columns = [column for table in template.settings.tables for column in table.columns]
    zh = sum(header_key(column.header.zh) in headers for column in columns)
    en = sum(header_key(column.header.en) in headers for column in columns)
    return "en" if en > zh else "zh"


def _is_behind(template: Template, runs: Sequence[Run]) -> bool:
    by_table = {run.table: run for run in runs}
    for table in template.settings.tables:
        run = by_table.get(table.id)
        if run is None or {column.id for column in table.columns} - set(run.columns):
            return True
    values = {header_key(str(cells[0])): cells[1] for cells in by_table["parameters"].body}
    for entry in template.parameters:
        there = _labels(entry) & values.keys()
        if not there or (entry.id == _VERSION and values[there.pop()] != entry.value):
            return True
    return False


def _labels(entry: Parameter) -> set[str]:
    return {header_key(text) for text in (entry.label.zh, entry.label.en, entry.id)}


def _merged_template(template: Template, runs: Sequence[Run], sheet: str) -> Template:
    """The template with the team's tables and columns in their places, new ones behind."""
    known = (*template.settings.tables, *template.settings.adopted)
    declared = {table.id: table for table in known}
    tables = [
        _merged_table(declared[run.table], run) if run.table else _own_table(run, number)
        for number, run in enumerate(runs)
    ]
    there = {run.table for run in runs}
    tables += [table for table in template.settings.tables if table.id not in there]
    title = Text(zh=sheet, en=sheet)
    return msgspec.structs.replace(
        template,
        settings=msgspec.structs.replace(template.settings, tables=tuple(tables), with_field=()),
        workbook=msgspec.structs.replace(
            template.workbook, sheets={**template.workbook.sheets, "settings": title}
        ),
    )


def _merged_table(table: SettingsTable, run: Run) -> SettingsTable:
    by_id = {column.id: column for column in table.columns}
    columns = [
        by_id[column] if column else _own_column(header)
        for column, header in zip(run.columns, run.headers, strict=True)
    ]
    columns += [column for column in table.columns if column.id not in run.columns]
    return msgspec.structs.replace(table, columns=tuple(columns))


def _own_table(run: Run, number: int) -> SettingsTable:
    name = f"Own{number}"
    return SettingsTable(
        id=f"{OWN}{number}",
        name=name,
        title=Text(zh=name, en=name),
        columns=tuple(_own_column(header) for header in run.headers),
    )


def _own_column(header: str) -> SettingsColumn:
    return SettingsColumn(id=f"{OWN}{header}", header=Text(zh=header, en=header), width=_OWN_WIDTH)


def _authored(layout: Layout, runs: Sequence[Run]) -> bytes:
    template, stream = layout.template, io.BytesIO()
    rows = settings_rows(layout, {}, None)
    for table, run in zip(template.settings.tables, runs, strict=False):
        ids = [column.id for column in table.columns]
        rows[table.id] = [dict(zip(ids, cells, strict=False)) for cells in run.body]
    parameters = next((run for run in runs if run.table == "parameters"), None)
    if parameters is not None:
        rows["parameters"] = _parameters(layout, rows["parameters"])
    book = Workbook(stream, workbook_options(template, layout.lang))
    write_settings(book, Palette(book, template, layout.lang), layout, rows)
    book.close()
    return stream.getvalue()


def _parameters(layout: Layout, typed: list[dict[str, object]]) -> list[dict[str, object]]:
    """What the team typed, the version of the template, and the parameters that are new."""
    fresh = settings_rows(layout, {}, None)["parameters"]
    there = {header_key(str(row["parameter"])): row for row in typed}
    rows = list(typed)
    for row, entry in zip(fresh, layout.template.parameters, strict=True):
        old = next((there[label] for label in _labels(entry) & there.keys()), None)
        if old is None:
            rows.append(row)
        elif entry.id == _VERSION:
            rows[rows.index(old)] = {**old, "value": entry.value}
    return rows


def with_names(
    edit: Edit, layout: Layout, sheet: str, *, recalculate: bool = True
) -> dict[str, bytes | None]:
    """The edit's parts, the lists' names in their new places, and no mark on the sheet.

    ``recalculate``: formulas that are there already may refer to the names.
    """
    overlay = dict(edit.overlay)
    part, path = edit.target.workbook.part, edit.target.path
    data = overlay.get(part) or edit.target.package.read(part)
    book = EditedWorkbook(data, path, part)
    position = book.sheet_names().index(sheet)
    plain = layout.sheet("settings")
    wanted = [
        DefinedName(name, formula.removeprefix("=").replace(f"{plain}!", f"{quoted(sheet)}!"),
                    None, False)
        for name, formula in settings_names(layout)
    ]  # fmt: skip
    marks = [(mark(_KEY).casefold(), None), (mark(_KEY).casefold(), position)]
    book.set_names(wanted, marks)
    if recalculate:
        book.recalculate_on_load()
    overlay[part] = book.changed() or data
    return overlay
