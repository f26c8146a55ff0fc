"""From leads to named tables: pure pandas, no file, no spreadsheet."""

from xltrack.analysis.period import Period, choose_period, parse_period
from xltrack.analysis.table import Table
from xltrack.analysis.tables import TABLES, Analysis, analyze_book

__all__ = [
    "TABLES",
    "Analysis",
    "Period",
    "Table",
    "analyze_book",
    "choose_period",
    "parse_period",
]
