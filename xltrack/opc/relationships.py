"""Relationships: how the parts of a package refer to each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from xltrack.opc.markup import EditedPart, Element, children, parse
from xltrack.opc.names import relative, resolve

NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_NUMBERED = re.compile(r"rId([0-9]{1,9})$")
_EMPTY = f'<Relationships xmlns="{NAMESPACE}"/>'.encode()


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship; ``part`` is the part name it leads to, None for an external target."""

    id: str
    type: str
    target: str
    part: str | None

    @property
    def kind(self) -> str:
        """The last piece of the type, which is the same in both dialects of the standard."""
        return self.type.rsplit("/", 1)[-1]


def read_relationships(data: bytes, source: str, path: Path, part: str) -> list[Relationship]:
    """Return the relationships that the part ``part`` holds for ``source``, in their order."""
    root = parse(data, path, part)
    return [_relationship(element, source) for element in children(root)]


def _relationship(element: Element, source: str) -> Relationship:
    target = element.get("Target", "")
    internal = element.get("TargetMode") != "External"
    return Relationship(
        element.get("Id", ""),
        element.get("Type", ""),
        target,
        resolve(source, target) if internal else None,
    )


class EditedRelationships(EditedPart):
    """The relationships of one source while they are edited."""

    def __init__(self, data: bytes | None, source: str, path: Path, part: str) -> None:
        """Parse ``data``, or start without relationships when there is no such part yet."""
        super().__init__(_EMPTY if data is None else data, path, part)
        self.source = source

    def all(self) -> list[Relationship]:
        """Return the relationships as they stand."""
        return [_relationship(element, self.source) for element in children(self.root)]

    def add(self, kind: str, part: str) -> str:
        """Add a relationship of type ``kind`` to ``part`` and return its id, a free ``rIdN``."""
        numbers = [int(m[1]) for r in self.all() if (m := _NUMBERED.match(r.id))]
        new_id = f"rId{max(numbers, default=0) + 1}"
        attributes = {"Id": new_id, "Type": kind, "Target": relative(self.source, part)}
        etree.SubElement(self.root, f"{{{NAMESPACE}}}Relationship", attributes)
        return new_id

    def remove(self, identifier: str) -> None:
        """Take the relationship with this id out."""
        for element in children(self.root):
            if element.get("Id") == identifier:
                self.root.remove(element)
