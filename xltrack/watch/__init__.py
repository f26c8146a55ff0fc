"""Watching a folder: each workbook is refreshed once it was saved and closed."""

from xltrack.watch.folder import Happening, What, watch

__all__ = ["Happening", "What", "watch"]
