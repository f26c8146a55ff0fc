"""Workbooks of other formats, as another program writes them."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.leads import read_book
from xltrack.template import Template

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "成交金额(万)", "获取时间"]


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_formats_are_read_as_well(
    write: Callable[..., Path],
    template: Template,
    require: Callable[[object, str], None],
    tmp_path: Path,
    kind: str,
) -> None:
    require(shutil.which("soffice"), "LibreOffice is not installed")
    path = write([HEADER, ["LX202405001", "甲公司", "初识", "张三", 3.5, dt.date(2024, 5, 10)]])
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    book = read_book(path.with_suffix(f".{kind}"), template=template)
    values = book.rows[["lead_id", "customer", "amount", "acquired_on"]].astype(str)
    assert values.to_numpy().tolist() == [["LX202405001", "甲公司", "3.5", "2024-05-10"]]


def test_a_damaged_compound_file_is_one_error(tmp_path: Path, template: Template) -> None:
    path = tmp_path / "leads.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(path, template=template)
    assert caught.value.reason in (Reason.DAMAGED, Reason.TOO_LARGE)
