"""``summary`` beside ``check`` of the same files, and its memory beside that of the merged leads.

    python tests/bench/bench_summary.py [FOLDER] [--workbooks 1000] [--jobs 2]

The workbooks are those of bench_check.py, made in FOLDER if they are not there yet. Ratios count,
as they say the same on any computer. The parent's memory is what it holds at most less what it
holds with everything imported and nothing read; the merged leads are weighed in a process of their
own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from bench_check import AS_OF, make  # type: ignore[import-not-found]  # beside this script

MIB = 2**20
WEIGH = """
import datetime as dt, sys
from pathlib import Path
import psutil
from xltrack.analysis import analyze_book
from xltrack.batch.gathering import gather, summary_settings
from xltrack.batch.summarising import collect_workbooks
import xltrack.analysis.comparison, xltrack.render.xlsx, xltrack.report.summary, xltrack.writeback
import xltrack.checks, pyarrow.compute
idle = psutil.Process().memory_info().rss
paths = sorted(Path(sys.argv[1]).glob("*.xlsx"))[: int(sys.argv[2])]
found = collect_workbooks(paths, as_of=dt.date.fromisoformat(sys.argv[3]), jobs=2)
names = [each.workbook for each in found.workbooks]
own, whole = summary_settings(found.books, names[0])
rows = gather(found.books, names, whole, {}).book.rows
print(idle, int(rows.memory_usage(deep=True).sum()), len(rows))
"""


def run(arguments: list[str]) -> tuple[float, int]:
    """Seconds, and bytes of the parent process at most."""
    start, most = time.perf_counter(), 0
    with Path("/dev/null").open("wb") as nowhere:
        process = subprocess.Popen(
            [sys.executable, "-m", "xltrack", *arguments], stdout=nowhere, stderr=nowhere
        )
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                most = max(most, watched.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.02)
    assert process.wait() == 0
    return time.perf_counter() - start, most


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", nargs="?", default="bench-workbooks", type=Path)
    options.add_argument("--workbooks", type=int, default=1000)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--repeat", type=int, default=2)
    given = options.parse_args()
    many = given.folder / "many"
    many.mkdir(parents=True, exist_ok=True)
    paths = [many / f"team{number:04d}.xlsx" for number in range(given.workbooks)]
    for number, path in enumerate(paths):
        make(path, number)
    files = list(map(str, paths))
    common = ["--jobs", str(given.jobs), "--as-of", AS_OF.isoformat(), "--fail-on", "never"]
    with tempfile.TemporaryDirectory() as folder:
        out = ["-o", str(Path(folder) / "summary.xlsx"), "--month", f"{AS_OF:%Y-%m}", "--force"]
        ours, theirs = [], []
        for _ in range(given.repeat):
            theirs.append(run(["check", *files, *common, "--format", "jsonl"]))
            ours.append(run(["summary", *files, *common, *out]))
    seconds, most = min(each[0] for each in ours), min(each[1] for each in ours)
    checked = min(each[0] for each in theirs)
    print(f"summary {seconds:.2f} s, check {checked:.2f} s, ratio {seconds / checked:.2f}")
    weigh = [sys.executable, "-c", WEIGH, str(many), str(given.workbooks), AS_OF.isoformat()]
    said = subprocess.run(weigh, check=True, capture_output=True, text=True).stdout.split()
    idle, frame, leads = map(int, said)
    print(
        f"parent at most {most / MIB:.0f} MiB, {idle / MIB:.0f} before reading; "
        f"merged leads ({leads:,}) {frame / MIB:.0f} MiB, ratio {(most - idle) / frame:.2f}"
    )


if __name__ == "__main__":
    main()
