"""Reading a workbook of leads.

Whole columns are read fast, in a thread of their own while pandas is still being imported; what
is not of one type is read again cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import fastexcel
import python_calamine

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.leads.careful import (
    Rows,
    StreamError,
    by_column,
    first_line,
    header_texts,
    read_rows,
    stream_rows,
)
from xltrack.leads.fast import FastSheet, NotForFast, load_fast, load_values, open_fast
from xltrack.leads.grid import Columns, Grid
from xltrack.leads.header import best_row, find_header, known_count, nearest_headers
from xltrack.leads.journal_reading import journal_texts
from xltrack.leads.known import Known, remember
from xltrack.leads.opening import OpenedSheet, one_error, open_workbook
from xltrack.leads.settings_content import settings_names
from xltrack.leads.single_cells import NotTold, single_cells, text_places
from xltrack.opc.access import USUAL, Access
from xltrack.template import Settings, Template, default_settings, read_settings
from xltrack.template.own_headers import adopted_names, header_meanings
from xltrack.template.settings_tables import settings_runs
from xltrack.text import Lang, fold

if TYPE_CHECKING:
    from xltrack.leads.book import LeadBook

T = TypeVar("T")


def read_book(
    path: Path,
    *,
    template: Template,
    settings: Settings | None = None,
    allow_empty: bool = False,
    careful: bool = False,
    meanwhile: Callable[[], None] | None = None,
    access: Access = USUAL,
) -> LeadBook:
    """The leads of the workbook at ``path``, of all its lead sheets.

    Args:
        path: an .xlsx or .xlsm workbook; .xls, .xlsb and .ods are read more slowly, and without
            findings about error cells.
        template: what declares the fields and how a header is recognised.
        settings: used instead of the workbook's own.
        allow_empty: take a header without rows as an empty book.
        careful: read everything cell by cell, which is slower and comes to the same.
        meanwhile: called once while cells are loading in a thread of their own, for work that
            need not wait for them.
        access: how large a file may be, and the passwords to try.

    Raises: UnreadableWorkbook.
    """
    path = Path(path)
    with ThreadPoolExecutor(1) as thread:
        reading = Reading(path, template, careful=careful, thread=thread, access=access)
        grids = reading.grids(meanwhile)
    if settings is None:
        settings = reading.settings(grids[0].header.lang)
    from xltrack.leads.assembly import LeadSheet, assemble  # noqa: PLC0415  # needs pandas

    sheets = [LeadSheet(path, path.name, grid, reading.opened.date_1904) for grid in grids]
    book = assemble(sheets, template, settings, lang=grids[0].header.lang)
    if book.rows.empty and not allow_empty:
        raise UnreadableWorkbook(path, Reason.NO_LEADS)
    with one_error(path):
        texts = journal_texts(reading.opened.package, reading.opened.workbook)
    return replace(book, journal_texts=(texts,))


class Reading:
    """One reading of one workbook: which reader takes which sheet.

    ``thread`` loads cells while other things are done; without one, they are loaded when they are
    needed, which is quicker for a small workbook.
    """

    def __init__(
        self,
        path: Path,
        template: Template,
        *,
        careful: bool = False,
        thread: ThreadPoolExecutor | None = None,
        access: Access = USUAL,
        known: Known | None = None,
    ) -> None:
        self.path = path
        self._known = known
        self.template = self._usual = template
        self._thread = thread
        self._opening: Callable[[], Any] | None = None
        self._careful = careful
        self._access = access
        self._open(template)

    def _open(self, template: Template | None) -> None:
        begin = None if self._careful or self._opening else self._begin
        self.opened = open_workbook(self.path, begin, template, self._access, self._known)
        # whole columns show bare times as days, which only the usual date system tells apart
        self.careful = self._careful or self.opened.date_1904
        self._previews: list[list[list[str]]] = []
        self.template = self._usual.knowing(self._own_headers())

    @property
    def has_settings(self) -> bool:
        """Whether the workbook has a Settings sheet with any of its tables."""
        sheet = self._settings_sheet
        return sheet is not None and any(
            run.table for run in settings_runs(self._usual, self._values(sheet))
        )

    def _own_headers(self) -> list[tuple[str, str]]:
        """What the workbook says its headers mean, where it was in use before."""
        workbook, sheet = self.opened.workbook, self._settings_sheet
        names = {name.name for name in workbook.names} if workbook is not None else set()
        if sheet is None or names.isdisjoint(adopted_names(self._usual)):
            return []
        return header_meanings(self._usual, self._values(sheet))

    def _begin(self, content: bytes | None) -> None:
        self._opening = self._started(lambda: open_fast(content or str(self.path)))

    def _started(self, work: Callable[[], T]) -> Callable[[], T]:
        return work if self._thread is None else self._thread.submit(work).result

    def grids(self, meanwhile: Callable[[], None] | None = None) -> list[Grid]:
        """The lead sheets in the workbook's order.

        Raises: UnreadableWorkbook, also where there is none.
        """
        grids = list(self._grids(meanwhile))
        if not grids:
            self._open(None)  # maybe leads were put where the board or the guide was
            grids = list(self._grids(None))
        if not grids:
            raise UnreadableWorkbook(self.path, Reason.NO_LEAD_HEADER, self._headers_found())
        return grids

    def _grids(self, meanwhile: Callable[[], None] | None) -> Iterator[Grid]:
        sheets = [s for s in self.opened.sheets if s is not self._settings_sheet]
        loads = {s.name: self._start(s) for s in sheets if s.safe and not self.careful}
        import xltrack.leads.assembly  # noqa: F401, PLC0415  # and pandas, while cells are loading

        if meanwhile is not None:
            meanwhile()
        for sheet in sheets:
            load = loads.get(sheet.name)
            fast = None if load is None else self._fast(load)
            grid = self._careful_grid(sheet) if fast is None else self._fast_grid(sheet, fast)
            if grid is not None:
                grid.marks = sheet.marks
                yield grid

    def release(self) -> None:
        """Let go of what was read, but for the XML of sheets that their grids may look at again."""
        self.__dict__.pop("_fast_reader", None)
        self._opening = None
        if self.opened.package is not None:
            self.opened.package.forget(
                but=[
                    sheet.part for sheet in self.opened.sheets if sheet is not self._settings_sheet
                ]
            )

    def tables(self) -> Iterator[tuple[OpenedSheet, Rows]]:
        """The cells of every sheet that may hold leads, whether it has a header or not.

        Raises: UnreadableWorkbook.
        """
        for sheet in self.opened.sheets:
            if sheet is not self._settings_sheet:
                yield sheet, self._rows(sheet)

    def settings(self, lang: Lang) -> Settings:
        """The settings of the workbook, the template's own where it has no such sheet.

        With ``known`` ones, equal Settings are one object.
        """
        sheet, known = self._settings_sheet, self._known
        content = sheet.content if sheet is not None and sheet.usual else None
        if known is None or content is None or self.careful:
            settings = self._read_settings(sheet, lang)
            return settings if known is None else known.one_of(settings)
        if (lang, content) not in known.settings:
            settings = known.one_of(self._read_settings(sheet, lang))
            return remember(known.settings, (lang, content), settings)
        return known.settings[lang, content]

    def _read_settings(self, sheet: OpenedSheet | None, lang: Lang) -> Settings:
        if sheet is None:
            return default_settings(self.template, lang)
        return read_settings(self.template, self._values(sheet), lang)

    @property
    def _settings_sheet(self) -> OpenedSheet | None:
        names = self._settings_names
        return next((sheet for sheet in self.opened.sheets if fold(sheet.name) in names), None)

    @cached_property
    def _settings_names(self) -> frozenset[str]:
        return settings_names(self.template)

    def _values(self, sheet: OpenedSheet) -> Rows:
        try:
            if sheet.safe and not self.careful:
                with self._one_error():
                    return load_values(self._fast_reader, sheet.name)
        except NotForFast:
            return self._rows(sheet)
        return self._rows(sheet)

    def _headers_found(self) -> str:
        """The headers of the row that looks most like one of leads, and what they may mean."""
        rows = [best_row(preview, self.template) for preview in self._previews]
        best = max(rows, key=lambda row: (known_count(row, self.template), len(row)), default=[])
        return nearest_headers(best, self.template) or "—"

    def _start(self, sheet: OpenedSheet) -> Callable[[], FastSheet]:
        return self._started(lambda: self._load(sheet))

    def _load(self, sheet: OpenedSheet) -> FastSheet:
        with self._one_error():
            return load_fast(self._fast_reader, sheet.name, self.template, sheet.first_full_row)

    def _fast(self, load: Callable[[], FastSheet]) -> FastSheet | None:
        try:
            return load()
        except NotForFast:
            return None

    def _fast_grid(self, sheet: OpenedSheet, fast: FastSheet) -> Grid | None:
        if fast.header is None:
            self._previews.append(fast.preview)
            return None
        return Grid(
            sheet.name,
            fast.header,
            fast.height,
            read_cells=lambda columns: self._cells(sheet, fast, columns),
            find_texts=partial(self._text_places, sheet, fast) if sheet.usual else None,
            typed=fast.typed,
            doubtful=fast.doubtful,
        )

    def _text_places(
        self, sheet: OpenedSheet, fast: FastSheet, columns: Collection[int]
    ) -> dict[int, list[int]] | None:
        header_row = fast.header.row if fast.header is not None else 0
        with one_error(self.path):
            return text_places(self.opened.chunks(sheet), columns, header_row, fast.height)

    def _careful_grid(self, sheet: OpenedSheet) -> Grid | None:
        rows = self._rows(sheet)
        texts = header_texts(rows, self.template.workbook.header_search_rows)
        header = find_header(texts, self.template)
        if header is None:
            self._previews.append(texts)
            return None
        columns = by_column(rows, header.row)
        return Grid(sheet.name, header, len(rows) - header.row, read_cells=lambda _: columns)

    def _cells(self, sheet: OpenedSheet, fast: FastSheet, columns: Collection[int]) -> Columns:
        header_row = fast.header.row if fast.header is not None else 0
        told = {"string", "large_string", "double"}
        if sheet.usual and all(
            column not in fast.doubtful and str(fast.typed[column].type) in told
            for column in columns
        ):
            try:
                with one_error(self.path):
                    chunks = self.opened.chunks(sheet)
                    return single_cells(chunks, columns, fast.typed, header_row)
            except NotTold:
                pass  # the other reader tells
        return by_column(self._rows(sheet), header_row)

    def _rows(self, sheet: OpenedSheet) -> Rows:
        if sheet.name in self.opened.cells:
            return self.opened.cells[sheet.name]
        with self._one_error():
            if sheet.safe and self._careful_reader is not None:
                return read_rows(self._careful_reader, sheet.name)
            return stream_rows(self._file(), sheet.name)

    def _file(self) -> Path | BytesIO:
        """What other readers open: the file, or the content of an encrypted one."""
        return self.path if self.opened.content is None else BytesIO(self.opened.content)

    @cached_property
    def _fast_reader(self) -> Any:
        try:
            if self._opening is None:
                return open_fast(self.opened.content or str(self.path))
            return self._opening()
        except fastexcel.FastExcelError as error:
            raise NotForFast(str(error)) from error

    @cached_property
    def _careful_reader(self) -> Any:
        """The reader of single cells, None for a workbook that it does not open."""
        try:
            return python_calamine.load_workbook(self._file())
        except python_calamine.CalamineError:  # macro sheets, parts in UTF-16
            return None

    @contextmanager
    def _one_error(self) -> Iterator[None]:
        """Turns what the readers raise about a file into an UnreadableWorkbook."""
        try:
            with one_error(self.path):
                yield
        except (python_calamine.CalamineError, StreamError) as error:
            raise UnreadableWorkbook(self.path, Reason.DAMAGED, first_line(error)) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # a bug of the Rust readers
                raise
            raise UnreadableWorkbook(self.path, Reason.DAMAGED) from error
