"""The guide sheet: the workflow in steps, the legend, and what belongs in each column."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook

from xltrack.create.layout import Layout
from xltrack.create.palette import Palette
from xltrack.template import Field, Tint

_WIDTHS = (3, 24, 96)
_LINE_CHARACTERS = 100  # Latin letters that surely fit into the widest column
_LINE_POINTS = 17
_A4 = 9


def write_guide(book: Workbook, palette: Palette, layout: Layout) -> None:
    """Adds the sheet."""
    guide, lang = layout.template.guide, layout.lang
    sheet = book.add_worksheet(layout.sheet("guide"))
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 1, guide.title.of(lang), palette.title())
    sheet.set_row(0, 30)
    sheet.write_string(1, 1, guide.intro.of(lang), palette.small())
    row = _write_steps(sheet, palette, layout, 3)
    row = _write_legend(sheet, palette, layout, row + 1)
    _write_columns(sheet, palette, layout, row + 1)
    sheet.hide_gridlines(2)
    sheet.set_portrait()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")


def _write_steps(sheet: Any, palette: Palette, layout: Layout, row: int) -> int:
    for step in layout.template.guide.steps:
        sheet.write_string(row, 1, step.title.of(layout.lang), palette.heading())
        sheet.set_row(row, 24)
        row += 1
        for line in step.lines.of(layout.lang):
            _write_line(sheet, palette, row, "•", line)
            row += 1
    return row


def _write_line(sheet: Any, palette: Palette, row: int, left: str, text: str) -> None:
    right = palette.of(valign="top", align="right")
    sheet.write_string(row, 1, left, right)
    sheet.write_string(row, 2, text, palette.of(text_wrap=True, valign="top"))
    sheet.set_row(row, _LINE_POINTS * _lines(text))


def _lines(text: str) -> int:
    """Lines a text takes: a Chinese character is as wide as two Latin letters.

    The rows have heights of their own because not every program fits them when it opens a file.
    """
    return 1 + sum(1 if letter.isascii() else 2 for letter in text) // _LINE_CHARACTERS


def _write_legend(sheet: Any, palette: Palette, layout: Layout, row: int) -> int:
    guide, look, lang = layout.template.guide, layout.template.look, layout.lang
    sheet.write_string(row, 1, guide.legend_title.of(lang), palette.heading())
    sheet.set_row(row, 24)
    for entry in guide.legend:
        row += 1
        tint: Tint = getattr(look, entry.tint)
        sheet.write_string(row, 1, entry.sample.of(lang), palette.swatch(tint))
        sheet.write_string(row, 2, entry.text.of(lang), palette.of(valign="vcenter", indent=1))
        sheet.set_row(row, 20)
    return row + 1


def _write_columns(sheet: Any, palette: Palette, layout: Layout, row: int) -> None:
    lang = layout.lang
    sheet.write_string(row, 1, layout.template.guide.columns_title.of(lang), palette.heading())
    sheet.set_row(row, 24)
    for number, field in enumerate(layout.fields, start=row + 1):
        needed = _required(layout, field)
        text = f"{field.help.of(lang)} [{needed}]" if needed else field.help.of(lang)
        sheet.write_string(number, 1, field.header.of(lang), palette.of(bold=True, valign="top"))
        sheet.write_string(number, 2, text, palette.of(text_wrap=True, valign="top"))
        sheet.set_row(number, _LINE_POINTS * _lines(text))


def _required(layout: Layout, field: Field) -> str:
    """From when the column must be filled, in words."""
    guide, needed = layout.template.guide, field.required_from
    if needed is None:
        return ""
    if needed == 1:
        return guide.required.of(layout.lang)
    funnel = [
        row["stage"].of(layout.lang) if hasattr(row["stage"], "of") else str(row["stage"])
        for row in layout.template.settings_table("stages").rows
    ]
    stage = funnel[-1] if needed == "won" else funnel[needed - 1]
    return guide.required_from.of(layout.lang).format(stage=stage)
