"""The cells of worksheets and the shared strings: which are private, and what takes their place.

A first pass over each sheet finds the private columns and learns what stands in them; the second
replaces. Cells are found by their tags and only those looked into that may have to change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path

from xltrack.sheetml.areas import place_of
from xltrack.sheetml.cell_markup import content, with_attribute, without_value
from xltrack.sheetml.markup_texts import Edit, Found, TextGroup, replaced, texts_of
from xltrack.sheetml.sheet_markup import SheetMarkup, attribute
from xltrack.sheetml.splice import Splice, applied
from xltrack.writeback.redact_masks import Masks

IsPrivate = Callable[[str], bool]
"""Whether a header is that of a private column."""
Handle = Callable[[Found], list[Edit] | None]

_SEARCHED_ROWS = 20
_LONG_NUMBER = 9
_LEAST_HEADERS = 3
_HEADER = re.compile(r"[^\d,;:\uff0c\u3001\u3002\uff1b\uff1a]{1,20}")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})([0-9]+)[\"']")
_KIND = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
_ITEM = re.compile(
    r"<(?P<p>(?:[\w.-]+:)?)si(?:\s[^>]*)?(?:/>|>(?P<body>.*?)</(?P=p)si\s*>)", re.DOTALL
)
_PLAIN = re.compile(r"\s*<(?:[\w.-]+:)?t(?:\s[^>]*)?>([^<]*)</(?:[\w.-]+:)?t\s*>\s*")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?>([^<]*)</")


@dataclass(slots=True)
class Cell:
    """A cell that may have to change: where it stands in the part, and what it holds."""

    start: int
    end: int
    row: int
    column: int
    kind: str
    """``s`` shared, ``n`` a number, ``t`` a text of its own; ``f`` where a formula stands in it."""
    text: str
    string: int = -1
    formula: bool = False


class Strings:
    """The shared strings: their texts, and who uses them."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.items = [match.span() for match in _ITEM.finditer(markup)]
        self.texts = [_string_text(markup[start:end]) for start, end in self.items]
        self.private: set[int] = set()
        self.elsewhere: set[int] = set()

    def text(self, index: int) -> str:
        """The text of a string, empty where the index leads nowhere."""
        return self.texts[index] if 0 <= index < len(self.texts) else ""

    def replaced_whole(self, index: int, masks: Masks) -> bool:
        """Whether a string of private cells is masked where it is shared."""
        return index not in self.elsewhere or masks.knows(self.text(index))

    def redacted(self, masks: Masks) -> str:
        """The markup with private strings masked, and what is private inside the others."""
        pieces, at = [], 0
        for index, (start, end) in enumerate(self.items):
            item, text = self.markup[start:end], self.texts[index]
            if index in self.private and self.replaced_whole(index, masks) and is_value(text):
                new = replaced(item, whole(masks.of(text)))
            else:
                edits = masks.edits(text)
                if not edits and "rPh" not in item:
                    continue
                new = replaced(item, _in_string(edits, masks))
            pieces += [self.markup[at:start], new]
            at = end
        return "".join([*pieces, self.markup[at:]])


def _string_text(item: str) -> str:
    body = item[item.find(">") + 1 : item.rfind("</")]
    plain = _PLAIN.fullmatch(body)
    if plain is not None:
        return unescape(plain[1])
    return "".join(f.text for f in texts_of(item) if isinstance(f, TextGroup) and f.name == "si")


def _in_string(edits: list[Edit], masks: Masks) -> Handle:
    def handle(found: Found) -> list[Edit] | None:
        if isinstance(found, TextGroup):
            return edits if found.name == "si" else masks.edits(found.text)
        return None

    return handle


def whole(mask: str) -> Handle:
    """Replaces the text of a string by a mask, and what says how it is pronounced by nothing."""

    def handle(found: Found) -> list[Edit] | None:
        if isinstance(found, TextGroup) and found.text:
            if found.name in ("si", "is", "v"):
                return [(0, len(found.text), mask)]
            if found.name == "rPh":
                return [(0, len(found.text), "")]
        return None

    return handle


def is_value(text: str) -> bool:
    """Whether a text says anything: a dash, or a mark for nothing, hides nobody."""
    return any(map(str.isalnum, text)) and text.strip() not in ("无", "none", "None", "N/A", "n/a")


