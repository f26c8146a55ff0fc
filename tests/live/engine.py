"""An engine of xlwings over LibreOffice, so that code for Excel runs against a real program.

It does what the code under test asks for, no more; what it lacks fails loudly. The interface is
that of ``xlwings.base_classes``, which all engines of xlwings share.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uno
import xlwings
from xlwings import NoSuchObjectError, base_classes, utils

from tests.live.cells import EVERYTHING, Box, Error, Range
from tests.live.charts import Charts

NAME = "libreoffice"
NEVER = 0  # com.sun.star.document.MacroExecMode.NEVER_EXECUTE
_FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}


class Engine:
    """What xlwings calls an engine, of one running LibreOffice."""

    name, type = NAME, "desktop"

    def __init__(self) -> None:
        self.apps = Apps()

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        return "" if value is None else value

    @staticmethod
    def clean_value_data(
        data: Any, _moment: Any, empty: Any, _number: Any, errors_as_text: bool
    ) -> list[list[Any]]:
        def clean(value: Any) -> Any:
            if isinstance(value, Error):
                return str(value) if errors_as_text else empty
            return empty if value == "" else value

        return [[clean(value) for value in row] for row in data]


class Apps(base_classes.Apps):
    """The programs that run: those that were attached."""

    def __init__(self) -> None:
        self.all: list[App] = []

    def __iter__(self) -> Iterator[App]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def keys(self) -> list[int]:
        return [app.pid for app in self.all]

    def __getitem__(self, pid: int) -> App:
        return next(app for app in self.all if app.pid == pid)

    def attach(self, desktop: Any) -> App:
        app = App(desktop)
        self.all.insert(0, app)
        return app

    @staticmethod
    def cleanup() -> None:
        pass


class App(base_classes.App):
    """One running LibreOffice. Whether it repaints and calculates is noted, as ``told``."""

    version = "16.0"
    pid = 1

    def __init__(self, desktop: Any) -> None:
        self.desktop = desktop
        self.told: list[tuple[str, Any]] = []
        self.boxes: list[str] = []
        self._states = {
            "screen_updating": True,
            "enable_events": True,
            "display_alerts": True,
            "calculation": "automatic",
            "status_bar": False,
        }
        self.filters: dict[tuple[str, str], tuple[Box, dict[int, Any]]] = {}

    engine = property(lambda _: engine)

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def selection(self) -> Range | None:
        book = self.books.active
        chosen = book.doc.CurrentController.Selection
        if not chosen.supportsService("com.sun.star.sheet.SheetCellRange"):
            return None
        at = chosen.RangeAddress
        sheet = book.sheets(at.Sheet + 1)
        return Range(sheet, Box(at.StartRow, at.StartColumn, at.EndRow, at.EndColumn))

    def activate(self, steal_focus: bool = False) -> None:
        """There is no window to bring to the front."""

    def alert(self, prompt: str, *_: Any) -> None:
        self.boxes.append(prompt)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def _state(name: str) -> property:
    def tell(app: App, value: Any) -> None:
        app.told.append((name, value))
        app._states[name] = value

    return property(lambda app: app._states[name], tell)


for _name in ("screen_updating", "enable_events", "display_alerts", "calculation", "status_bar"):
    setattr(App, _name, _state(_name))


class Books(base_classes.Books):
    """The workbooks that are open."""

    app: Any = None

    def __init__(self, app: App) -> None:
        self.app = app

    def _all(self) -> list[Book]:
        documents = self.app.desktop.Components.createEnumeration()
        found = []
        while documents.hasMoreElements():
            document = documents.nextElement()
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                found.append(Book(self, document))
        return found

    def __iter__(self) -> Iterator[Book]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __call__(self, key: int | str) -> Book:
        if isinstance(key, int):
            return self._all()[key - 1]
        for book in self:
            if key.lower() in (book.name.lower(), book.fullname.lower()):
                return book
        raise KeyError(key)

    @property
    def active(self) -> Book:
        return self._all()[0]

    def open(self, fullname: str, *_: Any) -> Book:
        options = (_value("Hidden", True), _value("MacroExecutionMode", NEVER))
        url = uno.systemPathToFileUrl(os.path.realpath(fullname))
        document = self.app.desktop.loadComponentFromURL(url, "_blank", 0, options)
        if document is None:
            raise FileNotFoundError(fullname)
        return Book(self, document)


class Book(base_classes.Book):
    """One open workbook."""

    app: Any = None

    def __init__(self, books: Books, doc: Any) -> None:
        self.books, self.doc, self.app = books, doc, books.app

    @property
    def api(self) -> Any:
        return self.doc

    @property
    def fullname(self) -> str:
        return str(uno.fileUrlToSystemPath(self.doc.URL))

    @property
    def name(self) -> str:
        return Path(self.fullname).name

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self, None)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        assert password is None
        place = os.path.realpath(path or self.fullname)
        options = (_value("FilterName", _FILTERS[Path(place).suffix]), _value("Overwrite", True))
        self.doc.storeAsURL(uno.systemPathToFileUrl(place), options)

    def close(self) -> None:
        self.doc.close(True)

    def activate(self) -> None:
        """There is no window to bring to the front."""


class Sheets(base_classes.Sheets):
    """The sheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book, self.all = book, book.doc.Sheets

    def __len__(self) -> int:
        return int(self.all.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, self.all.getByIndex(number)) for number in range(len(self)))

    def __call__(self, key: int | str) -> Sheet:
        if isinstance(key, int):
            return Sheet(self.book, self.all.getByIndex(key - 1))
        for sheet in self:
            if sheet.name.lower() == key.lower():
                return sheet
        raise NoSuchObjectError(key)

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.doc.CurrentController.ActiveSheet)

    def add(self, before: Sheet | None, after: Sheet | None, name: str) -> Sheet:
        assert before is None
        assert after is not None
        if self.book.doc.isProtected():
            raise RuntimeError("the structure of the workbook is protected")
        self.all.insertNewByName(name, after.index)
        sheet = self(name)
        sheet.activate()  # as Excel does
        return sheet


