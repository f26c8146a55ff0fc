"""The report model and the compositions of sheets."""

from xltrack.report.blocks import (
    ActionItem,
    ActionList,
    Cell,
    Chart,
    Column,
    Heading,
    Interval,
    KeyFigure,
    KeyFigures,
    Link,
    Note,
    Rate,
    Report,
    Sheet,
    Sum,
    TableBlock,
)
from xltrack.report.compositions import block_of
from xltrack.report.sheets import (
    DEFAULT_SHEETS,
    SHEETS,
    build_report,
    sheet_keys,
    tables_for,
    usual_sheets,
)
from xltrack.report.wording import Wording

__all__ = [
    "DEFAULT_SHEETS",
    "SHEETS",
    "ActionItem",
    "ActionList",
    "Cell",
    "Chart",
    "Column",
    "Heading",
    "Interval",
    "KeyFigure",
    "KeyFigures",
    "Link",
    "Note",
    "Rate",
    "Report",
    "Sheet",
    "Sum",
    "TableBlock",
    "Wording",
    "block_of",
    "build_report",
    "sheet_keys",
    "tables_for",
    "usual_sheets",
]
