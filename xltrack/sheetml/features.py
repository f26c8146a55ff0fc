"""What a workbook holds besides cells, told from its parts and from a few markers in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xltrack.opc.package import Package

# feature by the kind of relationship that leads to its part
_BY_KIND: Mapping[str, str] = {
    "control": "activex",
    "chart": "charts",
    "chartEx": "new_charts",
    "chartsheet": "chart_sheets",
    "comments": "comments",
    "connections": "connections",
    "ctrlProp": "form_controls",
    "customXml": "custom_xml",
    "diagramData": "smart_art",
    "dialogsheet": "dialog_sheets",
    "externalLink": "external_links",
    "image": "pictures",
    "oleObject": "embedded_objects",
    "package": "embedded_objects",
    "pivotTable": "pivot_tables",
    "powerPivotData": "data_model",
    "queryTable": "query_tables",
    "rdRichValue": "rich_data",
    "revisionHeaders": "shared_editing",
    "sheetMetadata": "cell_metadata",
    "slicer": "slicers",
    "table": "tables",
    "threadedComment": "threaded_comments",
    "timeline": "timelines",
    "vbaProject": "macros",
    "xlMacrosheet": "macro_sheets",
    "xmlMaps": "xml_maps",
}
_IN_SHEETS: Mapping[bytes, str] = {
    b"sparklineGroups": "sparklines",
    b"x14:conditionalFormattings": "extended_formatting",
    b"x14:dataValidations": "extended_validation",
}
_IN_DRAWINGS: Mapping[bytes, str] = {b":sp>": "shapes", b":sp ": "shapes", b"txBox=": "text_boxes"}
_OVERLAP = 64
LOST_BY_OTHERS = frozenset(
    {
        *("activex", "cell_metadata", "connections", "custom_xml", "data_model"),
        *(
            "extended_formatting",
            "extended_validation",
            "form_controls",
            "macros",
            "new_charts",
            "query_tables",
        ),
        *("rich_data", "shapes", "slicers", "smart_art", "sparklines", "text_boxes"),
        *("threaded_comments", "timelines", "xml_maps"),
    }
)
"""What a load and save with a library that rebuilds the workbook drops, as tried with openpyxl."""


def parts_by_kind(package: Package) -> dict[str, list[str]]:
    """Return the parts that relationships lead to, by kind; a part that two lead to counts once."""
    found: dict[str, list[str]] = {}
    for source, _ in package.relationship_parts():
        for relationship in package.relationships(source):
            part = relationship.part
            if part is not None and part in package:
                parts = found.setdefault(relationship.kind, [])
                if part not in parts:
                    parts.append(part)
    return found


def features(package: Package) -> tuple[str, ...]:
    """Return what the workbook holds besides cells, as sorted names (``slicers``, ``macros``, …).

    Sheets are searched for the markers of extensions without being parsed.
    """
    by_kind = parts_by_kind(package)
    found = {feature for kind, feature in _BY_KIND.items() if by_kind.get(kind)}
    found |= _marked(package, by_kind.get("worksheet", []), _IN_SHEETS)
    found |= _marked(package, by_kind.get("drawing", []), _IN_DRAWINGS)
    return tuple(sorted(found))


def _marked(package: Package, parts: Iterable[str], markers: Mapping[bytes, str]) -> set[str]:
    found: set[str] = set()
    for part in parts:
        tail = b""
        for chunk in package.chunks(part):
            window = tail + chunk
            found |= {feature for marker, feature in markers.items() if marker in window}
            tail = window[-_OVERLAP:]
    return found
