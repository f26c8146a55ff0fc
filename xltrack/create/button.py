"""Buttons put into a workbook: the macros, the shapes that start them, where Python is.

Everything else of the workbook stays as it is. The sheet of the buttons gets a drawing, or its
drawing two shapes more; its cells are copied.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook as Authored

from xltrack.create.button_config import ADD_FOLDER, CONFIG_SHEET, KEY
from xltrack.create.button_macros import (
    Shipped,
    button_module,
    is_ours,
    is_same,
    sample_macro,
    shipped_project,
    without_sample,
    xlwings_folder,
)
from xltrack.create.button_place import chosen_sheet, free_corner
from xltrack.create.button_project import UnexpectedProject, made_project, read_project
from xltrack.create.button_shapes import (
    DRAWING_TYPE,
    EMPTY_DRAWING,
    Columns,
    Corner,
    Shape,
    anchored,
    macros_of,
    next_number,
    place_of_macro,
    rebound,
    side_by_side,
    with_shapes,
)
from xltrack.create.button_workbook import known_names
from xltrack.errors import Reason, Refused, UsageError
from xltrack.opc.content_types import EditedContentTypes
from xltrack.opc.markup import is_utf16, parse, serialise
from xltrack.opc.names import CONTENT_TYPES, fold, free_name, relationships_name
from xltrack.opc.package import Package
from xltrack.opc.relationships import CONTENT_TYPE as RELATIONSHIPS_TYPE
from xltrack.opc.relationships import EditedRelationships
from xltrack.sheetml.areas import cell_name
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.sheet_markup import SheetMarkup
from xltrack.sheetml.splice import Splice, applied
from xltrack.sheetml.vocabulary import R_ID, main, relationship_type
from xltrack.sheetml.workbook import Sheet
from xltrack.template import Template
from xltrack.template.button import Buttons
from xltrack.text import Lang
from xltrack.writeback import Edit, Target, graft
from xltrack.writeback.edit import only_changes

MACRO_ENABLED = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_PLAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_PROJECT_TYPE = "application/vnd.ms-office.vbaProject"
_PROJECT_KIND = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_DRAWING_ENDING = "officedocument.drawing+xml"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class ButtonEdit:
    """What is to change, where the buttons are, the macros they start.

    ``thin``: why the macro is the one that xlwings ships, which runs ``main`` of a file called
    like the workbook; empty where the macros are those of the buttons. ``config_left``: there is
    a sheet of that name that is the team's own; it was left as it is.
    """

    edit: Edit
    sheet: str
    cell: str
    macros: tuple[str, ...]
    thin: str
    config_left: bool


def add_buttons(
    target: Target,
    *,
    template: Template,
    buttons: Buttons,
    lang: Lang,
    config: Mapping[str, str],
    stem: str,
    at: Corner | None = None,
) -> ButtonEdit:
    """Return the edit that puts the buttons into ``target``.

    Args:
        target: the workbook.
        template: what is declared, for the typeface.
        buttons: the declared buttons.
        lang: language of the captions.
        config: what the sheet ``xlwings.conf`` is to say.
        stem: name of the file to come, without its ending.
        at: where the first button goes; none = a place of the first sheet that is free.

    Raises:
        Refused: OWN_MACROS, the workbook has a VBA project of its own.
        UsageError: it is no plain workbook, or has no sheet of the team's to put a button on.
        PackageError: a broken part.
    """
    return _Buttons(target, template, buttons, lang, shipped_project()).edit(config, stem, at)


class _Buttons:
    def __init__(
        self, target: Target, template: Template, buttons: Buttons, lang: Lang, shipped: Shipped
    ) -> None:
        self.target, self.template, self.buttons, self.lang = target, template, buttons, lang
        self.shipped = shipped
        self.size = buttons.width[lang], buttons.height
        self.package: Package = target.package
        kind = self.package.content_types.of(target.workbook.part)
        if kind not in (_PLAIN, MACRO_ENABLED):
            raise UsageError("button_needs_workbook", target.path.name)
        self.up_to_date = False
        self.project_part = self.package.related(target.workbook.part, "vbaProject")
        if self.project_part is not None:
            self._refuse_own_macros(self.project_part)
        self.overlay: dict[str, bytes | None] = {}
        self.edited: set[str] = set()

    def _refuse_own_macros(self, part: str) -> None:
        try:
            there = read_project(self.package.read(part))
        except UnexpectedProject:
            there = None
        if there is None or self.shipped.project is None or not is_ours(there, self.buttons):
            detail = str(xlwings_folder() / "xlwings.bas")
            raise Refused(self.target.path, Reason.OWN_MACROS, detail)
        self.up_to_date = is_same(there, self.shipped.project, self.buttons)

    def edit(self, config: Mapping[str, str], stem: str, at: Corner | None) -> ButtonEdit:
        sheet = chosen_sheet(self.target)
        thin = self.shipped.trouble if self.shipped.project is None else ""
        # the macro that is shipped finds its file beside the workbook
        config_left = self._put_config({**config, ADD_FOLDER: "true"} if thin else config)
        if thin and not _IDENTIFIER.fullmatch(stem):
            raise UsageError("thin_name", stem)
        if not self.up_to_date:
            self._put_project(sheet)
        shapes = self._shapes(thin=bool(thin))
        corner = self._put_shapes(sheet, shapes, at)
        overlay = only_changes(self.target.package, self.overlay)
        edit = Edit(
            self.target,
            overlay,
            self._grafted,
            edited=frozenset(part for part in self.edited if part in overlay),
        )
        cell = cell_name(corner.row + 1, corner.column + 1)
        macros = tuple(shape.macro for shape in shapes)
        return ButtonEdit(edit, sheet.name, cell, macros, thin, config_left)

    def _put_config(self, config: Mapping[str, str]) -> bool:
        self._grafted: tuple[str, ...] = ()
        theirs = self.target.workbook.sheet(CONFIG_SHEET)
        if self.target.owned.get(KEY) is None and theirs is not None:
            return True
        name = self.target.sheet_name(KEY, CONFIG_SHEET)
        edit = graft(self.target, _config_sheet(name, config, self.target.body_font), {name: KEY})
        self._grafted = edit.grafted
        self._lay(edit.overlay)
        return False

    def _lay(self, overlay: Mapping[str, bytes | None]) -> None:
        self.overlay |= overlay
        self.package = self.target.package.laid_over(self.overlay)

    def _put_project(self, sheet: Sheet) -> None:
        names = known_names(self.package, self.target, sheet, hidden=CONFIG_SHEET)
        self.edited |= names.edited
        self._lay(names.overlay)
        book = self.target.workbook.part
        if self.project_part is not None:
            part = self.project_part
            self.edited.add(part)
        else:
            part = free_name("xl/vbaProject1.bin", self.package.names)
            if "xl/vbaproject.bin" not in self.package.names:
                part = "xl/vbaProject.bin"
            rels_part = relationships_name(book)
            rels = EditedRelationships(
                self.package.read(rels_part), book, self.target.path, rels_part
            )
            rels.add(_PROJECT_KIND, part)
            self._declare({part: _PROJECT_TYPE, book: MACRO_ENABLED}, rels)
        self._lay({part: self._project(names.workbook, names.sheets, names.charts)})

    def _project(self, workbook: str, sheets: Sequence[str], charts: Sequence[str]) -> bytes:
        shipped = self.shipped.project
        if shipped is None:
            return self.shipped.data
        module = button_module(shipped, self.buttons)
        return made_project(without_sample(shipped), module, workbook, sheets, charts)

    def _declare(self, kinds: Mapping[str, str], *edited: EditedRelationships) -> None:
        types = EditedContentTypes(self.package.read(CONTENT_TYPES), self.target.path)
        for part, kind in kinds.items():
            types.declare(part, kind)
        changes = {part.part: part.changed() for part in (*edited, types)}
        self._lay({name: data for name, data in changes.items() if data is not None})

    def _shapes(self, *, thin: bool) -> list[Shape]:
        declared = self.buttons.buttons[:1] if thin else self.buttons.buttons
        return [
            Shape(
                name=f"{button.macro}Button",
                caption=button.caption.of(self.lang),
                macro=sample_macro() if thin else button.macro,
                fill=button.fill,
                text=self.buttons.text,
                font=self.template.look.font.of(self.lang),
                language="zh-CN" if self.lang == "zh" else "en-US",
            )
            for button in declared
        ]

    def _put_shapes(self, sheet: Sheet, shapes: Sequence[Shape], at: Corner | None) -> Corner:
        part = sheet.part or ""
        markup = SheetMarkup(self.package.read(part), self.target.path, part)
        frame = SheetFrame(markup)
        drawing = self.package.related(part, "drawing") if _has_drawing(frame) else None
        if drawing is not None and is_utf16(self.package.read(drawing)):
            raise Refused(self.target.path, Reason.UTF16_PART, drawing)
        data = EMPTY_DRAWING if drawing is None else self.package.read(drawing)
        root = parse(data, self.target.path, drawing or "drawing")
        there = macros_of(root) | self._bound_elsewhere()
        missing = [shape for shape in shapes if shape.macro not in there]
        again = rebound(root, missing)
        if again and drawing is not None:
            missing = [shape for shape in missing if shape.macro not in again]
            data = serialise(root)
            self.edited.add(drawing)
            self._lay({drawing: data})
        columns = Columns(frame)
        corner = at or free_corner(markup, root, columns)
        corners = side_by_side(columns, corner, len(missing), self.size, self.buttons.gap)
        if not missing:
            return place_of_macro(root, shapes[0].macro) or corner
        number = next_number(root)
        made = [
            anchored(shape, place, self.size, number + step)
            for step, (shape, place) in enumerate(zip(missing, corners, strict=True))
        ]
        content = with_shapes(data, root, made)
        if drawing is not None:
            self.edited.add(drawing)
            self._lay({drawing: content})
        else:
            self._add_drawing(sheet, frame, content)
        return corners[0]

    def _bound_elsewhere(self) -> set[str]:
        """What shapes of any sheet start: a person may have moved the buttons."""
        if self.project_part is None:
            return set()
        parts = self.package.parts_of_type(_DRAWING_ENDING)
        return set[str]().union(*(macros_of(self.package.xml(part)) for part in parts))

    def _add_drawing(self, sheet: Sheet, frame: SheetFrame, content: bytes) -> None:
        part, path = sheet.part or "", self.target.path
        waiting = {fold(source) for source, _ in self.package.relationship_parts()}
        drawing = free_name("xl/drawings/drawing1.xml", {*self.package.names, *waiting})
        rels_part = relationships_name(part)
        known = rels_part in self.package
        rels = EditedRelationships(
            self.package.read(rels_part) if known else None, part, path, rels_part
        )
        identifier = rels.add(relationship_type("drawing"), drawing)
        prefix = frame.markup.prefix
        tag = (
            f'<{prefix}drawing xmlns:r="{R_ID[1:].partition("}")[0]}" r:id="{identifier}"/>'
        ).encode()
        old = frame.root.find(main("drawing"))
        splice = frame.inserted("drawing", tag) if old is None else _replaced(frame, tag)
        self.edited |= {part, rels_part}
        self._lay({drawing: content, part: applied(frame.markup.data, [splice])})
        self._declare({drawing: DRAWING_TYPE, rels_part: RELATIONSHIPS_TYPE}, rels)


def _has_drawing(frame: SheetFrame) -> bool:
    return frame.root.find(main("drawing")) is not None


def _replaced(frame: SheetFrame, tag: bytes) -> Splice:
    """The splice for a sheet that names a drawing which is not there."""
    section = next(each for each in frame.sections if each.name == "drawing")
    return Splice(section.start, section.end, tag)


def _config_sheet(name: str, config: Mapping[str, str], font: tuple[str, float]) -> bytes:
    out = io.BytesIO()
    body = {"font_name": font[0], "font_size": font[1]}
    book = Authored(out, {"in_memory": True, "default_format_properties": body})
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 60)
    for row, (key, value) in enumerate(config.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    book.close()
    return out.getvalue()