@dataclass
class SheetScan:
    """One worksheet: its private columns with the row they begin below, and the cells to look at.

    ``private_cells``: those in a private column; ``others``: texts of their own, formulas and long
    numbers elsewhere.
    """

    markup: SheetMarkup
    columns: dict[int, int]
    private_cells: list[Cell] = field(default_factory=list)
    others: list[Cell] = field(default_factory=list)
    headers: dict[tuple[int, int], str] = field(default_factory=dict)
    """Texts of the first rows, by row and column."""

    def header_texts(self, columns: Mapping[int, int]) -> list[str]:
        """What columns are called, by the row of their header."""
        places = ((row, column) for column, row in columns.items())
        return [self.headers[place] for place in places if place in self.headers]


def scan_sheet(
    data: bytes,
    path: Path,
    part: str,
    strings: Strings,
    is_private: IsPrivate,
    known: Mapping[int, int] | None,
) -> SheetScan:
    """Look through a sheet; notes in ``strings`` which of them private cells and others use.

    ``known``: the private columns with the row of their header, where they are known; else they are
    looked for in the first row that looks like a header.

    Raises: Refused, PackageError as :class:`SheetMarkup` does.
    """
    scan = SheetScan(SheetMarkup(data, path, part), dict(known or {}))
    section = scan.markup.cells_section
    pattern = _cell_pattern(scan.markup.prefix)
    row = column = 0
    searching = known is None
    heads: list[tuple[int, str]] = []
    for match in pattern.finditer(scan.markup.seen, section.inner, section.end):
        if match["letters"] is not None:
            column = _column(match["letters"])
            if not (row <= _SEARCHED_ROWS or column in scan.columns):
                if match["shared"]:
                    strings.elsewhere.add(int(match["value"]))
                    continue
                if len(match["value"]) < _LONG_NUMBER:
                    continue
        elif match["row"] is not None:
            if searching and heads:
                searching = not _take_header(scan, row, heads, is_private)
            heads = []
            said = attribute(match["row"], "r")
            row = int(said[:8]) if said and said.isdecimal() else row + 1
            column = 0
            continue
        else:
            reference = _REFERENCE.search(match["attributes"])
            column = _column(reference[1]) if reference else column + 1
        cell = _cell_of(match, row, column, strings)
        if cell is None:
            continue
        if row <= _SEARCHED_ROWS and cell.text and cell.kind != "n":
            heads.append((column, cell.text))
            scan.headers[row, column] = cell.text
        _sort_in(scan, cell, strings)
    return scan


def _cell_pattern(prefix: str) -> re.Pattern[bytes]:
    p = re.escape(prefix.encode())
    return re.compile(
        rb"<"
        + p
        + rb"c r=\"(?P<letters>[A-Z]{1,3})[0-9]+\"(?: s=\"[0-9]+\")?(?P<shared> t=\"s\")?>"
        rb"<" + p + rb"v>(?P<value>[0-9]{1,15})</" + p + rb"v></" + p + rb"c>"
        rb"|<" + p + rb"row(?=[\s/>])(?P<row>[^>]*)>"
        rb"|<" + p + rb"c(?=[\s/>])(?P<attributes>[^>]*?)(?:/>|>(?P<body>.*?)</" + p + rb"c\s*>)",
        re.DOTALL,
    )


@cache
def _column(letters: bytes) -> int:
    return place_of(letters.decode() + "1")[1]


def _cell_of(match: re.Match[bytes], row: int, column: int, strings: Strings) -> Cell | None:
    if match["letters"] is not None:
        text, number = match["value"].decode(), int(match["value"])
        if match["shared"] is None:
            return Cell(match.start(), match.end(), row, column, "n", text)
        text = strings.text(number)
        return Cell(match.start(), match.end(), row, column, "s", text, number)
    body = match["body"]
    if not body:
        return None
    kind = _KIND.search(match["attributes"])
    said = kind[1] if kind else b"n"
    value = _VALUE.search(body)
    raw = value[1].decode("utf-8", "replace") if value else ""
    formula = b"<f" in body or b":f" in body
    cell = Cell(match.start(), match.end(), row, column, "n", raw, formula=formula)
    if said == b"s":
        cell.string = int(raw) if raw.strip().isdecimal() and len(raw) < 10 else -1
        cell.kind, cell.text = "s", strings.text(cell.string)
    elif said in (b"inlineStr", b"str"):
        cell.kind = "t"
        fragment = match[0].decode("utf-8", "replace")
        cell.text = "".join(
            f.text for f in texts_of(fragment) if isinstance(f, TextGroup) and f.name in ("is", "v")
        )
    elif said in (b"e", b"b"):
        cell.text = ""
    return cell


