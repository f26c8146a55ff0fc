"""Content types: what each part of a package is."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from xltrack.opc.markup import EditedPart, Element, children, local_name, parse
from xltrack.opc.names import CONTENT_TYPES, extension, fold, part_name

NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"


class ContentTypes:
    """The content types that a package declares, read-only."""

    def __init__(self, root: Element) -> None:
        """Read the declarations under ``root``."""
        self.defaults: dict[str, str] = {}
        self.overrides: dict[str, str] = {}
        self.repeated: list[str] = []
        for element in children(root):
            kind = element.get("ContentType", "")
            if local_name(element) == "Default":
                self.defaults.setdefault(element.get("Extension", "").lower(), kind)
            else:
                self._override(part_name(element.get("PartName", "")), kind)

    def _override(self, name: str, kind: str) -> None:
        if fold(name) in self.overrides:
            self.repeated.append(name)
        self.overrides.setdefault(fold(name), kind)

    def of(self, name: str) -> str | None:
        """Return the content type of a part, None when nothing declares one."""
        return self.overrides.get(fold(name)) or self.defaults.get(extension(name))


def read_content_types(data: bytes, path: Path) -> ContentTypes:
    """Return the content types in ``data``, the part ``[Content_Types].xml``."""
    return ContentTypes(parse(data, path, CONTENT_TYPES))


class EditedContentTypes(EditedPart):
    """The content types of a package while they are edited."""

    def __init__(self, data: bytes, path: Path, part: str = CONTENT_TYPES) -> None:
        """Parse ``data``."""
        super().__init__(data, path, part)

    def declare(self, name: str, kind: str) -> None:
        """Make ``kind`` the content type of ``name``, touching no other part's."""
        now = ContentTypes(self.root)
        if now.of(name) == kind:
            return
        ending = extension(name)
        if fold(name) in now.overrides:
            self.forget(name)
        elif ending not in now.defaults and ending != "xml":
            self._append("Default", Extension=ending, ContentType=kind)
            return
        self._append("Override", PartName=f"/{name}", ContentType=kind)

    def forget(self, name: str) -> None:
        """Take the declaration made for this one part out."""
        for element in children(self.root):
            if fold(part_name(element.get("PartName", ""))) == fold(name):
                self.root.remove(element)

    def _append(self, tag: str, **attributes: str) -> None:
        etree.SubElement(self.root, f"{{{NAMESPACE}}}{tag}", attributes)
