"""What each conditional format and the board cost LibreOffice on 10,000 leads.

Run by hand: ``python tests/bench/bench_formats.py [LEADS]``. Each workbook is opened and exported
to HTML, which evaluates every cell's formats, in a process of its own; what a workbook without
formats takes is subtracted. Figures are seconds on this machine, good for comparing the rules.
"""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from xltrack.create import highlights as rules
from xltrack.create.demo_leads import DemoLeads
from xltrack.create.demo_words import demo_words
from xltrack.create.layout import Layout
from xltrack.create.leads_sheet import Lead
from xltrack.create.workbook import new_layout, write_workbook
from xltrack.template import default_settings, load_template

TEMPLATE = load_template()
UNTIL = dt.date(2024, 6, 30)
ALL = rules.highlights


def workbook(layout: Layout, leads: list[Lead], kept: set[str], board: bool = True) -> bytes:
    """A workbook with some of the rules, with or without its board."""
    stream = io.BytesIO()
    chosen = mock.patch.object(
        rules, "highlights", lambda layout: [rule for rule in ALL(layout) if rule.id in kept]
    )
    no_board = mock.patch("xltrack.create.workbook.write_board", return_value=None)
    with chosen:
        if board:
            write_workbook(stream, layout, leads, {}, as_of=UNTIL)
        else:
            with no_board:
                write_workbook(stream, layout, leads, {}, as_of=UNTIL)
    return stream.getvalue()


def seconds(content: bytes, folder: Path) -> float:
    """The quicker of two exports."""
    path = folder / "leads.xlsx"
    path.write_bytes(content)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
               "--convert-to", "html", "--outdir", str(folder), str(path)]  # fmt: skip
    times = []
    for _ in range(2):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main(count: int) -> None:
    """Prints one line a rule."""
    settings = default_settings(TEMPLATE, "zh")
    leads: list[Lead] = list(DemoLeads(TEMPLATE, settings, demo_words(), count, 1, UNTIL))
    layout = new_layout(TEMPLATE, "zh", "default", count)
    names = list(dict.fromkeys(rule.id for rule in ALL(layout)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = seconds(workbook(layout, leads, set(), board=False), folder)
        print(f"{count} leads, no formats, no board: {base:.2f} s")
        for rule in names:
            more = seconds(workbook(layout, leads, {rule}, board=False), folder) - base
            print(f"{rule:12} +{more:.2f} s")
        more = seconds(workbook(layout, leads, set(names), board=False), folder) - base
        print(f"all formats  +{more:.2f} s")
        more = seconds(workbook(layout, leads, set()), folder) - base
        print(f"board        +{more:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
