"""The report model and the compositions of sheets."""

from xltrack.report.blocks import (
    Cell,
    Chart,
    Column,
    Heading,
    KeyFigure,
    KeyFigures,
    Link,
    Note,
    Rate,
    Report,
    Sheet,
    TableBlock,
)
from xltrack.report.sheets import DEFAULT_SHEETS, SHEETS, build_report, sheet_keys, tables_for
from xltrack.report.table_blocks import table_block
from xltrack.report.wording import Wording

__all__ = [
    "DEFAULT_SHEETS",
    "SHEETS",
    "Cell",
    "Chart",
    "Column",
    "Heading",
    "KeyFigure",
    "KeyFigures",
    "Link",
    "Note",
    "Rate",
    "Report",
    "Sheet",
    "TableBlock",
    "Wording",
    "build_report",
    "sheet_keys",
    "table_block",
    "tables_for",
]
