"""Cell formats of one workbook found or appended in the styles of another.

Every format that is already there is used, so that taking over the same formats again appends
nothing, however often it is done.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from xltrack.errors import PackageError
from xltrack.opc.markup import EditedPart, Element, children, local_name, serialise, whole_number
from xltrack.sheetml.number_formats import Shown, shown_as
from xltrack.sheetml.vocabulary import MAIN, is_true, main

_ORDER = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs"),
    *("cellStyles", "dxfs", "tableStyles", "colors", "extLst"),
)
_GENERAL = "0"
_FIRST_OWN_NUMBER_FORMAT = 164
MAX_CELL_FORMATS = 65_490
_FALLBACK_FONT = ("Calibri", 11.0)
_POINTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]+)?")
_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class StyleMap:
    """Indices of the other workbook's formats in this one: cell formats, differential formats."""

    cells: tuple[int, ...]
    differential: tuple[int, ...]


class EditedStyles(EditedPart):
    """A styles part that formats are appended to."""

    def body_font(self) -> Element | None:
        """Return the font of the Normal style, None where the workbook declares no font."""
        normal = self._normal_format()
        formats = children(self.root.find(main("cellStyleXfs")))
        fonts = self._fonts()
        index = self._index(formats[normal], "fontId") if normal < len(formats) else 0
        return _plain(fonts[index if index < len(fonts) else 0]) if fonts else None

    def merge(self, other: Element) -> StyleMap:
        """Return where the formats of ``other`` (a styles root) are here.

        Those that are missing are appended. The first font and the first cell format of each are
        taken as equal, since they are what a cell without a format has; only where that shows
        numbers in another way than they are, as dates, a general format is used instead.

        Raises: PackageError when there would be more formats than Excel opens.
        """
        numbers = self._number_formats(other)
        maps = {
            "fontId": self._fonts_map(other),
            "fillId": self._appended("fills", children(other.find(main("fills")))),
            "borderId": self._appended("borders", children(other.find(main("borders")))),
        }
        cells = self._cell_formats(other, numbers, maps)
        if max(cells, default=0) >= MAX_CELL_FORMATS:
            raise PackageError(self.path, self.part, "no room for more cell formats")
        return StyleMap(tuple(cells), tuple(self._differential_formats(other)))

    def merge_differential(self, other: Element) -> tuple[int, ...]:
        """Return where the differential formats of ``other`` are here; missing ones are added."""
        return tuple(self._differential_formats(other))

    def shown(self, style: int) -> Shown:
        """Return what a cell format shows numbers as; one that is not there, as numbers."""
        element = self._cell_format(style)
        if element is None:
            return Shown.NUMBER
        identifier = self._index(element, "numFmtId")
        declared = map(_plain, children(self.root.find(main("numFmts"))))
        codes = {e.get("numFmtId"): e.get("formatCode") for e in declared}
        return shown_as(identifier, codes.get(str(identifier)))

    def is_quoted(self, style: int) -> bool:
        """Return whether a cell format makes whatever is typed text, as an apostrophe does."""
        element = self._cell_format(style)
        return element is not None and is_true(element.get("quotePrefix"))

    def showing(self, style: int, code: str | None) -> int:
        """Return the cell format that is like ``style`` with the number format ``code``.

        It is appended where it is missing. None is the general format. Neither is quoted.

        Raises: PackageError when there would be more formats than Excel opens.
        """
        original = self._cell_format(style)
        element = etree.Element(main("xf")) if original is None else copy.deepcopy(original)
        number = _GENERAL if code is None else self._number_format(code)
        element.set("numFmtId", number)
        element.set("applyNumberFormat", "1")
        if "quotePrefix" in element.attrib:
            del element.attrib["quotePrefix"]
        found = self._appended("cellXfs", [element])[0]
        if found >= MAX_CELL_FORMATS:
            raise PackageError(self.path, self.part, "no room for more cell formats")
        return found

    def _cell_format(self, style: int) -> Element | None:
        formats = children(self.root.find(main("cellXfs")))
        return _plain(formats[style]) if style < len(formats) else None

    def _fonts(self) -> list[Element]:
        return children(self.root.find(main("fonts")))

    def _normal_format(self) -> int:
        styles = map(_plain, children(self.root.find(main("cellStyles"))))
        normal = (style for style in styles if style.get("builtinId") == "0")
        return next((self._index(style, "xfId") for style in normal), 0)

    def _index(self, element: Element, attribute: str) -> int:
        text = element.get(attribute, "0")
        index = whole_number(text)
        if index is None:
            raise PackageError(self.path, self.part, f"{attribute} {text!r}")
        return index

    def _number_formats(self, other: Element) -> dict[str, str]:
        return {
            element.get("numFmtId", ""): self._number_format(element.get("formatCode", ""))
            for element in children(other.find(main("numFmts")))
        }

    def _number_format(self, code: str) -> str:
        existing = [_plain(e) for e in children(self.root.find(main("numFmts")))]
        for element in existing:
            if element.get("formatCode") == code:
                return element.get("numFmtId", "")
        taken = [self._index(e, "numFmtId") for e in existing]
        new = str(max([_FIRST_OWN_NUMBER_FORMAT - 1, *taken]) + 1)
        section = self._section("numFmts")
        etree.SubElement(section, main("numFmt"), numFmtId=new, formatCode=code)
        _count(section)
        return new

    def _fonts_map(self, other: Element) -> list[int]:
        theirs = children(other.find(main("fonts")))
        body = self.body_font()
        default = _key(theirs[0]) if theirs else None
        own = self._body_index()
        adapted = [_like_body(copy.deepcopy(font), theirs[0], body) for font in theirs]
        same = [body is not None and _key(font) == default for font in theirs]
        wanted = [font for font, equal in zip(adapted, same, strict=True) if not equal]
        appended = iter(self._appended("fonts", wanted))
        return [own if equal else next(appended) for equal in same]

    def _body_index(self) -> int:
        formats = children(self.root.find(main("cellXfs")))
        index = self._index(_plain(formats[0]), "fontId") if formats else 0
        return index if index < len(self._fonts()) else 0

    def _cell_formats(
        self, other: Element, numbers: dict[str, str], maps: dict[str, list[int]]
    ) -> list[int]:
        styles = [_plain(e) for e in children(self.root.find(main("cellStyles")))]
        by_builtin = {s.get("builtinId"): s.get("xfId", "0") for s in styles if s.get("builtinId")}
        theirs = children(other.find(main("cellStyles")))
        builtin = {s.get("xfId", "0"): s.get("builtinId") for s in theirs}
        normal = str(self._normal_format())
        wanted = []
        for original in children(other.find(main("cellXfs"))):
            element = copy.deepcopy(original)
            number = element.get("numFmtId", "0")
            element.set("numFmtId", numbers.get(number, number))
            for attribute, indices in maps.items():
                element.set(attribute, str(indices[int(element.get(attribute, "0"))]))
            named = builtin.get(element.get("xfId", "0"))
            element.set("xfId", by_builtin.get(named, normal) if named else normal)
            wanted.append(element)
        existing = children(self.root.find(main("cellXfs")))
        if not existing or not wanted:
            return self._appended("cellXfs", wanted)
        if _plain(existing[0]).get("numFmtId", "0") == _GENERAL:
            return [0, *self._appended("cellXfs", wanted[1:])]
        # where a cell without a format shows its number as a date, a plain number needs a format
        wanted[0].set("fontId", str(self._body_index()))
        wanted[0].set("applyNumberFormat", "1")
        return self._appended("cellXfs", wanted)

    def _differential_formats(self, other: Element) -> list[int]:
        wanted = [copy.deepcopy(e) for e in children(other.find(main("dxfs")))]
        for element in wanted:
            number = element.find(main("numFmt"))
            if number is not None:
                number.set("numFmtId", self._number_format(number.get("formatCode", "")))
        return self._appended("dxfs", wanted)

    def _appended(self, tag: str, wanted: list[Element]) -> list[int]:
        """Return the indices of ``wanted`` in the section ``tag``, appending what it lacks."""
        existing = children(self.root.find(main(tag)))
        indices: dict[_Key, int] = {}
        for index, element in enumerate(existing):
            indices.setdefault(_key(_plain(element)), index)
        found, size = [], len(existing)
        for element in wanted:
            key = _key(element)
            if key not in indices:
                section = self._section(tag)
                section.append(copy.deepcopy(element))
                _count(section)
                indices[key], size = size, size + 1
            found.append(indices[key])
        return found

    def _section(self, tag: str) -> Element:
        section = self.root.find(main(tag))
        if section is None:
            section = etree.Element(main(tag))
            before = _ORDER[: _ORDER.index(tag)]
            place = [
                i + 1
                for i, child in enumerate(self.root)
                if isinstance(child.tag, str) and local_name(child) in before
            ]
            self.root.insert(place[-1] if place else 0, section)
        return section


