"""The tracking workbook of merged leads: the usual sheets, with the columns that the copies had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import fields as fields_of
from typing import Any, BinaryIO

import msgspec
import pandas as pd

from xltrack.create.layout import OWN, Layout
from xltrack.create.leads_sheet import Lead
from xltrack.create.workbook import write_workbook
from xltrack.errors import UsageError
from xltrack.leads.cells import number_text
from xltrack.leads.merging import MergedLeads
from xltrack.template import Field, Parameters, Settings, Template, Text
from xltrack.template.declared import FieldType
from xltrack.text import Lang, header_key

_SPARE_ROWS = 500  # prepared below the last lead
_MOST_LEADS = 1_048_575 - _SPARE_ROWS
_GLUE = {"zh": "\u3001", "en": ", "}


def write_merged(
    stream: BinaryIO,
    merged: MergedLeads,
    settings: Settings,
    *,
    template: Template,
    lang: Lang,
    as_of: dt.date,
) -> None:
    """Writes a tracking workbook with the merged leads: the same leads give the same bytes.

    Its columns are the documented ones, those that any of the copies has besides, and the team's
    own. Cells that could not be read as a number or a day hold what they held.

    Raises:
        UsageError: ``too_many_leads`` for a sheet.
    """
    count = len(merged.leads)
    if count > _MOST_LEADS:
        raise UsageError("too_many_leads", str(count))
    columns = _columns(merged, template)
    rows = max(template.workbook.rows, count + _SPARE_ROWS)
    layout = Layout(_with_parameters(template, settings), lang, tuple(columns.values()), rows)
    write_workbook(
        stream,
        layout,
        _leads(merged, columns),
        settings_tables(settings),
        id_prefix=settings.parameters.id_prefix,
        as_of=as_of,
    )


def _columns(merged: MergedLeads, template: Template) -> dict[str, Field]:
    """The fields of the workbook by the name that the column has among the leads."""
    there = set(merged.columns)
    columns = {
        field.id: field
        for field in template.fields
        if field.set == "documented" or field.id in there
    }
    taken = {header_key(f.header.zh) for f in columns.values()}
    taken |= {header_key(f.header.en) for f in columns.values()}
    for name, private in merged.own.items():
        header, number = name, 1
        while header_key(header) in taken:
            number += 1
            header = f"{name} {number}"
        taken.add(header_key(header))
        kind: FieldType = "text" if private else _type(merged.leads[name])
        columns[name] = Field(
            id=f"{OWN}{name}",
            header=Text(zh=header, en=header),
            help=template.workbook.own_column,
            type=kind,
        )
    return columns


def _type(column: pd.Series[Any]) -> FieldType:
    if pd.api.types.is_float_dtype(column.dtype):
        return "number"
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "text"
    days = column.dropna()
    return "date" if bool((days.dt.normalize() == days).all()) else "datetime"


def _leads(merged: MergedLeads, columns: Mapping[str, Field]) -> Iterator[Lead]:
    names = [name for name in columns if name in merged.leads.columns]
    values = [_cells(merged.leads[name], columns[name]) for name in names]
    ids = [columns[name].id for name in names]
    for number, row in enumerate(zip(*values, strict=True)):
        lead = dict(zip(ids, row, strict=True))
        for field_id in ids:
            raw = merged.raw.get((number, field_id))
            if raw is not None:
                lead[field_id] = raw
        yield lead


def _cells(column: pd.Series[Any], field: Field) -> list[object]:
    return [None if pd.isna(v) else _cell(v, field.type) for v in column.astype("object")]


def _cell(value: object, kind: FieldType) -> object:
    if isinstance(value, pd.Timestamp):
        moment = value.to_pydatetime()
        return str(value) if kind == "text" else moment.date() if kind == "date" else moment
    if isinstance(value, float) and kind == "text":
        return number_text(value)
    return value


def _with_parameters(template: Template, settings: Settings) -> Template:
    """The template with the team's parameters in the place of its own."""
    known = {each.name for each in fields_of(Parameters)} - {"settings_version"}
    parameters = tuple(
        msgspec.structs.replace(entry, value=getattr(settings.parameters, entry.id))
        if entry.id in known
        else entry
        for entry in template.parameters
    )
    return msgspec.structs.replace(template, parameters=parameters)


def settings_tables(settings: Settings) -> dict[str, list[dict[str, object]]]:
    """What a team has set as rows of the Settings tables."""
    glue = _GLUE[settings.lang]
    return {
        "channels": [
            {"channel": c.name, "synonyms": glue.join(c.synonyms), "note": c.note}
            for c in settings.channels
        ],
        "stages": [
            {
                "stage": s.name,
                "kind": s.kind,
                "limit_days": s.limit_days,
                "definition": s.definition,
                "measure": s.measure,
            }
            for s in settings.stages
        ],
        "priorities": [
            {"priority": p.name, "interval_days": p.interval_days, "note": p.note}
            for p in settings.priorities
        ],
        "lost_reasons": [
            {"reason": r.name, "synonyms": glue.join(r.synonyms), "measure": r.measure}
            for r in settings.lost_reasons
        ],
        "owners": [
            {
                "owner": o.name,
                "active": o.active,
                "group": o.group,
                "successor": o.successor,
            }
            for o in settings.owners
        ],
        "competitors": [
            {
                "competitor": c.name,
                "synonyms": glue.join(c.synonyms),
                "talking_points": c.talking_points,
            }
            for c in settings.competitors
        ],
        "targets": [
            {"month": t.month, "owner": t.owner, "target": t.amount} for t in settings.targets
        ],
        "pivots": [
            {
                "title": p.title,
                "rows": p.rows,
                "columns": p.columns,
                "value": p.value,
                "aggregate": p.aggregate,
            }
            for p in settings.pivots
        ],
        "holidays": [{"day": day} for day in settings.holidays],
    }
