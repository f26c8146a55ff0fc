"""Thirty layouts of workbooks that teams use are understood, and not a cell of them changes."""

from __future__ import annotations

import datetime as dt
import os
import re
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

import xltrack
from tests.golden.adopt_layouts import LAYOUTS, WORDS, Written, write_layout

AS_OF = dt.date(2024, 9, 30)
LATER = list(LAYOUTS)[:: 1 if os.environ.get("XLTRACK_FULL") else 5]
"""The layouts that every later command is tried on: these take their time."""
_CELLS = re.compile(rb"<sheetData.*</sheetData>", re.DOTALL)


def cells_of(path: Path) -> dict[str, bytes]:
    """The cells of each worksheet part, as bytes."""
    with zipfile.ZipFile(path) as archive:
        return {
            name: _CELLS.search(archive.read(name))[0]  # type: ignore[index]
            for name in archive.namelist()
            if name.startswith("xl/worksheets/sheet")
        }


@pytest.fixture(params=list(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def written(layout: str, tmp_path: Path) -> Written:
    seed = list(LAYOUTS).index(layout)
    return write_layout(LAYOUTS[layout], tmp_path / "team.xlsx", seed)


def test_thirty_layouts_are_tried() -> None:
    assert len(LAYOUTS) == 30


def test_every_header_is_understood(layout: str, written: Written) -> None:
    found = xltrack.adopt(written.path, dry_run=True)
    assert {c.header: c.field for c in found.columns} == LAYOUTS[layout].meanings
    assert {s.sheet: s.header_row for s in found.sheets} == written.rows
    kinds = dict(WORDS[LAYOUTS[layout].words])
    used = {lead["stage"] for lead in written.all}
    assert {name: kind for name, kind in found.stages if name in used} == {
        word: kinds[word] for word in used
    }


def test_no_cell_and_no_other_part_changes(written: Written, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    xltrack.adopt(written.path, output=out, yes=True)
    before, after = cells_of(written.path), cells_of(out)
    assert before
    assert {name: after[name] for name in before} == before
    with zipfile.ZipFile(written.path) as old, zipfile.ZipFile(out) as new:
        changed = {
            n for n in old.namelist() if n not in new.namelist() or old.read(n) != new.read(n)
        }
    assert changed <= {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "docProps/app.xml",
        *before,
    }


def test_the_leads_and_the_figures_are_those_that_were_written(
    written: Written, tmp_path: Path
) -> None:
    out = tmp_path / "out.xlsx"
    xltrack.adopt(written.path, output=out, yes=True)
    book, leads = xltrack.read(out), written.all
    places = zip(book.leads["sheet"], book.leads["row"], strict=True)
    wanted = {(sheet, lead["row"]) for sheet, some in written.leads.items() for lead in some}
    assert set(places) == wanted
    for field in ("customer", "owner", "stage"):
        assert Counter(book.leads[field]) == Counter(lead[field] for lead in leads)
    values = xltrack.analyze(out, as_of=AS_OF)["overview"].set_index("metric")["value"]
    kinds = Counter(lead["kind"] for lead in leads)
    assert values["leads"] == len(leads)
    assert (values["won"], values["lost"]) == (kinds["won"], kinds["lost"])
    assert values["open"] == kinds["open"] + kinds["paused"]
    assert values["revenue"] == sum(x["amount"] for x in leads if x["kind"] == "won")


@pytest.mark.parametrize("layout", LATER, indirect=True)
def test_later_commands_work_on_the_result(written: Written, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    xltrack.adopt(written.path, output=out, yes=True, add="lead_id,acquired_on,priority")
    found = xltrack.check(out, as_of=AS_OF)
    assert not {f.code for w in found.workbooks for f in w.findings} & {"F001", "F002", "V111"}
    refreshed = tmp_path / "refreshed.xlsx"
    xltrack.refresh(out, as_of=AS_OF, output=refreshed)
    assert len(openpyxl.load_workbook(refreshed).sheetnames) > len(written.rows) + 1
    fixed = xltrack.fix(refreshed, as_of=AS_OF, output=tmp_path / "fixed.xlsx")
    assert fixed.restored == ()
