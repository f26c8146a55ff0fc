"""Findings as CSV that a spreadsheet opens as it should."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from xltrack.leads.checked import Checked
from xltrack.render.findings import Sink
from xltrack.render.findings_rows import heads, rows_of
from xltrack.text import Lang

_BOM = "\ufeff"  # without it Excel takes the bytes for those of the system's own code page
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvSink(Sink):
    """One row a finding, written as it comes."""

    def __init__(self, out: BinaryIO, lang: Lang) -> None:
        self._out = out
        self._lang: Lang = lang
        self._out.write(_BOM.encode())
        self._write([heads(lang)])

    def add(self, checked: Checked) -> None:
        """Write its rows."""
        self._write([list(map(quoted, row.cells)) for row in rows_of(checked, self._lang)])

    def close(self) -> None:
        """Nothing is left."""

    def _write(self, rows: list[list[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        self._out.write(text.getvalue().encode())


def quoted(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> quoted("=1+1"), quoted("LX202405001")
    ("'=1+1", 'LX202405001')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
