"""Lead ids: their documented form, and free ones."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.checks.examined import folded
from xltrack.template import Settings, Template
from xltrack.text import fold

_NUMBER = re.compile(r"[0-9]{1,15}")
_SPLIT = re.compile(r"(.*?\d{6})(\d+)")


def id_pattern(settings: Settings, template: Template) -> re.Pattern[str]:
    """The documented form: prefix, year and month, running number.

    A group of a team may add its own letters between dashes: LX-HD-202405001.
    """
    prefix = re.escape(settings.parameters.id_prefix)
    digits = template.workbook.id_digits
    return re.compile(rf"{prefix}(?:-?[A-Za-z]+-)?20\d\d(?:0[1-9]|1[0-2])\d{{{digits},}}", re.ASCII)


class FreeIds:
    """Gives ids away that nobody has: the running number after the highest of the month."""

    def __init__(self, used: pa.Array, digits: int) -> None:
        """Ids that are ``used``, and the digits of a running number at least."""
        self._used = folded(used)
        self._digits = digits
        self._next: dict[str, tuple[int, int]] = {}

    def like(self, lead_id: str) -> str:
        """A free id of the same prefix and month; empty for an id that has none.

        >>> FreeIds(pa.array(["LX202405001", "LX202405007"]), 3).like("LX202405001")
        'LX202405008'
        """
        match = _SPLIT.fullmatch(lead_id)
        return self.of(match[1]) if match else ""

    def of(self, stem: str) -> str:
        """A free id of a prefix and month."""
        key = fold(stem)
        if key not in self._next:
            self._next[key] = self._highest(key)
        number, width = self._next[key]
        self._next[key] = number + 1, width
        return f"{stem}{number + 1:0{width}d}"

    def _highest(self, stem: str) -> tuple[int, int]:
        """The highest running number behind a stem, and how many digits they have at most."""
        found = self._used.filter(pc.fill_null(pc.starts_with(self._used, stem), False))
        ends = (lead_id[len(stem) :] for lead_id in found.to_pylist())
        numbers = [end for end in ends if _NUMBER.fullmatch(end)]
        if not numbers:
            return 0, self._digits
        return max(map(int, numbers)), max(self._digits, *map(len, numbers))


def id_months(lead_ids: pa.Array) -> npt.NDArray[np.int64]:
    """Months since year 0 that ids say; −1 for an id that says none.

    >>> id_months(pa.array(["LX202405001", "A7", None])).tolist()
    [24292, -1, -1]
    """
    found = pc.extract_regex(lead_ids, r"^\D*(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])\d{3,}$")
    year, month = (pc.cast(pc.struct_field(found, part), pa.int64()) for part in ("year", "month"))
    months = pc.fill_null(pc.add(pc.multiply(year, 12), pc.subtract(month, 1)), -1)
    counted: npt.NDArray[np.int64] = months.to_numpy(zero_copy_only=False)
    return counted
