"""adopt: what is asked, what is taken, what is put where, and what is refused."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName

import xltrack
from xltrack.api.questions import Question
from xltrack.errors import Reason, Refused, UnreadableWorkbook, UsageError
from xltrack.leads.handed_over import SheetCells, book_of_cells
from xltrack.template import load_template

HEADERS = ("公司", "业务员", "进展", "手机", "合同额(万)", "登记日期")
AS_OF = dt.date(2024, 9, 30)


def write(
    path: Path, headers: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "台账"
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for cells in (headers, *rows):
        sheet.append(list(cells))
    book.save(path)
    return path


def row(number: int, stage: str, **more: Any) -> list[Any]:
    cells = {
        "公司": f"苏州{number}号有限公司",
        "业务员": ("张伟", "李娜")[number % 2],
        "进展": stage,
        "手机": f"138{number:04}5678",
        "合同额(万)": 10.0 + number,
        "登记日期": dt.datetime(2024, 5, 1 + number),
    }
    return list((cells | more).values())


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    stages = ("已签约", "谈单中", "丢单", "暂停", "初步接触", "已签约")
    return write(tmp_path / "ledger.xlsx", HEADERS, [row(n, s) for n, s in enumerate(stages)])


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Stages that nobody has heard of."""
    stages = ("上门", "加微信", "批量供货", "流产", "上门", "加微信")
    return write(tmp_path / "odd.xlsx", HEADERS, [row(n, s) for n, s in enumerate(stages)])


def test_the_settings_hold_what_was_found(ledger: Path, tmp_path: Path) -> None:
    xltrack.adopt(ledger, output=tmp_path / "out.xlsx")
    settings = xltrack.read(tmp_path / "out.xlsx").settings
    assert [(s.name, s.kind) for s in settings.stages] == [
        ("初步接触", "open"),
        ("谈单中", "open"),
        ("已签约", "won"),
        ("暂停", "paused"),
        ("丢单", "lost"),
    ]
    assert settings.stages[1].limit_days == 30  # that of 商务谈判
    assert [owner.name for owner in settings.owners] == ["张伟", "李娜"]
    assert settings.problems == ()


def test_the_sheet_of_settings_says_what_each_header_means(ledger: Path, tmp_path: Path) -> None:
    xltrack.adopt(ledger, output=tmp_path / "out.xlsx", mapping={"登记日期": ""})
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["设置"]
    table = sheet[sheet.tables["Columns"].ref]
    assert [[cell.value for cell in cells] for cells in table] == [
        ["表头", "对应字段"],
        ["公司", "客户名称"],
        ["业务员", "负责人"],
        ["进展", "跟进阶段"],
        ["手机", "联系方式"],
        ["合同额(万)", "成交金额(万)"],
        ["登记日期", "—"],
    ]
    book = xltrack.read(tmp_path / "out.xlsx")
    assert book.leads["acquired_on"].isna().all()
    assert "登记日期" in book.own
    assert "F005" not in {finding.code for finding in book.findings}


def test_what_the_team_types_there_is_read_back(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    xltrack.adopt(ledger, output=out)
    book = openpyxl.load_workbook(out)
    sheet = book["设置"]
    cells = sheet[sheet.tables["Columns"].ref]
    next(c for c in cells if c[0].value == "登记日期")[1].value = "结案日期"
    book.save(out)
    leads = xltrack.read(out).leads
    assert leads["closed_on"].notna().all()
    assert leads["acquired_on"].isna().all()


def test_cells_handed_over_by_another_program_are_read_alike(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    xltrack.adopt(ledger, output=out, mapping={"公司": "contact", "手机": "customer"})
    cells = [
        SheetCells(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)])
        for sheet in openpyxl.load_workbook(out).worksheets
    ]
    book = book_of_cells(out, out.name, cells, load_template())
    assert book.leads["contact"].equals(xltrack.read(out).leads["contact"])
    assert book.leads["customer"].str.startswith("138").all()


