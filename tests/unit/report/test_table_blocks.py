"""Tables as blocks: words, counts behind rates, what is left out."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from xltrack.analysis import Table
from xltrack.report import Rate, Wording
from xltrack.report.table_blocks import table_block
from xltrack.template import default_settings, load_labels, load_template


@pytest.fixture
def wording() -> Wording:
    return Wording.of(load_labels(), default_settings(load_template(), "zh"), "zh")


FUNNEL = pd.DataFrame(
    {
        "stage": ["初识", "成交"],
        "reached": [20, 3],
        "lost": [10, 0],
        "step_conversion": [0.15, None],
        "decided_conversion": [3 / 13, None],
        "from_start": [1.0, 0.15],
        "bottleneck": [True, False],
    }
)


def test_a_rate_shows_the_counts_it_comes_from(wording: Wording) -> None:
    block = table_block("funnel", Table(FUNNEL, "cohort"), wording)
    assert block.rows[0][3:6] == (Rate(0.15, 3, 20), Rate(3 / 13, 3, 13), Rate(1.0, 20, 20))
    assert str(block.rows[0][3]) == "15.0%(3/20)"
    assert block.rows[1][3:6] == (None, None, Rate(0.15, 3, 20))


def test_the_weak_step_is_marked_in_words_and_as_strong(wording: Wording) -> None:
    block = table_block("funnel", Table(FUNNEL, "cohort"), wording)
    assert [row[6] for row in block.rows] == ["▲ 薄弱", ""]
    assert block.strong == {0}


def test_the_subtitle_says_base_and_what_is_left_out(wording: Wording) -> None:
    block = table_block("funnel", Table(FUNNEL, "cohort", left_out=2, presumed=1), wording)
    assert (
        block.subtitle
        == "线索口径(期内新增线索,结果截至某日) · 未计入 2 条 · 其中 1 条结案日期为推定"
    )


def test_a_missing_key_reads_as_missing_and_a_missing_figure_as_nothing(wording: Wording) -> None:
    frame = pd.DataFrame({"channel": [None], "leads": [1], "average_deal": [float("nan")]})
    block = table_block("channels", Table(frame, "cohort"), wording)
    assert block.rows == (("(未填)", 1, None),)
    assert wording.shown(None, "amount") == "—"


def test_codes_become_words_and_several_are_joined(wording: Wording) -> None:
    frame = pd.DataFrame({"verdict": ["keep"], "reason": ["conversion_high+deal_low"]})
    block = table_block("channels", Table(frame, "cohort"), wording)
    assert block.rows == (("维持", "转化高、客单低"),)


def test_small_samples_are_muted(wording: Wording) -> None:
    frame = pd.DataFrame({"channel": ["a", "b"], "verdict": ["keep", "small_sample"]})
    assert table_block("channels", Table(frame, "cohort"), wording).muted == {1}


def test_a_long_list_says_how_many_more(wording: Wording) -> None:
    frame = pd.DataFrame({"lead_id": [f"LX{n}" for n in range(1500)]})
    block = table_block("follow_ups", Table(frame, "state"), wording, most=100)
    assert len(block.rows) == 100
    assert "1,400" in block.more


def test_days_are_days_and_links_lead_to_the_row(wording: Wording) -> None:
    frame = pd.DataFrame(
        {"due": pd.to_datetime(["2024-05-10"]), "sheet": ["线索跟踪表"], "row": [7]}
    )
    block = table_block("follow_ups", Table(frame, "state"), wording, linked=True)
    assert block.rows[0][0] == dt.date(2024, 5, 10)
    assert (block.links[0].sheet, block.links[0].cell) == ("线索跟踪表", "A7")


def test_amounts_name_the_unit_of_the_workbook(wording: Wording) -> None:
    assert wording.label("channels", "average_deal") == "客单价(万元/单,成交额÷成交)"
    english = Wording.of(load_labels(), default_settings(load_template(), "en"), "en")
    assert english.label("channels", "average_deal") == "Average deal (10k CNY)"