class Sheet(base_classes.Sheet):
    """One sheet."""

    book: Any = None

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.uno = book, sheet

    @property
    def api(self) -> Any:
        return self.uno

    def _rename(self, value: str) -> None:
        self.uno.Name = value

    name = property(lambda self: str(self.uno.Name), _rename)

    def _show(self, value: bool) -> None:
        self.uno.IsVisible = bool(value)

    visible = property(lambda self: bool(self.uno.IsVisible), _show)
    show_gridlines = True

    @property
    def index(self) -> int:
        return int(self.uno.RangeAddress.Sheet) + 1

    @property
    def names(self) -> Names:
        return Names(self.book, self)

    @property
    def charts(self) -> Charts:
        return Charts(self)

    def fetch(self) -> None:
        """Take the sheet anew: what is deleted in it makes the object at hand smaller."""
        self.uno = self.book.doc.Sheets.getByName(self.uno.Name)

    def at(self, box: Box) -> Any:
        """The cells of a box."""
        return self.uno.getCellRangeByPosition(box.left, box.top, box.right, box.bottom)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, str):
            return Range(self, *map(_box, arg1.split(",")))
        if isinstance(arg1, Range):
            arg1 = (arg1.row, arg1.column)
        if len(arg1) == 4:
            top, left, rows, columns = arg1
            return Range(self, Box(top - 1, left - 1, top + rows - 2, left + columns - 2))
        if isinstance(arg2, Range):
            arg2 = (arg2.box.bottom + 1, arg2.box.right + 1)
        bottom, right = arg2 or arg1
        return Range(self, Box(arg1[0] - 1, arg1[1] - 1, bottom - 1, right - 1))

    @property
    def used_range(self) -> Range:
        cursor = self.uno.createCursor()
        cursor.gotoStartOfUsedArea(False)
        first = cursor.RangeAddress
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        return Range(self, Box(first.StartRow, first.StartColumn, last.EndRow, last.EndColumn))

    def clear(self) -> None:
        self.uno.clearContents(EVERYTHING)
        for rule in self.uno.ConditionalFormats.getConditionalFormats():
            self.uno.ConditionalFormats.removeByID(rule.ID)

    def delete(self) -> None:
        self.book.doc.Sheets.removeByName(self.name)

    def activate(self) -> None:
        self.book.doc.CurrentController.setActiveSheet(self.uno)

    # the filter of the sheet, which LibreOffice tells nobody about: it is noted here

    @property
    def _key(self) -> tuple[str, str]:
        return self.book.name, self.name

    def filter_box(self) -> Box | None:
        """Where the filter of the sheet is."""
        return self.book.app.filters.get(self._key, (None, {}))[0]  # type: ignore[no-any-return]

    def set_filter(self, box: Box) -> None:
        """Switch the filter on."""
        self.book.app.filters[self._key] = (box, {})

    def criteria(self) -> dict[int, Any]:
        """What the sheet is filtered by, by the number of the column."""
        return self.book.app.filters[self._key][1]  # type: ignore[no-any-return]

    def forget_filter(self, box: Box) -> None:
        """Excel's filter goes with the row of its header."""
        there = self.filter_box()
        if there is not None and box.top <= there.top <= box.bottom:
            del self.book.app.filters[self._key]


