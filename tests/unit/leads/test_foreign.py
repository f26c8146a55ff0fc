"""Workbooks of other formats, as another program writes them."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.leads import read_book
from xltrack.template import Template

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "成交金额(万)", "获取时间"]


ROWS = [
    HEADER,
    ["LX202405001", "甲公司", "初识", "张三", 3.5, dt.date(2024, 5, 10)],
    ["LX202405002", " 乙公司", "成交", "李四", "32万", "5月10日"],
    [None, None, None, None, "—", None],
    ["LX202405003", "丙公司", 1.5, 7, -1, 45422],
]


@pytest.fixture(scope="module")
def convert(
    require: Callable[[object, str], None], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path, str], Path]:
    """Has LibreOffice save a workbook in another format."""
    require(shutil.which("soffice"), "LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"

    def converted(path: Path, kind: str) -> Path:
        command = ["soffice", profile, "--headless", "--convert-to", kind]
        command += ["--outdir", str(folder), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return folder / f"{path.stem}.{kind}"

    return converted


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_other_programs_and_formats_are_read_alike(
    write: Callable[..., Path],
    template: Template,
    convert: Callable[[Path, str], Path],
    kind: str,
) -> None:
    path = write(ROWS)
    original = read_book(path, template=template)
    book = read_book(convert(path, kind), template=template)
    columns = [name for name in original.rows if name != "file"]
    pd.testing.assert_frame_equal(book.rows[columns], original.rows[columns])
    assert [(f.code, f.cell, f.value) for f in book.findings] == [
        (f.code, f.cell, f.value) for f in original.findings
    ]


def test_a_workbook_that_openpyxl_wrote_is_read_alike(
    write: Callable[..., Path], template: Template, tmp_path: Path
) -> None:
    original = read_book(write(ROWS), template=template)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in ROWS:
        sheet.append(row)
    sheet.title = "线索跟踪表"
    sheet["G5"] = "=1/0"
    book.save(tmp_path / "leads.xlsx")
    for careful in (False, True):
        found = read_book(tmp_path / "leads.xlsx", template=template, careful=careful)
        pd.testing.assert_frame_equal(found.rows, original.rows)
        assert found.findings == original.findings


def test_a_damaged_compound_file_is_one_error(tmp_path: Path, template: Template) -> None:
    path = tmp_path / "leads.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(path, template=template)
    assert caught.value.reason in (Reason.DAMAGED, Reason.TOO_LARGE)
