"""``check`` beside a loop that only reads the values: 1,000 workbooks of 200 leads, one of 100,000.

    python tests/bench/bench_check.py [FOLDER] [--workbooks 1000] [--jobs 2] [--runs 3]

The workbooks are made in FOLDER if they are not there yet. Both sides use the same number of
processes; the ratio is what counts, as it says the same on any computer. That of the CPU time of
all processes says so on one that is busy with other things as well. Modules are compiled once, as
they are where xltrack is installed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import resource
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import psutil
import python_calamine

import xltrack

AS_OF = dt.date(2024, 6, 30)
LEADS = 200
STRINGS = "xl/sharedStrings.xml"
COMPILED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


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


class Cost(NamedTuple):
    """Seconds on the clock and of all processes together; MiB of the parent at most."""

    wall: float
    cpu: float
    parent: float = 0.0


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def calamine(paths: list[Path], jobs: int) -> Cost:
    start, before = time.perf_counter(), _cpu()
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(read_values, map(str, paths), chunksize=25))
    return Cost(time.perf_counter() - start, _cpu() - before)


def check(paths: list[Path], jobs: int) -> Cost:
    start, before = time.perf_counter(), _cpu()
    folder = paths[0].parent
    whole = len(paths) == len(list(folder.iterdir()))
    named = [folder] if whole else paths
    command = [sys.executable, "-m", "xltrack", "check", *map(str, named), "--jobs", str(jobs)]
    command += ["--as-of", AS_OF.isoformat(), "--format", "jsonl", "--fail-on", "never"]
    with Path("/dev/null").open("wb") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, env=COMPILED)
        most, watched = 0, psutil.Process(process.pid)
        while process.poll() is None:
            try:
                most = max(most, watched.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.05)
    assert process.wait() == 0
    return Cost(time.perf_counter() - start, _cpu() - before, most / 2**20)


def least(costs: list[Cost]) -> Cost:
    return Cost(*(min(values) for values in zip(*costs, strict=True)))


def compare(name: str, paths: list[Path], jobs: int, runs: int) -> None:
    """Both in turn, as a computer that does other things as well has good and bad moments."""
    pairs = [(calamine(paths, jobs), check(paths, jobs)) for _ in range(runs)]
    theirs, ours = (least([pair[side] for pair in pairs]) for side in (0, 1))
    print(
        f"{name}: check {ours.wall:.2f} s ({ours.cpu:.2f} s of CPU), "
        f"values alone {theirs.wall:.2f} s ({theirs.cpu:.2f} s), "
        f"ratio {ours.wall / theirs.wall:.2f} ({ours.cpu / theirs.cpu:.2f} by CPU), "
        f"parent {ours.parent:.0f} MiB at most",
        flush=True,
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", nargs="?", default="bench-workbooks", type=Path)
    options.add_argument("--workbooks", type=int, default=1000)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    many, one = given.folder / "many", given.folder / "one"
    for folder in (many, one):
        folder.mkdir(parents=True, exist_ok=True)
    paths = [many / f"team{number:04d}.xlsx" for number in range(given.workbooks)]
    for number, path in enumerate(paths):
        make(path, number)
    make(one / "large.xlsx", 0, leads=100_000)
    compare(f"{len(paths) // 10} workbooks", paths[: len(paths) // 10], given.jobs, given.runs)
    compare(f"{len(paths)} workbooks", paths, given.jobs, given.runs)
    compare("one of 100,000 leads", [one / "large.xlsx"], given.jobs, given.runs)


if __name__ == "__main__":
    main()
