"""The buttons as shapes of a drawing that a macro is assigned to.

Excel on Windows and Mac and WPS run the macro of such a shape; the older form buttons live in a
part that is shared with the notes of cells, and look different on every system.

Source: ECMA-376 part 1, 20.5 (drawings of sheets); the attribute ``macro`` of 20.5.2.29.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xltrack.opc.escapes import attribute, escape
from xltrack.opc.markup import Element, children, local_name, serialise, whole_number
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.vocabulary import is_true, main

DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
EMPTY_DRAWING = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<xdr:wsDr xmlns:xdr="{_XDR}" xmlns:a="{_A}"></xdr:wsDr>'
).encode()
_EMU = 9525  # to the pixel
_USUAL_WIDTH = 64  # pixels of a column that nobody has made wider
_LAST_COLUMN = 16_383


@dataclass(frozen=True, slots=True)
class Shape:
    """A button to draw: caption, the macro it starts, colours, typeface."""

    name: str
    caption: str
    macro: str
    fill: str
    text: str
    font: str
    language: str


@dataclass(frozen=True, slots=True)
class Corner:
    """Where a shape's upper left corner is: column and row from 0, and pixels into them."""

    column: int
    row: int
    x: int = 0
    y: int = 0


def anchored(shape: Shape, at: Corner, size: tuple[int, int], number: int) -> bytes:
    """Return the markup of a button, which names its namespaces itself; it is not printed."""
    width, height = size[0] * _EMU, size[1] * _EMU
    fill, text, font = attribute(shape.fill), attribute(shape.text), attribute(shape.font)
    return (
        f'<xdr:oneCellAnchor xmlns:xdr="{_XDR}" xmlns:a="{_A}">'
        f"<xdr:from><xdr:col>{at.column}</xdr:col><xdr:colOff>{at.x * _EMU}</xdr:colOff>"
        f"<xdr:row>{at.row}</xdr:row><xdr:rowOff>{at.y * _EMU}</xdr:rowOff></xdr:from>"
        f'<xdr:ext cx="{width}" cy="{height}"/>'
        f'<xdr:sp macro={attribute("[0]!" + shape.macro)} textlink="">'
        f'<xdr:nvSpPr><xdr:cNvPr id="{number}" name={attribute(shape.name)}'
        f" descr={attribute(shape.caption)}/><xdr:cNvSpPr/></xdr:nvSpPr>"
        f'<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="roundRect"><a:avLst/></a:prstGeom>'
        f"<a:solidFill><a:srgbClr val={fill}/></a:solidFill>"
        f'<a:ln w="12700"><a:solidFill><a:srgbClr val={text}/></a:solidFill></a:ln></xdr:spPr>'
        '<xdr:txBody><a:bodyPr vertOverflow="clip" horzOverflow="clip" wrap="none" lIns="0"'
        ' tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="ctr"/><a:lstStyle/>'
        f'<a:p><a:pPr algn="ctr"/><a:r><a:rPr lang={attribute(shape.language)} sz="1100" b="1">'
        f"<a:solidFill><a:srgbClr val={text}/></a:solidFill>"
        f"<a:latin typeface={font}/><a:ea typeface={font}/></a:rPr>"
        f"<a:t>{escape(shape.caption)}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
        '<xdr:clientData fPrintsWithSheet="0"/></xdr:oneCellAnchor>'
    ).encode()


def with_shapes(drawing: bytes, root: Element, shapes: Iterable[bytes]) -> bytes:
    """Return a drawing's bytes with shapes behind all that it holds; ``root`` is it, parsed."""
    if not children(root) and drawing.rstrip().endswith(b"/>"):
        root.text = ""
        drawing = serialise(root)
        drawing = drawing if not drawing.rstrip().endswith(b"/>") else EMPTY_DRAWING
    end = drawing.rindex(b"</")
    return drawing[:end] + b"".join(shapes) + drawing[end:]


