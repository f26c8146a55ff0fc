"""Findings for the terminal: by workbook, with a summary by code at the end."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO

from xltrack.findings import Finding
from xltrack.leads.checked import Checked
from xltrack.render.findings import Sink
from xltrack.render.findings_rows import severity_word
from xltrack.template import load_labels
from xltrack.template.finding_texts import shown
from xltrack.text import Lang

if TYPE_CHECKING:
    from rich.console import Console

MOST_IN_A_WORKBOOK, MOST = 5, 50
"""Findings of one code that are shown in one workbook, and in all."""
_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_WIDTH = 400  # without a terminal, lines are as long as they are


class TextSink(Sink):
    """Keeps what will be shown, and how many there are of the rest."""

    def __init__(self, out: BinaryIO, lang: Lang, *, plain: bool) -> None:
        self._out = out
        self._lang: Lang = lang
        self._plain = plain
        self._workbooks: dict[str, _Shown] = {}
        self._counts: Counter[str] = Counter()
        self._files: Counter[str] = Counter()
        self._severity: dict[str, str] = {}

    def add(self, checked: Checked) -> None:
        """Keep the first findings of each code."""
        kept = self._workbooks.setdefault(checked.workbook, _Shown())
        kept.leads += checked.leads
        for finding in checked.findings:
            code = finding.code
            self._severity.setdefault(code, finding.severity)
            self._counts[code] += 1
            self._files[code] += not kept.counts[code]
            kept.counts[code] += 1
            kept.severities[finding.severity] += 1
            if kept.counts[code] <= MOST_IN_A_WORKBOOK and self._counts[code] <= MOST:
                kept.first.append(finding)

    def close(self) -> None:
        """Print all of it."""
        from rich.console import Console  # noqa: PLC0415 - only where text is asked for

        text = io.TextIOWrapper(self._out, encoding="utf-8", newline="\n", write_through=True)
        console = Console(
            file=text,
            width=_WIDTH if self._plain else None,
            no_color=self._plain,
            force_terminal=not self._plain,
            highlight=False,
            soft_wrap=True,
        )
        for name, kept in self._workbooks.items():
            if kept.counts or len(self._workbooks) == 1:
                self._print_workbook(console, name, kept)
        self._print_summary(console)
        text.flush()
        text.detach()

    def _print_workbook(self, console: Console, name: str, kept: _Shown) -> None:
        from rich.text import Text  # noqa: PLC0415

        counts = [
            Text(f"{severity_word(severity, self._lang)} {kept.severities[severity]:,}", style)
            for severity, style in _STYLES.items()
            if kept.severities[severity]
        ]
        leads = Text(self._say("check_leads", leads=f"{kept.leads:,}"))
        head = Text("  ").join([Text(name, "bold underline"), leads, *counts])
        console.print(head)
        sheets = {finding.sheet for finding in kept.first if finding.sheet}
        for finding in kept.first:
            console.print(self._line(finding, named=len(sheets) > 1))
        hidden = Counter(kept.counts)
        hidden.subtract(finding.code for finding in kept.first)
        more = [
            self._say("check_more", code=code, n=f"{count:,}")
            for code, count in sorted(hidden.items())
            if count
        ]
        if more and kept.first:  # where nothing is shown, the counts above say it all
            console.print(Text(f"  {' · '.join(more)}", "dim"))
        console.print()

    def _line(self, finding: Finding, *, named: bool) -> object:
        from rich.text import Text  # noqa: PLC0415

        message, suggestion = shown(finding, self._lang)
        there = "" if finding.cell in message else finding.cell
        place = "!".join(filter(None, (finding.sheet if named else "", there)))
        return Text.assemble(
            "  ",
            (finding.code, _STYLES[finding.severity]),
            "  ",
            (f"{place}  " if place else "", "bold"),
            " ".join(message.split()),
            (f"  → {' '.join(suggestion.split())}", "dim"),
        )

    def _print_summary(self, console: Console) -> None:
        from rich import box  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        if not self._counts:
            console.print(Text(self._say("check_clean", n=len(self._workbooks)), "green"))
            return
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for key in ("check_code", "check_severity"):
            table.add_column(self._say(key))
        for key in ("check_count", "check_files"):
            table.add_column(self._say(key), justify="right")
        for code, count in sorted(self._counts.items(), key=self._by_weight):
            severity = self._severity[code]
            word = Text(severity_word(severity, self._lang), _STYLES[severity])
            table.add_row(code, word, f"{count:,}", f"{self._files[code]:,}")
        console.print(table)
        clean = sum(not kept.counts for kept in self._workbooks.values())
        leads = sum(kept.leads for kept in self._workbooks.values())
        line = self._say(
            "check_total", n=f"{len(self._workbooks):,}", clean=f"{clean:,}", leads=f"{leads:,}"
        )
        console.print(Text(line))
        console.print(Text(self._say("check_hint"), "dim"))

    def _by_weight(self, entry: tuple[str, int]) -> tuple[int, int]:
        return list(_STYLES).index(self._severity[entry[0]]), -entry[1]

    def _say(self, key: str, **values: object) -> str:
        return load_labels().phrase(key, self._lang, **values)


class _Shown:
    """What is kept of a workbook."""

    def __init__(self) -> None:
        self.leads = 0
        self.first: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
