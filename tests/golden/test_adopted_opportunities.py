"""8,800 real opportunities as a team keeps them: adopted, and counted as plain pandas counts."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import xltrack
from tests.golden.test_adopt_layouts import cells_of

pytestmark = pytest.mark.shared

AS_OF = dt.date(2017, 12, 31)
HEADERS = {
    "商机号": "lead_id",
    "业务担当": "owner",
    "产品": "",
    "客户公司全称": "customer",
    "进展": "stage",
    "建档日期": "acquired_on",
    "关单日期": "closed_on",
    "签约额(美元)": "amount",
}
WORDS = {"Prospecting": "初步接触", "Engaging": "谈单中", "Won": "已签约", "Lost": "丢单"}


def write_ledger(folder: Path, path: Path) -> Path:
    """The opportunities as a sales office keeps them: a title, a banner, words of its own."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "商机台账"
    sheet["A1"] = "2017年商机台账"
    sheet.merge_cells("A1:H1")
    sheet["A3"], sheet["E3"] = "基本信息", "业务信息"
    sheet.merge_cells("A3:D3")
    sheet.merge_cells("E3:H3")
    for column, header in enumerate(HEADERS, start=1):
        sheet.cell(4, column, header)
    with (folder / "sales_pipeline.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sheet.append(
                [
                    row["opportunity_id"],
                    row["sales_agent"],
                    row["product"],
                    row["account"] or None,
                    WORDS[row["deal_stage"]],
                    day(row["engage_date"]),
                    day(row["close_date"]),
                    float(row["close_value"]) if row["close_value"] else None,
                ]
            )
    sheet.column_dimensions["C"].hidden = True
    book.save(path)
    return path


def day(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def ledger(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ledger(shared / "leads", tmp_path_factory.mktemp("ledger") / "ledger.xlsx")


@pytest.fixture(scope="module")
def adopted(ledger: Path) -> Path:
    out = ledger.with_name("adopted.xlsx")
    found = xltrack.adopt(ledger, output=out, mapping={"产品": ""})
    assert {column.header: column.field for column in found.columns} == HEADERS
    assert found.stages == (
        ("初步接触", "open"),
        ("谈单中", "open"),
        ("已签约", "won"),
        ("丢单", "lost"),
    )
    assert found.parameters["currency"] == "USD"
    return out


@pytest.fixture(scope="module")
def plain(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "leads" / "sales_pipeline.csv")


def test_no_cell_of_the_ledger_changes(ledger: Path, adopted: Path) -> None:
    before, after = cells_of(ledger), cells_of(adopted)
    assert {name: after[name] for name in before} == before


def test_figures_are_those_that_pandas_counts(adopted: Path, plain: pd.DataFrame) -> None:
    analysis = xltrack.analyze(adopted, as_of=AS_OF)
    values = analysis["overview"].set_index("metric")["value"]
    counts = plain["deal_stage"].value_counts()
    assert values["leads"] == len(plain) == 8800
    assert (values["won"], values["lost"]) == (counts["Won"], counts["Lost"])
    assert values["revenue"] == plain.loc[plain["deal_stage"] == "Won", "close_value"].sum()
    assert values["win_rate"] == pytest.approx(
        counts["Won"] / (counts["Won"] + counts["Lost"]), abs=1e-12
    )


def test_owners_and_stages_are_those_that_pandas_counts(adopted: Path, plain: pd.DataFrame) -> None:
    analysis = xltrack.analyze(adopted, as_of=AS_OF)
    won = plain[plain["deal_stage"] == "Won"].groupby("sales_agent").size()
    lost = plain[plain["deal_stage"] == "Lost"].groupby("sales_agent").size()
    owners = analysis["owners"].set_index("owner")
    assert owners["won"].to_dict() == won.to_dict()
    assert owners["lost"].to_dict() == lost.to_dict()
    funnel = analysis["funnel"].set_index("stage")
    counts = plain["deal_stage"].value_counts()
    assert funnel["current"].to_dict() == {
        WORDS[stage]: counts[stage] for stage in ("Prospecting", "Engaging", "Won")
    }


def test_months_are_those_that_pandas_counts(adopted: Path, plain: pd.DataFrame) -> None:
    frame = xltrack.analyze(adopted, as_of=AS_OF)["trend_by_month"].set_index("period")
    won = plain[plain["deal_stage"] == "Won"]
    months = won.groupby(won["close_date"].str[:7])["close_value"].agg(["size", "sum"])
    known = frame.loc[list(map(str, months.index))]
    assert known["won"].tolist() == months["size"].tolist()
    assert known["revenue"].tolist() == months["sum"].tolist()


def test_the_public_import_template_is_understood(shared: Path, tmp_path: Path) -> None:
    source = shared / "leads" / "cn_lead_import_template__Kevin-Hu88.xlsx"
    out = tmp_path / "out.xlsx"
    found = xltrack.adopt(source, output=out, add="lead_id,stage,owner,acquired_on")
    assert {column.header: column.field for column in found.columns} == {
        "名称": "customer",
        "联系人": "contact",
        "电话": "contact_details",
        "邮箱": "contact_details",
        "微信": "contact_details",
        "地址": "",
        "类型": "",
        "区域": "region",
        "需求": "need",
        "备注": "market_note",
    }
    assert [(new.column, new.filled, new.empty) for new in found.added] == [
        ("K", 0, 3),
        ("L", 0, 3),
        ("M", 0, 3),
        ("N", 0, 3),
    ]
    assert len(xltrack.read(out).leads) == 3
