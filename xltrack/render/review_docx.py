"""The review as a Word document, filled into a template that a team restyles in Word."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docxtpl import DocxTemplate

from xltrack.errors import TemplateError
from xltrack.render.review_context import ReviewContext, TableText, as_mapping
from xltrack.render.review_pages import WORD, environment, mistakes_of
from xltrack.text import display_width

STAMP = (2000, 1, 1, 0, 0, 0)
"""Time of every part, so that the same review is the same bytes."""
NARROWEST, WIDEST = 5, 36
"""Columns of text that a column of a table has room for."""


def review_docx(context: ReviewContext, folder: Path) -> bytes:
    """The three reports as a Word document.

    Raises: TemplateError for a template that is no document, or that has a mistake in it.
    """
    path = folder / WORD
    if not path.is_file():
        raise TemplateError(path, "-", "missing")
    try:
        template = DocxTemplate(path)
        template.init_docx()
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TemplateError(path, "-", "not a Word document") from error
    with mistakes_of(path):
        template.render(as_mapping(context), environment(folder, escape=True), autoescape=True)
    _set_widths(template.docx, context)
    stream = io.BytesIO()
    template.save(stream)
    return _stamped(stream.getvalue())


def _set_widths(document: Any, context: ReviewContext) -> None:
    """Give each table of the review columns as wide as their texts ask for, in the order drawn."""
    waiting = [
        table
        for report in context.reports
        for section in report.sections
        for table in section.tables
    ]
    page = document.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    for drawn in document.tables:
        labels = [cell.text for cell in drawn.rows[0].cells]
        known = next((t for t in waiting if [c.label for c in t.columns] == labels), None)
        if known is None:
            continue
        waiting.remove(known)
        widths = _widths(known, room)
        drawn.autofit = False
        for place, width in zip(drawn.columns, widths, strict=True):
            place.width = width
        for row in drawn.rows:
            for cell, width, column in zip(row.cells, widths, known.columns, strict=True):
                cell.width = width
                if column.number:
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widths(table: TableText, room: int) -> list[int]:
    wanted = []
    for at, column in enumerate(table.columns):
        longest = max((display_width(row.cells[at].text) for row in table.rows), default=0)
        needed = max(longest, -(-display_width(column.label) // 2))  # a heading takes two lines
        wanted.append(min(max(needed, NARROWEST), WIDEST) + 3)
    return [int(room * width / sum(wanted)) for width in wanted]


def _stamped(content: bytes) -> bytes:
    """The same package with one time for all of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return out.getvalue()
