"""``button``: a workbook that refreshes itself at a click."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from xltrack.api.paths import AnyPath
from xltrack.errors import Reason, Refused, UsageError
from xltrack.writeback.receipt import Receipt

if TYPE_CHECKING:
    from xltrack.create.button import ButtonEdit
    from xltrack.create.button_shapes import Corner
    from xltrack.template import Template
    from xltrack.text import Lang
    from xltrack.writeback import Target

ENDING = ".xlsm"
_CHINESE_SHARE = 0.2  # a Chinese character says more than a letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttoned(Receipt):
    """The receipt of putting buttons in, and what they are.

    ``sheet``, ``cell``: where the first one is; ``macros``: what they start. ``trouble``: why the
    macro is the one that xlwings ships, empty where it is not; then ``script`` is the file that
    it runs. ``config_left``: the workbook has a sheet ``xlwings.conf`` of its own.
    """

    sheet: str
    cell: str
    macros: tuple[str, ...]
    trouble: str
    script: Path | None
    config_left: bool


def button(
    path: AnyPath,
    *,
    output: AnyPath | None = None,
    at: str | None = None,
    interpreter_win: str | None = None,
    interpreter_mac: str | None = None,
    break_signature: bool = False,
    force: bool = False,
) -> Buttoned:
    """Put the buttons for refreshing and checking into a workbook.

    An ``.xlsx`` file stays as it is; the ``.xlsm`` goes beside it. An ``.xlsm`` without macros, or
    with those of the buttons, is changed in place, with a copy beside it. Besides the macros, the
    buttons and the hidden sheet ``xlwings.conf`` nothing differs.

    Args:
        path: the workbook.
        output: the ``.xlsm`` file to write.
        at: cell of the first button; none = a free place of the first sheet.
        interpreter_win, interpreter_mac: where Python is on each system; none = this Python on
            the system it is on, else the declared place.
        break_signature: go on although a digital signature will break.
        force: overwrite a file that exists; take a workbook marked final or write-protected.

    Raises:
        Refused: OWN_MACROS, the workbook has macros of its own; EXISTS and the other reasons.
        UnreadableWorkbook, PackageError: it is no workbook, or a broken one.
        UsageError: a name that does not end in ``.xlsm``, a bad cell, no xlwings.
    """
    from xltrack.create.button_place import corner_of
    from xltrack.template import load_template
    from xltrack.writeback import open_target, save

    path = Path(path)
    place = _place(path, output)
    in_place = place is None
    if place is not None and place.exists() and not force:
        raise Refused(place, Reason.EXISTS)
    target = open_target(path, break_signature=break_signature, force=force, in_place=in_place)
    corner = corner_of(at) if at is not None else None
    made = _edit(
        target,
        load_template(),
        _lang_of(target),
        (place or path).stem,
        corner,
        {"INTERPRETER_WIN": interpreter_win, "INTERPRETER_MAC": interpreter_mac},
    )
    receipt = save(made.edit, place, overwrite=force)
    return Buttoned(
        **{field.name: getattr(receipt, field.name) for field in fields(receipt)},
        sheet=made.sheet,
        cell=made.cell,
        macros=made.macros,
        trouble=made.thin,
        script=_script(receipt.destination) if made.thin else None,
        config_left=made.config_left,
    )


def write_with_buttons(
    path: Path, write: Callable[[BinaryIO], object], template: Template, lang: Lang, force: bool
) -> None:
    """Write a new workbook with buttons over its header row."""
    from xltrack.create.button_shapes import Corner
    from xltrack.writeback import open_target, write_new

    if path.suffix.lower() != ENDING:
        raise UsageError("needs_xlsm", path.name)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.xlsx"
        with plain.open("wb") as out:
            write(out)
        made = _edit(open_target(plain), template, lang, path.stem, Corner(0, 0), {})
        content = made.edit.to_bytes()
    write_new(path, lambda out: out.write(content), overwrite=force)
    if made.thin:
        _script(path)


def _edit(
    target: Target,
    template: Template,
    lang: Lang,
    stem: str,
    corner: Corner | None,
    interpreters: dict[str, str | None],
) -> ButtonEdit:
    from xltrack.create.button import add_buttons
    from xltrack.create.button_config import config_rows
    from xltrack.template.button import load_buttons

    buttons = load_buttons()
    return add_buttons(
        target,
        template=template,
        buttons=buttons,
        lang=lang,
        config=config_rows(target, buttons, interpreters),
        stem=stem,
        at=corner,
    )


def _place(path: Path, output: AnyPath | None) -> Path | None:
    """Where the result goes; none where the workbook itself is changed."""
    if output is None and path.suffix.lower() == ENDING:
        return None
    place = Path(output) if output is not None else path.with_suffix(ENDING)
    if place.suffix.lower() != ENDING:
        raise UsageError("needs_xlsm", place.name)
    return place


def _lang_of(target: Target) -> Lang:
    """The language of most of what the workbook says near its beginning."""
    package, book = target.package, target.workbook
    names = "".join(sheet.name for sheet in book.sheets)
    parts = [package.related(book.part, "sharedStrings"), *(s.part for s in book.sheets[:1])]
    markup = b"".join(next(iter(package.chunks(part)), b"") for part in parts if part)
    texts = names + re.sub(r"<[^>]*>", "", markup.decode("utf-8", "ignore"))
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in texts)
    latin = sum(letter.isascii() and letter.isalpha() for letter in texts)
    return "zh" if chinese > _CHINESE_SHARE * (chinese + latin) else "en"


def _script(workbook: Path) -> Path:
    """The file that the macro of xlwings runs, beside the workbook; one that is there stays."""
    from xltrack.create.button_macros import thin_script
    from xltrack.template.button import load_buttons
    from xltrack.writeback import write_new

    place = workbook.with_suffix(".py")
    if not place.exists():
        content = thin_script(load_buttons()).encode()
        write_new(place, lambda out: out.write(content))
    return place
