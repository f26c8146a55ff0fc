"""A worksheet authored in a scratch workbook, adapted to the workbook it is moved into.

The scratch sheets are XlsxWriter's, whose markup is regular: no prefix, ``<`` and ``>`` escaped
wherever they are text. That is what makes a pass with one expression safe, and fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from xltrack.errors import PackageError
from xltrack.opc.escapes import attribute
from xltrack.opc.markup import local_name
from xltrack.opc.package import Package
from xltrack.sheetml.styles import StyleMap

_STRING = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_PLAIN = re.compile(rb'<t( xml:space="preserve")?>([^<]*)</t>')
_ITEM = re.compile(rb"<(?:\w+:)?si[ >/]")
_TAG = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"(?: s="([0-9]+)")?( t="s"><v>([0-9]+)</v></c>)?'
    rb"|<(row|col|cfRule|colorFilter|sortCondition|sheetView)\b[^>]*>"
)
_ROW_STYLE = re.compile(rb'(\bs=")([0-9]+)"')
_COLUMN_STYLE = re.compile(rb'(\bstyle=")([0-9]+)"')
_DIFFERENTIAL = re.compile(rb'(\b[A-Za-z]*[dD]xfId=")([0-9]+)"')
_METADATA = re.compile(rb'<c [^>]*\b(?:cm|vm)="')
_SELECTED = b' tabSelected="1"'
_TAB_COLOR = re.compile(rb"<tabColor\b[^>]*/>")
_SHEET_PROPERTIES = re.compile(rb"<sheetPr\b([^>]*?)(/?)>")
_ROOT = re.compile(rb"<worksheet\b[^>]*>")
_AFTER_PROPERTIES = frozenset({"dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData"})
_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Kept:
    """What a replaced sheet keeps: the attributes of its tab's colour (empty for none), and the
    name by which a macro project knows it, without which Excel adds a module at each opening."""

    tab_color: Mapping[str, str]
    code_name: str | None


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What a scratch sheet needs to be at home: indices of its formats, its strings, its tab."""

    styles: StyleMap
    strings: Sequence[bytes]
    """From :func:`string_cells`."""
    selected: bool
    """Whether it is the active sheet; with two sheets selected, an edit would go to both."""
    kept: Kept | None = None
    """What the replaced sheet has and keeps; None for a new sheet."""


def string_cells(shared: bytes, inline: bool) -> list[bytes]:
    """Return what follows the attributes of a string cell, for each of the scratch's strings.

    ``inline``: False writes plain text as a value instead of an inline string. Both mean the same
    to a reader, but a workbook of inline strings without a shared one is known to be rewritten by
    Excel at the next save, and a validator says so. Formatted text is always inline.
    """
    return [_string_cell(markup, inline) for markup in _STRING.findall(shared)]


def _string_cell(markup: bytes, inline: bool) -> bytes:
    plain = None if inline else _PLAIN.fullmatch(markup)
    if plain is None:
        return b' t="inlineStr"><is>' + markup + b"</is></c>"
    return b' t="str"><v' + (plain[1] or b"") + b">" + plain[2] + b"</v></c>"


def has_shared_strings(package: Package, workbook_part: str) -> bool:
    """Whether the workbook has a shared string; reads the beginning of their part only."""
    part = package.related(workbook_part, "sharedStrings")
    return part is not None and bool(_ITEM.search(next(iter(package.chunks(part)), b"")))


def adapt(sheet: bytes, to: Adaptation) -> bytes:
    """Return the markup of a scratch sheet with formats mapped and strings inline.

    Raises: ValueError for a sheet with cells that need metadata parts (dynamic arrays, pictures in
    cells), which are not moved.
    """
    if _METADATA.search(sheet):
        raise ValueError("a scratch sheet has a dynamic array or a picture in a cell")
    cells, differential = _indices(to.styles.cells), _indices(to.styles.differential)

    default = to.styles.cells[:1] != (0,)

    def tag(match: re.Match[bytes]) -> bytes:
        cell, style, text, string, other = match.groups()
        if cell is not None:
            head = b'<c r="' + cell + b'"'
            if style is not None or default:
                head += b' s="' + cells[int(style or 0)] + b'"'
            if text is not None:
                head += to.strings[int(string)]
            return head
        return _tag(other, match[0], cells, differential, to.selected)

    sheet = _TAG.sub(tag, sheet)
    return sheet if to.kept is None else _with_kept(sheet, to.kept)


def _tag(
    name: bytes,
    markup: bytes,
    cells: Sequence[bytes],
    differential: Sequence[bytes],
    selected: bool,
) -> bytes:
    if name == b"row":
        return _ROW_STYLE.sub(_mapped(cells), markup)
    if name == b"col":
        return _COLUMN_STYLE.sub(_mapped(cells), markup)
    if name == b"sheetView":
        markup = markup.replace(_SELECTED, b"")
        return markup.replace(b"<sheetView", b"<sheetView" + _SELECTED, 1) if selected else markup
    return _DIFFERENTIAL.sub(_mapped(differential), markup)


def _mapped(indices: Sequence[bytes]) -> Callable[[re.Match[bytes]], bytes]:
    return lambda match: match[1] + indices[int(match[2])] + b'"'


def _indices(numbers: Iterable[int]) -> list[bytes]:
    return [str(number).encode() for number in numbers]


def kept_of(package: Package, part: str) -> Kept:
    """Return what the sheet in ``part`` keeps when it is replaced; reads its beginning only.

    Raises: PackageError for a sheet that is not well-formed there.
    """
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False
    )
    code_name = None
    try:
        parser.feed(next(iter(package.chunks(part)), b"")[:_HEAD])
        for _, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            name = local_name(element)
            if name == "sheetPr":
                code_name = element.get("codeName")
            elif name == "tabColor":
                color = {str(key): str(value) for key, value in element.attrib.items()}
                return Kept(color, code_name)
            elif name in _AFTER_PROPERTIES:
                break
    except etree.XMLSyntaxError as error:
        raise PackageError(package.path, part, str(error)) from error
    return Kept({}, code_name)


def _with_kept(sheet: bytes, kept: Kept) -> bytes:
    sheet = _TAB_COLOR.sub(b"", sheet, count=1)
    if not kept.tab_color and kept.code_name is None:
        return sheet
    color = b"<tabColor" + _attributes(kept.tab_color) + b"/>" if kept.tab_color else b""
    named = _attributes({"codeName": kept.code_name}) if kept.code_name is not None else b""
    properties = _SHEET_PROPERTIES.search(sheet)
    if properties is None:
        tag = b"<sheetPr" + named + b">" + color + b"</sheetPr>"
        return _ROOT.sub(lambda root: root[0] + tag, sheet, count=1)
    opened = b"<sheetPr" + named + properties[1] + b">" + color
    closed = b"</sheetPr>" if properties[2] else b""
    return sheet[: properties.start()] + opened + closed + sheet[properties.end() :]


def _attributes(values: Mapping[str, str]) -> bytes:
    return "".join(f" {key}={attribute(value)}" for key, value in values.items()).encode()
