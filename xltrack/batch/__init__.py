"""Work over many workbooks."""

from xltrack.batch.inputs import find_workbooks

__all__ = ["find_workbooks"]
