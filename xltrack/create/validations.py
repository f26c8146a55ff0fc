"""Dropdowns and typed validations of the leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from xltrack.create.layout import Layout
from xltrack.template import Field, Prompt, Template

_EARLIEST = dt.date(2000, 1, 1)
_LATEST = dt.date(2999, 12, 31)


def add_validations(sheet: Any, layout: Layout, free: Collection[str] = ()) -> None:
    """Puts the validations on the prepared rows; in the fields ``free`` anything may stand."""
    for field in layout.fields:
        options = validation(layout, field)
        if options is not None and field.id not in free:
            column = layout.position[field.id]
            sheet.data_validation(
                layout.first_row - 1, column, layout.last_row - 1, column, options
            )


def validation(layout: Layout, field: Field) -> dict[str, Any] | None:
    """XlsxWriter's options of a column's validation; None where anything may stand."""
    if field.id == "lead_id":
        return _warning(layout, "lead_id") | {"validate": "custom", "value": _id_form(layout)}
    if field.type == "list":
        source = {"validate": "list", "source": f"={list_name(layout.template, field)}"}
        if field.id == "owner":
            return _warning(layout, "owner") | source
        return (
            _stop(layout, "list_blocked") if field.strict else _warning(layout, "list_warned")
        ) | source
    if field.type in ("date", "datetime"):
        span = {"criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST}
        return _stop(layout, "date") | {"validate": "date"} | span
    if field.type == "number":
        return _number(layout, field)
    return None


def list_name(template: Template, field: Field) -> str:
    """Defined name of the Settings column that a list field takes its values from."""
    table = template.settings_table(str(field.list))
    return next(column.name for column in table.columns if column.name)


def _number(layout: Layout, field: Field) -> dict[str, Any]:
    # a mark such as — stands for "none" in the amount, so it passes
    cell = layout.cell(field.id)
    form = f"=OR(AND(ISNUMBER({cell}),{cell}>=0),ISNUMBER(FIND({cell},param_no_loss_marks)))"
    return _stop(layout, "number") | {"validate": "custom", "value": form}


def _id_form(layout: Layout) -> str:
    """Prefix, six digits of year and month, three or more digits, not used above or below.

    Kept under 255 characters, which is what Excel takes as the formula of a validation.
    """
    cell, digits = layout.cell("lead_id"), layout.template.workbook.id_digits
    rest = f'SUBSTITUTE({cell},param_id_prefix,"",1)'
    return (
        f"=AND(LEFT({cell},LEN(param_id_prefix))=param_id_prefix,"
        f"LEN({rest})>={6 + digits},ISNUMBER(-{rest}),ABS(MID({rest},5,2)-6.5)<6,"
        f"COUNTIF({layout.fixed_area('lead_id')},{cell})=1)"
    )


def _stop(layout: Layout, prompt_id: str) -> dict[str, Any]:
    return _texts(layout, layout.template.validation[prompt_id]) | {"error_type": "stop"}


def _warning(layout: Layout, prompt_id: str) -> dict[str, Any]:
    return _texts(layout, layout.template.validation[prompt_id]) | {"error_type": "warning"}


def _texts(layout: Layout, prompt: Prompt) -> dict[str, Any]:
    return {
        "error_title": prompt.title.of(layout.lang),
        "error_message": prompt.message.of(layout.lang),
    }
