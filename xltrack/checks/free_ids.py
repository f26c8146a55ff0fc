"""Lead ids that nobody has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltrack.text import fold

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBER = re.compile(r"[0-9]{1,15}")
_SPLIT = re.compile(r"(.*?\d{6})(\d+)")


class FreeIds:
    """Gives ids away that nobody has: the running number after the highest of the month."""

    def __init__(self, used: pa.Array, digits: int) -> None:
        """Ids that are ``used``, and the digits of a running number at least."""
        from xltrack.checks.folding import folded  # noqa: PLC0415  # seldom needed across workbooks

        self._used = folded(used)
        self._digits = digits
        self._next: dict[str, tuple[int, int]] = {}

    def like(self, lead_id: str) -> str:
        """A free id of the same prefix and month; empty for an id that has none.

        >>> import pyarrow as pa
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
        import pyarrow.compute as pc  # noqa: PLC0415

        found = self._used.filter(pc.fill_null(pc.starts_with(self._used, stem), False))
        ends = (lead_id[len(stem) :] for lead_id in found.to_pylist())
        numbers = [end for end in ends if _NUMBER.fullmatch(end)]
        if not numbers:
            return 0, self._digits
        return max(map(int, numbers)), max(self._digits, *map(len, numbers))
