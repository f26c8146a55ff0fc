"""Coverage-guided fuzzing of the readers of sheets and of values, for a fixed budget.

    python tests/bench/fuzz_readers.py [-max_total_time=60]

Needs atheris, which is an extra of its own (``pip install -e '.[fuzz]'``): it has no wheels for
every system. The first byte of an input says what the rest is: the XML of a lead sheet or of its
shared strings in an otherwise good workbook, the whole file, or texts for the parsers of dates,
amounts, follow-ups and headers. Reading ends in a book or in an UnreadableWorkbook; the parsers
raise nothing. ``tests/hostile/fuzz_packages.py`` does the same for the package layer.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

with atheris.instrument_imports(include=["xltrack"]):
    import xlsxwriter

    from xltrack.errors import UnreadableWorkbook
    from xltrack.leads.amounts import AmountUnits
    from xltrack.leads.dates import leading_day, needs_year, parse_moment
    from xltrack.leads.extent import NotASheet, scan_sheet
    from xltrack.leads.follow_up import last_contact
    from xltrack.leads.header import find_header
    from xltrack.leads.named import Named
    from xltrack.leads.together import read_together
    from xltrack.template import load_template

TEMPLATE = load_template()
PLACE = Path(tempfile.mkdtemp()) / "fuzz.xlsx"
UNITS = AmountUnits(TEMPLATE.amount.units, "万")
ROWS = [
    ["线索编号", "客户名称", "跟进阶段", "负责人", "获取时间", "成交金额(万)", "跟进记录(最新)"],
    ["LX202405001", "甲公司", "初识", "张三", "5月10日", "8-10万", "2024-05-10:电话"],
]


def workbook() -> dict[str, bytes]:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("线索跟踪表")
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    book.close()
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PARTS = workbook()
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def read(data: bytes) -> None:
    PLACE.write_bytes(data)
    together = read_together([Named(PLACE, PLACE.name)], template=TEMPLATE)
    for error in together.errors.values():
        assert isinstance(error, UnreadableWorkbook)
    for book in together.books:
        len(book.leads)


def read_with(part: str, content: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (PARTS | {part: content}).items():
            archive.writestr(name, data)
    read(out.getvalue())


def parse(text: str) -> None:
    moment = parse_moment(text, 2024)
    assert moment is None or moment.year < 10_000
    if needs_year(text):
        assert moment is not None
    leading_day(text, 2024)
    UNITS.parse(text)
    import pandas as pd

    last_contact(pd.Series([text, None], dtype="str"), dt.date(2024, 6, 30))
    find_header([text.split(",")], TEMPLATE)


def scan(data: bytes) -> None:
    try:
        scan_sheet(lambda: iter([data[: len(data) // 2], data[len(data) // 2 :]]))
    except NotASheet:
        return


def one(data: bytes) -> None:
    if not data:
        return
    kind, rest = data[0] % 5, data[1:]
    if kind == 0:
        read_with(SHEET, rest)
    elif kind == 1:
        read_with(STRINGS, rest)
    elif kind == 2:
        read(rest)
    elif kind == 3:
        scan(rest)
    else:
        parse(rest.decode("utf-8", "replace"))


def seeds() -> Path:
    folder = Path(tempfile.mkdtemp())
    (folder / "sheet").write_bytes(b"\x00" + PARTS[SHEET])
    (folder / "strings").write_bytes(b"\x01" + PARTS[STRINGS])
    (folder / "scan").write_bytes(b"\x03" + PARTS[SHEET])
    for number, text in enumerate([*ROWS[0], *ROWS[1], "2024年5月10日 14:30", "¥1,200.50"]):
        (folder / f"text{number}").write_bytes(b"\x04" + text.encode())
    return folder


if __name__ == "__main__":
    atheris.Setup([sys.argv[0], str(seeds()), *sys.argv[1:]], one)
    atheris.Fuzz()
