"""The texts of all other parts: what of each element and attribute is looked into, and how.

Names that formulas and other parts know a thing by are left alone where a mask would not be a
name; numbers that only lay something out are, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from xltrack.sheetml.areas import areas_of
from xltrack.sheetml.markup_texts import (
    AttributeText,
    Edit,
    Found,
    TextGroup,
    replaced,
    spliced,
)
from xltrack.writeback.redact_masks import Masks, is_mask

_FORMULAS = frozenset(
    {
        "f",
        "formula",
        "formula1",
        "formula2",
        "definedName",
        "oldFormula",
        "calculatedColumnFormula",
        "totalsRowFormula",
        "sqref",
    }
)
_PRINTED = frozenset(
    side + part
    for side in ("odd", "even", "first")
    for part in ("Header", "Footer")
)  # fmt: skip
_TEXTS = frozenset(
    {
        "t",
        "si",
        "is",
        "text",
        "p",
        "div",
        "v",
        "rPh",
        "#comment",
        "author",
        "font",
    }
)
_TEXT_ATTRIBUTES = frozenset(
    {
        "v",
        "caption",
        "title",
        "descr",
        "alt",
        "prompt",
        "promptTitle",
        "error",
        "errorTitle",
        "display",
        "tooltip",
        "text",
        "comment",
        "description",
        "help",
        "statusBar",
        "tag",
        "altText",
        "altTextSummary",
        "sourceCaption",
        "totalsRowLabel",
        "string",
        "sourceName",
        "command",
        "connection",
        "sourceFile",
        "href",
        "location",
        "displayName",
        "userId",
    }
)
_NAMED = frozenset(
    ("cacheField", "tableColumn", "pivotField", "dataField", "cNvPr", "docPr", "property")
)
_PERSONS = frozenset(("userName", "refreshedBy", "lastModifiedBy", "user"))
_SKIPPED = re.compile(
    r"xmlns(:.*)?|(?:\w+:)?(?:uid|id|Id|embed|link)|uri|Type|ContentType|PartName"
)
_LITERAL = re.compile(r"\"((?:[^\"]|\"\")*)\"|'((?:[^']|'')*)'|\[([^\[\]]*)\]")
_BARE = re.compile(r"(?<![\w.])1[3-9]\d{9}(?![\w.])")
_CODES = re.compile(r"&(?:\"[^\"]*\"|K[0-9A-Fa-f+-]{6}|\d{1,3}(?!\d)|[A-Za-z&])")
_DECIMAL = re.compile(r"[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?")
_LOOSE = re.compile(r"1[3-9]\d{9}")
_RELATIONSHIP = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_SPAN = re.compile(r"(.+)!\$?([A-Z]{1,3})\$?\d+(?::\$?([A-Z]{1,3})\$?\d+)?")
_OWN_NAMES = frozenset({"xltrack", ""})

Texts = Callable[[Found], list[Edit] | None]


@dataclass
class PartTexts:
    """Looks into one part; made anew for each, since it follows what comes after what.

    ``private_header``: whether a header is that of a private column; ``private_columns``: their
    numbers by sheet; ``own_columns``: those of the sheet that is looked into.
    """

    masks: Masks
    private_header: Callable[[str], bool]
    private_columns: Mapping[str, Collection[int]] = field(default_factory=dict)
    own_columns: Collection[int] = ()
    names: bool = True
    """Whether private values are searched for in short texts such as titles of sheets."""
    persons: Collection[str] = ()
    """Elements whose text names somebody."""
    properties: Collection[str] = ()
    """Elements whose text is masked whatever it says."""
    authors: Collection[str] = ()
    _field: bool = False
    _item: int = 0
    _listed: bool = False
    _cached: bool = False
    _left: int = 1
    _filtered: bool = False

    def __call__(self, found: Found) -> list[Edit] | None:
        """What is to be replaced in a text or attribute."""
        if isinstance(found, AttributeText):
            return self._attribute(found)
        return self._text(found) if found.runs else None

    def _text(self, found: TextGroup) -> list[Edit] | None:
        text, name = found.text, found.name
        if name in self.persons:
            return self._person(text)
        if name in self.properties:
            return self._whole(text, "redacted", "property")
        if name in _FORMULAS:
            self._cached = name == "f" and self._refers_to_private(text)
            return self._listing(text) if self._listed else self._formula(text)
        if name in _PRINTED:
            return list(self._printed(text))
        if name == "v":
            return self._value(text)
        if name == "text" and self.authors:
            return self._comment(text)
        if "." in text and _DECIMAL.fullmatch(text):
            return None
        if name in _TEXTS:
            return self.masks.edits(text, values=self.names)
        return self.masks.edits(text, digits=False, values=self.names)

    def _whole(self, text: str, mask: str, kind: str) -> list[Edit] | None:
        if not text.strip() or text == mask:
            return None
        self.masks.counts[kind] += 1
        return [(0, len(text), mask)]

    def _person(self, text: str) -> list[Edit] | None:
        if text.strip().lower() in _OWN_NAMES or text.startswith("tc="):
            return None
        return self._whole(text, self.masks.person(text), "person")

    def _value(self, text: str) -> list[Edit] | None:
        if self._cached and any(map(str.isalnum, text)):
            return self._whole(text, self.masks.of(text), "column")
        if self.masks.is_private_number(text):
            return self._whole(text, self.masks.number_of(text), "phone")
        return None if _DECIMAL.fullmatch(text) else self.masks.edits(text)

    def _comment(self, text: str) -> list[Edit]:
        edits = self.masks.edits(text)
        author = next((a for a in self.authors if text.startswith(f"{a}:")), None)
        if author is None or any(edit[0] < len(author) for edit in edits):
            return edits
        return [(0, len(author), self.masks.person(author)), *edits]

    def _formula(self, text: str) -> list[Edit]:
        edits: list[Edit] = []
        taken: list[tuple[int, int]] = []
        for match in _LITERAL.finditer(text):
            start, end = match.span(match.lastindex or 0)
            taken.append(match.span())
            quoted = match[2] is not None  # the name of a sheet, as the workbook has it
            found = self.masks.edits(text[start:end], values=not quoted)
            edits += [(start + a, start + b, mask) for a, b, mask in found]
        for match in _BARE.finditer(text):
            if not any(a <= match.start() < b for a, b in taken):
                self.masks.counts["phone"] += 1
                edits.append((*match.span(), self.masks.number_of(match[0])))
        return edits

    def _listing(self, text: str) -> list[Edit]:
        """The list of a dropdown in a private column: each of its words."""
        self._listed = False
        if not text.startswith('"'):
            return self._formula(text)
        edits: list[Edit] = []
        for match in re.finditer(r'[^,"]+', text):
            self.masks.counts["column"] += 1
            edits.append((*match.span(), self.masks.of(match[0])))
        return edits

    def _printed(self, text: str) -> Iterator[Edit]:
        """Headers and footers: codes such as ``&L`` stand right before what is printed."""
        at = 0
        for match in [*_CODES.finditer(text), None]:
            end = match.start() if match else len(text)
            piece = text[at:end]
            edits = self.masks.edits(piece)
            for loose in _LOOSE.finditer(piece):
                if not any(a < loose.end() and b > loose.start() for a, b, _ in edits):
                    self.masks.counts["phone"] += 1
                    edits.append((*loose.span(), self.masks.of(loose[0])))
            yield from ((at + a, at + b, mask) for a, b, mask in edits)
            at = match.end() if match else end

    def _refers_to_private(self, text: str) -> bool:
        match = _SPAN.fullmatch(text.strip().lstrip("="))
        if match is None:
            return False
        sheet = match[1].strip("'").replace("''", "'")
        private = self.private_columns.get(sheet.casefold(), ())
        area = areas_of(f"{match[2]}1:{match[3] or match[2]}1")
        return bool(area) and any(n in private for n in range(area[0].left, area[0].right + 1))

    def _attribute(self, found: AttributeText) -> list[Edit] | None:
        element, name, text = found.element, found.name, found.text
        self._follow(element, name, text)
        if self._field and element in ("s", "n") and name == "v":
            return self._whole(text, self._mask(element, text), "column")
        if name in ("minValue", "maxValue") and (self._field or self.masks.is_private_number(text)):
            return self._whole(text, self.masks.number_of(text), "column")
        shown = (element, name) == ("hyperlink", "display") and self.masks.is_whole(text)
        if shown or (self._filtered and (element, name) in _FILTERED):
            return self._whole(text, self.masks.of(text), "column")
        if name in _PERSONS or (element, name) in _PERSON_ATTRIBUTES:
            return self._person(text)
        if element == "absPath" and name == "url":
            return self._whole(text, "/", "property")
        return self._other_attribute(element, name, text)

    def _follow(self, element: str, name: str, text: str) -> None:
        """Note what decides on the texts that come after this attribute."""
        if element == "cacheField" and name == "name":
            self._field = self.private_header(text)
        elif element == "dataValidation" and name == "sqref":
            self._listed = self._is_private_area(text)
        elif element == "autoFilter" and name == "ref":
            self._left = next((area.left for area in areas_of(text)), 1)
        elif element == "filterColumn" and name == "colId" and text.isdecimal():
            self._filtered = self._left + int(text) in self.own_columns

    def _other_attribute(self, element: str, name: str, text: str) -> list[Edit] | None:
        if _SKIPPED.fullmatch(name) or is_mask(text):
            return None
        if element == "n" and name == "v" and self.masks.is_private_number(text):
            return self._whole(text, self.masks.number_of(text), "phone")
        if "." in text and _DECIMAL.fullmatch(text):
            return None
        told = name in _TEXT_ATTRIBUTES and element not in ("table", "x")
        told = told or (name == "name" and element in _NAMED) or (element, name) in _FILTERED
        return self.masks.edits(text, values=told and self.names)

    def _mask(self, element: str, text: str) -> str:
        return self.masks.of(text) if element == "s" else self.masks.number_of(text)

    def _is_private_area(self, text: str) -> bool:
        areas = areas_of(text)
        return bool(areas) and all(
            column in self.own_columns for a in areas for column in range(a.left, a.right + 1)
        )


_PERSON_ATTRIBUTES = frozenset(
    {
        ("person", "displayName"),
        ("person", "userId"),
        ("userInfo", "name"),
        ("customWorkbookView", "name"),
    }
)
_FILTERED = frozenset(
    {
        ("filter", "val"),
        ("customFilter", "val"),
        ("filter", "stringValue1"),
        ("filter", "stringValue2"),
    }
)


class RecordTexts:
    """The records of a pivot cache: the values of private fields by their place in the record."""

    def __init__(self, masks: Masks, texts: Texts, private: Collection[int]) -> None:
        self.masks, self.texts, self.private = masks, texts, frozenset(private)
        self._place = 0

    def __call__(self, found: Found) -> list[Edit] | None:
        """What is to be replaced in a text or attribute."""
        if isinstance(found, TextGroup):
            if found.name == "r":
                self._place = 0
            elif found.inside == "r":
                self._place += 1
            return None
        inside = found.name == "v" and found.element in ("s", "n")
        if inside and self._place in self.private and found.text.strip():
            self.masks.counts["column"] += 1
            number = found.element == "n"
            mask = self.masks.number_of(found.text) if number else self.masks.of(found.text)
            return [(0, len(found.text), mask)]
        return self.texts(found)


def links_redacted(markup: str, masks: Masks) -> str:
    """A relationships part with what is private in targets outside the package masked."""

    def link(match: re.Match[str]) -> str:
        tag = match[0]
        return replaced(tag, _Link(masks)) if "External" in tag else tag

    return _RELATIONSHIP.sub(link, markup)


class _Link:
    def __init__(self, masks: Masks) -> None:
        self.masks = masks

    def __call__(self, found: Found) -> list[Edit] | None:
        if isinstance(found, TextGroup) or found.name != "Target":
            return None
        text = unquote(found.text)
        scheme, colon, rest = text.partition(":")
        kind = scheme.lower() if colon else ""
        if kind in ("mailto", "tel", "sms", "callto"):
            address = rest.partition("?")[0].lstrip("/")
            if is_mask(address) or not address:
                return None
            self.masks.counts["link"] += 1
            mail = kind == "mailto"
            mask = self.masks.of(address) if mail else self.masks.number_of(address)
            return [(0, len(found.text), f"{kind}:{mask}")]
        edits = self.masks.edits(text)
        if not edits:
            return None
        new = spliced(text, edits)
        return [(0, len(found.text), quote(new, safe=":/?#=&@%+,;()'!*\\"))]
