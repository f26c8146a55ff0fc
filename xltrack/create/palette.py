"""The declared look as XlsxWriter formats, each made once per workbook."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook

from xltrack.template import Template, Tint
from xltrack.text import Lang

_LIGHT_UP = 14  # XlsxWriter's number of the pattern "lightUp"
_WRAP_FROM = 20  # characters: wider text columns wrap


def workbook_options(template: Template, lang: Lang) -> dict[str, Any]:
    """Constructor options that give a workbook the declared font."""
    look = template.look
    return {
        "in_memory": True,  # fixed times in the zip, nothing left on disk
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {
            "font_name": look.font.of(lang),
            "font_size": look.font_size,
            "font_scheme": "none",  # a theme font would replace the named one
        },
        "default_column_width": look.column_pixels[lang],
        "default_row_height": look.row_pixels[lang],
    }


class Palette:
    """Formats by purpose."""

    def __init__(self, book: Workbook, template: Template, lang: Lang) -> None:
        self._book = book
        self._look = template.look
        self._lang = lang
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **properties: Any) -> Any:
        """A format with these properties; equal ones are made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def header(self, *, low: bool = False) -> Any:
        """Header row of a table; ``low``: text at the bottom, with room for buttons above it."""
        return self.of(
            bold=True,
            bg_color=_rgb(self._look.header.fill),
            font_color=_rgb(self._look.header.text),
            align="center",
            valign="bottom" if low else "vcenter",
            text_wrap=True,
            border=1,
            border_color="#FFFFFF",
        )

    def cell(self, kind: str, width: float = 0) -> Any:
        """Cells of a column by type; wide texts wrap."""
        if kind in ("date", "datetime"):
            code = self._look.date_format if kind == "date" else self._look.datetime_format
            return self.of(num_format=code, align="center", valign="top")
        if kind == "number":
            return self.of(
                num_format=self._look.number_format, align="right", indent=1, valign="top"
            )
        if kind == "month":
            return self.of(num_format="@", align="center", valign="top")
        if width >= _WRAP_FROM:
            return self.of(text_wrap=True, valign="top")
        return self.of(valign="top")

    def plain(self) -> Any:
        """Cells that show what was typed: days and limits on Settings."""
        return self.of(valign="top", align="left")

    def title(self) -> Any:
        """Title of a sheet."""
        return self.of(bold=True, font_size=16, font_color=_rgb(self._look.header.fill))

    def heading(self) -> Any:
        """Heading of a block."""
        return self.of(bold=True, font_size=12, font_color=_rgb(self._look.header.fill))

    def small(self) -> Any:
        """Notes and labels beside a figure."""
        return self.of(font_color="#595959")

    def card_label(self) -> Any:
        """What a key figure is called."""
        return self.of(
            font_color="#595959",
            align="center",
            valign="vcenter",
            text_wrap=True,
            bg_color=f"#{self._look.stage_tints[0]}",
        )

    def card(self, code: str) -> Any:
        """A key figure."""
        return self.of(
            bold=True,
            font_size=14,
            num_format=code,
            align="center",
            valign="vcenter",
            bg_color=f"#{self._look.stage_tints[0]}",
        )

    def highlight(self, tint: Tint) -> Any:
        """A conditional format, which holds only what differs from the cell."""
        return self.of(**_look(tint))

    def swatch(self, tint: Tint) -> Any:
        """The same look as a cell format, for the legend."""
        frame = {"align": "center", "valign": "vcenter", "border": 1, "border_color": "#BFBFBF"}
        return self.of(**({"pattern": 1} if tint.fill else {}) | frame | _look(tint))


def _look(tint: Tint) -> dict[str, Any]:
    """Properties of a highlight; no font name or size, which a conditional format cannot change."""
    properties: dict[str, Any] = {}
    if tint.fill:
        properties["bg_color"] = _rgb(tint.fill)
    if tint.text:
        properties["font_color"] = _rgb(tint.text)
    if tint.hatched:
        properties |= {"pattern": _LIGHT_UP, "fg_color": _rgb(tint.text)}
    if tint.border:
        properties |= {"border": 1, "border_color": _rgb(tint.text)}
    flags = {
        "bold": tint.bold,
        "italic": tint.italic,
        "underline": tint.underline,
        "font_strikeout": tint.strike,
    }
    return properties | {name: True for name, wanted in flags.items() if wanted}


def _rgb(hexes: str | None) -> str:
    return f"#{hexes}"
