from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.writeback import graft, inspect, open_target, save


def test_a_workbook_is_described(team: Path, author: Any) -> None:
    save(graft(open_target(team), author(["a"], table="Own"), {"a": "a"}), backup=False)
    found = inspect(team)
    assert [(s.name, s.owned, s.charts, s.tables) for s in found.sheets] == [
        ("线索跟踪表", None, 0, ("Leads",)),
        ("Notes", None, 1, ()),
        ("a", "a", 1, ("Own",)),
    ]
    extended = ("extended_formatting", "sparklines")  # data bars and sparklines of the owned sheet
    assert found.features == ("charts", "comments", *extended, "tables")
    assert found.lost_by_others == extended
    assert (found.charts, found.pivot_tables, found.macros) == (2, 0, False)
    assert found.refused is None
    assert found.problems == ()
    assert found.producer == "Microsoft Excel 12.0000"
    assert json.loads(json.dumps(found.as_dict()))["sheets"][2]["owned"] == "a"


def test_a_copy_and_a_problem_are_told(team: Path, author: Any, tamper: Any) -> None:
    save(graft(open_target(team), author(["a"]), {"a": "a"}), backup=False)

    def point_elsewhere(data: bytes) -> bytes:
        whole = b'<definedName name="_xlt_a" hidden="1">\'a\'!$A$1'
        return data.replace(whole, whole.replace(b"'a'!$A$1", b"#REF!$A$1"))

    tamper(team, {"xl/workbook.xml": point_elsewhere, "xl/lost.xml": b"<l/>"})
    found = inspect(team)
    assert [(s.owned, s.copy) for s in found.sheets] == [(None, False), (None, False), (None, True)]
    assert found.problems == ("xl/lost.xml: nothing refers to it",)


def test_why_it_cannot_be_written_to_is_told(team: Path) -> None:
    team.with_name("~$team.xlsx").write_bytes(b"x")
    assert inspect(team).refused is Reason.OPEN_ELSEWHERE


def test_what_is_no_workbook_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook):
        inspect(tmp_path / "none.xlsx")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("asposecellsfor__sampleRenderingSlicer.xlsx", "slicers"),
        ("asposecellsfor__sampleReadAndManipulateExcel2016Charts.xlsx", "new_charts"),
        ("testfiles__threaded_comments_none.xlsx", "threaded_comments"),
        ("closedxml__AllShapes.xlsx", "smart_art"),
        ("calamine__pivots.xlsx", "connections"),
        ("ironcalc__crossword.xlsx", "extended_formatting"),
        ("phpspreadsheet__form_pass_print.xlsm", "form_controls"),
        ("xlwings__database.xlsm", "activex"),
        ("xlsxwriter__embed_image01.xlsx", "rich_data"),
    ],
)
def test_what_others_lose_is_named(corpus: Path, name: str, feature: str) -> None:
    assert feature in inspect(corpus / name).lost_by_others
