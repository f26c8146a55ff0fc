"""Leads of many workbooks as one book."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import xltrack
from xltrack.batch.gathering import gather, summary_settings
from xltrack.batch.summarising import Collected, collect_workbooks
from xltrack.leads.book import LeadBook

SHEET, SETTINGS = "线索跟踪表", "设置"
Lead = Mapping[str, Any]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return xltrack.new(tmp_path_factory.mktemp("blank") / "blank.xlsx")


def write(blank: Path, path: Path, leads: Sequence[Lead], **parameters: Any) -> Path:
    """A workbook with leads; parameters by their label, columns added on the right."""
    book = openpyxl.load_workbook(blank)
    sheet: Any = book[SHEET]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    for row, lead in enumerate(leads, start=2):
        for header, value in lead.items():
            if header not in columns:
                columns[header] = max(columns.values()) + 1
                sheet.cell(1, columns[header], header)
            sheet.cell(row, columns[header], value)
    for cells in book[SETTINGS].iter_rows():
        for cell, beside in itertools.pairwise(cells):
            if str(cell.value) in parameters:
                beside.value = parameters[str(cell.value)]
    book.save(path)
    return path


def lead(lead_id: str | None, customer: str, **more: Any) -> dict[str, Any]:
    named = {"线索编号": lead_id, "客户名称": customer, "负责人": "张三", "跟进阶段": "初识"}
    return named | {"联系方式": "13812345678"} | more


def collected(paths: Sequence[Path]) -> Collected:
    return collect_workbooks(paths, as_of=dt.date(2024, 5, 31))


def merged(paths: Sequence[Path]) -> tuple[LeadBook, dict[str, int]]:
    found = collected(paths)
    names = [each.workbook for each in found.workbooks]
    _, settings = summary_settings(found.books, names[0])
    gathered = gather(found.books, names, settings, {})
    assert not found.books
    return gathered.book, dict(gathered.foreign)


def test_same_id_and_customer_is_one_lead_and_the_latest_follow_up_counts(
    blank: Path, tmp_path: Path
) -> None:
    first = [
        lead(
            "LX202405001",
            "甲科技有限公司",
            **{"跟进记录(最新)": "2024-05-02 电话", "成交金额(万)": 1},
        ),
        lead("LX202405002", "乙公司"),
    ]
    second = [
        lead("LX202405001", "甲科技", **{"跟进记录(最新)": "2024-05-09 电话", "成交金额(万)": 2}),
        lead("LX202405002", "丙公司"),
        lead(None, "乙公司"),
    ]
    book, _ = merged(
        [write(blank, tmp_path / "a.xlsx", first), write(blank, tmp_path / "b.xlsx", second)]
    )
    assert book.leads[["lead_id", "customer", "file"]].astype("object").to_numpy().tolist()[:3] == [
        ["LX202405001", "甲科技", "b.xlsx"],
        ["LX202405002", "丙公司", "b.xlsx"],
        ["LX202405002", "乙公司", "a.xlsx"],
    ]
    assert len(book.leads) == 4
    assert book.leads["amount"].max() == 2
    assert len(book.leads) == len(book.rows)


def test_amounts_come_in_one_unit_and_another_currency_is_left_out(
    blank: Path, tmp_path: Path
) -> None:
    def amount(customer: str, value: float) -> list[Lead]:
        return [lead("LX202405001", customer, **{"成交金额(万)": value})]

    plain = write(blank, tmp_path / "a.xlsx", amount("甲", 3))
    yuan = write(blank, tmp_path / "b.xlsx", amount("乙", 4), 金额单位="元")
    dollars = write(blank, tmp_path / "c.xlsx", amount("丙", 5), 币种="USD")
    book, foreign = merged([plain, yuan, dollars])
    amounts = dict(zip(book.leads["customer"], book.leads["amount"], strict=True))
    assert (amounts["甲"], amounts["乙"]) == (3, 4)  # the header says 万, whatever Settings say
    assert pd.isna(amounts["丙"])
    assert foreign == {"c.xlsx": 1}


def test_private_columns_do_not_leave_the_process(blank: Path, tmp_path: Path) -> None:
    leads = [lead(f"LX20240500{n}", f"甲{n}", 备用电话="13912345678", 片区="东") for n in range(3)]
    found = collected([write(blank, tmp_path / "a.xlsx", leads)])
    (package,) = found.books
    assert not {"contact_details", "备用电话"} & set(package.columns)
    assert "片区" in package.columns
    book, _ = merged([tmp_path / "a.xlsx"])
    assert dict(book.own) == {"片区": False}


def test_the_rows_are_the_same_however_they_are_spread(blank: Path, tmp_path: Path) -> None:
    leads = [
        lead(None if n % 3 else f"LX2024050{n:02d}", f"客户{n % 4}", 区域=str(n % 5))
        for n in range(24)
    ]
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    for folder, pieces in ((one, 1), (two, 2), (three, 5)):
        folder.mkdir()
        for number in range(pieces):
            write(blank, folder / f"{9 - number}.xlsx", leads[number::pieces])
    frames = [
        merged(sorted(folder.iterdir()))[0].leads.drop(columns=["file", "sheet", "row"])
        for folder in (one, two, three)
    ]
    assert len(frames[0]) == 24
    for other in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], other)