def edit_styles(data: bytes, path: Path, part: str) -> EditedStyles:
    """Return a styles part ready to be appended to.

    Raises: PackageError when ``data`` is no styles part, or is in another dialect.
    """
    styles = EditedStyles(data, path, part)
    if styles.root.tag != main("styleSheet"):
        raise PackageError(path, part, "not a styles part")
    return styles


def least_styles() -> bytes:
    """Return a styles part that changes nothing in a workbook that has none."""
    font, size = _FALLBACK_FONT
    return (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        + f'<styleSheet xmlns="{MAIN}">'
        f'<fonts count="1"><font><sz val="{size:g}"/><name val="{font}"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="1">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>".encode()
    )


def default_styles(root: Element) -> bytes:
    """Return a styles part with nothing but what a cell without a format has in ``root``."""
    kept = {"fonts": 1, "fills": 2, "borders": 1, "cellStyleXfs": 1, "cellXfs": 1, "cellStyles": 1}
    styles = copy.deepcopy(root)
    for section in children(styles):
        inner = children(section)
        if local_name(section) == "cellStyles":  # Normal is not always the first
            inner.sort(key=lambda style: style.get("builtinId") != "0")
        for element in inner[kept.get(local_name(section), 0) :]:
            section.remove(element)
        if local_name(section) not in kept:
            styles.remove(section)
        else:
            _count(section)
    return serialise(styles)


