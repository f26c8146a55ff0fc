"""The workbook that is open in Excel: what its buttons do, and the same from outside.

xlwings is imported when something is done, and in this package alone.
"""

from xltrack.live.actions import check, clear_highlights, refresh, refresh_open
from xltrack.live.work import LiveChecked, LiveRefreshed

__all__ = [
    "LiveChecked",
    "LiveRefreshed",
    "check",
    "clear_highlights",
    "refresh",
    "refresh_open",
]
