"""Writes templates/review/review.docx, the Word template of the review.

``python docs/review_docx.py`` after a change to what stands in it; its look can as well be changed
in Word. Tags in ``{%p %}``, ``{%tr %}`` and ``{%tc %}`` repeat paragraphs, rows and cells.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

PLACE = Path(__file__).parent.parent / "templates" / "review" / "review.docx"
LATIN, CHINESE = "Calibri", "\u5fae\u8f6f\u96c5\u9ed1"
DARK, GREY = RGBColor(0x1F, 0x4E, 0x78), RGBColor(0x59, 0x59, 0x59)


def font(style: Any, size: float, *, bold: bool = False, colour: RGBColor | None = None) -> None:
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        if fonts.get(qn(name)) is not None:
            del fonts.attrib[qn(name)]
    fonts.set(qn("w:eastAsia"), CHINESE)
    if colour is not None:
        style.font.color.rgb = colour


def spaced(style: Any, before: float, after: float) -> None:
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.0


def styles(document: Any) -> None:
    known = document.styles
    font(known["Normal"], 9)
    spaced(known["Normal"], 0, 2)
    font(known["Heading 1"], 17, bold=True, colour=DARK)
    spaced(known["Heading 1"], 0, 2)
    font(known["Heading 2"], 11, bold=True, colour=DARK)
    spaced(known["Heading 2"], 7, 2)
    own: dict[str, tuple[float, bool, RGBColor | None]] = {
        "Review Start": (8, False, GREY),
        "Review Scope": (8, False, GREY),
        "Review Conclusion": (10, True, None),
        "Review Base": (7.5, False, GREY),
        "Review Figure": (9, True, DARK),
        "Review Head": (8, True, DARK),
        "Review Cell": (8, False, None),
    }
    for name, (size, bold, colour) in own.items():
        style = known.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = known["Normal"]
        font(style, size, bold=bold, colour=colour)
        spaced(style, 0, 2 if name == "Review Conclusion" else 0)
    known["Review Start"].paragraph_format.page_break_before = True
    table_style(document)


def table_style(document: Any) -> None:
    """A grid of thin grey lines with narrow margins."""
    style = document.styles.add_style("Review Table", WD_STYLE_TYPE.TABLE)
    style.base_style = document.styles["Normal Table"]
    properties = OxmlElement("w:tblPr")
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "C3CAD4")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "60")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.extend((borders, margins))
    style.element.append(properties)


def paragraph(document: Any, text: str, style: str = "Normal") -> Any:
    return document.add_paragraph(text, style=style)


def shaded(cell: Any, fill: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), fill)
    cell._element.get_or_add_tcPr().append(shade)


def cell(place: Any, text: str, style: str, fill: str = "") -> None:
    place.paragraphs[0].text = text
    place.paragraphs[0].style = style
    if fill:
        shaded(place, fill)


def figures(document: Any) -> None:
    table = document.add_table(rows=2, cols=3)
    table.style, table.alignment = "Review Table", WD_TABLE_ALIGNMENT.CENTER
    for row, (text, style, fill) in zip(
        table.rows,
        (
            ("{{ figure.label }}", "Review Base", "F3F7FB"),
            ("{{ figure.value }}{{ figure.counts }}", "Review Figure", ""),
        ),
        strict=True,
    ):
        cell(row.cells[0], "{%tc for figure in figures %}", style)
        cell(row.cells[1], text, style, fill)
        cell(row.cells[2], "{%tc endfor %}", style)
    place = table.rows[1].cells[1]
    place.add_paragraph("{{ figure.change }}", style="Review Base")


def block(document: Any) -> None:
    table = document.add_table(rows=4, cols=3)
    table.style, table.alignment = "Review Table", WD_TABLE_ALIGNMENT.CENTER
    head, start, body, end = table.rows
    cell(head.cells[0], "{%tc for column in block.columns %}", "Review Head")
    cell(head.cells[1], "{{ column.label }}", "Review Head", "DDEBF7")
    cell(head.cells[2], "{%tc endfor %}", "Review Head")
    cell(start.cells[0], "{%tr for row in block.rows %}", "Review Cell")
    cell(body.cells[0], "{%tc for cell in row.cells %}", "Review Cell")
    cell(body.cells[1], "{{ cell.text }}", "Review Cell")
    cell(body.cells[2], "{%tc endfor %}", "Review Cell")
    cell(end.cells[0], "{%tr endfor %}", "Review Cell")
    repeat = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeat)


def build() -> Any:
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.6)
    page.top_margin, page.bottom_margin = Cm(1.4), Cm(1.3)
    page.header_distance = page.footer_distance = Cm(0.7)
    styles(document)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = "{{ title }}"
    footer = page.footer.paragraphs[0]
    footer.text, footer.style = "{{ title }}   {{ sample_note }}", document.styles["Review Scope"]
    paragraph(document, "{%p for report in reports %}")
    paragraph(document, "{{ title }} \u00b7 {{ scope }}", "Review Start")
    heading = paragraph(document, "{{ report.title }}", "Heading 1")
    heading.paragraph_format.keep_with_next = True
    paragraph(document, "{{ report.conclusion }}", "Review Conclusion")
    paragraph(document, "{%p if loop.first %}")
    figures(document)
    paragraph(document, "{%p endif %}")
    paragraph(document, "{%p for section in report.sections %}")
    paragraph(document, "{{ section.title }}", "Heading 2")
    paragraph(document, "{%p if section.base %}")
    paragraph(document, "{{ section.base }}", "Review Base")
    paragraph(document, "{%p endif %}")
    paragraph(document, "{%p for line in section.lines %}")
    paragraph(document, "{{ line }}")
    paragraph(document, "{%p endfor %}")
    paragraph(document, "{%p for block in section.tables %}")
    block(document)
    paragraph(document, "{%p if block.more %}")
    paragraph(document, "{{ block.more }}", "Review Base")
    paragraph(document, "{%p endif %}")
    paragraph(document, "{%p endfor %}")
    paragraph(document, "{%p endfor %}")
    paragraph(document, "{%p endfor %}")
    return document


if __name__ == "__main__":
    build().save(str(PLACE))
