"""All tables of the analysis against python-calamine's reading of the same file.

Run by hand: ``.venv/bin/python tests/bench/bench_analyze.py [LEADS]`` (100,000 by default). Both
take turns in one process; the quickest of each counts.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import python_calamine

import xltrack
from xltrack.analysis import analyze_book

AS_OF = dt.date(2024, 6, 30)
ROUNDS = 5


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "leads.xlsx"
        xltrack.demo(workbook, leads=int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
        book = xltrack.read(workbook)
        tables = len(analyze_book(book, as_of=AS_OF))

        def read_values() -> None:
            read = python_calamine.CalamineWorkbook.from_path(str(workbook))
            for name in read.sheet_names:
                read.get_sheet_by_name(name).to_python()

        reading, analysis = (
            min(times)
            for times in zip(
                *(
                    (seconds(read_values), seconds(lambda: analyze_book(book, as_of=AS_OF)))
                    for _ in range(ROUNDS)
                ),
                strict=True,
            )
        )
    print(f"python-calamine reads in {reading:.2f} s")
    print(f"{tables} tables in {analysis:.2f} s: {analysis / reading:.2f} of that")


if __name__ == "__main__":
    main()