def font_of(font: Element | None) -> tuple[str, float]:
    """Return the name of a font and its size in points."""
    if font is None:
        return _FALLBACK_FONT
    name, size = font.find(main("name")), font.find(main("sz"))
    said = size.get("val", "") if size is not None else ""
    points = float(said) if _POINTS.fullmatch(said) else _FALLBACK_FONT[1]
    return (name.get("val") if name is not None else None) or _FALLBACK_FONT[0], points


def _like_body(font: Element, default: Element, body: Element | None) -> Element:
    """Return a font as the other workbook would have it.

    One of the body font's name becomes a variant of that font (its family, charset, scheme, and
    its colour where the font has the colour of ``default``). Any other loses its scheme, which
    would give it the font of this workbook's theme instead of its own.
    """
    if body is None or font_of(font)[0] != font_of(body)[0]:
        scheme = font.find(main("scheme"))
        if scheme is not None:
            font.remove(scheme)
        return font
    color, plain = font.find(main("color")), default.find(main("color"))
    if color is not None and plain is not None and _key(color) == _key(plain):
        theirs = body.find(main("color"))
        if theirs is not None:
            font.replace(color, copy.deepcopy(theirs))
        else:
            font.remove(color)
    for trait in ("family", "charset", "scheme"):
        own, theirs = font.find(main(trait)), body.find(main(trait))
        if own is not None:
            font.remove(own)
        if theirs is not None:
            font.append(copy.deepcopy(theirs))
    return font


def _plain(element: Element) -> Element:
    """Return the element that a choice of alternatives falls back to, or the element itself."""
    if local_name(element) != "AlternateContent":
        return element
    fallback = [e for e in children(element) if local_name(e) == "Fallback"]
    inner = children(fallback[0]) if fallback else []
    return inner[0] if inner else element


def _key(element: Element) -> _Key:
    """What makes two formats the same: tags, attributes, order; booleans by their meaning."""
    attributes = tuple(
        sorted((str(k), "1" if is_true(str(v)) else str(v)) for k, v in element.attrib.items())
    )
    inner = tuple(_key(child) for child in children(element))
    return element.tag, attributes, (element.text or "").strip(), inner


def _count(section: Element) -> None:
    section.set("count", str(len(children(section))))
