"""A worksheet without its cells: the small parts around them, parsed, with where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from xml.parsers import expat

from xltrack.opc.markup import Element, parse
from xltrack.sheetml.sheet_markup import SheetMarkup
from xltrack.sheetml.splice import Splice

_ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr"),
    *("sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"),
    *("dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting"),
    *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter"),
    *("rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags"),
    *("drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects"),
    *("controls", "webPublishItems", "tableParts", "extLst"),
)
_RANK = {name: rank for rank, name in enumerate(_ORDER)}


@dataclass(frozen=True, slots=True)
class Section:
    """A child of the worksheet: its local name, where it starts and ends, where its tag ends."""

    name: str
    start: int
    inner: int
    end: int


class SheetFrame:
    """What stands around the cells of a worksheet."""

    def __init__(self, markup: SheetMarkup) -> None:
        """Cut the cells out and parse the rest.

        Raises: PackageError when that is not well-formed.
        """
        self.markup = markup
        cells = markup.cells_section
        closing = cells.end if cells.empty else markup.data.rindex(b"</", 0, cells.end)
        self._cut, self._shift = cells.inner, closing - cells.inner
        self._rest = markup.data[: cells.inner] + markup.data[closing:]
        self.root: Element = parse(self._rest, markup.path, markup.part)

    @cached_property
    def sections(self) -> list[Section]:
        """The children of the worksheet in their order, at their places in the whole part."""
        walk = _Walk(self._rest)
        return [
            Section(name, self._whole(start), self._whole(inner), self._whole(end))
            for name, start, inner, end in walk.found
        ]

    def _whole(self, at: int) -> int:
        return at + self._shift if at > self._cut else at

    def place_for(self, name: str) -> int:
        """Where a new section ``name`` goes: behind those that the schema has before it."""
        rank = _RANK[name]
        for section in self.sections:
            # alternatives are for what stands near the end: controls, embedded objects
            if _RANK.get(section.name, len(_ORDER)) > rank:
                return section.start
        return self.markup.data.rindex(b"</")

    def inserted(self, name: str, content: bytes) -> Splice:
        """The splice that puts a new section ``name`` in."""
        place = self.place_for(name)
        return Splice(place, place, content)


class _Walk:
    """Finds the children of the root; the document is well-formed and has no document type."""

    def __init__(self, data: bytes) -> None:
        self.found: list[tuple[str, int, int, int]] = []
        self._data, self._depth, self._open = data, 0, ("", 0, 0)
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._parser = parser
        parser.Parse(data, True)

    def _start(self, name: str, _: object) -> None:
        if self._depth == 1:
            start = self._parser.CurrentByteIndex
            self._open = name.rpartition(":")[2], start, self._tag_end(start)
        self._depth += 1

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._depth == 1:
            name, start, inner = self._open
            empty = self._data[inner - 2 : inner] == b"/>"
            end = inner if empty else self._tag_end(self._parser.CurrentByteIndex)
            self.found.append((name, start, inner, end))

    def _tag_end(self, at: int) -> int:
        quote = 0
        while True:
            letter = self._data[at]
            if quote:
                quote = 0 if letter == quote else quote
            elif letter in b"\"'":
                quote = letter
            elif letter == ord(">"):
                return at + 1
            at += 1
