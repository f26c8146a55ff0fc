"""An analysis as JSON: the stable interface that scripts read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from xltrack.analysis import Analysis, Table


def analysis_json(analysis: Analysis) -> str:
    """The tables of an analysis by id, with base, columns, rows and what was left out.

    Dates are ISO, a missing value is null, rates are fractions, amounts in the workbook's unit.
    """
    document = {
        "as_of": analysis.as_of.isoformat(),
        "period": analysis.period.label if analysis.period else None,
        "source": [
            {"workbook": source.workbook, "sheet": source.sheet, "leads": source.leads}
            for source in analysis.sources
        ],
        "tables": {name: _table(table) for name, table in analysis.tables.items()},
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _table(table: Table) -> dict[str, Any]:
    columns = list(table.frame.columns)
    records = table.frame.to_dict("split")["data"]
    return {
        "base": table.base,
        "columns": columns,
        "rows": [[_value(cell) for cell in record] for record in records],
        "left_out": table.left_out,
        "presumed": table.presumed,
    }


def _value(cell: Any) -> Any:
    if isinstance(cell, Mapping):
        return {key: _value(value) for key, value in cell.items()}
    if pd.isna(cell):
        return None
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return cell.item() if hasattr(cell, "item") else cell
