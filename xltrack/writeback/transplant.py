"""Moving parts from one package to another: free names, rewritten relationships, content types."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from xltrack.opc import Package
from xltrack.opc.content_types import EditedContentTypes
from xltrack.opc.markup import children, parse, serialise
from xltrack.opc.names import fold, free_name, relationships_name, relative, resolve
from xltrack.opc.relationships import CONTENT_TYPE as RELATIONSHIPS_TYPE

Adapt = Callable[[str, bytes], bytes]


class Transplant:
    """Parts on their way from ``source`` into another package.

    Names are given in the order in which the parts are met, the lowest free number each, so that
    the same parts moved into the same package get the same names.
    """

    def __init__(
        self,
        source: Package,
        folders: tuple[str, str],
        taken: Iterable[str],
        types: EditedContentTypes,
        adapt: Adapt,
    ) -> None:
        """Prepare to move; ``folders``: that of the source's main part and that of the target's,
        ``taken``: folded names that are not free, ``adapt``: (source part, content) to content."""
        self._source = source
        self._from, self._to = folders
        self._taken = set(taken)
        self._types = types
        self._adapt = adapt
        self._moved: dict[str, str] = {}
        self.parts: dict[str, bytes | None] = {}

    def reserve(self, name: str) -> None:
        """Keep a name for a part that is told its name."""
        self._taken.add(fold(name))

    def move(self, part: str, name: str | None = None) -> str:
        """Move a part and all that it leads to; return its new name (``name``, or a free one)."""
        if part in self._moved:
            return self._moved[part]
        new = name or self._free(part)
        self._moved[part] = new
        self._taken.add(fold(new))
        self.parts[new] = self._adapt(part, self._source.read(part))
        kind = self._source.content_types.of(part)
        if kind is not None:
            self._types.declare(new, kind)
        self._move_relationships(part, new)
        return new

    def _move_relationships(self, part: str, new: str) -> None:
        rels = relationships_name(part)
        if rels not in self._source:
            return
        root = parse(self._source.read(rels), self._source.path, rels)
        for element in children(root):
            if element.get("TargetMode") != "External":
                target = self._source.names[fold(resolve(part, element.get("Target", "")))]
                element.set("Target", relative(new, self.move(target)))
        new_rels = relationships_name(new)
        self.parts[new_rels] = serialise(root)
        self._types.declare(new_rels, RELATIONSHIPS_TYPE)

    def _free(self, part: str) -> str:
        inside = posixpath.relpath("/" + part, "/" + self._from)
        return free_name(posixpath.join(self._to, inside), self._taken)
