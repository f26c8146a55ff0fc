"""diff, merge and redact on the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

import xltrack

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "成交金额(万)", "联系方式", "需求描述"]


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """Two versions: won, another phone number, a note with a number in it, one lead more."""
    old = [["LX1", "甲公司", "商务谈判", "张三", 5, "13800000001", "要快"]]
    new = [
        ["LX1", "甲公司", "成交", "张三", 5, "13900000002", "要快,打13900000003"],
        ["LX2", "=1+1公司", "初识", "李四", 2, "13900000004", "x"],
    ]
    paths = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    for path, rows in zip(paths, (old, new), strict=True):
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
        sheet = book.add_worksheet("线索")
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, row)
        book.close()
    return paths


def test_diff_prints_counts_and_lines(run: Run, versions: tuple[Path, Path]) -> None:
    done = run("diff", *versions)
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "old.xlsx (1 leads) → new.xlsx (2 leads)"
    assert lines[1] == "Added 1  Won 1  Other fields 1  Unchanged 0"
    assert "  LX1 甲公司 (张三) 商务谈判 → 成交" in lines
    assert "  LX1 甲公司 (张三) Contact details: (private, changed)" in lines
    assert "1390000" not in done.stdout


def test_diff_as_json(run: Run, versions: tuple[Path, Path]) -> None:
    found = json.loads(run("diff", *versions, "--format", "json").stdout)
    assert found["counts"]["won"] == 1
    assert [change["change"] for change in found["changes"]] == ["won", "field", "field", "added"]
    assert "1390000" not in str(found)


def test_diff_as_a_workbook(run: Run, versions: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("diff", *versions, "--format", "xlsx").returncode == 2
    done = run("diff", *versions, "--format", "xlsx", "-o", "changes.xlsx")
    assert (done.returncode, done.stdout) == (0, "")
    book = openpyxl.load_workbook(tmp_path / "changes.xlsx")
    assert book.sheetnames == ["汇总", "变化"]
    rows = list(book["变化"].iter_rows(values_only=True))
    assert rows[0][:3] == ("变化", "线索编号", "客户名称")
    assert rows[-1][:3] == ("新增线索", "LX2", "=1+1公司")
    assert book["变化"].cell(len(rows), 3).data_type == "s"
    assert "1390000" not in str(rows)


def test_diff_never_writes_over_a_file(
    run: Run, versions: tuple[Path, Path], tmp_path: Path
) -> None:
    place = tmp_path / "out.json"
    place.write_bytes(b"somebody's")
    done = run("diff", *versions, "--format", "json", "-o", place)
    assert done.returncode == 2
    assert place.read_bytes() == b"somebody's"
    assert run("diff", *versions, "--format", "json", "-o", place, "--force").returncode == 0
    assert json.loads(place.read_text(encoding="utf-8"))["before"]["leads"] == 1


def test_merge_says_what_it_came_to(run: Run, versions: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("merge", *versions, "-o", "out.xlsx", "--as-of", "2024-06-30")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Wrote out.xlsx: 3 rows of 2 workbooks became 2 leads.",
        "3 differences were decided, 0 of them to be checked; see the sheet Merge notes.",
    ]
    assert len(xltrack.read(tmp_path / "out.xlsx").leads) == 2


def test_redact_says_how_much_it_masked(
    run: Run, versions: tuple[Path, Path], tmp_path: Path
) -> None:
    done = run("redact", versions[1], "-o", "copy.xlsx", "--receipt", "receipt.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Wrote copy.xlsx; masked: private columns 2, phone numbers 1.\n"
    receipt = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert receipt["masked"] == {"column": 2, "phone": 1}
    assert "139" not in (tmp_path / "receipt.json").read_text(encoding="utf-8")


def test_redact_names_what_it_cannot_see_into_in_the_readers_language(
    run: Run, tmp_path: Path
) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    png = tmp_path / "p.png"
    from xltrack.opc.blank_images import blank_image

    png.write_bytes(blank_image("png") or b"")
    sheet.insert_image("A1", str(png))
    book.close()
    done = run("redact", "a.xlsx", "-o", "copy.xlsx", lang="zh_CN.UTF-8")
    assert done.returncode == 2
    assert "图片 (xl/media/image1.png)" in done.stderr
    assert len(done.stderr.splitlines()) == 1
