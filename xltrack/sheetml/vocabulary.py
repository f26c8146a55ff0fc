"""Names of SpreadsheetML: namespaces, content types, kinds of relationship."""

from __future__ import annotations

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONSHIPS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
R_ID = f"{{{RELATIONSHIPS}}}id"
STRICT_R_ID = f"{{{STRICT_RELATIONSHIPS}}}id"

WORKSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
TABLE_TYPE_ENDING = "spreadsheetml.table+xml"
BINARY_WORKBOOK_ENDING = "sheet.binary.macroEnabled.main"

_TRUE = frozenset({"1", "true", "on"})


def main(tag: str) -> str:
    """Return ``tag`` in the main namespace, as lxml writes it."""
    return f"{{{MAIN}}}{tag}"


def relationship_type(kind: str) -> str:
    """Return the full relationship type of ``kind`` (``worksheet``, ``styles``, …)."""
    return f"{RELATIONSHIPS}/{kind}"


def is_true(value: str | None) -> bool:
    """Whether an XML Schema boolean is set; programs write it as 1 and as true."""
    return value is not None and value.lower() in _TRUE
