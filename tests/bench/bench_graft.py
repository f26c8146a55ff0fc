"""What a graft costs, as ratios in one run; printed, not asserted.

    python tests/bench/bench_graft.py [FOLDER_OF_WORKBOOKS [OTHER_PYTHON]]

First: open, author, graft and save five sheets with four charts, beside python-calamine reading the
same workbook, at 10,000 and 100,000 rows, each the best of several runs in processes of their own,
with the peak of memory. Second, where a folder of workbooks is given: for each of them, what this
package and openpyxl's load and save leave identical; OTHER_PYTHON is the interpreter of another
environment, in which paper-xlsx and excelize are installed, to add a sheet with each of them too.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

ROWS = (10_000, 100_000)
RUNS = 5
KEYS = ("overview", "follow_ups", "conversion", "channels", "owners")
TITLES = ("总览", "跟进提醒", "转化分析", "渠道分析", "负责人业绩")
TIMEOUT = 30
MEMORY = 4 << 30
Job = Callable[[Path], subprocess.CompletedProcess[str]]


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")


def team_workbook(path: Path, rows: int) -> None:
    """Write leads: fourteen columns of text, dates and numbers."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("线索跟踪表")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row in range(rows):
        texts = (f"LX2024{row:07}", "行业展会", f"公司{row}", "王总", f"1380000{row % 9999:04}")
        more = (
            f"采购{row % 77}台服务器",
            "高",
            "商务谈判",
            f"2024-05-10:要求报价{row % 999}",
            "赵六",
        )
        sheet.write_row(row, 0, texts + more)
        sheet.write_number(row, 10, 45_000 + row % 300, day)
        sheet.write_number(row, 11, row % 50 * 1.5)
        sheet.write_number(row, 12, 45_000 + row % 200, day)
        sheet.write_string(row, 13, "价格过高")
    book.close()


def scratch_workbook(names: list[str], font: tuple[str, float], variant: int) -> bytes:
    """Author five sheets of 40 rows, four of them with a chart."""
    out = io.BytesIO()
    body = {"font_name": font[0], "font_size": font[1]}
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_format_properties": body})
    head = book.add_format({**body, "bold": True, "bg_color": "#DDEEFF", "border": 1})
    for number, name in enumerate(names):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["渠道", "线索", "成交", "转化率"], head)
        for row in range(1, 41):
            sheet.write_row(row, 0, [f"渠道{row}", row * variant, row, row / 41])
        sheet.conditional_format("B2:B41", {"type": "data_bar"})
        if number < 4:
            chart = book.add_chart({"type": "bar"})
            chart.add_series({"categories": [name, 1, 0, 40, 0], "values": [name, 1, 1, 40, 1]})
            sheet.insert_chart("F2", chart)
    book.close()
    return out.getvalue()


def write_team(path: Path, rows: int) -> None:
    """A job like the others: a child starts with the peak of memory that its parent had."""
    team_workbook(path, rows)


def refresh(path: Path, variant: int) -> None:
    from xltrack.writeback import graft, open_target, save

    target = open_target(path, break_signature=True)
    names = [target.sheet_name(key, title) for key, title in zip(KEYS, TITLES, strict=True)]
    scratch = scratch_workbook(names, target.body_font, variant)
    save(graft(target, scratch, dict(zip(names, KEYS, strict=True))), backup=False)


def read(path: Path, _: int) -> None:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        book.get_sheet_by_index(0).to_python()


def load_and_save(path: Path, _: int) -> None:
    import openpyxl

    warnings.simplefilter("ignore")
    openpyxl.load_workbook(path, keep_vba=path.suffix == ".xlsm").save(path)


JOBS: dict[str, Callable[[Path, int], None]] = {
    "write_team": write_team,
    "refresh": refresh,
    "read": read,
    "load_and_save": load_and_save,
}


def job(name: str, path: str, variant: str) -> None:
    """Run one job in this process and print its seconds and the peak of memory in MB."""
    import resource

    work = JOBS[name]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    work_imports(name)
    start = time.perf_counter()
    work(Path(path), int(variant))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(json.dumps([seconds, peak]))


def work_imports(name: str) -> None:
    """Import before the clock starts: what is compared is work, not the loading of modules."""
    import python_calamine

    import xltrack.writeback

    assert python_calamine
    assert xltrack.writeback
    if name == "load_and_save":
        import openpyxl

        assert openpyxl


def run(name: str, path: Path, number: int) -> subprocess.CompletedProcess[str]:
    """Run a job in a process of its own, bounded in time and memory."""
    command = [sys.executable, __file__, "--job", name, str(path), str(number)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT, check=False, env=environment()
    )


