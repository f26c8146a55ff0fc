"""Parts that a redaction cannot see into, and how they are taken out of a workbook."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lxml import etree

from xltrack.errors import PackageError, Reason, Refused
from xltrack.opc import Package
from xltrack.opc.blank_images import blank_image
from xltrack.opc.content_types import EditedContentTypes
from xltrack.opc.markup import is_utf16
from xltrack.opc.names import CONTENT_TYPES, extension, fold, relationships_name
from xltrack.opc.relationships import EditedRelationships, Relationship
from xltrack.sheetml.markup_texts import decoded
from xltrack.sheetml.workbook import Workbook

_BY_KIND: Mapping[str, str] = {
    "vbaProject": "macros",
    "vbaProjectSignature": "macros",
    "vbaProjectSignatureAgile": "macros",
    "vbaProjectSignatureV3": "macros",
    "wordVbaData": "macros",
    "oleObject": "embedded_objects",
    "package": "embedded_objects",
    "control": "activex",
    "activeXControlBinary": "activex",
    "customXml": "custom_xml",
    "customXmlProps": "custom_xml",
    "connections": "connections",
    "powerPivotData": "data_model",
    "image": "pictures",
    "thumbnail": "thumbnail",
}
"""What cannot be seen into, by the kind of relationship that leads there."""

ALWAYS_OUT = frozenset({"thumbnail"})
"""A picture of the first sheet as it was, which no program needs."""

_SIGNATURE = "/digital-signature/"
_SEEN_RAW = frozenset({"printerSettings"})
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "oleObject": ("oleObjects",),
    "package": ("oleObjects", "externalData"),
    "control": ("controls",),
    "customProperty": ("customProperties",),
}
"""Elements that go from a part when those go that they refer to, by the kind of relationship."""
_MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_PLAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_CONNECTION = re.compile(
    r"<((?:\w+:)?)connection\s([^>]*?)(/?)>(?:.*?</\1connection\s*>)?", re.DOTALL
)
_KEPT_ATTRIBUTE = re.compile(r"\s?\b(id|type|refreshedVersion|minRefreshableVersion)=(\"[^\"]*\")")
_MODEL = re.compile(r"<(?:\w+:)?ext\s[^>]*>\s*<x15:dataModel\b.*?</(?:\w+:)?ext>", re.DOTALL)

Changes = dict[str, bytes | None]


def hidden_parts(package: Package) -> dict[str, list[str]]:
    """The parts that cannot be seen into, by what they are; in the package's order.

    Raises: Refused (UTF16_PART) for a part in UTF-16; PackageError for one that is not well-formed.
    """
    found = dict(_by_relationship(package))
    features: dict[str, list[str]] = {}
    for key, name in package.names.items():
        feature = found.get(key)
        if feature is None and key != fold(CONTENT_TYPES) and not _is_seen(package, name):
            feature = "pictures" if blank_image(extension(name)) else "other"
        if feature:
            features.setdefault(feature, []).append(name)
    return features


def _by_relationship(package: Package) -> Iterator[tuple[str, str]]:
    for source, _ in package.relationship_parts():
        for relationship in package.relationships(source):
            if relationship.part is None or relationship.part not in package:
                continue
            signed = _SIGNATURE in relationship.type
            feature = "signature" if signed else _BY_KIND.get(relationship.kind)
            if feature is None and relationship.kind in _SEEN_RAW:
                feature = ""
            if feature is not None:
                yield fold(relationship.part), feature


def _is_seen(package: Package, name: str) -> bool:
    data = package.read(name)
    if not data.strip():
        return True
    if is_utf16(data):
        raise Refused(package.path, Reason.UTF16_PART, name)
    if decoded(data) is None:
        return False
    if extension(name) != "vml":  # drawings of old are hardly ever well-formed
        _refuse_malformed(package, name, data)
    return True


def _refuse_malformed(package: Package, name: str, data: bytes) -> None:
    """What follows goes by tags; a part whose tags do not match would take it forever."""
    if b"<!DOCTYPE" in data:
        raise PackageError(package.path, name, "DOCTYPE")
    nothing: Any = _Nothing()
    parser = etree.XMLParser(
        target=nothing, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise PackageError(package.path, name, str(error)) from error


class _Nothing:
    """Takes what a parser finds and keeps nothing of it."""

    def close(self) -> None:
        """End of the part."""


def without_parts(
    package: Package, workbook: Workbook, features: Mapping[str, Collection[str]]
) -> Changes:
    """What is to change so that these parts are gone, or say nothing any more.

    Pictures become blank and connections empty, since others refer to them; the rest goes with
    its relationships, its content types, and the elements that refer to it.

    Raises: Refused (CANNOT_SEE_INTO) for a part that something refers to in a way unknown here.
    """
    changes: Changes = {}
    gone: set[str] = set()
    for feature, names in features.items():
        for name in names:
            if feature == "connections":
                changes[name] = _empty_connections(package.read(name))
            elif feature == "pictures" and (blank := blank_image(extension(name))):
                changes[name] = blank
            else:
                gone.add(fold(name))
    if not gone:
        return changes
    gone |= _only_from(package, gone)
    for key in sorted(gone):
        changes[package.names[key]] = None
    _drop_references(package, gone, changes)
    types = EditedContentTypes(package.read(CONTENT_TYPES), package.path)
    for key in gone:
        types.forget(package.names[key])
    if "macros" in features and package.content_types.of(workbook.part) == _MACRO_TYPE:
        types.declare(workbook.part, _PLAIN_TYPE)
    changed = types.changed()
    if changed is not None:
        changes[CONTENT_TYPES] = changed
    return changes


def _only_from(package: Package, gone: Collection[str]) -> set[str]:
    """The relationships of the parts that go, and what nothing else leads to."""
    barred = [
        (source, relationship.id)
        for source, _ in package.relationship_parts()
        for relationship in package.relationships(source)
        if relationship.part is not None and fold(relationship.part) in gone
    ]
    kept = package.reachable(barred)
    lost = {key for key in package.reachable() if key not in kept}
    rels = {fold(relationships_name(package.names[key])) for key in gone}
    return {key for key in lost | rels if key in package.names}


def _drop_references(package: Package, gone: Collection[str], changes: Changes) -> None:
    for source, name in package.relationship_parts():
        if fold(source) in gone or fold(name) in gone:
            continue
        leading = [
            relationship
            for relationship in package.relationships(source)
            if relationship.part is not None and fold(relationship.part) in gone
        ]
        if not leading:
            continue
        edited = EditedRelationships(package.read(name), source, package.path, name)
        for relationship in leading:
            edited.remove(relationship.id)
        changes[name] = edited.changed()
        if source:
            _drop_elements(package, source, leading, changes)


def _drop_elements(
    package: Package, source: str, leading: list[Relationship], changes: Changes
) -> None:
    found = decoded(package.read(source))
    if found is None:
        raise Refused(package.path, Reason.CANNOT_SEE_INTO, source)
    before, encoding = found
    markup = before
    for relationship in leading:
        for section in _SECTIONS.get(relationship.kind, ()):
            markup = _without(markup, section)
        if relationship.kind == "powerPivotData":
            markup = _MODEL.sub("", markup)
    for relationship in leading:
        if re.search(rf"r:\w+\s*=\s*[\"']{re.escape(relationship.id)}[\"']", markup):
            raise Refused(package.path, Reason.CANNOT_SEE_INTO, source)
    if markup != before:
        changes[source] = markup.encode(encoding)


def _without(markup: str, element: str) -> str:
    pattern = rf"<((?:\w+:)?){element}\b[^>]*?(?:/>|>.*?</\1{element}\s*>)"
    return re.sub(pattern, "", markup, flags=re.DOTALL)


def _empty_connections(data: bytes) -> bytes:
    """The list of connections with nothing said about where they lead."""
    found = decoded(data)
    markup, encoding = found if found is not None else ("", "utf-8")

    def emptied(match: re.Match[str]) -> str:
        kept = " ".join(f"{name}={value}" for name, value in _KEPT_ATTRIBUTE.findall(match[2]))
        number = re.search(r'\bid="(\d+)"', match[2])
        name = f'name="connection {number[1] if number else 0}"'
        return f"<{match[1]}connection {kept} {name}/>"

    return _CONNECTION.sub(emptied, markup).encode(encoding)
