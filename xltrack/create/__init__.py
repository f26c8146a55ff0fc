"""The tracking workbook and the demo, written with XlsxWriter."""

from xltrack.create.demo import write_demo
from xltrack.create.workbook import write_tracking_workbook

__all__ = ["write_demo", "write_tracking_workbook"]
