"""A refresh of an open workbook, against that of the same workbook as a file."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import xlwings
from typer.testing import CliRunner

import xltrack
import xltrack.live
from tests.live.conftest import Open
from xltrack.cli.app import app as app_of_commands
from xltrack.template import load_labels

pytestmark = pytest.mark.office

LEADS = 2000 if os.environ.get("XLTRACK_FULL") else 250
NAMES = {key: text.zh for key, text in load_labels().sheets.items()}
DRAWN = ("overview", "follow_ups", "conversion", "channels", "actions", "checks")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return xltrack.demo(tmp_path_factory.mktemp("demo") / "leads.xlsx", leads=LEADS)


@pytest.fixture
def workbook(demo: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo, tmp_path / "leads.xlsx"))


def press(book: xlwings.Book) -> None:
    """Press the button of a workbook and see that it did its work."""
    xltrack.live.refresh()
    told = [sheet.range("A1:A3").value for sheet in book.sheets if sheet.name == "运行消息"]
    assert told == []


def cell(sheet: xlwings.Sheet, text: str) -> tuple[int, int]:
    """Row and column of the first cell with that text."""
    rows = sheet.used_range.options(ndim=2).value
    return next(
        (i + sheet.used_range.row, j + sheet.used_range.column)
        for i, row in enumerate(rows)
        for j, value in enumerate(row)
        if value == text
    )


def test_it_shows_what_the_file_shows(opened: Open, workbook: Path, tmp_path: Path) -> None:
    from tests.live.seen import charts, seen

    book = opened(workbook)
    press(book)
    live = {key: (seen(book.sheets[NAMES[key]]), charts(book.sheets[NAMES[key]])) for key in DRAWN}
    journal = seen(book.sheets[NAMES["journal"]])
    assert not book.sheets[NAMES["journal"]].visible
    book.close()
    filed = tmp_path / "filed" / "leads.xlsx"
    filed.parent.mkdir()
    shutil.copy(workbook, filed)
    xltrack.refresh(filed)
    other = opened(filed)
    for key in DRAWN:
        cells, drawn = live[key]
        expected = seen(other.sheets[NAMES[key]])
        assert len(expected) > 10
        assert cells == expected
        there = charts(other.sheets[NAMES[key]])
        assert drawn.keys() == there.keys()
        assert [each[:2] for each in drawn.values()] == [each[:2] for each in there.values()]
    kept = seen(other.sheets[NAMES["journal"]])
    assert {place: value[0] for place, value in journal.items()} == {
        place: value[0] for place, value in kept.items()
    }


def test_a_second_one_changes_nothing(opened: Open, workbook: Path) -> None:
    from tests.live.seen import charts, seen

    book = opened(workbook)
    press(book)
    before = [(seen(sheet), charts(sheet), sheet.name) for sheet in book.sheets]
    heights = [book.sheets[NAMES["overview"]].range((row, 1)).row_height for row in range(1, 60)]
    press(book)
    assert [(seen(sheet), charts(sheet), sheet.name) for sheet in book.sheets] == before
    again = [book.sheets[NAMES["overview"]].range((row, 1)).row_height for row in range(1, 60)]
    assert again == heights
    assert len([name for name in book.names if "_xlt_overview" in name.name]) == 2


def test_the_sheets_of_the_team_stay_as_they_are(opened: Open, workbook: Path) -> None:
    from tests.live.seen import charts, seen

    book = opened(workbook)
    team = [sheet.name for sheet in book.sheets]
    before = [(seen(book.sheets[name]), charts(book.sheets[name])) for name in team]
    press(book)
    assert [sheet.name for sheet in book.sheets][: len(team)] == team
    assert [(seen(book.sheets[name]), charts(book.sheets[name])) for name in team] == before


def test_selection_and_states_of_the_program_are_put_back(opened: Open, workbook: Path) -> None:
    book = opened(workbook)
    leads = book.sheets[0]
    leads.activate()
    leads.range("C5:D7").select()
    book.app.calculation = "automatic"
    book.app.impl.told.clear()
    press(book)
    assert (book.sheets.active.name, str(book.selection and book.selection.address)) == (
        leads.name,
        "$C$5:$D$7",
    )
    told = [name_value for name_value in book.app.impl.told if name_value[0] != "status_bar"]
    assert told[:4] == [
        ("screen_updating", False),
        ("enable_events", False),
        ("display_alerts", False),
        ("calculation", "manual"),
    ]
    assert dict(told) == {
        "screen_updating": True,
        "enable_events": True,
        "display_alerts": True,
        "calculation": "automatic",
    }
    assert f"{xltrack.read(workbook).leads.shape[0]:,} 条线索" in str(book.app.status_bar)


def test_what_is_not_saved_yet_counts(opened: Open, workbook: Path) -> None:
    book = opened(workbook)
    first = xltrack.live.refresh_open("leads")
    leads = book.sheets[0]
    last = leads.used_range.last_cell
    rows = leads.range((1, 1), (last.row, last.column)).options(ndim=2).value
    header = next(number for number, row in enumerate(rows) if "客户名称" in row)
    filled = max(number for number, row in enumerate(rows) if row[rows[header].index("客户名称")])
    new = [None if isinstance(value, float) else value for value in rows[filled]]
    new[rows[header].index("线索编号")] = "NEW-0001"
    new[rows[header].index("客户名称")] = "新客户"
    leads.range((filled + 2, 1)).value = [new]
    assert xltrack.live.refresh_open().leads == first.leads + 1
    assert workbook.read_bytes()  # the file itself was not written
    assert xltrack.read(workbook).leads.shape[0] == first.leads


def test_the_plan_keeps_what_the_team_typed(opened: Open, workbook: Path) -> None:
    book = opened(workbook)
    press(book)
    plan = book.sheets[NAMES["actions"]]
    row, measure = cell(plan, "改进措施")
    deadline = cell(plan, "完成期限")[1]
    plan.range((row + 1, measure)).value = "每周五下午复盘"
    plan.range((row + 1, deadline)).value = dt.datetime(2031, 5, 6)
    press(book)
    typed = [plan.range((row + 1, column)).value for column in (measure, deadline)]
    assert typed == ["每周五下午复盘", dt.datetime(2031, 5, 6)]
    assert plan.range((row + 1, deadline)).number_format.lower() == "yyyy-mm-dd"
    status = cell(plan, "状态")[1]
    assert plan.range((row + 1, status)).data_validation.type == "list"


def test_a_worklist_stays_filtered_as_it_was(opened: Open, workbook: Path) -> None:
    book = opened(workbook)
    press(book)
    sheet = book.sheets[NAMES["follow_ups"]]
    box = book.app.impl.filters[book.name, sheet.name][0]
    cells = sheet.range((box.top + 1, 1), (box.bottom + 1, box.right + 1))
    assert sheet.range((box.top + 1, 1)).value == "线索编号"
    owner = str(sheet.range((box.top + 2, 3)).value)
    cells.autofilter.apply_values(3, [owner])
    press(book)
    assert cells.autofilter.criteria[2].values == [owner]
    first = sheet.range((box.top + 2, 1))
    assert str(first.formula).startswith("=HYPERLINK(")
    assert first.value == seen_id(book)


def seen_id(book: xlwings.Book) -> str:
    """The first id on the worklist, as the analysis itself gives it."""
    table = xltrack.analyze(book.fullname, tables=["follow_ups"])["follow_ups"]
    return str(table["lead_id"].iloc[0])


def test_sheets_of_a_file_are_brought_up_to_date_where_they_are(
    opened: Open, workbook: Path
) -> None:
    xltrack.refresh(workbook)
    book = opened(workbook)
    sheet = book.sheets[NAMES["overview"]]
    names = [each.name for each in book.sheets]
    moved = next(iter(sheet.charts))
    moved.impl._move("X", 300)
    sheet.name = "我的总览"
    count = len(sheet.charts)
    press(book)
    assert [each.name for each in book.sheets] == [
        "我的总览" if name == NAMES["overview"] else name for name in names
    ]
    assert len(sheet.charts) == count
    assert round(next(iter(sheet.charts)).left) == 300


def test_a_copied_sheet_is_neither_drawn_on_nor_read(opened: Open, workbook: Path) -> None:
    book = opened(workbook)
    press(book)
    book.impl.doc.Sheets.copyByName(NAMES["overview"], "副本", 0)
    book.sheets["副本"].range("A1").value = "meins"
    leads = xltrack.live.refresh_open().leads
    assert book.sheets["副本"].range("A1").value == "meins"
    assert leads == xltrack.read(workbook).leads.shape[0]


def test_formulas_of_the_team_keep_pointing_where_they_did(opened: Open, workbook: Path) -> None:
    xltrack.refresh(workbook)
    book = opened(workbook)
    overview = book.sheets[NAMES["overview"]]
    row, column = cell(overview, "阶段漏斗")
    course = cell(overview, NAMES["overview"])[0]
    notes = book.sheets.add("备注", after=book.sheets[0])
    place = f"$'{overview.name}'.{overview.range((row, column)).get_address(False, False)}"
    notes.impl.uno.getCellRangeByName("A1").setFormula(f"={place}")
    assert notes.range("A1").value == "阶段漏斗"
    assert course == 1
    press(book)
    assert notes.range("A1").value == "阶段漏斗"


def courses(path: Path, name: str) -> int:
    """How many small charts within cells a sheet of a saved workbook has."""
    with zipfile.ZipFile(path) as archive:
        listed = archive.read("xl/workbook.xml").decode()
        sheets = re.findall(r'<sheet name="([^"]+)"', listed)
        part = f"xl/worksheets/sheet{sheets.index(name) + 1}.xml"
        return archive.read(part).decode().count("sparkline>")


def test_small_charts_that_could_not_follow_their_table_are_taken_out(
    opened: Open, workbook: Path, tmp_path: Path
) -> None:
    xltrack.refresh(workbook)
    book = opened(workbook)
    before, after = tmp_path / "before.xlsx", tmp_path / "after.xlsx"
    book.save(before)
    press(book)
    book.save(after)
    assert courses(before, NAMES["overview"]) > 0
    assert courses(after, NAMES["overview"]) == 0


def test_the_command_refreshes_what_is_open(opened: Open, workbook: Path) -> None:
    book = opened(workbook)
    result = CliRunner().invoke(app_of_commands, ["refresh", "--open", "leads", "--lang", "zh"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("已刷新 Excel 中的 leads.xlsx")
    assert "尚未保存" in result.output
    assert NAMES["overview"] in [sheet.name for sheet in book.sheets]