def next_number(drawing: Element) -> int:
    """Return a number that no shape of a drawing has."""
    numbers = (
        whole_number(element.get("id"))
        for element in drawing.iter(f"{{{_XDR}}}cNvPr")
        if isinstance(element.tag, str)
    )
    return max((number for number in numbers if number is not None), default=1) + 1


def macros_of(drawing: Element) -> set[str]:
    """Return the macros that shapes of a drawing start, without the workbook before them."""
    found = (element.get("macro") for element in drawing.iter(f"{{{_XDR}}}sp"))
    return {macro.rpartition("!")[2].rpartition(".")[2] for macro in found if macro}


def rebound(drawing: Element, shapes: Iterable[Shape]) -> frozenset[str]:
    """Bind the shapes of these names that start nothing to their macros again; return those.

    LibreOffice keeps the shapes of a workbook that it saves, and drops what they start.
    """
    wanted = {shape.name: shape.macro for shape in shapes}
    found = set()
    for element in drawing.iter(f"{{{_XDR}}}sp"):
        named = next(element.iter(f"{{{_XDR}}}cNvPr"), None)
        macro = wanted.get(named.get("name", "")) if named is not None else None
        if macro is not None and not element.get("macro"):
            element.set("macro", f"[0]!{macro}")
            element.set("textlink", element.get("textlink", ""))
            found.add(macro)
    return frozenset(found)


def place_of_macro(drawing: Element, macro: str) -> Corner | None:
    """Return where the first shape is that starts a macro, None without one."""
    for anchor in children(drawing):
        if macro not in macros_of(anchor):
            continue
        for start in (each for each in children(anchor) if local_name(each) == "from"):
            numbers = [whole_number(element.text) for element in children(start)]
            column, _, row = (*numbers, None, None, None)[:3]
            return Corner(column or 0, row or 0)
    return None


def columns_taken(drawing: Element, rows: int) -> int:
    """Return how many columns from the left hold a drawn thing in the first ``rows`` rows."""
    last = 0
    for anchor in children(drawing):
        corners = {
            local_name(corner): [whole_number(e.text) for e in children(corner)][::2]
            for corner in children(anchor)
            if local_name(corner) in ("from", "to")
        }
        start, end = corners.get("from"), corners.get("to")
        if start and len(start) == 2 and start[1] is not None and start[1] < rows:
            column, _ = end or start
            last = max(last, (column or 0) + (1 if end else 4))
    return last


class Columns:
    """The widths of a sheet's columns in pixels, as Excel shows them with its usual font."""

    def __init__(self, frame: SheetFrame) -> None:
        """Read them from the sheet."""
        self._given: list[tuple[int, int, int]] = []
        for element in children(frame.root.find(main("cols"))):
            first, last = whole_number(element.get("min")), whole_number(element.get("max"))
            if first is not None and last is not None:
                hidden = is_true(element.get("hidden"))
                width = 0 if hidden else _pixels(element.get("width"))
                self._given.append((first, last, width))
        general = frame.root.find(main("sheetFormatPr"))
        self._usual = _pixels(None if general is None else general.get("defaultColWidth"))

    def width(self, column: int) -> int:
        """Return the width of a column, counted from 0."""
        for first, last, width in self._given:
            if first <= column + 1 <= last:
                return width
        return self._usual

    def corner(self, column: int, row: int, x: int, y: int) -> Corner:
        """Return the corner ``x`` pixels right of a column, in the column where that is."""
        while x >= self.width(column) and column < _LAST_COLUMN:
            x -= self.width(column)
            column += 1
        return Corner(column, row, x, y)


def _pixels(width: str | None) -> int:
    try:
        characters = float(width or "")
    except ValueError:
        return _USUAL_WIDTH
    return max(0, int(characters * 7 + 5)) if characters < 256 else _USUAL_WIDTH


def side_by_side(
    columns: Columns, at: Corner, count: int, size: tuple[int, int], gap: int
) -> Sequence[Corner]:
    """Return the corners of ``count`` buttons in a row, with a gap around each."""
    return [
        columns.corner(at.column, at.row, at.x + gap + number * (size[0] + gap), at.y + gap // 2)
        for number in range(count)
    ]
