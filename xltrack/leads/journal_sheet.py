"""The sheet that the stage journal is kept on, as markup.

The sheet is very hidden, owned under its key, and written by hand: a cell a value through a
general writer took longer than all the rest of a refresh. It has no formats and no formulas, so
that any program which saves it keeps what it says.
"""

from __future__ import annotations

from xltrack.leads.journal import Journal
from xltrack.leads.journal_reading import NOTES
from xltrack.leads.journal_text import encoded
from xltrack.template import load_labels
from xltrack.text import Lang

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
_TAIL = "</sheetData></worksheet>"
_INLINE = ' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c></row>"
_VALUE = ' t="str"><v xml:space="preserve">', "</v></c></row>"


def journal_sheet(journal: Journal, lang: Lang, *, inline: bool = True) -> bytes:
    """The markup of the sheet: what it is, in one sentence, then the journal.

    The same journal gives the same bytes. ``inline``: as for the cells of other owned sheets, see
    :func:`xltrack.sheetml.worksheet.string_cells`.
    """
    before, after = _INLINE if inline else _VALUE
    pieces = [_HEAD]
    for number, text in enumerate(journal_cells(journal, lang), start=1):
        markup = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        pieces.append(f'<row r="{number}"><c r="A{number}"{before}{markup}{after}')
    pieces.append(_TAIL)
    return "".join(pieces).encode()


def journal_cells(journal: Journal, lang: Lang) -> list[str]:
    """The texts of the sheet, one for each cell of its first column."""
    return [*_notes(journal, lang), *encoded(journal)]


def _notes(journal: Journal, lang: Lang) -> list[str]:
    first, compacted = NOTES
    notes = [load_labels().phrase(first, lang)]
    if journal.compacted_to is not None:
        notes.append(load_labels().phrase(compacted, lang, day=journal.compacted_to))
    return notes
