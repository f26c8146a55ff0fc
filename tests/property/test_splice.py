"""Cells set in made-up sheets: the bytes that a model of the sheet says, and no others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from xltrack.sheetml.areas import cell_name
from xltrack.sheetml.splice import SheetCells

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OTHER = "https://example.com/other"


@dataclass
class Cell:
    """A cell as its writer wrote it: attributes in order with their quotes, and what is inside."""

    column: int
    attributes: list[tuple[str, str]]
    inner: str
    space: str
    quote: str
    extension: str = ""

    def markup(self, prefix: str) -> str:
        given = "".join(f" {k}={self.quote}{v}{self.quote}" for k, v in self.attributes)
        body = self.inner + self.extension
        if not body:
            return f"{self.space}<{prefix}c{given}{'/' if self.quote == chr(34) else ' /'}>"
        return f"{self.space}<{prefix}c{given}>{body}</{prefix}c>"

    def markup_with(self, prefix: str, value: str | int | None) -> str:
        quote = self.quote
        kept = [(k, v) for k, v in self.attributes if k not in ("t", "cm", "vm")]
        given = "".join(f" {k}={quote}{v}{quote}" for k, v in kept)
        kind, body = inside(prefix, value)
        body += self.extension
        if not body:
            return f"{self.space}<{prefix}c{given}/>"
        return f"{self.space}<{prefix}c{given}{kind}>{body}</{prefix}c>"


def inside(prefix: str, value: str | int | None) -> tuple[str, str]:
    if value is None or value == "":
        return "", ""
    if isinstance(value, int):
        return "", f"<{prefix}v>{value}</{prefix}v>"
    space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
    text = f"<{prefix}t{space}>{escape(value)}</{prefix}t>"
    return ' t="inlineStr"', f"<{prefix}is>{text}</{prefix}is>"


@dataclass
class Line:
    """A row: its number, whether it says so, its other attributes, its cells."""

    number: int
    told: bool
    attributes: str
    cells: list[Cell]
    tail: str

    def tag(self, prefix: str) -> str:
        told = f' r="{self.number}"' if self.told else ""
        return f"<{prefix}row{told}{self.attributes}"


@dataclass
class Sheet:
    prefix: str
    head: str
    tail: str
    lines: list[Line] = field(default_factory=list)
    bounds: tuple[int, int, int, int] = (1, 1, 1, 1)

    def dimension(self, new: list[tuple[int, int]]) -> str:
        top, left, bottom, right = self.bounds
        for row, column in new:
            top, left = min(top, row), min(left, column)
            bottom, right = max(bottom, row), max(right, column)
        first, last = cell_name(top, left), cell_name(bottom, right)
        ref = first if first == last else f"{first}:{last}"
        return f"<{self.prefix}dimension ref='{ref}'  />"

    def markup(self, values: dict[tuple[int, int], str | int | None]) -> str:
        p = self.prefix
        new = self._new(values)
        dimension = self.dimension(new)
        if new and dimension != self.dimension([]):
            dimension = dimension.replace("'", '"')
        out = [self.head, dimension, f"\n<{p}sheetData>"]
        numbers = sorted({line.number for line in self.lines} | {row for row, _ in new})
        by_number = {line.number: line for line in self.lines}
        gap = ""
        for number in numbers:
            mine = {c: v for (r, c), v in values.items() if r == number}
            line = by_number.get(number)
            if line is None:
                cells = "".join(
                    self.fresh(number, c, v) for c, v in sorted(mine.items()) if v or v == 0
                )
                out.append(f'<{p}row r="{number}">{cells}</{p}row>')
            else:
                out.append(self.line(line, mine))
        return "".join([*out, gap, f"</{p}sheetData>", self.tail])

    def _new(self, values: dict[tuple[int, int], str | int | None]) -> list[tuple[int, int]]:
        there = {(line.number, cell.column) for line in self.lines for cell in line.cells}
        return [at for at, v in values.items() if at not in there and v not in (None, "")]

    def fresh(self, row: int, column: int, value: str | int | None) -> str:
        kind, body = inside(self.prefix, value)
        return f'<{self.prefix}c r="{cell_name(row, column)}"{kind}>{body}</{self.prefix}c>'

    def line(self, line: Line, values: dict[int, str | int | None]) -> str:
        p = self.prefix
        there = {cell.column: cell for cell in line.cells}
        fresh = {c: v for c, v in values.items() if c not in there and v not in (None, "")}
        if not line.cells and not fresh and not line.tail:
            return line.tag(p) + "/>"
        pieces = []
        last = max(there, default=0)
        for column in sorted({*there, *fresh}):
            if column in there:
                cell = there[column]
                set_ = column in values
                pieces.append(cell.markup_with(p, values[column]) if set_ else cell.markup(p))
            else:
                # before the next cell, yet behind the space that comes before it
                pieces.append(
                    "\0" * (column < last) + self.fresh(line.number, column, fresh[column])
                )
        body = "".join(pieces)
        while "\0" in body:
            body = self._behind_space(body)
        return f"{line.tag(p)}>{body}{line.tail}</{p}row>"

    def _behind_space(self, body: str) -> str:
        """Move the last marked fresh cell behind the space of the cell after it."""
        before, _, rest = body.rpartition("\0")
        end = rest.index("</" + self.prefix + "c>") + len("</" + self.prefix + "c>")
        fresh, after = rest[:end], rest[end:]
        bare = after.lstrip()
        # a comment belongs to the space before a cell
        while bare.startswith("<!--"):
            bare = bare[bare.index("-->") + 3 :].lstrip()
        return before + after[: len(after) - len(bare)] + fresh + bare


INNERS = st.sampled_from(
    [
        ("", []),
        ("<{p}v>1</{p}v>", []),
        ("<{p}v>3</{p}v>", [("t", "s")]),
        ("<{p}is><{p}r><{p}t>a &lt;b</{p}t></{p}r></{p}is>", [("t", "inlineStr")]),
        ("<{p}v>#N/A</{p}v>", [("t", "e"), ("vm", "1")]),
        ("<{p}f>A1&gt;1</{p}f><{p}v>1</{p}v>", [("t", "b")]),
        ("<{p}f t='shared' si='0'/><{p}v> 7 </{p}v>", []),
        ("<{p}v><![CDATA[</c><row r='9'>]]></{p}v>", [("t", "str")]),
    ]
)


@st.composite
def cells(draw: st.DrawFn, row: int, prefix: str) -> list[Cell]:
    columns = sorted(draw(st.sets(st.integers(1, 7), max_size=5)))
    found, last = [], 0
    for column in columns:
        inner, kinds = draw(INNERS)
        attributes = [("s", str(draw(st.integers(0, 3))))] if draw(st.booleans()) else []
        if column != last + 1 or draw(st.booleans()):
            attributes.insert(draw(st.integers(0, len(attributes))), ("r", cell_name(row, column)))
        attributes += kinds
        if draw(st.booleans()):
            attributes.append(("o:note", "t= r= >"))
        space = draw(st.sampled_from(["", "", "\n  ", "<!-- <c r='A1'/> -->", " <!--x-->\n"]))
        extension = draw(st.sampled_from(["", "", f"<{prefix}extLst><o:x/></{prefix}extLst>"]))
        body = inner.format(p=prefix)
        found.append(
            Cell(column, attributes, body, space, draw(st.sampled_from(["'", '"'])), extension)
        )
        last = column
    return found


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    prefix = draw(st.sampled_from(["", "x:"]))
    name = "xmlns:x" if prefix else "xmlns"
    head = (
        draw(
            st.sampled_from(
                ["", '<?xml version="1.0" encoding="UTF-8"?>\r\n', "<?xml version='1.0'?>"]
            )
        )
        + draw(st.sampled_from(["", "<!-- <sheetData> -->"]))
        + f'<{prefix}worksheet {name}="{MAIN}" xmlns:o="{OTHER}" o:a="x>y"><?pi <row r="1"> ?>'
    )
    tail = f"<{prefix}pageMargins o:left='1'/><!-- </sheetData> --></{prefix}worksheet>"
    sheet = Sheet(prefix, head, tail)
    last = 0
    for number in sorted(draw(st.sets(st.integers(1, 9), max_size=5))):
        made = draw(cells(number, prefix))
        told = number != last + 1 or draw(st.booleans())
        attributes = draw(st.sampled_from(["", ' ht="12.5"', " o:r='7'"]))
        row_tail = draw(st.sampled_from(["", f"<{prefix}extLst/>"])) if made else ""
        sheet.lines.append(Line(number, told, attributes, made, row_tail))
        last = number
    if not sheet.lines:
        sheet.lines.append(Line(3, True, "", [], ""))
    sheet.bounds = (2, 2, 4, 4)
    return sheet


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.text(st.sampled_from(list("ab<&>\"' \n线")), max_size=6),
)
PLACES = st.tuples(st.integers(1, 10), st.integers(1, 8))


@settings(max_examples=300, deadline=None)
@given(sheets(), st.dictionaries(PLACES, VALUES, min_size=1, max_size=6))
def test_the_sheet_is_what_the_model_says_byte_for_byte(
    sheet: Sheet, values: dict[tuple[int, int], str | int | None]
) -> None:
    before = sheet.markup({}).encode()
    etree.fromstring(before)
    made = SheetCells(before, Path("a.xlsx"), "sheet").spliced(values)
    assert made.decode() == sheet.markup(values)
    etree.fromstring(made)


@settings(max_examples=200, deadline=None)
@given(sheets(), st.dictionaries(PLACES, VALUES, min_size=1, max_size=6))
def test_setting_the_same_values_again_changes_nothing(
    sheet: Sheet, values: dict[tuple[int, int], str | int | None]
) -> None:
    once = SheetCells(sheet.markup({}).encode(), Path("a.xlsx"), "sheet").spliced(values)
    assert SheetCells(once, Path("a.xlsx"), "sheet").spliced(values) == once
