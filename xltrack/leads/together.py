"""Reading many workbooks into few books: those with equal Settings become one.

What costs a call on a table costs it once for all of them, which is most of the time that a small
workbook takes. The rows, findings and sources are those of reading each workbook by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.errors import UnreadableWorkbook
from xltrack.leads.journal_reading import journal_texts
from xltrack.leads.known import Known
from xltrack.leads.named import Named
from xltrack.leads.opening import one_error
from xltrack.leads.reading import Reading
from xltrack.opc.access import USUAL, Access
from xltrack.template import Settings, Template
from xltrack.text import Lang

if TYPE_CHECKING:
    from xltrack.leads.assembly import LeadSheet
    from xltrack.leads.book import LeadBook

_SMALL = 1 << 18  # bytes of a file below which a thread costs more than it saves


@dataclass(frozen=True)
class Together:
    """The books that workbooks came to, and what is wrong with those that could not be read."""

    books: tuple[LeadBook, ...]
    errors: Mapping[Path, UnreadableWorkbook]


@dataclass(frozen=True)
class _Read:
    sheets: list[LeadSheet]
    settings: Settings
    lang: Lang
    journal: tuple[str, ...]


def read_together(
    workbooks: Sequence[Named],
    *,
    template: Template,
    settings: Settings | None = None,
    known: Known | None = None,
    access: Access = USUAL,
    own: dict[Path, Settings] | None = None,
) -> Together:
    """Read workbooks into as few books as their Settings allow, in the order given.

    A workbook with a header and no leads is one without rows.

    Args:
        workbooks: what to read; names that are not unique make leads that cannot be told apart.
        template: what declares the fields.
        settings: used instead of each workbook's own.
        known: what was seen before, kept up from call to call.
        access: how large a file may be, and the passwords to try.
        own: filled with the Settings that each workbook has itself.
    """
    known = Known() if known is None else known
    errors: dict[Path, UnreadableWorkbook] = {}
    groups: dict[tuple[int, Lang], list[_Read]] = {}
    for workbook in workbooks:
        try:
            read = _read(workbook, template, settings, known, access, own)
        except UnreadableWorkbook as error:
            errors[workbook.path] = error
            continue
        groups.setdefault((id(read.settings), read.lang), []).append(read)
    books = [
        book
        for group in groups.values()
        if (book := _assembled(group, template, errors)) is not None
    ]
    return Together(tuple(books), errors)


def _read(
    workbook: Named,
    template: Template,
    settings: Settings | None,
    known: Known,
    access: Access,
    own: dict[Path, Settings] | None,
) -> _Read:
    path = workbook.path
    if _is_small(path):
        reading = Reading(path, template, access=access, known=known)
        grids = reading.grids()
    else:
        with ThreadPoolExecutor(1) as thread:
            reading = Reading(path, template, thread=thread, access=access, known=known)
            grids = reading.grids()
    from xltrack.leads.assembly import LeadSheet  # noqa: PLC0415  # pandas, loaded meanwhile

    lang = grids[0].header.lang
    date_1904 = reading.opened.date_1904
    with one_error(path):
        journal = journal_texts(reading.opened.package, reading.opened.workbook)
    if own is not None:
        own[path] = reading.settings(lang)
    read = _Read(
        [LeadSheet(path, workbook.name, grid, date_1904) for grid in grids],
        settings if settings is not None else reading.settings(lang),
        lang,
        journal,
    )
    reading.release()
    return read


def _is_small(path: Path) -> bool:
    try:
        return path.stat().st_size < _SMALL
    except OSError:
        return True  # the reader says what is wrong


def _assembled(
    group: list[_Read], template: Template, errors: dict[Path, UnreadableWorkbook]
) -> LeadBook | None:
    """The book of a group; workbooks whose cells turn out to be unreadable are left out."""
    from xltrack.leads.assembly import assemble  # noqa: PLC0415

    while group:
        sheets = [sheet for read in group for sheet in read.sheets]
        try:
            book = assemble(sheets, template, group[0].settings, lang=group[0].lang)
        except UnreadableWorkbook as error:
            errors[error.path] = error
            group = [read for read in group if read.sheets[0].path != error.path]
        else:
            journals = tuple(read.journal for read in group if read.journal)
            return replace(book, journal_texts=journals) if journals else book
    return None
