"""8,800 real opportunities against figures that others counted and published."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest

import xltrack

pytestmark = pytest.mark.shared

AS_OF = dt.date(2017, 12, 31)
HEADERS = [
    "线索编号",
    "客户名称",
    "需求描述",
    "跟进阶段",
    "负责人",
    "成交金额(万)",
    "未成交原因",
    "获取时间",
    "结案日期",
]


def write_opportunities(folder: Path, path: Path) -> Path:
    """The opportunities under the documented headers, as another program would write them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "线索跟踪表"
    sheet.append(HEADERS)
    with (folder / "sales_pipeline.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lost = row["deal_stage"] == "Lost"
            sheet.append(
                [
                    row["opportunity_id"],
                    row["account"] or None,
                    row["product"],
                    "Engaging" if lost else row["deal_stage"],
                    row["sales_agent"],
                    float(row["close_value"]) if row["close_value"] else None,
                    "Lost" if lost else None,
                    day(row["engage_date"]),
                    day(row["close_date"]),
                ]
            )
    settings = book.create_sheet("设置")
    for cells in (
        ["阶段", "类型"],
        ["Prospecting", "进行中"],
        ["Engaging", "进行中"],
        ["Won", "成交"],
    ):
        settings.append(cells)
    book.save(path)
    return path


def day(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def opportunities(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_opportunities(shared / "leads", tmp_path_factory.mktemp("real") / "real.xlsx")


@pytest.fixture(scope="module")
def analysis(opportunities: Path) -> xltrack.Analysis:
    return xltrack.analyze(opportunities, as_of=AS_OF)


def test_totals_are_those_of_the_data_set(analysis: xltrack.Analysis) -> None:
    values = analysis["overview"].set_index("metric")["value"]
    assert values[["leads", "won", "lost", "open"]].tolist() == [8800, 4238, 2473, 1589 + 500]
    assert values["revenue"] == 10_005_534
    assert round(values["win_rate"] * 100, 2) == 63.15


def test_agents_are_those_of_the_data_set(analysis: xltrack.Analysis) -> None:
    frame = analysis["owners"].set_index("owner")
    for agent, won, closed in (("Darcel Schlecht", 349, 553), ("Vicki Laflamme", 221, 347)):
        assert frame.loc[agent, "won"] == won
        assert frame.loc[agent, ["won", "lost"]].sum() == closed


def test_quarters_are_those_another_analyst_published(
    analysis: xltrack.Analysis, shared: Path
) -> None:
    with (shared / "leads" / "published_quarterly_pivot__gauravmkh.csv").open(
        encoding="utf-8"
    ) as file:
        published = next(
            row for row in csv.reader(file) if row[0].startswith("Count of") and row[1].isdigit()
        )
    counts = dict(
        zip(("2017-Q4", "2017-Q3", "2017-Q2", "2017-Q1"), map(int, published[1:5]), strict=True)
    )
    frame = analysis["trend_by_quarter"].set_index("period")
    assert {quarter: frame.loc[quarter, "won"] for quarter in counts} == counts
    shares = frame["won"] / (frame["won"] + frame["lost"])
    won_share = {"2017-Q1": 82.07, "2017-Q2": 61.71, "2017-Q3": 61.41, "2017-Q4": 60.25}
    assert {quarter: round(shares[quarter] * 100, 2) for quarter in won_share} == won_share


def test_funnel_left_out_and_sums(analysis: xltrack.Analysis) -> None:
    funnel = analysis["funnel"].set_index("stage")
    assert funnel["reached"].tolist() == [8800, 8300, 4238]
    assert funnel.loc["Engaging", "lost"] == 2473
    assert analysis["channels"]["leads"].tolist() == [8800]
    assert analysis.left_out["trend_by_month"] == 500  # without an engage date


def test_the_sheets_of_the_workbook_say_the_same(opportunities: Path, tmp_path: Path) -> None:
    out = tmp_path / "refreshed.xlsx"
    xltrack.refresh(opportunities, as_of=AS_OF, output=out, sheets=["overview", "owners"])
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["线索跟踪表", "设置", "总览", "负责人业绩"]
    overview = [cell for row in book["总览"].iter_rows(values_only=True) for cell in row]
    assert {4238, 2473, 10_005_534} <= set(overview)
    assert any("63.2%(4238/6711)" in str(cell) for cell in overview)
    owners = {row[0]: row for row in book["负责人业绩"].iter_rows(values_only=True)}
    assert "63.1%(349/553)" in owners["Darcel Schlecht"]
