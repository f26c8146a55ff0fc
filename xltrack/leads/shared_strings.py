"""The shared texts of a workbook as they stand in its XML, cut once for all who look there."""

from __future__ import annotations

from xltrack.opc import Package

STRINGS = "xl/sharedStrings.xml"


def shared_strings(package: Package, most: int) -> list[bytes]:
    """The XML of the shared texts, each one place behind its number; a part over ``most`` has none.

    They are right where the part has no namespace prefix, comment or CDATA.
    """
    if STRINGS not in package or package.size(STRINGS) > most:
        return []
    return package.once("shared strings", lambda: package.kept(STRINGS).split(b"<si>"))
