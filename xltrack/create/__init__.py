"""The tracking workbook and the demo, written with XlsxWriter, and Settings brought up to date."""

from xltrack.create.demo import write_demo
from xltrack.create.upgrade import upgrade_settings
from xltrack.create.workbook import write_tracking_workbook

__all__ = ["upgrade_settings", "write_demo", "write_tracking_workbook"]
