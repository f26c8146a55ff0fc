"""The outcome of a graft or a patch: a workbook and the parts to lay over it, not yet on disk."""

from __future__ import annotations

import io
from dataclasses import dataclass

from xltrack.opc import Overlay, Package
from xltrack.opc.names import fold
from xltrack.sheetml.references import Reference
from xltrack.writeback.target import Target


@dataclass(frozen=True)
class Edit:
    """What is to change in ``target``: new content by part name, None for a part that goes.

    Parts that come out as they are already are not in ``overlay``. ``grafted``: names of the sheets
    that were put in; ``references``: what in the team's own sheets points at a sheet that goes;
    ``edited``: parts of the team's own sheets that somebody asked to be edited.
    """

    target: Target
    overlay: Overlay
    grafted: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    edited: frozenset[str] = frozenset()

    @property
    def changed(self) -> bool:
        """Whether the file would be another one."""
        return bool(self.overlay)

    @property
    def package(self) -> Package:
        """The package as it will be."""
        return self.target.package.laid_over(self.overlay)

    def to_bytes(self) -> bytes:
        """Return the workbook as it will be on disk."""
        out = io.BytesIO()
        self.package.write(out)
        return out.getvalue()


def only_changes(package: Package, overlay: dict[str, bytes | None]) -> dict[str, bytes | None]:
    """Return ``overlay`` without what would change nothing, by the names the package spells."""
    changes: dict[str, bytes | None] = {}
    for name, data in overlay.items():
        spelled = package.names.get(fold(name))
        if data is None and spelled is not None:
            changes[spelled] = None
        elif data is not None and (spelled is None or package.read(spelled) != data):
            changes[spelled or name] = data
    return changes
