"""What workbooks read before came to, for those that are the same there byte for byte.

The workbooks of a company tend to have equal Settings, styles and lists of sheets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from xltrack.leads.extent import SheetScan
    from xltrack.leads.outline import Outline, OutlineKey
    from xltrack.template import Settings
    from xltrack.text import Lang

K = TypeVar("K")
V = TypeVar("V")

_MOST = 256  # of each kind; what differs from workbook to workbook is not worth keeping


@dataclass
class Known:
    """Kept up from workbook to workbook.

    ``settings`` by the language of their workbook and the cells that they were read from,
    ``scans`` of Settings sheets by their cells, ``outlines`` by the parts that they were told from.
    """

    settings: dict[tuple[Lang, bytes], Settings] = field(default_factory=dict, repr=False)
    scans: dict[bytes, SheetScan | None] = field(default_factory=dict, repr=False)
    outlines: dict[OutlineKey, Outline] = field(default_factory=dict, repr=False)
    _equal: dict[tuple[Settings, object], Settings] = field(default_factory=dict, repr=False)

    def one_of(self, settings: Settings) -> Settings:
        """The first of the Settings seen that are equal to these, in their problems as well."""
        return remember(self._equal, (settings, settings.problems), settings)


def remember(kept: dict[K, V], key: K, value: V) -> V:
    """What is kept under ``key``, which is ``value`` if there was nothing."""
    if key not in kept and len(kept) >= _MOST:
        kept.clear()
    return kept.setdefault(key, value)
