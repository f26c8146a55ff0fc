"""The summary of May 2024 over twelve submitted workbooks, every figure counted by hand.

The leads stand in month_leads.csv: 13 of them in ten workbooks that can be read, one standing in
two workbooks, one acquired after the month.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree, html

import xltrack
from tests.golden.month_workbooks import (
    PASSWORD,
    PHONE,
    fill,
    leads_by_workbook,
    write_roster,
    write_workbooks,
)

Rows = list[list[Any]]
MAY: dict[str, Any] = {"month": "2024-05", "jobs": 1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("month")
    write_workbooks(place)
    write_roster(place / "roster.csv")
    return place


@pytest.fixture(scope="module")
def done(folder: Path) -> Any:
    return xltrack.summary(
        folder / "submitted",
        output=folder / "may.xlsx",
        roster=folder / "roster.csv",
        review=folder / "may.html",
        **MAY,
    )


@pytest.fixture(scope="module")
def book(done: Any) -> Any:
    return openpyxl.load_workbook(done.path)


def lines(book: Any, sheet: str) -> Rows:
    """The filled cells of each filled row of a sheet."""
    rows = ([cell for cell in row if cell is not None] for row in book[sheet].values)
    return [row for row in rows if row]


def below(book: Any, sheet: str, title: str, count: int) -> Rows:
    """The rows of the table under a title, behind its subtitle and header."""
    found = lines(book, sheet)
    at = found.index([title])
    return found[at + 3 : at + 3 + count]


def test_the_first_sentence_says_attainment_change_and_risk(book: Any) -> None:
    assert lines(book, "总览")[2] == [
        "2024-05 成交额 80.0万元，完成目标 80.0%(80.0/100.0)；变化最大的是成交额（较上月 ▲ 100%）；"
        "最大风险：2024-05/张三 目标未完成。"
    ]


def test_key_figures_beside_april_and_last_may(book: Any) -> None:
    # won in May 30 + 50, in April 40, in May 2023 20; two, one and one were lost
    # targets: 40 + 60 of two people from two workbooks, 50 in April, none last year
    # new: 3, 10, 20 and 1 May; 2, 10 and 25 April; 2 May 2023
    # open: 60 + 20 + 4 + 6; overdue: due on 22 May, and never contacted since 20 May
    assert below(book, "总览", "关键指标", 9) == [
        ["目标(万元)", "100.0", "50.0", "▲ 100%", "—", "—", "业绩口径"],
        ["成交额(万元)", "80.0", "40.0", "▲ 100%", "20.0", "▲ 300%", "业绩口径"],
        ["完成率", "80.0%(80.0/100.0)", "80.0%(40.0/50.0)", "= 0.0 百分点", "—", "—", "业绩口径"],
        ["成交单数", "2", "1", "▲ 1", "1", "▲ 1", "业绩口径"],
        ["客单价(万元)", "40.0", "40.0", "= 0%", "20.0", "▲ 100%", "业绩口径"],
        ["新增线索(条)", "4", "3", "▲ 1", "1", "▲ 3", "线索口径"],
        [
            "赢单率",
            "50.0%(2/4)",
            "50.0%(1/2)",
            "= 0.0 百分点",
            "50.0%(1/2)",
            "= 0.0 百分点",
            "业绩口径",
        ],
        ["在跟金额(万元)", "90.0", "—", "—", "—", "—", "时点口径"],
        ["超期数(条)", "2", "—", "—", "—", "—", "时点口径"],
    ]


def test_tiles_show_the_same_figures(book: Any) -> None:
    tiles = lines(book, "总览")[4:6]
    assert tiles == [
        [80, 0.8, 2, 40, 4, 0.5, 90, 2],
        [
            *("▲ 100% 较上月", "= 0.0 百分点 较上月", "▲ 1 较上月", "= 0% 较上月"),
            *("▲ 1 较上月", "= 0.0 百分点 较上月", "", ""),
        ],
    ]


def test_channels_team_and_the_month_ahead(book: Any) -> None:
    assert [row[:5] for row in below(book, "总览", "成交额前 3 的渠道", 3)] == [
        ["行业展会", 2, 1, "50.0%(1/2)", 50],
        ["转介绍", 2, 1, "50.0%(1/2)", 40],
        ["官网注册", 4, 1, "25.0%(1/4)", 30],
    ]
    assert below(book, "总览", "团队", 3) == [
        ["李四", "一组", 60, 50, pytest.approx(50 / 60), 1, 1],
        ["张三", "一组", 40, 30, 0.75, 1, 0],
        ["王五", "二组", "—", 0, "—", 0, 1],
    ]
    # eight leads are closed, four of them won, so p = 1/2 and m = 10; all four passed 商务谈判,
    # and one lead was lost at 方案对比: 60 × (4 + 5) / (4 + 10) + 20 × (4 + 5) / (5 + 10)
    weighted = 60 * 9 / 14 + 20 * 9 / 15
    # an average deal of 40 and a conversion of 3 in 10: a gap of 29.4 takes three leads
    ahead = ["2024-06", 2, 80, weighted, 80, 80 - weighted, 3]
    assert below(book, "总览", "下月预测", 1) == [pytest.approx(ahead)]
    assert ["另有 1 条预计成交已过，1 条未填预计成交时间。"] in lines(book, "总览")


def test_the_course_of_the_months(book: Any) -> None:
    assert below(book, "总览", "月度趋势", 4) == [
        ["2024-02", 1, 0, 0, 0, 1],
        ["2024-03", 2, 0, 0, 0, 0.5],
        ["2024-04", 3, 1, 1, 40, pytest.approx(1 / 3)],
        ["2024-05", 4, 2, 2, 80, 0],
    ]


def test_at_most_three_things_to_decide(book: Any) -> None:
    found = lines(book, "总览")
    at = found.index(["需要决定的事"])
    assert [row[0].split("  ")[0] for row in found[at + 1 : at + 6 : 2]] == [
        "1. 2024-05/张三 目标未完成",
        "2. 未成交主因：价格过高",
        "3. 李四 超期未跟进偏多",
    ]
    assert found[at + 7] == ["数据可信度"]


def test_how_far_to_trust_the_data(book: Any) -> None:
    found = lines(book, "总览")
    at = found.index(["数据可信度"])
    # errors: the id that two branches use, and the two workbooks that cannot be read
    assert [row[0] for row in found[at + 1 : at + 4]] == [
        "已提交 12/14 人（12 个工作簿）；未提交：长沙分公司、郑州分公司。",
        "2 个工作簿未能读取：5月-天津.xlsx、5月-青岛.xlsx。",
        "计入 12 条线索；在多个工作簿中重复、只计一次的 1 条；截至日之后获取、未计入的 1 条。",
    ]
    assert found[at + 4][0].startswith("4 条结案中 0 条的日期为推定；数据错误 3 处")


def test_groups_add_up_their_owners(book: Any) -> None:
    assert below(book, "负责人业绩", "组别业绩", 2) == [
        [
            *("一组", 2, 7, 3, 1, 86, pytest.approx(60 * 9 / 14 + 20 * 9 / 15 + 6 * 9 / 16)),
            *(2, 1, "66.7%(2/3)", 80, 100, 0.8),
        ],
        ["二组", 1, 3, 1, 1, 4, pytest.approx(4 * 9 / 18), 0, 1, "0.0%(0/1)", 0, "—", "—"],
    ]


def test_each_fair_is_a_row_of_its_own(book: Any) -> None:
    assert below(book, "渠道分析", "渠道明细", 1)[0][:5] == ["行业展会", "广交会", 2, 1, 1]


def test_what_each_branch_submitted(book: Any) -> None:
    found = {row[2]: row for row in book["提交情况"].values if row[2] and "xlsx" in str(row[2])}
    read, people = "已读取", "分公司"
    # workbook: state, leads, counted, new, errors
    expected = {
        "上海": (read, 3, 3, 1, 0),
        "北京": (read, 3, 3, 1, 0),
        "南京": (read, 1, 0, 0, 0),
        "天津": ("未能读取", "—", "—", "—", 1),
        "广州": (read, 2, 2, 0, 0),
        "成都": (read, 1, 1, 0, 0),
        "杭州": (read, 1, 1, 0, 0),
        "武汉": (read, 1, 1, 1, 0),
        "深圳": (read, 1, 1, 1, 1),
        "西安": ("没有线索", 0, 0, 0, 0),
        "重庆": (read, 1, 0, 0, 0),
        "青岛": ("未能读取", "—", "—", "—", 1),
    }
    assert {name: row[3:8] for name, row in found.items()} == {
        f"5月-{name}.xlsx": cells for name, cells in expected.items()
    }
    assert {row[0] for row in found.values()} == {f"{name}{people}" for name in expected}
    assert {row[9] for row in found.values()} == {0, "—"}
    assert {name: row[10] for name, row in found.items() if row[10]} == {
        "5月-重庆.xlsx": "最小样本数 5 ≠ 10"
    }
    why = {name: row[11] for name, row in found.items() if row[11]}
    assert set(why) == {f"5月-{name}.xlsx" for name in ("南京", "天津", "重庆", "青岛")}
    assert why["5月-南京.xlsx"] == "1 条与其他工作簿的线索重复，只计一次"
    assert why["5月-重庆.xlsx"] == "1 条在截至日之后获取，未计入"
    assert "已损坏" in why["5月-天津.xlsx"]
    assert "密码" in why["5月-青岛.xlsx"]


def test_imposed_settings_count_and_the_others_are_named(folder: Path, tmp_path: Path) -> None:
    files = [folder / "submitted" / f"5月-{name}.xlsx" for name in ("上海", "重庆")]
    done = xltrack.summary(files, output=tmp_path / "may.xlsx", settings=files[1], **MAY)
    assert done.analysis.settings.parameters.minimum_sample == 5
    differences = {each.workbook: each.differences for each in done.submissions.workbooks}
    assert differences == {"5月-上海.xlsx": "最小样本数 10 ≠ 5", "5月-重庆.xlsx": ""}


def test_who_has_not_submitted_is_named_with_the_team(book: Any) -> None:
    assert below(book, "提交情况", "未提交", 2) == [
        ["长沙分公司", "销售部", "长沙"],
        ["郑州分公司", "销售部", "郑州"],
    ]


def test_the_result_tells_what_happened(done: Any) -> None:
    assert done.leads == 13
    assert done.analysis.leads == 12
    assert [entry.submitter for entry in done.missing] == ["长沙分公司", "郑州分公司"]
    assert [each.workbook for each in done.unreadable] == ["5月-天津.xlsx", "5月-青岛.xlsx"]
    assert done.errors == 3


def test_the_review_is_of_the_same_leads(done: Any) -> None:
    page = done.review.read_text(encoding="utf-8")
    assert "壬公司" in page
    assert PHONE not in page
    figures = html.fromstring(page).findall(".//dl[@class='figures']/div")
    shown = ["".join(map(str, each.findall("dd")[0].itertext())).strip() for each in figures]
    assert shown[:3] == ["4", "2", "80.0"]
    assert shown[5:] == ["80.0% (80.0/100.0)", "90.0", "2"]


def parts(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        yield from ((name, archive.read(name)) for name in archive.namelist())


def test_no_contact_details_anywhere_in_the_package(done: Any, folder: Path) -> None:
    submitted = b"".join(data for _, data in parts(folder / "submitted" / "5月-北京.xlsx"))
    assert PHONE.encode() in submitted
    listed = dict(parts(done.path))
    assert len(listed) > 20
    for name, data in listed.items():
        assert PHONE.encode() not in data, name
        assert "王总".encode() not in data, name
        if name.endswith((".xml", ".rels")):
            etree.fromstring(data)


def test_with_the_password_the_locked_workbook_counts(folder: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text(PASSWORD, encoding="utf-8")
    done = xltrack.summary(
        folder / "submitted", output=tmp_path / "may.xlsx", password_file=words, **MAY
    )
    assert [each.workbook for each in done.unreadable] == ["5月-天津.xlsx"]
    copy = done.submissions.workbooks[-1]
    assert copy.workbook == "5月-青岛.xlsx"
    assert (copy.copy_of, copy.leads, copy.counted) == ("5月-北京.xlsx", 3, 0)
    assert done.leads == 13


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "xltrack", "summary", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_exit_status_and_what_is_said(folder: Path, tmp_path: Path) -> None:
    out = ["--month", "2024-05", "--jobs", "1", "-o", tmp_path / "a.xlsx", "--lang", "zh"]
    both = run(folder / "submitted", *out, "--roster", folder / "roster.csv")
    assert both.returncode == 2
    assert both.stdout.startswith("已生成 a.xlsx：10 个工作簿、13 条线索（截至 2024-05-31）")
    assert "5月-天津.xlsx 已损坏" in both.stderr
    assert "未提交 2 人：长沙分公司、郑州分公司。" in both.stderr
    sound = [folder / "submitted" / f"5月-{name}.xlsx" for name in ("上海", "北京", "深圳")]
    assert run(*sound, *out).returncode == 2  # it would overwrite
    assert run(*sound, *out, "--force").returncode == 1  # the id that two branches use
    assert run(*sound, *out, "--force", "--fail-on", "never").returncode == 0
    assert run(*sound[:2], *out, "--force").returncode == 0


def test_jobs_and_order_do_not_matter(done: Any, folder: Path, tmp_path: Path) -> None:
    files = sorted((folder / "submitted").iterdir(), reverse=True)
    again = xltrack.summary(
        files,
        output=tmp_path / "other name.xlsx",
        roster=folder / "roster.csv",
        month="2024-05",
        jobs=2,
    )
    assert again.path.read_bytes() == done.path.read_bytes()


def test_splitting_a_workbook_changes_nothing_but_the_list_of_files(
    folder: Path, tmp_path: Path
) -> None:
    leads = [lead for listed in leads_by_workbook().values() for lead in listed]
    for number, lead in enumerate(leads):
        if number % 5 == 0:
            del lead["线索编号"]  # a row without an id is a lead of its own
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    whole.mkdir()
    pieces.mkdir()
    fill(folder / "blank.xlsx", whole / "all.xlsx", leads)
    for number in range(4):
        fill(folder / "blank.xlsx", pieces / f"{9 - number}.xlsx", leads[number::4])
    one = xltrack.summary(whole, output=tmp_path / "one.xlsx", **MAY)
    many = xltrack.summary(pieces, output=tmp_path / "many.xlsx", **MAY)
    assert one.leads == many.leads
    told = {"提交情况", "总览"}  # the files; how many there are, and findings across them
    sheets = openpyxl.load_workbook(one.path).sheetnames
    assert set(sheets) > told
    for number, sheet in enumerate(sheets, start=1):
        if sheet not in told:
            same = [_sheet(each.path, number) for each in (one, many)]
            assert same[0] == same[1], sheet
    for title, count in (("关键指标", 9), ("团队", 3), ("下月预测", 1), ("月度趋势", 4)):
        tables = [below(openpyxl.load_workbook(x.path), "总览", title, count) for x in (one, many)]
        assert tables[0] == tables[1]


def _sheet(path: Path, number: int) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    found = [list(row) for row in book.worksheets[number - 1].values]
    return [row for row in found if "来自" not in str(row[0]) and "截至" not in str(row[0])]


def test_a_second_run_keeps_what_was_typed_into_the_plan(folder: Path, tmp_path: Path) -> None:
    files = [folder / "submitted" / f"5月-{name}.xlsx" for name in ("上海", "北京")]
    out = tmp_path / "may.xlsx"
    xltrack.summary(files, output=out, **MAY)
    first = out.read_bytes()
    xltrack.summary([tmp_path, *files], output=out, force=True, **MAY)
    assert out.read_bytes() == first
    book = openpyxl.load_workbook(io.BytesIO(first))
    sheet: Any = book["行动改进计划"]
    header = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "负责人")
    sheet.cell(header.row + 1, header.column, "李四")
    book.save(out)
    xltrack.summary(files, output=out, force=True, **MAY)
    kept: Any = openpyxl.load_workbook(out)["行动改进计划"]
    assert kept.cell(header.row + 1, header.column).value == "李四"


def test_an_earlier_summary_in_the_folder_is_passed_over(folder: Path, tmp_path: Path) -> None:
    for name in ("上海", "北京"):
        shutil.copy(folder / "submitted" / f"5月-{name}.xlsx", tmp_path)
    april = xltrack.summary(tmp_path, output=tmp_path / "april.xlsx", month="2024-04", jobs=1)
    may = xltrack.summary(tmp_path, output=tmp_path / "may.xlsx", **MAY)
    listed = [[each.workbook for each in done.submissions.workbooks] for done in (april, may)]
    assert listed == [["5月-上海.xlsx", "5月-北京.xlsx"]] * 2
