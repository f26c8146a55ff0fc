"""The board and the guide that come with a tracking workbook: no sheets of leads.

They are told by their name and their title together, and so need not be loaded to be searched for
a header; a team's sheet that has taken one of their names keeps being looked at.
"""

from __future__ import annotations

import re

from xltrack.leads.shared_strings import shared_strings
from xltrack.opc import Package
from xltrack.sheetml.workbook import Sheet
from xltrack.template import Template

_MOST = 1 << 22  # bytes of shared strings; a large workbook is read quickly enough as it is
_TOP = 1 << 12
_TITLE = re.compile(rb"<c r=\"[AB]1\"(?: s=\"[0-9]+\")? t=\"s\"><v>([0-9]+)</v>")
_STRING = re.compile(rb"<t(?: xml:space=\"preserve\")?>([^<&]*)</t></si>")


def made_titles(template: Template) -> dict[str, str]:
    """The titles of the board and the guide by the names that their sheets are given."""
    names = template.workbook.sheets
    return {
        name: title
        for key, text in (("board", template.board.title), ("guide", template.guide.title))
        for name, title in ((names[key].zh, text.zh), (names[key].en, text.en))
    }


class MadeSheets:
    """Tells the sheets of one package that the template made and that hold no leads."""

    def __init__(self, package: Package, template: Template) -> None:
        self._package = package
        self._titles = made_titles(template)

    def __contains__(self, sheet: Sheet) -> bool:
        """Whether the sheet has the name and the title of one."""
        title = self._titles.get(sheet.name)
        if title is None or sheet.part is None or sheet.part not in self._package:
            return False
        return self._title(sheet.part) == title.encode()

    def _title(self, part: str) -> bytes | None:
        head = self._package.head(part, _TOP)
        start = head.find(b"<sheetData>")
        found = _TITLE.search(head, start) if start >= 0 else None
        strings = shared_strings(self._package, _MOST)
        number = int(found[1]) + 1 if found else len(strings)
        text = _STRING.match(strings[number]) if number < len(strings) else None
        return text[1] if text else None
