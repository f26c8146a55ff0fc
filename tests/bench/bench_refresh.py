"""The main job against its peers: whole processes, one run, ratios of wall time and peak memory.

Run by hand: ``.venv/bin/python tests/bench/bench_refresh.py [LEADS]`` (100,000 by default).
Each command runs in turn, several times; the quickest run of each counts. Modules are compiled
once, as they are where xltrack is installed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

import xltrack

ROUNDS = 3
COMPILED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
SHEET = "线索跟踪表"
PANDAS = (
    "import pandas, sys; pandas.read_excel(sys.argv[1], sheet_name=sys.argv[2], engine='calamine')"
)
CALAMINE = (
    "import sys; from python_calamine import CalamineWorkbook as C; "
    "C.from_path(sys.argv[1]).get_sheet_by_name(sys.argv[2]).to_python()"
)
OPENPYXL = "import openpyxl, sys; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[3])"


def measure(command: Sequence[str]) -> tuple[float, float]:
    """Wall time in seconds and peak memory in MB of one process."""
    started = time.perf_counter()
    process = psutil.Popen(command, env=COMPILED)
    peak = 0
    while process.poll() is None:
        try:
            peak = max(peak, process.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.005)
    if process.wait():
        raise SystemExit(f"failed: {' '.join(command)}")
    return time.perf_counter() - started, peak / 1e6


def best(
    commands: Mapping[str, Sequence[str]], once: Sequence[str] = ()
) -> dict[str, tuple[float, float]]:
    """The quickest run and its peak memory, by name; the commands take turns."""
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for number in range(ROUNDS):
        for name, command in commands.items():
            if number == 0 or name not in once:
                results[name].append(measure(command))
    return {name: min(runs) for name, runs in results.items()}


def main() -> None:
    leads = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        workbook, out = Path(folder) / "leads.xlsx", str(Path(folder) / "out.xlsx")
        started = time.perf_counter()
        xltrack.demo(workbook, leads=leads)
        print(f"demo of {leads:,} leads: {time.perf_counter() - started:.1f} s")
        python, path = sys.executable, str(workbook)
        refresh = [python, "-m", "xltrack", "refresh", path, "--output", out, "--force"]
        commands = {
            "refresh, analysis alone": [*refresh, "--no-checks", "--no-journal"],
            "refresh": refresh,
            "pandas + calamine": [python, "-c", PANDAS, path, SHEET],
            "python-calamine": [python, "-c", CALAMINE, path, SHEET],
            "openpyxl load + save": [python, "-c", OPENPYXL, path, SHEET, out],
        }
        results = best(commands, once=["openpyxl load + save"])
    seconds, memory = results["pandas + calamine"]
    print(f"{'':24}{'seconds':>9}{'MB':>8}{'of the time':>13}{'and memory of pandas':>22}")
    for name, (time_, peak) in results.items():
        print(f"{name:24}{time_:>9.2f}{peak:>8.0f}{time_ / seconds:>13.2f}{peak / memory:>22.2f}")


if __name__ == "__main__":
    main()
