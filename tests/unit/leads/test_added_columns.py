"""What is known of columns that a team's sheets lack."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from xltrack.leads.added_columns import _day_in, added_columns, month_of, usual_prefix
from xltrack.template import load_template

TEMPLATE = load_template()


def frame(rows: list[tuple[str, int, str | None, str | None]]) -> pd.DataFrame:
    columns = pd.DataFrame(rows, columns=["sheet", "row", "lead_id", "acquired_on"])
    columns["acquired_on"] = pd.to_datetime(columns["acquired_on"])
    return columns


def test_numbers_go_on_over_sheets_and_skip_what_is_taken() -> None:
    rows = frame(
        [
            ("a", 2, None, "2024-05-03"),
            ("a", 3, None, "2024-06-01"),
            ("b", 2, None, "2024-05-09"),
            ("c", 2, "KH202405002", "2024-05-09"),
        ]
    )
    wanted = {"a": ("lead_id",), "b": ("lead_id",)}
    made = added_columns(rows, wanted, {"a": 4, "b": 9}, "KH", TEMPLATE)
    assert [(a.sheet, a.column, dict(a.values), a.empty) for a in made] == [
        ("a", 5, {2: "KH202405001", 3: "KH202406001"}, 0),
        ("b", 10, {2: "KH202405003"}, 0),
    ]


def test_without_a_month_nothing_is_made_up() -> None:
    (made,) = added_columns(
        frame([("台账", 2, None, None)]), {"台账": ("lead_id",)}, {"台账": 1}, "LX", TEMPLATE
    )
    assert (dict(made.values), made.empty) == ({}, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("XS20240510-003", dt.date(2024, 5, 10)),
        ("XS20240510003", dt.date(2024, 5, 10)),
        ("LX202405001", None),
        ("LX202405121", None),  # number 121 of May
        ("LX2024051201", None),
        ("XS20240230-001", None),
        ("20240510", None),
    ],
)
def test_a_day_is_read_only_where_nothing_else_can_be_meant(text: str, day: dt.date | None) -> None:
    assert _day_in(text) == day


@pytest.mark.parametrize(
    ("name", "month"),
    [("2024年12月", "202412"), ("2024-1", "202401"), ("3月", ""), ("张伟", ""), ("12024051", "")],
)
def test_the_month_in_the_name_of_a_sheet(name: str, month: str) -> None:
    assert month_of(name) == month


def test_the_usual_start_of_ids() -> None:
    assert usual_prefix(["A-202405001", "A-202405002", "B202405001"], TEMPLATE) == "A-"
    assert usual_prefix(["x1", "x2", "A-202405001"], TEMPLATE) is None
    assert usual_prefix([], TEMPLATE) is None
