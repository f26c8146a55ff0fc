"""Reading a workbook with a password; nothing is written back into one."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

import xltrack
from xltrack.errors import Reason, UnreadableWorkbook


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return xltrack.demo(tmp_path / "leads.xlsx", leads=30)


@pytest.fixture
def locked(plain: Path) -> Path:
    folder = plain.parent / "locked"
    folder.mkdir()
    path = folder / plain.name
    with path.open("wb") as out:
        OOXMLFile(io.BytesIO(plain.read_bytes())).encrypt("春天", out)
    return path


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    path = tmp_path / "passwords.txt"
    path.write_text("春天\n", encoding="utf-8")
    return path


def test_the_leads_are_those_of_the_workbook_without(
    plain: Path, locked: Path, passwords: Path
) -> None:
    opened = xltrack.read(locked, password_file=passwords)
    pd.testing.assert_frame_equal(opened.rows, xltrack.read(plain).rows)
    assert opened.settings == xltrack.read(plain).settings


def test_settings_may_come_from_one(plain: Path, locked: Path, passwords: Path) -> None:
    book = xltrack.read(plain, settings=locked, password_file=passwords)
    assert book.settings == xltrack.read(plain).settings


def test_the_analysis_is_that_of_the_workbook_without(
    plain: Path, locked: Path, passwords: Path
) -> None:
    one = xltrack.analyze(locked, password_file=passwords, tables=["overview"])
    other = xltrack.analyze(plain, tables=["overview"])
    pd.testing.assert_frame_equal(one["overview"], other["overview"])


def test_a_review_and_texts_for_the_chat_come_from_one(
    plain: Path, locked: Path, passwords: Path
) -> None:
    faces = []
    for path in (plain, locked):
        page = path.with_suffix(".md")
        xltrack.review(path, output=page, month="2024-05", password_file=passwords)
        faces.append(page.read_text(encoding="utf-8"))
    assert faces[0] == faces[1]
    assert xltrack.digest(locked, password_file=passwords) == xltrack.digest(plain)


def test_what_the_team_planned_is_read_from_one(plain: Path, locked: Path, passwords: Path) -> None:
    xltrack.refresh(plain, sheets=["actions"], as_of=dt.date(2024, 6, 30))
    sheet = openpyxl.load_workbook(plain)["行动改进计划"]
    assert sheet.max_row > 1
    with locked.open("wb") as out:
        OOXMLFile(io.BytesIO(plain.read_bytes())).encrypt("春天", out)
    one, other = (
        xltrack.analyze(path, password_file=passwords, tables=["plan_review"])["plan_review"]
        for path in (plain, locked)
    )
    assert len(one)
    pd.testing.assert_frame_equal(one, other)


def test_nothing_is_written_back_into_one(locked: Path) -> None:
    before = locked.read_bytes()
    with pytest.raises(UnreadableWorkbook) as caught:
        xltrack.refresh(locked)
    assert caught.value.reason is Reason.ENCRYPTED
    assert locked.read_bytes() == before
