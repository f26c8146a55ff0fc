"""Cell formats of the sheets, by purpose; each is made once per workbook."""

from __future__ import annotations

from typing import Any

from xltrack.report.blocks import CellFormat

DARK, MID, PALE, GREY, WARN = "#1F4E78", "#DDEBF7", "#F5F9FD", "#767676", "#9C5700"
LINE = "#BFBFBF"

NUMBER_FORMATS: dict[CellFormat, str] = {
    "count": "#,##0",
    "days": "#,##0",
    "amount": "#,##0.0",
    "rate": "0.0%",
    "date": "yyyy-mm-dd",
}

STYLES: dict[str, dict[str, Any]] = {
    "heading": {"bold": True, "font_size": 18, "font_color": DARK, "valign": "vcenter"},
    "subtitle": {"font_color": GREY, "valign": "vcenter"},
    "conclusion": {"bold": True, "font_size": 12, "font_color": "#1F1F1F", "valign": "vcenter"},
    "action_problem": {"bold": True, "font_color": WARN},
    "action_evidence": {"font_color": "#404040"},
    "action_measure": {"font_color": DARK, "indent": 2},
    "muted": {"italic": True, "font_color": GREY},
    "table_title": {"bold": True, "font_size": 13, "font_color": DARK},
    "table_subtitle": {"font_color": GREY, "font_size": 9},
    "header": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": DARK,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
        "border": 1,
        "border_color": LINE,
    },
    "figure_label": {
        "font_color": "#595959",
        "font_size": 9,
        "bg_color": PALE,
        "text_wrap": True,
        "valign": "vcenter",
        "left": 5,
        "left_color": DARK,
        "indent": 1,
    },
    "figure_change": {
        "font_color": "#595959",
        "font_size": 9,
        "bg_color": PALE,
        "left": 5,
        "left_color": DARK,
        "indent": 1,
    },
}
FIGURE = {
    "bold": True,
    "font_size": 16,
    "font_color": DARK,
    "bg_color": PALE,
    "align": "left",
    "left": 5,
    "left_color": DARK,
    "indent": 1,
    "shrink": True,
}
CELL = {"border": 1, "border_color": LINE, "valign": "top"}
TOTAL = {"bold": True, "bg_color": MID, "top": 2, "top_color": DARK}
TYPED = {"bg_color": "#FFFBE6"}
LINK = {"font_color": "#0563C1", "underline": 1}


class Formats:
    """The formats of one workbook, made when first asked for."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[object, ...], Any] = {}

    def style(self, name: str) -> Any:
        """A format by the name of its purpose."""
        return self._make(("style", name), STYLES[name])

    def figure(self, form: CellFormat) -> Any:
        """The format of a key figure's value."""
        return self._make(("figure", form), FIGURE | _number(form))

    def cell(
        self,
        form: CellFormat,
        muted: bool = False,
        strong: bool = False,
        *,
        link: bool = False,
        as_text: bool = False,
        typed: bool = False,
    ) -> Any:
        """The format of a table cell; ``as_text`` for a number that is written as text,
        ``typed`` for what the team fills in."""
        key = (form, muted, strong, link, as_text, typed)
        if key not in self._made:
            properties = _cell_properties(form, muted, strong, link, as_text)
            self._made[key] = self._workbook.add_format(properties | (TYPED if typed else {}))
        return self._made[key]

    def total(self, form: CellFormat, *, as_text: bool = False) -> Any:
        """The format of a cell of the row of totals."""
        properties = _cell_properties(form, False, False, False, as_text)
        return self._make(("total", form, as_text), properties | TOTAL)

    def _make(self, key: tuple[object, ...], properties: dict[str, Any]) -> Any:
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]


def _number(form: CellFormat) -> dict[str, Any]:
    return {"num_format": NUMBER_FORMATS[form]} if form in NUMBER_FORMATS else {}


def _cell_properties(
    form: CellFormat, muted: bool, strong: bool, link: bool, as_text: bool
) -> dict[str, Any]:
    properties: dict[str, Any] = CELL | _number(form)
    if form == "text":
        properties |= {"text_wrap": True, "align": "left", "indent": 1}
    if form in ("flag", "date"):
        properties["align"] = "center"
    if as_text:
        properties["align"] = "right"
    if link:
        properties |= LINK
    if muted:
        properties |= {"font_color": GREY, "italic": True}
    if strong:
        properties |= {"bg_color": "#FFF2CC", "bold": True, "font_color": WARN}
    return properties
