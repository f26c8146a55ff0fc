"""Whatever the team's workbook is and whatever is grafted, in whatever order: the promise holds."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xltrack.opc import open_package
from xltrack.sheetml import lint, ownership
from xltrack.writeback import Receipt, clean, graft, open_target, save

EXAMPLES = 500 if os.environ.get("XLTRACK_FULL") else 25
KEYS = ("overview", "channels", "journal")
SHARED = frozenset(
    {
        *("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
        *("xl/styles.xml", "docProps/app.xml"),
    }
)
ALPHABET = "ab <>&'\"=+-@_x0!{}#%;:,.\n总览表é😀"
text = st.text(ALPHABET, min_size=1, max_size=12)
sheet_names = st.text("ab '&<>()总览!é😀", min_size=1, max_size=15).filter(
    lambda name: not name.startswith("'") and not name.endswith("'") and name.strip() == name
)
colors = st.sampled_from(["#112233", "#445566", "#778899"])
formats = st.fixed_dictionaries(
    {},
    optional={
        "bold": st.booleans(),
        "num_format": st.sampled_from(["0.0%", "0.00", "@", '0"条"']),
        "bg_color": colors,
        "border": st.integers(1, 3),
        "font_name": st.sampled_from(["Calibri", "宋体"]),
        "align": st.sampled_from(["left", "center"]),
    },
)
cells = st.lists(
    st.tuples(st.one_of(text, st.integers(-1000, 1000), st.booleans()), formats), max_size=6
)


@dataclass(frozen=True)
class Authored:
    """What a scratch sheet holds."""

    cells: list[Any]
    chart: bool
    table: bool
    hidden: bool


authored = st.builds(Authored, cells, st.booleans(), st.booleans(), st.booleans())
grafts = st.tuples(
    st.dictionaries(st.sampled_from(KEYS), authored, min_size=1), st.sets(st.sampled_from(KEYS))
)
steps = st.lists(st.one_of(grafts, st.just("clean")), min_size=1, max_size=4)
teams = st.lists(
    st.tuples(sheet_names, cells, st.booleans()),
    min_size=1,
    max_size=4,
    unique_by=lambda sheet: sheet[0].casefold(),
)


def write_sheets(book: Any, sheets: dict[str, Authored], tables: dict[str, str]) -> None:
    for number, (name, content) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for row, (value, form) in enumerate(content.cells):
            write = sheet.write_string if isinstance(value, str) else sheet.write
            write(row, 0, value, book.add_format(form))
        if content.chart:
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": [name, 0, 0, 3, 0]})
            sheet.insert_chart("E2", chart)
        if content.table:
            sheet.add_table(0, 2, 2, 3, {"name": tables[name]})
        if content.hidden and number:
            sheet.hide()
        sheet.repeat_rows(0)


def team_workbook(path: Path, team: list[Any]) -> None:
    book = xlsxwriter.Workbook(path)
    sheets = {name: Authored(content, False, rich, False) for name, content, rich in team}
    tables = {name: f"Team{number}" for number, name in enumerate(sheets)}
    write_sheets(book, sheets, tables)
    book.define_name("Rate", "=0.5")
    book.close()


def stored(path: Path) -> dict[str, bytes]:
    found = {}
    with zipfile.ZipFile(path) as archive:
        data = path.read_bytes()
        for info in archive.infolist():
            name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            start = info.header_offset + 30 + name + extra
            found[info.filename] = data[start : start + info.compress_size]
    return found


def take(path: Path, step: Any) -> Receipt:
    """Do one step: clean, or graft some sheets and drop others."""
    target = open_target(path)
    if step == "clean":
        return save(clean(target), backup=False)
    contents, drop = step
    names = {key: target.sheet_name(key, f"总览{key}"[:9]) for key in contents}
    tables = {name: target.table_name(f"Own_{key}") for key, name in names.items()}
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    write_sheets(book, {names[key]: content for key, content in contents.items()}, tables)
    book.close()
    keys = {name: key for key, name in names.items()}
    return save(graft(target, out.getvalue(), keys, drop=drop), backup=False)


def values(path: Path) -> dict[str, list[Any]]:
    book = openpyxl.load_workbook(path)
    return {sheet.title: [row[0] for row in sheet.values] for sheet in book.worksheets}


@given(team=teams, sequence=steps)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_promise_holds_for_any_team_and_any_sequence(team: list[Any], sequence: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "team.xlsx"
        team_workbook(path, team)
        original, before = stored(path), values(path)
        owned: dict[str, Authored] = {}
        for step in sequence:
            take(path, step)
            if step == "clean":
                owned = {}
            else:
                owned = {key: c for key, c in owned.items() if key not in step[1]} | step[0]
            now = stored(path)
            assert {n: now[n] for n in original if n not in SHARED} == {
                n: data for n, data in original.items() if n not in SHARED
            }
            package = open_package(path)
            found = ownership(package).owned
            assert found.keys() == owned.keys()
            assert lint(package, list(found.values())) == []
            whole, bytes_now = values(path), path.read_bytes()
            assert {name: whole[name] for name in before} == before
            assert len(whole) == len(before) + len(owned)
            for key, content in owned.items():
                written = [value for value, _ in content.cells]
                assert whole[found[key]][: len(written)] == written
            assert not take(path, step).changed
            assert path.read_bytes() == bytes_now
