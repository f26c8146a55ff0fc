"""The guide's own leads and figures, counted by hand."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

import xltrack
from xltrack.cli.app import app

AS_OF = dt.date(2024, 5, 31)


@pytest.fixture(scope="module", params=["zh", "en"])
def four(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook with the guide's four leads."""
    path = tmp_path_factory.mktemp("guide") / f"{request.param}.xlsx"
    return xltrack.new(path, workbook_lang=request.param, example=True)


def values(analysis: Any) -> dict[str, float]:
    frame = analysis["overview"]
    return dict(zip(frame["metric"], frame["value"], strict=True))


def test_the_four_leads_add_up(four: Path) -> None:
    counted = values(xltrack.analyze(four, as_of=AS_OF))
    # won: the ERP system, 50; lost: the CRM system, at the third stage; open: 32 and 0.8
    expected = {
        "leads": 4,
        "open": 2,
        "won": 1,
        "lost": 1,
        "conversion": 0.25,
        "win_rate": 0.5,
        "revenue": 50,
        "average_deal": 50,
        "pipeline": 32.8,
    }
    assert {key: counted[key] for key in expected} == pytest.approx(expected)


def test_the_four_leads_in_the_funnel(four: Path) -> None:
    frame = xltrack.analyze(four, as_of=AS_OF)["funnel"]
    assert frame["reached"].tolist() == [4, 4, 3, 2, 1]
    assert frame["lost"].tolist() == [0, 0, 1, 0, 0]
    assert frame["step_conversion"].dropna().tolist() == pytest.approx([1, 3 / 4, 2 / 3, 1 / 2])
    assert frame["decided_conversion"].dropna().tolist() == pytest.approx([1, 1, 2 / 3, 1])


def test_two_of_the_four_are_overdue_since_the_days_the_guide_asks_for(four: Path) -> None:
    frame = xltrack.analyze(four, as_of=AS_OF)["follow_ups"]
    # high priority: 10 May + 3 days; low priority: 8 May + 14 days
    assert frame["lead_id"].tolist() == ["LX202405001", "LX202405002"]
    assert frame["days_overdue"].tolist() == [18, 9]
    assert frame["row"].tolist() == [2, 3]


def test_the_lost_one_of_the_four(four: Path) -> None:
    frame = xltrack.analyze(four, as_of=AS_OF)["lost_reasons"]
    assert frame[["leads", "share", "amount"]].to_numpy().tolist() == [[1, 1, 0]]
    assert frame["reason"].iloc[0] in ("竞品价格优势", "Competitor cheaper")


def test_month_of_the_four_by_the_month_in_their_ids(four: Path) -> None:
    analysis = xltrack.analyze(four, month="2024-05")
    assert values(analysis)["new_leads"] == 4
    # won on 5 May and lost on 12 May, both days presumed
    assert (values(analysis)["won"], values(analysis)["lost"]) == (1, 1)
    assert analysis.presumed["overview"] == 2


def test_json_sheet_and_text_say_the_same(four: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    options = ["--as-of", "2024-05-31", "--table", "overview", "--table", "funnel"]
    printed = runner.invoke(app, ["analyze", str(four), *options, "--format", "json"])
    document = json.loads(printed.stdout)
    metrics = {row[0]: row[1] for row in document["tables"]["overview"]["rows"]}
    assert (metrics["won"], metrics["revenue"]) == (1, 50)

    text = runner.invoke(app, ["analyze", str(four), *options, "--lang", "zh"])
    assert "75.0%(3/4)" in text.stdout
    assert "66.7%(2/3)" in text.stdout

    out = tmp_path / "out.xlsx"
    xltrack.refresh(four, as_of=AS_OF, output=out)
    book = openpyxl.load_workbook(out)
    name = "转化分析" if "转化分析" in book.sheetnames else "Conversion"
    cells = {cell for row in book[name].iter_rows(values_only=True) for cell in row}
    assert {"75.0%(3/4)", "66.7%(2/3)", "50.0%(1/2)"} <= cells


def test_the_channels_of_the_guide_and_what_to_do_about_them(tmp_path: Path) -> None:
    path = xltrack.new(tmp_path / "channels.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["线索跟踪表"]
    header = [cell.value for cell in sheet[1]]
    number = 0
    for channel, won, deal in (("官网注册", 3, 8), ("行业展会", 5, 12), ("转介绍", 6, 15)):
        for lead in range(20):
            number += 1
            row = {
                "线索编号": f"LX202401{number:03d}",
                "来源渠道": channel,
                "客户名称": f"客户{number}",
                "优先级": "中",
                "跟进阶段": "成交" if lead < won else "初识",
                "负责人": "张三",
                "成交金额(万)": deal if lead < won else None,
                "获取时间": dt.datetime(2024, 1, 10),
            }
            for column, title in enumerate(header, start=1):
                sheet.cell(number + 1, column, row.get(str(title)))
    book.save(path)

    frame = xltrack.analyze(path, as_of=AS_OF)["channels"].set_index("channel")
    guide = {"官网注册": (0.15, 8), "行业展会": (0.25, 12), "转介绍": (0.30, 15)}
    for channel, (conversion, deal) in guide.items():
        assert list(frame.loc[channel, ["conversion", "average_deal"]]) == pytest.approx(
            [conversion, deal]
        )
    assert dict(frame["verdict"].items()) == {
        "官网注册": "review",
        "行业展会": "invest",
        "转介绍": "invest",
    }
