"""What a run tells: the status bar, and after a failure a message in a cell and a log file.

The log names what failed and where in the program, never what stands in a cell.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.errors import PackageError, Refused, UnreadableWorkbook, UsageError, XltrackError
from xltrack.live.owned import OwnedSheets
from xltrack.template.explaining import explained
from xltrack.template.live_texts import load_live_texts
from xltrack.text import Lang, system_language

if TYPE_CHECKING:
    from xlwings import Book

MESSAGE = "message"
"""The ownership key of the sheet whose cell A1 tells of a failure."""

_LONGEST_LOG = 200_000  # bytes; a longer log begins anew
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MOST_STATUS = 250  # characters


def language_of(book: Book) -> Lang:
    """The language of a workbook by the names of its sheets, else that of the system."""
    if any(_HAN.search(sheet.name) for sheet in book.sheets):
        return "zh"
    return system_language()


def tell(book: Book, status: str, lang: Lang, **values: object) -> str:
    """Show a declared sentence in the status bar; returns it."""
    now = f"{dt.datetime.now():%H:%M}"
    text = load_live_texts().status[status].of(lang).format(time=now, **values)
    book.app.status_bar = text[:_MOST_STATUS]
    return text


def tell_failure(book: Book, error: Exception) -> None:
    """Put one clear message about an error into A1 of a sheet of its own, and write the log.

    Where even that cannot be done, as in a workbook whose structure is protected, a box of the
    program says it.
    """
    texts, lang = load_live_texts(), language_of(book)
    log = write_log(error)
    text = _sentence(error, lang)
    try:
        owned = OwnedSheets(book)
        name = owned.name_for(MESSAGE, texts.sheet.of(lang))
        sheet = owned.find(MESSAGE) or owned.add(MESSAGE, name)
        when = texts.failure["when"].of(lang).format(time=f"{dt.datetime.now():%Y-%m-%d %H:%M}")
        where = texts.failure["log" if log else "no_log"].of(lang).format(path=log)
        sheet.clear()
        sheet.range("A1:A3").value = [[f"'{text}"], [f"'{when}"], [f"'{where}"]]
        sheet.range("A1").font.bold = True
        sheet.range("A1").font.size = 14
        sheet.range("A1:A3").wrap_text = True
        sheet.range("A1").column_width = 90
        sheet.activate()
        tell(book, "failed", lang, sheet=name)
    except Exception as second:  # noqa: BLE001  # whatever the program refuses, the box says it
        write_log(second)
        book.app.alert(text, title="xltrack", mode="critical")


def _sentence(error: Exception, lang: Lang) -> str:
    if isinstance(error, XltrackError):
        return explained(error, lang)
    return load_live_texts().failure["unexpected"].of(lang).format(kind=type(error).__name__)


def write_log(error: BaseException) -> Path | None:
    """Add what failed to the log file of this user; None where it cannot be written."""
    path = log_file()
    lines = [
        f"{dt.datetime.now():%Y-%m-%d %H:%M:%S} xltrack {version('xltrack')}, "
        f"Python {platform.python_version()}, {platform.platform()}",
        *_lines(error),
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = "w" if path.is_file() and path.stat().st_size > _LONGEST_LOG else "a"
        with path.open(mode, encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n\n")
    except OSError:
        return None
    return path


def log_file() -> Path:
    """Where the log of this user is, by the custom of the system."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home) / "xltrack" / "xltrack.log"
    if sys.platform == "darwin":
        return home / "Library" / "Logs" / "xltrack.log"
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else home / ".local" / "state") / "xltrack" / "xltrack.log"


def _lines(error: BaseException) -> list[str]:
    """Kinds of errors and places in the program; messages may quote cells and are left out."""
    lines = [_kind(error)]
    for frame in traceback.extract_tb(error.__traceback__):
        place = Path(frame.filename)
        lines.append(f"  {place.parent.name}/{place.name}:{frame.lineno} {frame.name}")
    cause = error.__cause__ or error.__context__
    return [*lines, "because of", *_lines(cause)] if cause is not None else lines


def _kind(error: BaseException) -> str:
    if isinstance(error, UnreadableWorkbook | Refused):
        return f"{type(error).__name__} {error.reason.value}"
    if isinstance(error, UsageError):
        return f"{type(error).__name__} {error.reason}"
    if isinstance(error, PackageError):
        return f"{type(error).__name__} {error.part}"
    return type(error).__name__
