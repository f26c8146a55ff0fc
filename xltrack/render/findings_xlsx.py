"""Findings as a workbook: an overview, then one row a finding with a link to its cell."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO

from xltrack.findings import SEVERITIES
from xltrack.leads.checked import Checked, with_across
from xltrack.render.findings import Sink
from xltrack.render.findings_rows import COLUMNS, TABLE, heads, row_of, severity_word
from xltrack.template import load_labels, load_template
from xltrack.template.finding_texts import load_finding_texts, shown
from xltrack.text import Lang

MOST_LINKS = 65_000
"""Links on a sheet; a spreadsheet takes 65,530."""
MOST_ROWS = 1_048_575
_LONGEST_LINK = 2000
_TINTS = {
    "error": ("#FDECEB", "#B42318"),
    "warning": ("#FFF4D6", "#8A5A00"),
    "info": ("#E6F2FA", "#175C8C"),
}
_OVERVIEW = ("error", "warning", "info")


class XlsxSink(Sink):
    """Keeps all findings, and writes the workbook at the end.

    ``folder`` is where the workbook will stand; links start from there.
    """

    def __init__(self, out: BinaryIO, lang: Lang, folder: Path | None) -> None:
        self._out = out
        self._lang: Lang = lang
        self._folder = folder
        self._kept: list[Checked] = []

    def add(self, checked: Checked) -> None:
        """Keep it."""
        self._kept.append(checked)

    def close(self) -> None:
        """Write the workbook."""
        import xlsxwriter  # noqa: PLC0415

        look = load_template().look
        book = xlsxwriter.Workbook(
            self._out,
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_format_properties": {
                    "font_name": look.font.of(self._lang),
                    "font_size": look.font_size,
                },
            },
        )
        drawn = _Drawing(book, self._lang, self._folder)
        workbooks = with_across(self._kept)
        drawn.overview(workbooks)
        drawn.findings(workbooks)
        drawn.codes()
        book.close()


class _Drawing:
    """The sheets of one workbook of findings."""

    def __init__(self, book: Any, lang: Lang, folder: Path | None) -> None:
        self.book = book
        self.lang: Lang = lang
        self.folder = folder
        self.labels = load_labels()
        font = {
            "font_name": load_template().look.font.of(lang),
            "font_size": load_template().look.font_size,
            "valign": "top",
        }
        self.head = book.add_format(
            {
                **font,
                "bold": True,
                "bg_color": "#14532D",
                "font_color": "#FFFFFF",
                "text_wrap": True,
            }
        )
        self.title = book.add_format(
            {**font, "bold": True, "font_size": 16, "font_color": "#14532D"}
        )
        self.plain = book.add_format(font)
        self.wrapped = book.add_format({**font, "text_wrap": True})
        self.count = book.add_format({**font, "num_format": "#,##0"})
        self.link = book.add_format({**font, "font_color": "#175C8C", "underline": 1})
        self.tints = {
            severity: book.add_format({**font, "bg_color": back, "font_color": ink})
            for severity, (back, ink) in _TINTS.items()
        }

    def _say(self, key: str, **values: object) -> str:
        return self.labels.phrase(key, self.lang, **values)

    def _sheet(self, key: str, head: int = 0) -> Any:
        """A new sheet that prints on as many pages as it is long."""
        sheet = self.book.add_worksheet(self._say(key))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        return sheet

    def overview(self, workbooks: list[Checked]) -> None:
        """One row a workbook."""
        sheet = self._sheet("check_overview", head=2)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, self._say("check_title"), self.title)
        words = [severity_word(severity, self.lang) for severity in _OVERVIEW]
        names = [self._say("check_files"), self.labels.columns["leads"].label.of(self.lang), *words]
        for column, name in enumerate([*names, self._say("check_unread")]):
            sheet.write_string(2, column, name, self.head)
        for row, checked in enumerate(workbooks[: MOST_ROWS - 3], start=3):
            url = self._url(checked.path, "", "")
            if url and row < MOST_LINKS:
                sheet.write_url(row, 0, url, self.link, checked.workbook)
            else:
                sheet.write_string(row, 0, checked.workbook, self.plain)
            sheet.write_number(row, 1, checked.leads, self.count)
            for column, severity in enumerate(_OVERVIEW, start=2):
                sheet.write_number(row, column, checked.count(severity), self.count)
            if checked.error is not None:
                message, _ = shown(checked.findings[0], self.lang)
                sheet.write_string(row, 5, message, self.tints["error"])
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 4, 13)
        sheet.set_column(5, 5, 80)
        sheet.freeze_panes(3, 1)
        sheet.autofilter(2, 0, max(2 + len(workbooks), 3), 5)

    def findings(self, workbooks: list[Checked]) -> None:
        """One row a finding."""
        sheet = self._sheet("check_findings")
        for column, (name, head) in enumerate(zip(COLUMNS, heads(self.lang), strict=True)):
            sheet.write_string(0, column, head, self.head)
            sheet.set_column(column, column, self.labels.column(TABLE, name).width)
        total = sum(len(checked.findings) for checked in workbooks)
        row = 0
        for checked in workbooks:
            for number, finding in enumerate(checked.findings):
                row += 1
                if row > MOST_ROWS:
                    break
                texts = row_of(checked, finding, checked.owner_of(number), self.lang).cells
                url = self._url(checked.path, finding.sheet, finding.cell)
                self._row(sheet, row, texts, finding.severity, url)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(min(row, MOST_ROWS), 1), len(COLUMNS) - 1)
        if total > MOST_LINKS:
            note = self._say("check_not_linked", n=f"{MOST_LINKS:,}")
            sheet.write_comment(0, COLUMNS.index("cell"), note)

    def _row(
        self, sheet: Any, row: int, texts: tuple[str, ...], severity: str, url: str | None
    ) -> None:
        for column, (name, text) in enumerate(zip(COLUMNS, texts, strict=True)):
            if name == "cell" and url and row <= MOST_LINKS:
                sheet.write_url(row, column, url, self.link, text or "A1")
            elif text:
                form = self.tints[severity] if name == "severity" else self.plain
                wide = name in ("message", "suggestion", "found")
                sheet.write_string(row, column, text, self.wrapped if wide else form)

    def codes(self) -> None:
        """What each code means and why it matters."""
        sheet = self._sheet("check_codes")
        texts = load_finding_texts()
        names = [self._say(key) for key in ("check_code", "check_severity", "check_meaning")]
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, self.head)
        for row, (code, text) in enumerate(sorted(texts.items()), start=1):
            sheet.write_string(row, 0, code, self.plain)
            severity = SEVERITIES[code]
            sheet.write_string(row, 1, severity_word(severity, self.lang), self.tints[severity])
            sheet.write_string(row, 2, text.why.of(self.lang), self.wrapped)
        sheet.set_column(0, 0, 9)
        sheet.set_column(1, 1, 13)
        sheet.set_column(2, 2, 110)
        sheet.freeze_panes(1, 0)

    def _url(self, path: Path, sheet: str, cell: str) -> str | None:
        """A link to a cell of a workbook; None where a link could not say it."""
        target = str(path.absolute())
        if self.folder is not None:
            try:
                target = os.path.relpath(path, self.folder)
            except ValueError:  # another drive
                target = str(path.absolute())
        place = f"#'{sheet.replace(chr(39), chr(39) * 2)}'!{cell or 'A1'}" if sheet else ""
        url = f"external:{target}{place}"
        return None if "#" in target or len(url) > _LONGEST_LINK else url
