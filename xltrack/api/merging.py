"""``merge``: several people's copies of a workbook made one."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltrack.api.paths import AnyPath, access_with
from xltrack.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from xltrack.leads import LeadBook
    from xltrack.leads.merging import MergedLeads
    from xltrack.opc.access import Access
    from xltrack.template import Settings
    from xltrack.template.merged_settings import SettingNote

KEY = "merged"
"""What the sheet that tells how the workbook was merged is owned under."""

_MOST_NOTES = 5000
_CURRENCY = "currency"


@dataclass(frozen=True)
class Merged:
    """What a merge came to.

    Attributes:
        destination: the new workbook.
        sources: the workbooks in the order in which ties were decided.
        rows, leads: rows of leads that were read, and leads that they are.
        conflicts: as in :class:`xltrack.leads.merging.MergedLeads`; private values null.
        settings_notes: entries of Settings that were added, or that differ.
        not_carried: (workbook, sheet) of sheets that are no part of a tracking workbook.
    """

    destination: Path
    sources: tuple[Path, ...]
    rows: int
    leads: int
    conflicts: pd.DataFrame
    settings_notes: tuple[SettingNote, ...]
    not_carried: tuple[tuple[str, str], ...]

    @property
    def undecided(self) -> int:
        """Values that neither the latest follow-up nor the furthest stage decides between."""
        return int((self.conflicts["kind"] == "undecided").sum())


def merge(
    paths: AnyPath | Iterable[AnyPath],
    *,
    output: AnyPath,
    settings: AnyPath | None = None,
    password_file: AnyPath | None = None,
    as_of: dt.date | None = None,
    force: bool = False,
) -> Merged:
    """Make one tracking workbook of several people's copies of one; the copies are left alone.

    Rows of one id and customer are one lead: the one with the latest follow-up counts, then the
    furthest stage, then the first by file name, sheet and row. What the others say otherwise is
    listed on a sheet of the new workbook, and so are ids that two customers share (both stay),
    what was added to Settings, and sheets that are not carried over. The order in which the
    workbooks are named does not matter: they are taken by name.

    Args:
        paths: workbooks, folders or globs; two or more.
        output: the new workbook (``.xlsx``).
        settings: start from the Settings of this workbook, not of the first by name.
        password_file: a text file of passwords, one a line, for workbooks that need one.
        as_of: the day that the board's stored figures are of; none = today.
        force: overwrite ``output``.

    Raises:
        UnreadableWorkbook: a workbook that cannot be read, or that holds no leads.
        UsageError: fewer than two workbooks, ``output`` is one of them or does not end in
            ``.xlsx``, amounts in several currencies, more leads than a sheet holds.
        Refused: ``output`` exists or cannot be written.
    """
    from xltrack.batch import find_workbooks
    from xltrack.writeback import write_new

    place = Path(output)
    listed = [paths] if isinstance(paths, str | Path) else paths
    workbooks = sorted(find_workbooks(listed), key=_by_name)
    _refuse(workbooks, place)
    access = access_with(password_file)
    books = list(_labelled(workbooks, [_read(path, access) for path in workbooks]))
    imposed = None if settings is None else _read(Path(settings), access, empty=True).settings
    merging = _Merging(books, imposed, as_of or dt.date.today(), access)
    content = merging.content()
    write_new(place, lambda out: out.write(content), overwrite=force)
    return Merged(
        place,
        tuple(workbooks),
        merging.leads.rows,
        len(merging.leads.leads),
        merging.leads.conflicts,
        merging.notes,
        tuple(merging.not_carried()),
    )


def _by_name(path: Path) -> tuple[str, str]:
    """By name, and where that is the same by content: where files lie decides nothing."""
    if not path.is_file():
        return path.name, ""
    with path.open("rb") as file:
        return path.name, hashlib.file_digest(file, "sha256").hexdigest()


def _refuse(workbooks: Sequence[Path], place: Path) -> None:
    if place.suffix.lower() != ".xlsx":
        raise UsageError("needs_xlsx", place.name)
    if len(workbooks) < 2:
        raise UsageError("merge_needs_two", workbooks[0].name if workbooks else "")
    if place.exists() and any(path.exists() and path.samefile(place) for path in workbooks):
        raise UsageError("merge_over_input", place.name)


def _read(path: Path, access: Access, *, empty: bool = False) -> LeadBook:
    from xltrack.leads.reading import read_book
    from xltrack.template import load_template

    return read_book(path, template=load_template(), allow_empty=empty, access=access)


def _labelled(workbooks: Sequence[Path], books: Sequence[LeadBook]) -> Iterator[LeadBook]:
    """The books, told apart: those of one name are numbered."""
    names = Counter(path.name for path in workbooks)
    seen: Counter[str] = Counter()
    for path, book in zip(workbooks, books, strict=True):
        seen[path.name] += 1
        if names[path.name] == 1:
            yield book
            continue
        label = f"{path.stem} ({seen[path.name]}){path.suffix}"
        rows = book.rows.assign(file=book.rows["file"].cat.rename_categories([label]))
        sources = tuple(replace(source, workbook=label) for source in book.sources)
        yield replace(book, rows=rows, sources=sources)


class _Merging:
    """The books on their way into one workbook."""

    def __init__(
        self,
        books: Sequence[LeadBook],
        imposed: Settings | None,
        as_of: dt.date,
        access: Access,
    ) -> None:
        from xltrack.leads.merging import merge_leads
        from xltrack.leads.one_unit import settings_in_unit_of
        from xltrack.template import load_template
        from xltrack.template.merged_settings import merged_settings

        self.template, self.books = load_template(), books
        self.as_of, self.access = as_of, access
        self.offset = 0 if imposed is None else 1
        listed = [*([imposed] if imposed is not None else []), *(book.settings for book in books)]
        self.settings, self.notes = merged_settings(
            [settings_in_unit_of(listed[0], each) for each in listed]
        )
        for note in self.notes:
            if note.table == "parameters" and note.entry == _CURRENCY:
                raise UsageError("currencies_differ", f"{note.kept} / {note.other}")
        self.leads: MergedLeads = merge_leads(books, self.settings)
        self.lang = self.settings.lang

    def content(self) -> bytes:
        """The workbook with the merged leads, what was decided, and the journals made one."""
        from xltrack.create.merged import write_merged
        from xltrack.writeback import ReadySheet, graft, open_target

        stream = io.BytesIO()
        write_merged(
            stream,
            self.leads,
            self.settings,
            template=self.template,
            lang=self.lang,
            as_of=self.as_of,
        )
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "merged.xlsx"
            place.write_bytes(stream.getvalue())
            target = open_target(place)
            name = target.sheet_name(KEY, self._words.sheet.of(self.lang))
            journal = self._journal(target.inline_strings)
            ready = {} if journal is None else {journal[0]: ReadySheet(*journal[1:])}
            scratch = self._sheet(name, target.body_font)
            return graft(target, scratch, {name: KEY}, ready=ready).to_bytes()

    def _journal(self, inline: bool) -> tuple[str, str, bytes] | None:
        from xltrack.leads.journal_reading import KEY as JOURNAL
        from xltrack.leads.journal_sheet import journal_sheet
        from xltrack.leads.journal_union import union
        from xltrack.template import load_labels

        journal = union(book.journal for book in self.books)
        if not journal:
            return None
        name = load_labels().sheets[JOURNAL].of(self.lang)
        return JOURNAL, name, journal_sheet(journal, self.lang, inline=inline)

    @property
    def _words(self) -> Any:
        from xltrack.template.exchange_words import load_exchange_words

        return load_exchange_words().merge

    def _sheet(self, name: str, font: tuple[str, float]) -> bytes:
        from xltrack.render.lists import ListSheet, list_workbook

        words, lang = self._words, self.lang
        widths = (18, 16, 28, 18, 28, 30, 28, 30)
        headers = [text.of(lang) for text in words.columns.values()]
        rows = [*self._conflicts(), *self._settings_rows(), *self._sheets_left()]
        glue = "\u3001" if lang == "zh" else ", "
        files = glue.join(dict.fromkeys(book.sources[0].workbook for book in self.books))
        told = self.leads.conflicts["kind"]
        decided = told.isin(["undecided", "later", "further"])
        above = [
            words.phrases["title"].of(lang).format(files=files),
            words.phrases["counts"]
            .of(lang)
            .format(
                rows=f"{self.leads.rows:,}",
                leads=f"{len(self.leads.leads):,}",
                conflicts=f"{int(decided.sum()):,}",
                undecided=f"{int((told == 'undecided').sum()):,}",
            ),
        ]
        if len(rows) > _MOST_NOTES:
            above.append(words.phrases["more"].of(lang).format(n=f"{len(rows) - _MOST_NOTES:,}"))
        columns = list(zip(headers, widths, strict=True))
        return list_workbook([ListSheet(name, columns, rows[:_MOST_NOTES], above)], font)

    def _conflicts(self) -> Iterator[list[object]]:
        words, lang = self._words, self.lang
        hidden, place = words.phrases["private"].of(lang), words.phrases["place"].of(lang)
        for row in self.leads.conflicts.to_dict("records"):
            where = [
                place.format(file=row[f"{s}_file"], sheet=row[f"{s}_sheet"], row=row[f"{s}_row"])
                for s in ("kept", "other")
            ]
            kept, other = (hidden, hidden) if row["private"] else (row["kept"], row["other"])
            field = self._field(row["field"])
            kind = words.kinds[row["kind"]].of(lang)
            yield [kind, row["lead_id"], row["customer"], field, kept, where[0], other, where[1]]

    def _field(self, name: str) -> str:
        declared = self.template.by_id.get(name)
        return declared.header.of(self.lang) if declared else name

    def _settings_rows(self) -> Iterator[list[object]]:
        names = ["", *(book.sources[0].workbook for book in self.books)][1 - self.offset :]
        for note in self.notes:
            title = self.template.settings_table(note.table).title.of(self.lang)
            entry = note.entry
            if note.table == "parameters":
                entry = next(
                    p.label.of(self.lang) for p in self.template.parameters if p.id == note.entry
                )
            kind = self._words.kinds[note.kind].of(self.lang)
            kept, other = (note.kept, note.other) if note.kind == "setting_differs" else ("", entry)
            yield [kind, "", entry, title, kept, names[0], other, names[note.book]]

    def _sheets_left(self) -> Iterator[list[object]]:
        kind = self._words.kinds["not_carried"].of(self.lang)
        for workbook, sheet in self.not_carried():
            yield [kind, "", "", "", "", "", sheet, workbook]

    def not_carried(self) -> Iterator[tuple[str, str]]:
        """Sheets of the team's own that hold no leads."""
        from xltrack.opc import open_package
        from xltrack.sheetml.ownership import ownership_of
        from xltrack.sheetml.workbook import read_workbook

        usual = {
            name
            for key, text in self.template.workbook.sheets.items()
            if key != "leads"
            for name in (text.zh, text.en)
        }
        for book in self.books:
            path = book.sources[0].path
            if path.suffix.lower() not in (".xlsx", ".xlsm", ".xltx", ".xltm"):
                continue
            workbook = read_workbook(open_package(path, passwords=self.access.passwords))
            owned = ownership_of(workbook)
            known = {source.sheet for source in book.sources} | usual | set(owned.owned.values())
            for sheet in workbook.sheets:
                if sheet.name not in known:
                    yield book.sources[0].workbook, sheet.name