def test_own_stages_are_used_everywhere(odd: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    kinds = ["阶段:批量供货=成交", "阶段:流产=流失", "阶段:上门=进行中", "阶段:加微信=进行中"]
    done = xltrack.adopt(odd, output=out, mapping=kinds, stages="加微信,上门,批量供货")
    assert done.stages == (
        ("加微信", "open"),
        ("上门", "open"),
        ("批量供货", "won"),
        ("流产", "lost"),
    )
    analysis = xltrack.analyze(out, as_of=AS_OF)
    values = analysis["overview"].set_index("metric")["value"]
    assert [values[m] for m in ("leads", "won", "lost", "open")] == [6, 1, 1, 4]
    funnel = analysis["funnel"].set_index("stage")
    assert funnel["reached"].to_dict() == {"加微信": 5, "上门": 3, "批量供货": 1}
    codes = {f.code for w in xltrack.check(out, as_of=AS_OF).workbooks for f in w.findings}
    assert "V111" not in codes
    again = tmp_path / "refreshed.xlsx"
    xltrack.refresh(out, as_of=AS_OF, output=again)
    sheets = openpyxl.load_workbook(again)
    assert "看板" not in sheets.sheetnames
    shown = {c for s in sheets.worksheets for cells in s.iter_rows(values_only=True) for c in cells}
    assert {"加微信", "上门", "批量供货"} <= shown


def test_without_anybody_to_ask_what_is_unsure_is_named(odd: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        xltrack.adopt(odd, output=tmp_path / "out.xlsx")
    assert raised.value.reason == "adopt_unsure"
    assert "上门 → open" in raised.value.detail
    assert not (tmp_path / "out.xlsx").exists()


def test_answers_are_taken(odd: Path, tmp_path: Path) -> None:
    asked: list[Question] = []

    def answer(question: Question) -> str | None:
        asked.append(question)
        if question.kind == "word":
            return {"批量供货": "成交", "流产": "lost"}.get(question.subject, "open")
        if question.kind == "stages":
            return "加微信、上门"
        return "yes" if question.subject == "lead_id" else None

    done = xltrack.adopt(odd, output=tmp_path / "out.xlsx", answer=answer)
    assert [name for name, _ in done.stages] == ["加微信", "上门", "批量供货", "流产"]
    assert {q.kind for q in asked} == {"word", "stages", "offered"}
    assert [(new.field, new.filled) for new in done.added] == [("lead_id", 6)]


def test_what_is_proposed_is_taken_without_a_question(odd: Path, tmp_path: Path) -> None:
    done = xltrack.adopt(odd, output=tmp_path / "out.xlsx", yes=True, answer=_nobody)
    assert {name for name, _ in done.stages} >= {"上门", "加微信", "流产"}


def _nobody(question: Question) -> str:
    raise AssertionError(question)


def test_ids_are_made_where_the_month_is_known(tmp_path: Path) -> None:
    rows = [row(n, "谈单中") for n in range(3)]
    rows[1][5] = None
    path = write(tmp_path / "a.xlsx", HEADERS, rows)
    out = tmp_path / "out.xlsx"
    done = xltrack.adopt(path, output=out, add="lead_id, acquired_on")
    assert [(n.field, n.column, n.filled, n.empty) for n in done.added] == [("lead_id", "G", 2, 1)]
    sheet = openpyxl.load_workbook(out)["台账"]
    assert [cell.value for cell in sheet["G"]] == ["线索编号", "LX202405001", None, "LX202405002"]


def test_the_name_of_a_sheet_may_say_the_month(tmp_path: Path) -> None:
    headers, rows = HEADERS[:5], [row(n, "谈单中")[:5] for n in range(2)]
    path = write(tmp_path / "a.xlsx", headers, rows, "2023年11月")
    done = xltrack.adopt(path, output=tmp_path / "out.xlsx", add=["lead_id", "获取时间"])
    assert [(n.field, n.filled, n.empty) for n in done.added] == [
        ("lead_id", 2, 0),
        ("acquired_on", 0, 2),
    ]
    assert xltrack.read(tmp_path / "out.xlsx").leads["lead_id"].tolist() == [
        "LX202311001",
        "LX202311002",
    ]


def test_a_day_that_an_id_is_made_of_is_known(tmp_path: Path) -> None:
    rows = [[f"XS20240510-{n:03}", *row(n, "谈单中")[:5]] for n in range(1, 4)]
    path = write(tmp_path / "a.xlsx", ("单号", *HEADERS[:5]), rows)
    xltrack.adopt(path, output=tmp_path / "out.xlsx", add="acquired_on")
    days = xltrack.read(tmp_path / "out.xlsx").leads["acquired_on"]
    assert [day.date() for day in days] == [dt.date(2024, 5, 10)] * 3


def test_a_list_of_customers_has_to_get_a_stage_or_an_owner(tmp_path: Path) -> None:
    headers = ("公司", "联系人", "手机", "需求")
    rows = [
        [f"苏州{n}号有限公司", "王经理", f"138{n:04}5678", "采购办公电脑一批"] for n in range(4)
    ]
    path, out = write(tmp_path / "a.xlsx", headers, rows), tmp_path / "out.xlsx"
    with pytest.raises(UsageError, match="adopt_unsure: 台账 → stage"):
        xltrack.adopt(path, output=out)
    done = xltrack.adopt(path, output=out, add="owner")
    assert [new.field for new in done.added] == ["owner"]
    assert len(xltrack.read(out).leads) == 4


def test_new_cells_look_like_their_neighbours(ledger: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(ledger)
    sheet = book["台账"]
    for cell in sheet[1]:
        cell.fill = PatternFill("solid", fgColor="FFC000")
    book.save(ledger)
    xltrack.adopt(ledger, output=tmp_path / "out.xlsx", add="lead_id")
    adopted = openpyxl.load_workbook(tmp_path / "out.xlsx")["台账"]
    assert adopted["G1"].value == "线索编号"
    assert adopted["G1"].fill.fgColor.rgb == "00FFC000"
    assert adopted["G2"].number_format == "General"
    assert adopted.column_dimensions["G"].width == 15


def test_a_new_header_looks_like_the_merged_one_beside_it(ledger: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(ledger)
    sheet = book["台账"]
    sheet.insert_rows(2)
    for column in range(1, 7):
        sheet.cell(1, column).fill = PatternFill("solid", fgColor="FFC000")
        if column not in (1, 2):
            sheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
    sheet["A2"], sheet["B2"], sheet["A1"], sheet["B1"] = "公司", "业务员", "基本", None
    sheet.merge_cells("A1:B1")
    book.save(ledger)
    done = xltrack.adopt(ledger, output=tmp_path / "out.xlsx", add="lead_id")
    assert done.sheets[0].header_row == 2
    adopted = openpyxl.load_workbook(tmp_path / "out.xlsx")["台账"]
    assert adopted["G2"].value == "线索编号"
    assert adopted["G2"].fill.fgColor.rgb == "00FFC000"


def test_ids_of_an_own_form_are_no_findings(tmp_path: Path) -> None:
    rows = [[f"A-{n}X", *row(n, "谈单中")] for n in range(1, 5)]
    path = write(tmp_path / "a.xlsx", ("单号", *HEADERS), rows)
    out = tmp_path / "out.xlsx"
    done = xltrack.adopt(path, output=out)
    assert done.parameters == {"checks": "V102=关、F003=建议"}
    found = [f for w in xltrack.check(out, as_of=AS_OF).workbooks for f in w.findings]
    assert "V102" not in {f.code for f in found}
    assert {f.severity for f in found if f.code == "F003"} == {"info"}
    assert xltrack.fix(out, output=tmp_path / "fixed.xlsx", as_of=AS_OF).restored == ()


@pytest.mark.parametrize(
    ("header", "amounts", "wanted"),
    [
        ("合同额", (120_000, 80_000, 300_000), {"amount_unit": "元"}),
        ("合同额", (12, 8, 30), {}),
        ("合同额(元)", (120_000, 80_000, 300_000), {}),
        ("合同额(USD)", (1200, 800, 3000), {"currency": "USD", "amount_unit": "元"}),
    ],
)
def test_the_unit_of_amounts(
    tmp_path: Path, header: str, amounts: Sequence[float], wanted: dict[str, object]
) -> None:
    headers = [header if h.startswith("合同额") else h for h in HEADERS]
    rows = [row(n, "已签约") for n in range(3)]
    for cells, amount in zip(rows, amounts, strict=True):
        cells[4] = amount
    path, out = write(tmp_path / "a.xlsx", headers, rows), tmp_path / "out.xlsx"
    assert xltrack.adopt(path, output=out, yes=True).parameters == {
        **wanted,
        "checks": "F003=建议",
    }
    values = xltrack.analyze(out, as_of=AS_OF)["overview"].set_index("metric")["value"]
    factor = 1 if wanted or max(amounts) < 100 else 10_000
    assert values["revenue"] == sum(amounts) / factor


def test_a_dry_run_writes_nothing_and_asks_nothing(odd: Path) -> None:
    before = odd.read_bytes()
    done = xltrack.adopt(odd, dry_run=True, answer=_nobody)
    assert done.receipt is None
    assert [sheet.leads for sheet in done.sheets] == [6]
    assert odd.read_bytes() == before
    assert list(odd.parent.iterdir()) == [odd]


def test_a_workbook_without_leads(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", ("月份", "收入"), [["1月", 3], ["2月", 4]])
    assert xltrack.adopt(path, dry_run=True).sheets == ()
    with pytest.raises(UnreadableWorkbook) as raised:
        xltrack.adopt(path, output=tmp_path / "out.xlsx")
    assert raised.value.reason == Reason.NO_LEAD_HEADER


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"mapping": ["公司"]}, "bad_map"),
        ({"mapping": {"公司": "no such field"}}, "bad_map"),
        ({"mapping": {"阶段:谈单中": "no such stage"}}, "bad_map"),
        ({"mapping": {"没有这列": "customer"}}, "adopt_no_header"),
        ({"stages": "初步接触,没有这个"}, "adopt_no_stage"),
        ({"add": "no such field"}, "unknown_column"),
        ({"output": None}, "output_needed_adopt"),
        ({"output": "out.xlsm"}, "wrong_ending"),
    ],
)
def test_what_makes_no_sense(
    ledger: Path, tmp_path: Path, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UsageError) as raised:
        xltrack.adopt(ledger, **({"output": tmp_path / "out.xlsx"} | options))
    assert raised.value.reason == reason
    assert not (tmp_path / "out.xlsx").exists()


def test_a_workbook_with_settings_is_not_adopted_again(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    xltrack.adopt(ledger, output=out)
    made = xltrack.demo(tmp_path / "demo.xlsx", leads=5)
    for path in (out, made):
        with pytest.raises(UsageError, match="adopted_already"):
            xltrack.adopt(path, output=tmp_path / "again.xlsx")


def test_what_is_there_is_not_written_over(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"mine")
    with pytest.raises(Refused) as raised:
        xltrack.adopt(ledger, output=out)
    assert raised.value.reason == Reason.EXISTS
    assert out.read_bytes() == b"mine"


def test_into_the_workbook_itself_a_copy_is_kept(ledger: Path) -> None:
    before = ledger.read_bytes()
    receipt = xltrack.adopt(ledger, output=ledger, force=True).receipt
    assert receipt is not None
    assert receipt.backup is not None
    assert receipt.backup.read_bytes() == before
    assert len(xltrack.read(ledger).leads) == 6


@pytest.mark.parametrize("name", ["设置", "Settings", "SETTINGS"])
def test_a_sheet_of_the_team_is_not_taken_for_settings(
    ledger: Path, tmp_path: Path, name: str
) -> None:
    book = openpyxl.load_workbook(ledger)
    book.create_sheet(name)["A1"] = "打印设置"
    book.save(ledger)
    with pytest.raises(UsageError, match=f"settings_name_taken: {name}"):
        xltrack.adopt(ledger, output=tmp_path / "out.xlsx")


def test_names_of_the_team_are_not_taken(ledger: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(ledger)
    book.defined_names["stage_list"] = DefinedName("stage_list", attr_text="台账!$C$2:$C$7")
    book.save(ledger)
    with pytest.raises(UsageError, match="names_taken: stage_list"):
        xltrack.adopt(ledger, output=tmp_path / "out.xlsx")


def test_an_upgrade_keeps_what_the_headers_mean(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    xltrack.adopt(ledger, output=out)
    book = openpyxl.load_workbook(out)
    sheet = book["设置"]
    version = next(c for cells in sheet.iter_rows() for c in cells if c.value == "设置版本")
    version.offset(column=1).value = 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book.save(out)
    before = xltrack.read(out)
    xltrack.new(out, upgrade=True)
    after = xltrack.read(out)
    assert after.settings.parameters.settings_version > 1
    assert after.leads["customer"].equals(before.leads["customer"])
    assert after.leads["stage"].notna().all()


def test_an_unsure_header_is_asked_with_examples(tmp_path: Path) -> None:
    headers = ("公司", "业务员", "进展", "手机", "日期")
    rows = [[*row(n, "谈单中")[:4], dt.datetime(2024, 5, 1 + n)] for n in range(4)]
    path = write(tmp_path / "a.xlsx", headers, rows)
    asked: list[Question] = []

    def answer(question: Question) -> str | None:
        asked.append(question)
        return "closed_on" if question.subject == "日期" else None

    done = xltrack.adopt(path, output=tmp_path / "out.xlsx", answer=answer)
    first = next(question for question in asked if question.kind == "column")
    assert (first.subject, first.proposed, first.choices) == (
        "日期",
        "acquired_on",
        ("acquired_on", ""),
    )
    assert first.examples[0].startswith("2024-05-0")
    assert {c.header: c.field for c in done.columns}["日期"] == "closed_on"
