"""What a Settings sheet says, told from its XML without loading it.

The sheets of a company's workbooks tend to be equal, but for where their texts stand among the
shared ones.
"""

from __future__ import annotations

import re

from xltrack.leads.shared_strings import STRINGS, shared_strings
from xltrack.opc import Package
from xltrack.template import Template
from xltrack.text import fold

_STYLES = "xl/styles.xml"
_MOST = 1 << 20  # bytes of each part
_SHARED = re.compile(rb" t=\"s\"><v>([0-9]+)</v>")
_OTHER = re.compile(rb"\st\s*=\s*[\"']\s*s\s*[\"']")


def settings_names(template: Template) -> frozenset[str]:
    """What a Settings sheet is called, folded."""
    names = template.workbook.sheets["settings"]
    return frozenset({fold(names.zh), fold(names.en)})


def settings_content(package: Package, part: str) -> bytes | None:
    """Bytes that are equal only where the cells of the sheet in ``part`` are; None = not told."""
    parts = (part, STRINGS, _STYLES)
    if any(name not in package or package.size(name) > _MOST for name in parts):
        return None
    pieces = _SHARED.split(package.kept(part))
    if _OTHER.search(b"".join(pieces[::2])):
        return None
    strings = shared_strings(package, _MOST)
    try:
        pieces[1::2] = [strings[int(number) + 1] for number in pieces[1::2]]
    except IndexError:
        return None
    return b"\0".join([_styles(package), *pieces])


def _styles(package: Package) -> bytes:
    stored = package.stored(_STYLES)
    if stored is None:
        return b"read " + package.read(_STYLES)
    *numbers, data = stored
    return b"stored %d %d %d " % tuple(numbers) + data
