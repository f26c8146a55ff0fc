"""The texts of the journal's sheet, found in a workbook by its ownership mark.

What the program wrote itself is cut out of the part without parsing it. A program that saved the
workbook since has moved the texts to the shared strings; then both parts are searched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from html import unescape

from xltrack.opc import Package
from xltrack.sheetml.ownership import ownership_of
from xltrack.sheetml.workbook import Workbook
from xltrack.template import load_labels
from xltrack.text import Lang

KEY = "journal"
"""The ownership key of the sheet."""

NOTES = ("journal_note", "journal_compacted")
"""The sentences above the journal, by what they are called in the labels."""

_MOST = 1 << 28  # bytes of the sheet; a journal at its bounds takes a tenth of that
_CELL = re.compile(r"<(?:\w+:)?c\s[^>]*?(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_SHARED = re.compile(r"<(?:\w+:)?c\s[^>]*?\bt=[\"']s[\"'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d+)\s*<")
_TEXT = re.compile(r"<(?:\w+:)?(?:t|v)(?:\s[^>]*)?>([^<]*)</")
_STRING = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?(/?)>")
_NOTHING = ()
_LANGS: tuple[Lang, ...] = ("zh", "en")


def journal_texts(package: Package | None, workbook: Workbook | None) -> tuple[str, ...]:
    """The texts of the cells that hold the journal; none in a workbook without one.

    A part that is not what it should be holds none. None for ``package``: a format without parts.

    Raises: PackageError, UnreadableWorkbook for entries of the zip file that are damaged.
    """
    if package is None or workbook is None:
        return _NOTHING
    name = ownership_of(workbook).owned.get(KEY)
    sheet = workbook.sheet(name) if name is not None else None
    if sheet is None or sheet.part is None:
        return _NOTHING
    markup = package.read(sheet.part, _MOST).decode("utf-8", "replace")
    texts = [_cell_text(cell) for cell in _CELL.findall(_SHARED.sub("", markup))]
    wanted = {int(number) for number in _SHARED.findall(markup)}
    if wanted:
        texts += _shared_strings(package, workbook, wanted)
    return without_notes(texts)


def without_notes(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts of the sheet that hold the journal: those that are no sentences about it."""
    return tuple(text for text in texts if text and not _is_note(text))


def _is_note(text: str) -> bool:
    phrases = load_labels().phrases
    starts = {phrases[key].of(lang).partition("{")[0] for key in NOTES for lang in _LANGS}
    return text.startswith(tuple(starts))


def _cell_text(markup: str) -> str:
    return unescape("".join(_TEXT.findall(markup)))


def _shared_strings(package: Package, workbook: Workbook, wanted: Collection[int]) -> Iterator[str]:
    part = package.related(workbook.part, "sharedStrings")
    if part is None:
        return
    data = package.read(part)
    starts = [match.end() for match in _STRING.finditer(data)]
    for number in sorted(wanted):
        if number < len(starts):
            end = starts[number + 1] if number + 1 < len(starts) else len(data)
            yield _cell_text(data[starts[number] : end].decode("utf-8", "replace"))