def _sort_in(scan: SheetScan, cell: Cell, strings: Strings) -> None:
    below = scan.columns.get(cell.column)
    if below is not None and cell.row > below and (is_value(cell.text) or cell.formula):
        scan.private_cells.append(cell)
        if cell.kind == "s":
            strings.private.add(cell.string)
        return
    if cell.kind == "s":
        strings.elsewhere.add(cell.string)
    elif cell.kind == "t" or cell.formula or len(cell.text) >= _LONG_NUMBER:
        scan.others.append(cell)


def _take_header(
    scan: SheetScan, row: int, heads: Sequence[tuple[int, str]], is_private: IsPrivate
) -> bool:
    """Take the private columns of a row that looks like a header; whether it does."""
    names = [(column, text) for column, text in heads if _HEADER.fullmatch(text)]
    if len(names) < _LEAST_HEADERS or 3 * len(names) < 2 * len(heads):
        return False
    for column, text in names:
        if is_private(text):
            scan.columns.setdefault(column, row)
    return True


def number_of(cell: Cell) -> str:
    """The digits of a whole number as it is shown, else its text as stored."""
    try:
        value = float(cell.text)
    except ValueError:
        return cell.text
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 * 1000 else cell.text


def private_text(cell: Cell) -> str:
    """What a private cell says."""
    return number_of(cell) if cell.kind == "n" else cell.text


def redact_cells(
    scan: SheetScan, strings: Strings, masks: Masks, handle: Handle, *, inline: bool
) -> tuple[list[Splice], int]:
    """The splices of a sheet's cells, and how many private cells are masked, shared ones too."""
    splices: list[Splice] = []
    count = 0
    for cell in scan.private_cells:
        if not is_value(cell.text):
            if cell.formula:
                scan.others.append(cell)
            continue
        count += 1
        if cell.kind == "s" and strings.replaced_whole(cell.string, masks):
            continue
        splices.append(_masked(scan.markup, cell, masks, inline=inline))
    for cell in scan.others:
        new = _cleaned(scan.markup, cell, masks, handle)
        if new is not None:
            splices.append(Splice(cell.start, cell.end, new))
    return splices, count


def _masked(markup: SheetMarkup, cell: Cell, masks: Masks, *, inline: bool) -> Splice:
    fragment = markup.data[cell.start : cell.end]
    name = f"{markup.prefix}c".encode()
    tag_end = fragment.index(b">") + 1
    attributes = without_value(fragment[1 + len(name) : tag_end - 1])
    text = private_text(cell)
    if cell.formula:  # the formula stays; what it last came to is masked
        attributes = with_attribute(attributes, b"t", b"str")
        body = fragment[tag_end : fragment.rindex(b"</")].decode()
        new_body = replaced(body, _only_value(masks.of(text))).encode()
        new = b"<" + name + attributes + b">" + new_body + b"</" + name + b">"
        return Splice(cell.start, cell.end, new)
    kind, inner = content(masks.of(text), markup.prefix, inline=inline)
    new = b"<" + name + attributes + kind.encode() + b">" + inner.encode() + b"</" + name + b">"
    return Splice(cell.start, cell.end, new)


def _only_value(mask: str) -> Handle:
    def handle(found: Found) -> list[Edit] | None:
        if isinstance(found, TextGroup) and found.name == "v" and found.text:
            return [(0, len(found.text), mask)]
        return None

    return handle


def _cleaned(markup: SheetMarkup, cell: Cell, masks: Masks, handle: Handle) -> bytes | None:
    before = markup.data[cell.start : cell.end].decode()
    if cell.kind == "n" and not cell.formula:
        shown = number_of(cell)
        if not masks.is_private_number(shown):
            return None
        masks.counts["phone"] += 1
        mask = masks.number_of(shown)
        return replaced(before, _only_value(mask)).encode()
    after = replaced(before, _as_text(handle, masks) if cell.kind == "t" else handle)
    return after.encode() if after != before else None


def _as_text(handle: Handle, masks: Masks) -> Handle:
    """In a cell whose value is text, digits are text as well."""

    def texts(found: Found) -> list[Edit] | None:
        if isinstance(found, TextGroup) and found.name == "v":
            return masks.edits(found.text)
        return handle(found)

    return texts


def outside_cells(scan: SheetScan, splices: list[Splice], handle: Handle) -> bytes:
    """The sheet with the splices made, and what stands around the cells handled as text."""
    data, section = scan.markup.data, scan.markup.cells_section
    head = replaced(data[: section.start].decode(), handle).encode()
    tail = replaced(data[section.end :].decode(), handle).encode()
    offset = section.start
    moved = [Splice(s.start - offset, s.end - offset, s.new) for s in splices]
    return head + applied(data[section.start : section.end], moved) + tail
