"""LibreOffice behind xlwings: one hidden process for all tests of open workbooks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings

from tests.e2e.conftest import Office

Open = Callable[[Path], xlwings.Book]


@pytest.fixture(scope="session")
def office(require: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    require(shutil.which("soffice"), "LibreOffice is not installed")
    require(Path("/usr/lib/python3/dist-packages/uno.py").is_file(), "no UNO bridge for Python")
    running = Office(tmp_path_factory.mktemp("live"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def app(office: Office) -> xlwings.App:
    from tests.live.engine import register

    return register(office._desktop)


@pytest.fixture
def opened(app: xlwings.App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens a workbook as the one whose button will be pressed; the log goes to ``tmp_path``."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    books: list[xlwings.Book] = []

    def open_(path: Path) -> xlwings.Book:
        book = app.books.open(path)
        books.append(book)
        book.set_mock_caller()
        app.impl.told.clear()
        return book

    yield open_
    for book in books:
        book.close()
    app.impl.filters.clear()
    if books:
        del xlwings.Book._mock_caller  # type: ignore[attr-defined]
