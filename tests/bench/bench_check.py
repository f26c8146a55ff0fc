"""``check`` beside a loop that only reads the values: 1,000 workbooks of 200 leads, one of 100,000.

    python tests/bench/bench_check.py [FOLDER] [--workbooks 1000] [--jobs 2]

The workbooks are made in FOLDER if they are not there yet. Both sides use the same number of
processes; the ratio is what counts, as it says the same on any computer.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
import python_calamine

import xltrack

AS_OF = dt.date(2024, 6, 30)
LEADS = 200
STRINGS = "xl/sharedStrings.xml"


def make(path: Path, number: int, leads: int = LEADS) -> None:
    """A demo workbook whose lead ids no other of them has."""
    if path.exists():
        return
    draft = xltrack.demo(path.with_name(f"draft-{number}.xlsx"), leads=leads, seed=number + 1)
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == STRINGS and leads == LEADS:
                data = re.sub(rb"(LX\d{6})(\d{3})<", rb"\g<1>%03d\g<2><" % number, data)
            out.writestr(info, data)
    draft.unlink()


def read_values(path: str) -> int:
    """Read all values of all sheets."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    return sum(len(workbook.get_sheet_by_name(name).to_python()) for name in workbook.sheet_names)


def calamine(paths: list[Path], jobs: int) -> float:
    start = time.perf_counter()
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(read_values, map(str, paths), chunksize=25))
    return time.perf_counter() - start


def check(paths: list[Path], jobs: int) -> float:
    start = time.perf_counter()
    folder = str(paths[0].parent) if len(paths) > 1 else str(paths[0])
    command = [sys.executable, "-m", "xltrack", "check", folder, "--jobs", str(jobs)]
    command += ["--as-of", AS_OF.isoformat(), "--format", "jsonl", "--fail-on", "never"]
    with Path("/dev/null").open("wb") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere)
        most, watched = 0, psutil.Process(process.pid)
        while process.poll() is None:
            try:
                most = max(most, watched.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.05)
    assert process.wait() == 0
    seconds = time.perf_counter() - start
    print(f"  parent {most / 2**20:.0f} MiB at most")
    return seconds


def best(run: Callable[[list[Path], int], float], paths: list[Path], jobs: int) -> float:
    return min(run(paths, jobs) for _ in range(2))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", nargs="?", default="bench-workbooks", type=Path)
    options.add_argument("--workbooks", type=int, default=1000)
    options.add_argument("--jobs", type=int, default=2)
    given = options.parse_args()
    many, one = given.folder / "many", given.folder / "one"
    for folder in (many, one):
        folder.mkdir(parents=True, exist_ok=True)
    paths = [many / f"team{number:04d}.xlsx" for number in range(given.workbooks)]
    for number, path in enumerate(paths):
        make(path, number)
    make(one / "large.xlsx", 0, leads=100_000)
    for name, files in (("many", paths), ("one of 100,000", [one / "large.xlsx"])):
        ours, theirs = best(check, files, given.jobs), best(calamine, files, given.jobs)
        print(f"{name}: check {ours:.2f} s, values alone {theirs:.2f} s, ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
