"""A workbook made from a team's own declared template."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import load_workbook

from xltrack.create import write_demo, write_tracking_workbook
from xltrack.template import load_template

TEAM = """
[workbook.sheets]
leads = { zh = "商机表" }

[[fields]]
id = "product"
header = "产品线"
type = "list"
list = "products"

[[settings.tables]]
id = "products"
name = "Products"
title = { zh = "产品线", en = "Products" }
columns = [{ id = "product", name = "product_list", header = { zh = "产品线", en = "Product" }, width = 16 }]
rows = [{ product = "服务器" }, { product = "软件" }]

[[settings.tables]]
id = "stages"
rows = [
    { stage = "线索", kind = "open" },
    { stage = "商机", kind = "open" },
    { stage = "赢单", kind = "won" },
    { stage = "输单", kind = "lost" },
]

[[settings.tables]]
id = "channels"
rows = [{ channel = "电话" }, { channel = "门店" }]
"""  # noqa: E501 (TOML keeps a table on one line)


def team(folder: Path) -> Path:
    path = folder / "team.toml"
    path.write_text(TEAM, encoding="utf-8")
    return path


def test_own_list_columns_get_their_dropdown(tmp_path: Path) -> None:
    stream = io.BytesIO()
    write_tracking_workbook(stream, template=load_template(team(tmp_path)))
    book = load_workbook(stream)
    leads = book["商机表"]
    assert leads["R1"].value == "产品线"
    lists = {
        str(entry.sqref): entry.formula1
        for entry in leads.data_validations.dataValidation
        if entry.type == "list"
    }
    assert lists["R2:R5001"] == "product_list"
    settings = book["设置"]
    assert list(settings.tables)[-1] == "Products"
    column = [cell.value for cell in settings["AR"]]
    assert column[:3] == ["产品线", "服务器", "软件"]
    assert "$AR$2:$AR$500" in str(book.defined_names["product_list"].attr_text)
    assert [cell.value for cell in settings["E"]][:6] == [
        "阶段",
        "线索",
        "商机",
        "赢单",
        "输单",
        None,
    ]


def test_the_demo_follows_a_teams_own_lists(tmp_path: Path) -> None:
    stream = io.BytesIO()
    write_demo(stream, template=load_template(team(tmp_path)), leads=300)
    rows = list(load_workbook(stream)["商机表"].iter_rows(min_row=2, values_only=True))
    assert {row[7] for row in rows} == {"线索", "商机", "赢单"}
    assert {row[1] for row in rows} == {"电话", "门店"}
    assert sum(row[7] == "赢单" for row in rows) > 30
