"""Lead ids: their documented form, and free ones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from xltrack.template import Settings, Template
from xltrack.text import fold

_SPLIT = re.compile(r"(.*?\d{6})(\d+)")


def id_pattern(settings: Settings, template: Template) -> re.Pattern[str]:
    """The documented form: prefix, year and month, running number.

    A group of a team may add its own letters between dashes: LX-HD-202405001.
    """
    prefix = re.escape(settings.parameters.id_prefix)
    digits = template.workbook.id_digits
    return re.compile(
        rf"{prefix}(?:-?[A-Za-z]+-)?20\d\d(?:0[1-9]|1[0-2])\d{{{digits},}}", re.IGNORECASE
    )


class FreeIds:
    """Gives ids away that nobody has: the running number after the highest of the month."""

    def __init__(self, used: Iterable[str | None], digits: int) -> None:
        self._digits = digits
        self._highest: dict[str, int] = defaultdict(int)
        self._widest: dict[str, int] = {}
        for lead_id in used:
            if lead_id and (match := _SPLIT.fullmatch(fold(lead_id))):
                stem, number = match[1], match[2]
                self._highest[stem] = max(self._highest[stem], int(number))
                self._widest[stem] = max(self._widest.get(stem, 0), len(number))

    def like(self, lead_id: str) -> str:
        """A free id of the same prefix and month; empty for an id that has none.

        >>> FreeIds(["LX202405001", "LX202405007"], 3).like("LX202405001")
        'LX202405008'
        """
        match = _SPLIT.fullmatch(lead_id)
        return self.of(match[1]) if match else ""

    def of(self, stem: str) -> str:
        """A free id of a prefix and month."""
        key = fold(stem)
        self._highest[key] += 1
        digits = max(self._digits, self._widest.get(key, 0))
        return f"{stem}{self._highest[key]:0{digits}d}"
