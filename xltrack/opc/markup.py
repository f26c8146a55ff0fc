"""XML parts: a parser that takes nothing from outside, and an editor that tells a change.

lxml keeps prefixes, so that ``mc:Ignorable`` and the extensions of other programs stay true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from xltrack.errors import PackageError, Reason, Refused

Element = etree._Element

_DOCTYPE = "<!DOCTYPE"
_DOCTYPES = tuple(_DOCTYPE.encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WHOLE = re.compile(r"[0-9]{1,9}")
_PROLOG = re.compile(rb"^\s*<\?xml[^>]*\?>\s*")


def parse(data: bytes, path: Path, part: str) -> Element:
    """Return the root element of an XML part.

    Raises: PackageError for a part that is not well-formed, or that has a DOCTYPE: workbooks need
    none, and entities are how a small part becomes a large one or reads a file.
    """
    if any(mark in data for mark in _DOCTYPES):
        raise PackageError(path, part, "DOCTYPE")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PackageError(path, part, str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise PackageError(path, part, "DOCTYPE")
    return root


def serialise(root: Element) -> bytes:
    """Return the document of ``root`` in UTF-8, with the declaration that Excel writes."""
    document = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    return _DECLARATION + _PROLOG.sub(b"", document, count=1)


def children(element: Element | None) -> list[Element]:
    """Return the child elements, without comments and processing instructions."""
    return [] if element is None else list(_elements(element))


def _elements(element: Element) -> Iterator[Element]:
    return (child for child in element if isinstance(child.tag, str))


def local_name(element: Element) -> str:
    """Return the tag without its namespace."""
    return etree.QName(element).localname


def whole_number(text: str | None) -> int | None:
    """Return the number that an attribute holds, None when it is none that a program would write.

    >>> whole_number("12"), whole_number("-1"), whole_number("9" * 5000)
    (12, None, None)
    """
    if text is None or not _WHOLE.fullmatch(text):
        return None
    return int(text)


def is_utf16(data: bytes) -> bool:
    """Whether an XML part is encoded in UTF-16."""
    return data.startswith(_UTF16_MARKS)


class EditedPart:
    """An XML part while it is edited; its bytes count as changed only when its tree is."""

    def __init__(self, data: bytes, path: Path, part: str) -> None:
        """Parse ``data``.

        Raises: Refused (UTF16_PART) for a part in UTF-16, which other programs read unreliably
        once it has been rewritten; PackageError as :func:`parse` does.
        """
        if is_utf16(data):
            raise Refused(path, Reason.UTF16_PART, part)
        self.path = path
        self.part = part
        self.root = parse(data, path, part)
        self._before = serialise(self.root)

    def changed(self) -> bytes | None:
        """Return the part's new bytes, or None while its tree says what it said before."""
        after = serialise(self.root)
        return None if after == self._before else after