def measured(name: str, path: Path, runs: int) -> tuple[float, float]:
    """Return the best seconds and the largest peak of several runs."""
    results = []
    for variant in range(runs):
        done = run(name, path, variant + 1)
        done.check_returncode()
        results.append(json.loads(done.stdout))
    return min(r[0] for r in results), max(r[1] for r in results)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def costs(folder: Path) -> None:
    say(f"{'rows':>8} {'read':>9} {'refresh':>9} {'ratio':>7} {'memory':>9} {'load+save':>10}")
    peaks = []
    for rows in ROWS:
        path = folder / f"team{rows}.xlsx"
        run("write_team", path, rows)
        reading, _ = measured("read", path, RUNS)
        saving, _ = measured("load_and_save", Path(shutil.copy(path, folder / "copy.xlsx")), 1)
        grafting, peak = measured("refresh", path, RUNS)
        peaks.append(peak)
        say(
            f"{rows:>8} {reading:>8.3f}s {grafting:>8.3f}s {grafting / reading:>7.3f} "
            f"{peak:>6.0f} MB {saving / reading:>9.1f}x"
        )
    say(f"peak memory, {ROWS[1]:,} rows over {ROWS[0]:,}: {peaks[1] / peaks[0]:.2f}")


def stored(path: Path) -> dict[str, str]:
    digests = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for info in archive.infolist():
            file.seek(info.header_offset + 26)
            name, extra = struct.unpack("<HH", file.read(4))
            file.seek(name + extra, 1)
            digests[info.filename] = hashlib.sha256(file.read(info.compress_size)).hexdigest()
    return digests


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


OTHERS = {
    "paper-xlsx": (
        "import sys, openpyxl\n"
        "book = openpyxl.load_workbook(sys.argv[1])\n"
        "book.create_sheet('Added')['A1'] = 1\n"
        "book.save(sys.argv[1])\n"
    ),
    "excelize": (
        "import sys, excelize\n"
        "book = excelize.open_file(sys.argv[1])\n"
        "book.new_sheet('Added')\n"
        "book.set_cell_value('Added', 'A1', 1)\n"
        "book.save()\n"
        "book.close()\n"
    ),
}
ALLOWED = ("content_types", "workbook.xml", "styles", "docprops/app", "calcchain")


def run_other(python: str, code: str, path: Path) -> subprocess.CompletedProcess[str]:
    guard = f"import resource\nresource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
    return subprocess.run(
        [python, "-c", guard + code, str(path)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def verdict(job_of: Job, source: Path, folder: Path) -> str:
    """Return what a job did to a copy of a workbook."""
    path = Path(shutil.copyfile(source, folder / source.name))
    try:
        done = job_of(path)
    except subprocess.TimeoutExpired:
        return "fails"
    if done.returncode:
        return "refused, with a reason" if "xltrack.errors." in done.stderr else "fails"
    try:
        before, after = contents(source), contents(path)
    except (zipfile.BadZipFile, zlib.error):
        return "broken"
    other = [part for part in before if not part.endswith("/") and not allowed(part)]
    if any(part not in after for part in other):
        return "loses parts"
    same = all(after[part] == before[part] for part in other)
    return "every other part identical" if same else "keeps the parts, rewrites them"


def allowed(part: str) -> bool:
    return any(piece in part.lower().replace("\\", "/") for piece in ALLOWED)


def comparison(workbooks: Path, folder: Path, other: str | None) -> None:
    files = sorted(path for path in workbooks.iterdir() if path.is_file())
    jobs: dict[str, Job] = {
        "xltrack": lambda path: run("refresh", path, 1),
        "openpyxl load + save": lambda path: run("load_and_save", path, 1),
    }
    for name, code in OTHERS.items() if other else ():
        jobs[name] = lambda path, code=code: run_other(str(other), code, path)  # type: ignore[misc]
    say()
    say(f"{len(files)} workbooks")
    for title, job_of in jobs.items():
        counts = Counter(verdict(job_of, source, folder) for source in files)
        for what, count in sorted(counts.items()):
            say(f"  {title:<22} {what:<30} {count:>3}")


def main() -> None:
    if sys.argv[1:2] == ["--job"]:
        job(*sys.argv[2:5])
        return
    with tempfile.TemporaryDirectory() as name:
        costs(Path(name))
        if len(sys.argv) > 1:
            other = sys.argv[2] if len(sys.argv) > 2 else None
            comparison(Path(sys.argv[1]), Path(name), other)


if __name__ == "__main__":
    main()
