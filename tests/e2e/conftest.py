"""LibreOffice as the second program: one hidden process, driven over UNO."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import html

# the distribution's own Python holds the UNO bridge; it is appended so that the environment's
# packages win over the distribution's
_DISTRIBUTION = Path("/usr/lib/python3/dist-packages")


class Office:
    """A LibreOffice process on a pipe and profile of its own."""

    def __init__(self, folder: Path) -> None:
        if str(_DISTRIBUTION) not in sys.path:
            sys.path.append(str(_DISTRIBUTION))
        import uno

        self._uno = uno
        self.folder = folder
        pipe = f"xltrack_{folder.name.replace('-', '_')}_{id(self)}"
        self._process = subprocess.Popen(
            [
                "soffice",
                "--headless",
                "--invisible",
                "--norestore",
                "--nologo",
                "--nodefault",
                "--nofirststartwizard",
                f"-env:UserInstallation=file://{folder}/profile",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._desktop = self._connect(pipe)

    def _connect(self, pipe: str) -> Any:
        local = self._uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
        for _ in range(600):
            try:
                context = resolver.resolve(address)
            except Exception:  # noqa: BLE001 (UNO's own class, known only once it is imported)
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
                continue
            return context.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", context
            )
        message = "LibreOffice did not come up"
        raise RuntimeError(message)

    def stop(self) -> None:
        """Ends this process."""
        self._desktop.terminate()
        self._process.wait(30)

    def open(self, content: bytes, name: str = "workbook.xlsx") -> Document:
        """Opens a workbook and calculates all of it."""
        path = self.folder / name
        path.write_bytes(content)
        url = self._uno.systemPathToFileUrl(str(path))
        document = self._desktop.loadComponentFromURL(
            url, "_blank", 0, (self.option("Hidden", True),)
        )
        document.calculateAll()
        return Document(self, document)

    def option(self, name: str, value: object) -> Any:
        """A named argument as UNO takes it."""
        from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found,unused-ignore]

        entry = PropertyValue()
        entry.Name, entry.Value = name, value
        return entry


@dataclass(frozen=True)
class Shown:
    """A cell as the program shows it, conditional formats applied."""

    text: str
    fill: str | None
    colour: str | None
    bold: bool
    italic: bool
    underline: bool
    strike: bool


class Document:
    """An open workbook."""

    def __init__(self, office: Office, document: Any) -> None:
        self.office = office
        self.uno = document

    def sheet(self, name: str) -> Any:
        """A sheet by name."""
        return self.uno.Sheets.getByName(name)

    def cell(self, sheet: str, address: str) -> Any:
        """A cell by address."""
        return self.sheet(sheet).getCellRangeByName(address)

    def value(self, sheet: str, address: str) -> object:
        """What a cell holds: number, text, or the error's number as text."""
        cell = self.cell(sheet, address)
        if cell.getError():
            return f"error {cell.getError()}"
        if cell.Type.value == "EMPTY":
            return None
        if cell.Type.value == "TEXT":
            return cell.String
        if cell.Type.value == "FORMULA" and cell.FormulaResultType2 == 2:  # a text
            return cell.String
        return cell.Value

    def evaluate(self, formula: str) -> list[object]:
        """Values of an array formula, entered on a sheet of its own."""
        scratch = "scratch"
        if not self.uno.Sheets.hasByName(scratch):
            self.uno.Sheets.insertNewByName(scratch, self.uno.Sheets.Count)
        area = self.sheet(scratch).getCellRangeByName("A1:A600")
        area.setArrayFormula(formula)
        found = [row[0] for row in area.getDataArray()]
        area.setArrayFormula("")
        return [value for value in found if value not in ("", None)]

    def shown(self, sheet_number: int) -> list[list[Shown]]:
        """The rows of a sheet as they look, by way of the program's export to HTML."""
        path = self.office.folder / "shown.html"
        self.uno.storeToURL(path.as_uri(), (self.office.option("FilterName", "HTML (StarCalc)"),))
        tables = html.parse(path, html.HTMLParser(encoding="utf-8")).getroot().findall(".//table")
        return [
            [_shown(cell) for cell in row.findall("td")] for row in tables[sheet_number].iter("tr")
        ]

    def close(self) -> None:
        """Closes without saving."""
        self.uno.close(True)


def _shown(cell: Any) -> Shown:
    for note in cell.findall(".//comment"):
        note.drop_tree()
    fonts = [font.get("color") for font in cell.iter("font") if font.get("color")]
    return Shown(
        text=cell.text_content().strip(),
        fill=_hex(cell.get("bgcolor")),
        colour=_hex(fonts[-1] if fonts else None),
        bold=cell.find(".//b") is not None,
        italic=cell.find(".//i") is not None,
        underline=cell.find(".//u") is not None,
        strike=cell.find(".//s") is not None or cell.find(".//strike") is not None,
    )


def _hex(colour: str | None) -> str | None:
    return colour.lstrip("#").upper() if colour else None


@pytest.fixture(scope="session")
def office(
    tmp_path_factory: pytest.TempPathFactory, require: Callable[[object, str], None]
) -> Iterator[Office]:
    """LibreOffice, started once; skips where it or its Python bridge is not installed."""
    require(shutil.which("soffice"), "LibreOffice is not installed")
    require((_DISTRIBUTION / "uno.py").is_file(), "python3-uno is not installed")
    program = Office(tmp_path_factory.mktemp("office"))
    yield program
    program.stop()


Opened = Callable[[bytes], Document]


@pytest.fixture
def opened(office: Office) -> Iterator[Opened]:
    """Opens workbooks and closes them after the test."""
    documents: list[Document] = []

    def open_(content: bytes) -> Document:
        documents.append(office.open(content, f"workbook{len(documents)}.xlsx"))
        return documents[-1]

    yield open_
    for document in documents:
        document.close()
