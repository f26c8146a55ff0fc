"""Traits and pivots of 8,800 real opportunities against figures that others counted."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

import xltrack

pytestmark = pytest.mark.shared

AS_OF = dt.date(2017, 12, 31)
HEADERS = [
    "线索编号",
    "客户名称",
    "跟进阶段",
    "负责人",
    "成交金额(万)",
    "未成交原因",
    "获取时间",
    "结案日期",
]
JOINED = ["行业", "员工规模", "办公地"]  # the last is a column of the team's own
STAGES = ["Prospecting", "Engaging", "Won"]
AGENT_BY_MONTH = "rows=负责人,columns=结案日期,agg=won,title=agents"
SECTOR_BY_STAGE = "rows=行业,columns=跟进阶段,title=sectors"
WON_AMOUNT = "rows=办公地,value=成交金额,agg=sum,title=offices"


Row = dict[str, str]


def table(folder: Path, name: str) -> list[Row]:
    with (folder / "leads" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def deals(shared: Path) -> list[Row]:
    """The opportunities with sector, employees and office of their account."""
    accounts = {account["account"]: account for account in table(shared, "accounts.csv")}
    return [
        accounts.get(deal["account"], {}) | deal for deal in table(shared, "sales_pipeline.csv")
    ]


@pytest.fixture(scope="module")
def analysis(deals: list[Row], tmp_path_factory: pytest.TempPathFactory) -> xltrack.Analysis:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("线索跟踪表")
    sheet.append([*HEADERS, *JOINED])
    for deal in deals:
        lost = deal["deal_stage"] == "Lost"
        sheet.append(
            [
                deal["opportunity_id"],
                deal["account"] or None,
                "Engaging" if lost else deal["deal_stage"],
                deal["sales_agent"],
                float(deal["close_value"]) if deal["close_value"] else None,
                "Lost" if lost else None,
                day(deal["engage_date"]),
                day(deal["close_date"]),
                deal.get("sector"),
                int(deal["employees"]) if "employees" in deal else None,
                deal.get("office_location"),
            ]
        )
    settings = book.create_sheet("设置")
    for cells in (["阶段", "类型"], *([s, "成交" if s == "Won" else "进行中"] for s in STAGES)):
        settings.append(cells)
    path = tmp_path_factory.mktemp("real") / "real.xlsx"
    book.save(path)
    return xltrack.analyze(
        path,
        as_of=AS_OF,
        tables=["persona", "persona_summary"],
        pivots=[AGENT_BY_MONTH, SECTOR_BY_STAGE, WON_AMOUNT],
    )


def test_wins_of_each_agent_are_those_another_analyst_published(
    analysis: xltrack.Analysis, shared: Path
) -> None:
    name = "published_quarterly_pivot__gauravmkh.csv"
    with (shared / "leads" / name).open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    start = next(number for number, line in enumerate(lines) if line[0] == "sales_agent") + 1
    published = {line[0]: int(line[1]) for line in lines[start:] if line[1].isdigit()}
    assert len(published) > 20
    frame = analysis["pivot:agents"].set_index("row:owner")
    last_quarter = frame[["won:2017-10", "won:2017-11", "won:2017-12"]].sum(axis=1)
    assert last_quarter[list(published)].to_dict() == published


def test_wins_of_each_quarter_are_those_another_analyst_published(
    analysis: xltrack.Analysis,
) -> None:
    total = analysis["pivot:agents"].set_index("row:owner").loc["total"]
    quarters = {"Q1": range(1, 4), "Q2": range(4, 7), "Q3": range(7, 10), "Q4": range(10, 13)}
    counts = {
        name: sum(total.get(f"won:2017-{month:02d}", 0) for month in months)
        for name, months in quarters.items()
    }
    assert counts == {"Q1": 531, "Q2": 1254, "Q3": 1257, "Q4": 1196}
    assert total["won"] == 4238


def test_sectors_are_those_of_the_accounts(analysis: xltrack.Analysis, deals: list[Row]) -> None:
    frame = analysis["persona"].set_index("dimension").loc["industry"].set_index("value")
    leads = Counter(deal.get("sector") for deal in deals)
    wins = Counter(deal.get("sector") for deal in deals if deal["deal_stage"] == "Won")
    assert frame["leads"].to_dict() == leads
    assert frame["won"].to_dict() == {sector: wins[sector] for sector in leads}
    assert leads[None] == 1425  # opportunities without an account
    retail = [
        float(d["close_value"]) for d in deals if d.get("sector") == "retail" and d["close_value"]
    ]
    assert frame.loc["retail", "revenue"] == sum(retail)
    assert frame.loc["retail", "average_deal"] == pytest.approx(sum(retail) / wins["retail"])
    assert frame["revenue"].sum() == 10_005_534
    assert not frame["derived"].any()


def test_sizes_are_those_of_the_accounts(analysis: xltrack.Analysis, deals: list[Row]) -> None:
    frame = analysis["persona"].set_index("dimension").loc["company_size"].set_index("value")
    bounds = {"<50": 50, "50-200": 200, "200-500": 500, "500-1000": 1000, ">=1000": 10**9}
    sizes = [int(deal["employees"]) for deal in deals if "employees" in deal]
    counted = Counter(next(b for b, upper in bounds.items() if size < upper) for size in sizes)
    assert frame["leads"].drop(index=[None]).to_dict() == counted


def test_offices_are_compared_as_the_teams_own_column(
    analysis: xltrack.Analysis, deals: list[Row]
) -> None:
    frame = analysis["pivot:offices"].set_index("row:办公地")
    kenya = [
        float(d["close_value"])
        for d in deals
        if d.get("office_location") == "Kenya" and d["close_value"]
    ]
    assert frame.loc["Kenya", "sum"] == sum(kenya)
    assert frame.loc["total", "sum"] == 10_005_534
    summary = analysis["persona_summary"].set_index("dimension")
    assert summary.loc["办公地", "value"] == "United States"
    large = sorted(float(d["close_value"]) for d in deals if d["deal_stage"] == "Won")
    assert len(large) == 4238
    middle = (large[2118] + large[2119]) / 2
    counted = [d for d in deals if d["deal_stage"] == "Won" and float(d["close_value"]) >= middle]
    assert summary.loc["办公地", "n"] == len([d for d in counted if "office_location" in d])


def test_stages_of_each_sector_add_up(analysis: xltrack.Analysis, deals: list[Row]) -> None:
    frame = analysis["pivot:sectors"].set_index("row:industry")
    assert frame.loc["total"].to_dict() == {
        "count:Prospecting": 500,
        "count:Engaging": 1589 + 2473,
        "count:Won": 4238,
        "count": 8800,
    }
    medical = Counter(deal["deal_stage"] for deal in deals if deal.get("sector") == "medical")
    assert frame.loc["medical", "count:Won"] == medical["Won"]
    assert frame.loc["medical", "count:Engaging"] == medical["Engaging"] + medical["Lost"]
