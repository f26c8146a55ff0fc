"""What the three reports say besides the figures of tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xltrack
from tests.golden.review_leads import write_leads
from xltrack.analysis import Analysis, analyze_book, parse_period
from xltrack.leads.journal import Journal
from xltrack.leads.plan import PlannedAction
from xltrack.report import Note, TableBlock, Wording
from xltrack.report.review import REVIEW_TABLES, Review, compose_review
from xltrack.report.review_actions import next_review, watched
from xltrack.template import load_labels
from xltrack.template.settings import Owner

DAY = dt.date(2024, 5, 31)
Look = Callable[..., Analysis]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> xltrack.LeadBook:
    return xltrack.read(write_leads(tmp_path_factory.mktemp("review") / "leads.xlsx"))


@pytest.fixture
def look(book: xltrack.LeadBook) -> Look:
    """An analysis of the leads; the period by kind and name."""

    def make(kind: Any = "month", name: str = "2024-05", **more: Any) -> Analysis:
        period = parse_period(kind, name) if kind else None
        return analyze_book(book, as_of=DAY, period=period, tables=REVIEW_TABLES, **more)

    return make


def composed(analysis: Analysis, lang: Any = "zh") -> Review:
    return compose_review(analysis, Wording.of(load_labels(), analysis.settings, lang), "scope")


def table(review: Review, report: str, section: str) -> TableBlock:
    sections = {each.key: each for r in review.reports if r.key == report for each in r.sections}
    return next(block for block in sections[section].blocks if isinstance(block, TableBlock))


@pytest.mark.parametrize(
    ("kind", "name", "holidays", "day"),
    [
        ("month", "2024-05", [], "2024-07-01"),  # 30 June is a Sunday, 1 July a Monday
        ("month", "2024-05", ["2024-07-01", "2024-07-02"], "2024-07-03"),
        ("month", "2024-07", [], "2024-09-02"),  # 1 September is a Sunday
        ("week", "2024-W20", [], "2024-05-27"),
        ("quarter", "2024-Q1", ["2024-07-01"], "2024-07-02"),
    ],
)
def test_next_review_is_the_first_working_day_after_the_next_period(
    look: Look, kind: str, name: str, holidays: list[str], day: str
) -> None:
    analysis = look(kind, name)
    off = tuple(map(dt.date.fromisoformat, holidays))
    analysis = replace(analysis, settings=replace(analysis.settings, holidays=off))
    assert next_review(analysis) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("told_in", ["zh", "en"])
@pytest.mark.parametrize("shown_in", ["zh", "en"])
def test_figures_are_found_again_in_a_sentence_of_either_language(
    look: Look, told_in: Any, shown_in: Any
) -> None:
    settings, labels = look().settings, load_labels()
    wording = Wording.of(labels, settings, shown_in)
    sentence = labels.values["evidence"]["bottleneck"].of(told_in)
    told = sentence.format(moved_on="1,076", lost="38", decided_conversion="96.6%")
    words = labels.values["watch"]["bottleneck"].of(shown_in)
    shown = watched("bottleneck", told, words, wording)
    assert shown is not None
    assert "96.6%" in shown
    assert "(1,076/1,114)" in shown


def test_a_sentence_that_the_team_typed_is_no_evidence(look: Look) -> None:
    wording = Wording.of(load_labels(), look().settings, "zh")
    assert watched("overdue", "很多线索没有跟进", "{share}", wording) is None
    assert watched("own", "很多", "{share}", wording) is None


def test_without_a_period_nothing_stands_beside(look: Look) -> None:
    review = composed(look(None))
    assert review.title == "复盘"
    assert review.next_review is None
    columns = [column.id for column in table(review, "tracking", "new_leads").columns]
    assert columns == ["channel", "new_leads", "share"]


def test_moves_of_the_period_come_from_the_journal(look: Look, book: xltrack.LeadBook) -> None:
    moved = book.leads["customer"] == "甲公司"
    before = book.leads.assign(stage=book.leads["stage"].where(~moved, "初识"))
    after = book.leads.assign(stage=book.leads["stage"].where(~moved, "意向明确"))
    journal = Journal().updated(before, book.settings, dt.date(2024, 4, 30))
    journal = journal.updated(after, book.settings, dt.date(2024, 5, 20))
    block = table(composed(look(journal=journal)), "tracking", "conversion")
    at = block.position("advance_rate")
    # two open leads stood at the first stage, one of them moved on
    assert str(block.rows[0][at]) == "50.0%(1/2)"


def test_without_a_journal_there_are_no_columns_of_dashes(look: Look) -> None:
    block = table(composed(look()), "tracking", "conversion")
    ids = {column.id for column in block.columns}
    assert ids & {"advance_rate", "median_days", "stalled"} == set()


def test_support_names_who_has_left_and_what_is_late(book: xltrack.LeadBook) -> None:
    owners = (Owner("王五", active=False, successor="李四"),)
    settings = replace(book.settings, owners=owners)
    analysis = analyze_book(
        replace(book, settings=settings),
        as_of=DAY,
        period=parse_period("month", "2024-05"),
        tables=REVIEW_TABLES,
        plan=[PlannedAction("own:培训", "培训", deadline=dt.date(2024, 5, 10))],
    )
    section = next(s for s in composed(analysis).reports[2].sections if s.key == "support")
    said = [block.text for block in section.blocks if isinstance(block, Note)]
    assert "王五 已离岗，1 条在跟线索待移交(接手人：李四)。" in said
    assert "1 项措施已过期限仍未完成，请协调。" in said


def test_a_refresh_writes_the_review_as_a_sheet(tmp_path: Path) -> None:
    path = write_leads(tmp_path / "leads.xlsx")
    xltrack.refresh(path, month="2024-05", sheets=["复盘"], backup=False)
    sheet = openpyxl.load_workbook(path)["复盘"]
    texts = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    for title in ("线索跟踪报告", "市场分析报告", "行动改进计划", "渠道效果对比", "66.7%(2/3)"):
        assert title in texts


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"output": "r.html"}, "no_period"),
        ({"month": "2024-05"}, "no_output"),
        ({"month": "2024-05", "output": "r.pdf"}, "review_format"),
        ({"month": "2024-05", "output": "leads.xlsx", "force": True}, "output_is_input"),
    ],
)
def test_what_cannot_be_reviewed_is_refused_and_nothing_written(
    tmp_path: Path, options: dict[str, Any], reason: str
) -> None:
    path = write_leads(tmp_path / "leads.xlsx")
    before = path.read_bytes()
    if "output" in options:
        options["output"] = tmp_path / options["output"]
    with pytest.raises(xltrack.UsageError, match=reason):
        xltrack.review(path, **options)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
