"""The stage journal: what is noted, what is not, how it is written and read."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import openpyxl
import pandas as pd
import pytest
from lxml import etree

from xltrack.leads.facts import lead_facts
from xltrack.leads.journal import Journal
from xltrack.leads.journal_bounds import compacted
from xltrack.leads.journal_history import slipped_close
from xltrack.leads.journal_parse import decoded
from xltrack.leads.journal_sheet import journal_sheet
from xltrack.leads.journal_text import encoded
from xltrack.leads.journal_union import side_by_side, union
from xltrack.template import Settings, Stage, default_settings, load_template

Rows = list[Mapping[str, Any]]
MON, TUE, WED = (dt.date(2024, 5, day) for day in (6, 7, 8))
SETTINGS = default_settings(load_template(), "zh")
SUFFIXES = tuple(load_template().customer.suffixes)
SIDE = replace(SETTINGS, stages=(*SETTINGS.stages, Stage("暂缓", "paused"), Stage("放弃", "lost")))


def frame(rows: Rows) -> pd.DataFrame:
    """Leads in the shape that reading gives; what a row does not name is empty."""
    kinds = {"date": "datetime64[s]", "datetime": "datetime64[s]", "number": "float64"}
    columns: dict[str, Any] = {}
    for field in load_template().fields:
        values = pd.Series([row.get(field.id) for row in rows], dtype="object")
        columns[field.id] = values.astype(kinds.get(field.type, "str"))  # type: ignore[call-overload]
    return pd.DataFrame(columns)


def lead(stage: str | None = "初识", **more: Any) -> dict[str, Any]:
    return {"lead_id": "LX202405001", "customer": "星辰科技有限公司", "stage": stage, **more}


def after(*days: tuple[dt.date, Any], settings: Settings = SETTINGS) -> Journal:
    journal = Journal(suffixes=SUFFIXES)
    for day, rows in days:
        journal = journal.updated(frame(rows), settings, day)
    return journal


def noted(journal: Journal) -> list[tuple[Any, ...]]:
    """The changes as (day, field, old, new), nothing as None."""
    rows: Any = journal.changes.astype({"field": "object", "old": "object", "new": "object"})
    rows = rows.where(rows.notna(), None)
    return [(row.day.date(), row.field, row.old, row.new) for row in rows.itertuples()]


def test_a_first_sight_is_no_change() -> None:
    journal = after((MON, [lead()]))
    assert journal.since == MON
    assert noted(journal) == []
    assert journal.states["lead_id"].tolist() == ["lx202405001"]
    assert journal.states["customer"].tolist() == ["星辰科技"]


def test_what_changes_is_noted_field_by_field() -> None:
    later = lead("意向明确", owner="李四", amount=12.5, expected_close=dt.date(2024, 6, 1))
    journal = after((MON, [lead(owner="张三")]), (TUE, [later]))
    assert noted(journal) == [
        (TUE, "stage", "初识", "意向明确"),
        (TUE, "owner", "张三", "李四"),
        (TUE, "amount", None, "12.5"),
        (TUE, "expected_close", None, "2024-06-01"),
    ]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (lead("意向明确"), lead(" 意向明确 ")),
        (lead(lost_reason="价格过高"), lead(lost_reason="太贵")),
        (lead(lost_reason=None), lead(lost_reason="/")),
        (lead(), lead() | {"customer": "星辰科技", "lead_id": "lx202405001"}),
        (lead(), lead() | {"contact": "王总", "phone": "13812345678"}),
        (lead("方案对比"), lead(None)),
        (lead("方案对比"), lead("谈恋爱")),
    ],
    ids=["spaces", "synonym", "no-loss mark", "company's form", "contact", "empty", "unknown"],
)
def test_what_means_the_same_or_says_nothing_is_no_change(
    before: dict[str, Any], now: dict[str, Any]
) -> None:
    journal = after((MON, [before]))
    assert journal.updated(frame([now]), SETTINGS, TUE) is journal


def test_a_lead_that_is_gone_is_kept_and_may_come_back() -> None:
    other = lead() | {"lead_id": "LX202405002"}
    journal = after((MON, [lead(), other]), (TUE, [other]), (WED, [lead(), other]))
    assert noted(journal) == [
        (TUE, "gone_on", None, "2024-05-07"),
        (WED, "gone_on", "2024-05-07", None),
    ]
    assert journal.states["first_seen"].dt.date.tolist() == [MON, MON]


def test_two_changes_on_one_day_are_one() -> None:
    there = after((MON, [lead()]), (TUE, [lead("意向明确")]), (TUE, [lead("方案对比")]))
    assert noted(there) == [(TUE, "stage", "初识", "方案对比")]
    back = there.updated(frame([lead()]), SETTINGS, TUE)
    assert noted(back) == []


def test_a_clock_that_is_behind_does_not_change_the_order() -> None:
    journal = after((TUE, [lead()]), (WED, [lead("意向明确")]), (MON, [lead("方案对比")]))
    assert noted(journal) == [(WED, "stage", "初识", "方案对比")]


def test_a_stage_renamed_in_settings_is_no_move() -> None:
    stages = tuple(replace(s, name="报价") if s.name == "方案对比" else s for s in SETTINGS.stages)
    renamed = replace(SETTINGS, stages=stages)
    journal = after((MON, [lead()]), (TUE, [lead("方案对比")]))
    journal = journal.updated(frame([lead("报价")]), renamed, WED)
    assert noted(journal) == [(TUE, "stage", "初识", "方案对比")]
    assert journal.stage_names(renamed)["方案对比"] == "报价"
    assert encoded(decoded(encoded(journal), SUFFIXES)) == encoded(journal)


def test_leads_that_cannot_be_known_again_are_counted() -> None:
    rows = [lead(), lead() | {"lead_id": None}, lead() | {"customer": "别家"}]
    twice = [*rows, lead() | {"customer": "星辰科技"}]
    assert after((MON, rows)).excluded == 1
    assert len(after((MON, rows)).states) == 2
    assert after((MON, twice)).excluded == 3
    assert not after((MON, rows)).covers(MON)


def test_nothing_private_is_written() -> None:
    row = lead() | {"contact": "王总", "phone": "13812345678", "latest_follow_up": "2024-05-01:谈"}
    text = "".join(encoded(after((MON, [row]), (TUE, [row | {"phone": "13900000000"}]))))
    for secret in ("王总", "13812345678", "13900000000", "谈~", "2024-05-01"):
        assert secret not in text


def test_what_several_people_noted_is_joined() -> None:
    start = after((MON, [lead()]))
    one = start.updated(frame([lead("意向明确")]), SETTINGS, TUE)
    other = start.updated(frame([lead(owner="李四")]), SETTINGS, WED)
    both = union([one, other])
    assert noted(both) == [(TUE, "stage", "初识", "意向明确"), (WED, "owner", None, "李四")]
    state = both.states.iloc[0]
    assert (state["stage"], state["owner"]) == ("意向明确", "李四")


def test_workbooks_side_by_side_are_covered_from_the_later_begin() -> None:
    one = after((MON, [lead()]))
    other = after((TUE, [lead() | {"lead_id": "B1"}]))
    both = side_by_side([one, other])
    assert (both.since, both.covers(MON), both.covers(TUE), len(both.states)) == (
        TUE,
        False,
        True,
        2,
    )
    assert not side_by_side([one, Journal()]).covers(WED)


def test_the_oldest_days_become_counts_and_the_sheet_says_so() -> None:
    days = [(MON, "初识"), (TUE, "意向明确"), (WED, "方案对比")]
    small = compacted(after(*[(day, [lead(stage)]) for day, stage in days]), 1)
    assert noted(small) == [(WED, "stage", "意向明确", "方案对比")]
    assert small.counts.values.tolist() == [["2024-05", "stage", 1]]
    assert (small.covers(MON), small.covers(TUE)) == (False, True)
    assert "2024-05-07" in journal_sheet(small, "zh").decode()
    assert "monthly counts only up to this day: 2024-05-07" in journal_sheet(small, "en").decode()


def test_leads_that_went_first_are_forgotten() -> None:
    others = [lead("意向明确") | {"lead_id": "B1"}, lead() | {"lead_id": "C1"}]
    seen = [(MON, [lead(), *others]), (TUE, others), (WED, others[:1])]
    journal = after(*seen)
    assert len(compacted(journal, most_gone=2).states) == 3
    small = compacted(journal, most_gone=1)
    assert small.states["lead_id"].tolist() == ["b1", "c1"]
    assert (small.compacted_to, small.covers(MON), small.covers(TUE)) == (TUE, False, True)
    assert [(day, field) for day, field, *_ in noted(small)] == [(WED, "gone_on")]
    assert small.states["lead_id"][small.changes["lead"]].tolist() == ["c1"]
    assert small.counts.to_numpy().tolist() == [["2024-05", "gone_on", 1]]
    again = small.updated(frame([lead(), others[0]]), SETTINGS, dt.date(2024, 5, 9))
    assert again.states["first_seen"][again.states["lead_id"] == "lx202405001"].tolist() == [
        pd.Timestamp(2024, 5, 9)
    ]


HOSTILE = "=1+1|~\\ _x0041_\n\r\t\x0b<&>\"'\U0001f600\ufffe@-"


@pytest.mark.parametrize("inline", [True, False])
def test_hostile_texts_stay_texts(inline: bool) -> None:
    row = lead(owner=HOSTILE, lost_reason=HOSTILE) | {"customer": HOSTILE}
    journal = after((MON, [lead() | {"customer": HOSTILE}]), (TUE, [row]))
    markup = journal_sheet(journal, "zh", inline=inline)
    cells = etree.fromstring(markup).iter("{*}t" if inline else "{*}v")
    texts = [str(cell.text) for cell in cells][1:]
    again = decoded(texts, SUFFIXES)
    assert (again.skipped, noted(again)) == (0, noted(journal))
    sheet = _as_workbook(markup).active
    assert {cell.data_type for (cell,) in sheet.rows} <= {"s", "inlineStr"}
    assert [cell.value for (cell,) in sheet.rows][1:] == texts


def _as_workbook(markup: bytes) -> Any:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    changed = io.BytesIO()
    with zipfile.ZipFile(out) as before, zipfile.ZipFile(changed, "w") as now:
        for name in before.namelist():
            ours = name == "xl/worksheets/sheet1.xml"
            now.writestr(name, markup if ours else before.read(name))
    return openpyxl.load_workbook(changed)


def test_lines_that_a_person_broke_are_skipped_and_counted() -> None:
    journal = after((MON, [lead(), lead() | {"lead_id": "B2"}]), (TUE, [lead("意向明确")]))
    cells = encoded(journal)
    at = next(i for i, cell in enumerate(cells) if cell.startswith("L~"))
    first, *others = cells[at].split("~")[1:]
    cells[at] = "~".join(["L", first.replace("|", ";"), *others])
    again = decoded(["remember the milk", *cells], SUFFIXES)
    # the text, the lead, and the change of that lead
    assert (again.skipped, len(again.states)) == (3, 1)
    assert noted(again) == [(TUE, "stage", "初识", "意向明确")]


def test_a_cell_holds_what_excel_takes() -> None:
    rows = [lead() | {"lead_id": f"A{n}", "customer": f"客户{n}"} for n in range(3000)]
    cells = encoded(after((MON, rows)))
    assert max(len(cell.encode("utf-16-le")) // 2 for cell in cells) <= 32_767
    assert not any("\n" in cell for cell in cells)
    assert len(decoded(cells, SUFFIXES).states) == 3000


def facts_of(row: dict[str, Any], journal: Journal, as_of: dt.date = WED) -> Any:
    return lead_facts(frame([row]), SIDE, as_of, journal).iloc[0]


def test_the_day_of_winning_is_the_journals_where_the_lead_has_none() -> None:
    won = lead("成交", expected_close=dt.date(2024, 4, 30))
    journal = after((MON, [lead("商务谈判")]), (TUE, [won]), settings=SIDE)
    known = facts_of(won, journal)
    assert (known["close_day"].date(), known["close_presumed"]) == (TUE, False)
    own = facts_of(won | {"closed_on": dt.date(2024, 5, 1)}, journal)
    assert own["close_day"].date() == dt.date(2024, 5, 1)
    before = facts_of(won, journal, MON)
    assert (before["close_day"].date(), before["close_presumed"]) == (dt.date(2024, 4, 30), True)


def test_the_day_of_losing_is_that_of_the_last_time() -> None:
    lost, back = lead(lost_reason="价格过高"), lead()
    days = [(MON, back), (TUE, lost), (WED, back), (dt.date(2024, 5, 20), lost)]
    journal = after(*[(day, [row]) for day, row in days], settings=SIDE)
    assert facts_of(lost, journal, dt.date(2024, 5, 31))["close_day"].date() == days[-1][0]
    assert pd.isna(facts_of(lost, journal, WED)["close_day"])


def test_a_first_sight_of_a_won_lead_tells_no_day() -> None:
    journal = after((MON, [lead("成交")]), settings=SIDE)
    assert pd.isna(facts_of(lead("成交"), journal)["close_day"])


@pytest.mark.parametrize("stage", ["暂缓", "放弃"])
def test_the_index_beside_the_funnel_is_that_of_the_last_stage_in_it(stage: str) -> None:
    journal = after((MON, [lead("方案对比")]), (TUE, [lead(stage)]), settings=SIDE)
    assert facts_of(lead(stage), journal)["index"] == 3
    assert pd.isna(lead_facts(frame([lead(stage)]), SIDE, WED)["index"].iloc[0])
    assert pd.isna(facts_of(lead(stage), after((MON, [lead(stage)]), settings=SIDE))["index"])


def test_put_off_closes_are_counted_and_those_brought_forward_are_not() -> None:
    closes = [(6, 1), (6, 11), (6, 5), (7, 5)]
    days = [(dt.date(2024, 5, n + 1), dt.date(2024, *close)) for n, close in enumerate(closes)]
    journal = after(*[(day, [lead(expected_close=close)]) for day, close in days])
    slipped = slipped_close(journal, WED)
    assert slipped[["postponements", "days"]].values.tolist() == [[2, 40]]
    assert slipped_close(journal, days[1][0])["days"].tolist() == [10]
