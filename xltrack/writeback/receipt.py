"""What a save did to each part, with the means to check it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Fate(StrEnum):
    """What can happen to a part."""

    ADDED = "added"
    REPLACED = "replaced"
    """A part of an owned sheet, with new content."""
    CHANGED = "changed"
    """One of the few parts that all sheets share: content types, workbook, styles, properties."""
    EDITED = "edited"
    """A sheet of the team's own, of which somebody asked for some cells or rules to be set."""
    REMOVED = "removed"
    UNTOUCHED = "untouched"


@dataclass(frozen=True, slots=True)
class PartReceipt:
    """One part: SHA-256 of its bytes as they stand in the file (compressed, as stored), before and
    after; None where the file did not have it."""

    name: str
    fate: Fate
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was written: ``parts`` in the order of the file, removed ones last.

    ``backup``: the copy of the file before, where one was made; ``changed``: False when the file
    is the one that it was, byte for byte.
    """

    source: Path
    destination: Path
    backup: Path | None
    changed: bool
    parts: tuple[PartReceipt, ...]

    @property
    def added(self) -> tuple[PartReceipt, ...]:
        """Parts that are new."""
        return self._of(Fate.ADDED)

    @property
    def replaced(self) -> tuple[PartReceipt, ...]:
        """Parts of owned sheets with new content."""
        return self._of(Fate.REPLACED)

    @property
    def changed_parts(self) -> tuple[PartReceipt, ...]:
        """Shared parts with new content."""
        return self._of(Fate.CHANGED)

    @property
    def edited(self) -> tuple[PartReceipt, ...]:
        """Sheets of the team's own that were asked to be edited."""
        return self._of(Fate.EDITED)

    @property
    def removed(self) -> tuple[PartReceipt, ...]:
        """Parts that are gone."""
        return self._of(Fate.REMOVED)

    @property
    def untouched(self) -> tuple[PartReceipt, ...]:
        """Parts whose bytes are those of the source."""
        return self._of(Fate.UNTOUCHED)

    def _of(self, fate: Fate) -> tuple[PartReceipt, ...]:
        return tuple(part for part in self.parts if part.fate is fate)

    def as_dict(self) -> dict[str, object]:
        """Return the receipt as JSON can hold it, the parts grouped by what happened to them."""
        return {
            "source": str(self.source),
            "destination": str(self.destination),
            "backup": str(self.backup) if self.backup else None,
            "changed": self.changed,
            "digest": "sha256 of the part's bytes as stored in the file",
            "parts": {fate.value: _listed(self._of(fate)) for fate in Fate},
        }


def _listed(parts: Iterable[PartReceipt]) -> list[dict[str, str | None]]:
    return [{key: value for key, value in asdict(part).items() if key != "fate"} for part in parts]