class Names(base_classes.Names):
    """The defined names of a workbook, those of its sheets included, or of one sheet."""

    def __init__(self, book: Book, sheet: Sheet | None) -> None:
        self.book, self.sheet = book, sheet

    def _all(self) -> list[Name]:
        owners: list[Sheet | None] = [self.sheet] if self.sheet else [None, *self.book.sheets]
        return [
            Name(self.book, owner, name)
            for owner in owners
            for name in _named_ranges(self.book, owner).ElementNames
        ]

    def __len__(self) -> int:
        return len(self._all())

    def __call__(self, key: int) -> Name:
        return self._all()[key - 1]

    def add(self, name: str, refers_to: str) -> Name:
        ranges = _named_ranges(self.book, self.sheet)
        sheet, _, cell = refers_to.removeprefix("=").rpartition("!")
        corner = self.book.doc.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress
        if ranges.hasByName(name):
            ranges.removeByName(name)
        ranges.addNewByName(name, f"${sheet}.{cell}", corner, 0)
        return Name(self.book, self.sheet, name)


class Name(base_classes.Name):
    """One defined name."""

    def __init__(self, book: Book, owner: Sheet | None, bare: str) -> None:
        self.book, self.owner, self.bare = book, owner, bare

    @property
    def name(self) -> str:
        return f"'{self.owner.name}'!{self.bare}" if self.owner else self.bare

    @property
    def refers_to(self) -> str:
        content = str(_named_ranges(self.book, self.owner).getByName(self.bare).Content)
        sheet, _, cell = content.rpartition(".")
        return f"={sheet.lstrip('$')}!{cell}"

    def delete(self) -> None:
        _named_ranges(self.book, self.owner).removeByName(self.bare)


def _named_ranges(book: Book, owner: Sheet | None) -> Any:
    return owner.uno.NamedRanges if owner else book.doc.NamedRanges


def _box(address: str) -> Box:
    if address.replace(":", "").isdigit():  # whole rows
        first, last = (int(number) - 1 for number in address.split(":"))
        return Box(first, 0, last, 1023)
    start, end = utils.a1_to_tuples(address.replace("$", ""))
    end = end or start
    return Box(start[0] - 1, start[1] - 1, end[0] - 1, end[1] - 1)


def _value(name: str, content: Any) -> Any:
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, content
    return made


engine = Engine()


def register(desktop: Any) -> xlwings.App:
    """Make LibreOffice the program that xlwings speaks to."""
    if NAME not in [each.name for each in xlwings.engines]:
        xlwings.engines.add(xlwings.Engine(impl=engine))
    xlwings.engines[NAME].activate()
    return xlwings.App(impl=engine.apps.attach(desktop))
