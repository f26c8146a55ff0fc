"""The demonstration: plausible, deterministic, and clean where it is large."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from xltrack.create import write_demo
from xltrack.create.demo_leads import DemoLeads
from xltrack.create.demo_words import demo_words
from xltrack.errors import UsageError
from xltrack.template import default_settings, load_template
from xltrack.text import Lang

TEMPLATE = load_template()
UNTIL = dt.date(2024, 6, 30)


def leads(count: int, seed: int = 1, lang: Lang = "zh") -> pd.DataFrame:
    settings = default_settings(TEMPLATE, lang)
    return pd.DataFrame(list(DemoLeads(TEMPLATE, settings, demo_words(), count, seed, UNTIL)))


def demo(count: int = 200, **options: Any) -> bytes:
    stream = io.BytesIO()
    write_demo(stream, template=TEMPLATE, leads=count, **options)
    return stream.getvalue()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert demo(60, seed=5) == demo(60, seed=5)
    assert demo(60, seed=5) != demo(60, seed=6)


@pytest.mark.parametrize("count", [0, 1, 7, 333])
def test_as_many_rows_as_asked_for(count: int) -> None:
    assert len(leads(count)) == count
    sheet = load_workbook(io.BytesIO(demo(count))).worksheets[0]
    filled = [row for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)]
    assert len(filled) == count


@pytest.mark.parametrize(
    ("count", "reason"), [(-1, "too_few_leads"), (2_000_000, "too_many_leads")]
)
def test_an_impossible_number_of_leads_is_refused(count: int, reason: str) -> None:
    with pytest.raises(UsageError) as error:
        demo(count)
    assert error.value.reason == reason


def test_two_hundred_leads_show_every_channel_stage_and_reason() -> None:
    table, settings = leads(200), default_settings(TEMPLATE, "zh")
    channels = set(table["channel"].str.split(":").str[0])
    assert channels == {channel.name for channel in settings.channels}
    assert set(table["stage"]) == {stage.name for stage in settings.stages}
    reasons = {reason.name for reason in settings.lost_reasons}
    assert reasons <= set(table["lost_reason"].dropna())
    assert table["channel"].str.contains("行业展会:广交会").any()
    assert table["market_note"].str.contains("竞品[ABC]").any()


def test_six_months_end_on_the_day_asked_for() -> None:
    days = pd.to_datetime(leads(2000)["acquired_on"].dropna())
    assert days.min() >= pd.Timestamp(2024, 1, 1)
    assert days.max() <= pd.Timestamp(UNTIL)
    assert days.dt.month.nunique() == 6
    assert days.is_monotonic_increasing


def test_referrals_convert_best_and_social_media_worst() -> None:
    table = leads(20_000)
    table["channel"] = table["channel"].str.split(":").str[0]
    conversion = table.groupby("channel")["stage"].apply(lambda stages: (stages == "成交").mean())
    main = conversion[["官网注册", "行业展会", "转介绍", "社交媒体", "搜索引擎广告"]]
    assert main.idxmax() == "转介绍"
    assert main.idxmin() == "社交媒体"
    assert conversion["转介绍"] > 2 * conversion["社交媒体"]


def test_a_life_never_contradicts_itself() -> None:
    table = leads(20_000)
    won = table["stage"] == "成交"
    lost = table["lost_reason"].notna() & (table["lost_reason"] != "—")
    assert not (won & lost).any()
    assert table.loc[won, "amount"].notna().all()
    assert table.loc[~won & ~lost, "closed_on"].isna().all()
    known = table.dropna(subset=["closed_on", "acquired_on"])
    assert (known["closed_on"] > known["acquired_on"]).all()
    assert (table["closed_on"].dropna() <= UNTIL).all()
    contacted = table["latest_follow_up"].dropna().str[:10]
    assert (pd.to_datetime(contacted) <= pd.Timestamp(UNTIL)).all()


def test_slips_and_gaps_are_a_few_percent() -> None:
    table = leads(5000)
    by_id = table.groupby("lead_id")["customer"]
    assert 0.002 < (by_id.nunique() > 1).mean() < 0.02  # one id, two customers
    twice = table.duplicated(["lead_id", "customer"]).mean()
    assert 0.002 < twice < 0.02
    for field_id in ("owner", "acquired_on"):
        assert 0.001 < table[field_id].isna().mean() < 0.02
    text_dates = table["expected_close"].map(lambda value: isinstance(value, str))
    units = table["amount"].astype(str).str.contains("万")
    for slips in (text_dates, units):
        assert 0.001 < slips.mean() < 0.03


def test_large_demos_have_clean_date_and_number_columns() -> None:
    table = leads(5001)
    for field_id in ("expected_close", "acquired_on", "next_follow_up", "closed_on"):
        assert set(map(type, table[field_id].dropna())) == {dt.date}
    assert set(map(type, table["amount"].dropna())) == {float}
    assert table["owner"].isna().any()  # gaps stay


def test_contacts_can_be_no_ones() -> None:
    details = leads(3000)["contact_details"]
    for text in details:
        assert re.fullmatch(r"1380000\d{4}|微信:demo_\d{4}|demo\d{4}@example\.com", text)


def test_company_names_differ_as_far_as_they_can() -> None:
    table = leads(20_000)
    first_rows = table.drop_duplicates(["lead_id", "customer"])
    assert first_rows["customer"].is_unique


def test_ids_have_the_documented_form_and_run_within_the_month() -> None:
    table = leads(400)
    assert table["lead_id"].str.fullmatch(r"LX2024(0[1-6])\d{3}").all()
    numbers = table.groupby(table["lead_id"].str[2:8])["lead_id"].max().str[8:].astype(int)
    assert numbers.sum() <= 400


def test_an_english_demo_is_english() -> None:
    book = load_workbook(io.BytesIO(demo(600, lang="en", columns="full")))
    for sheet in book.worksheets[:1]:
        texts = [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value]
        assert len(texts) > 9000
        assert [text for text in texts if re.search(r"[\u4e00-\u9fff]", text)] == []


def test_settings_are_filled_for_the_team() -> None:
    sheet = load_workbook(io.BytesIO(demo(50)))["设置"]
    names = [cell.value for cell in sheet["S"]][1:8]
    assert len(set(names)) == 7
    assert [cell.value for cell in sheet["U"]][1:8].count(None) == 0  # each in a group
    months = Counter(cell.value for cell in sheet["AB"][1:] if cell.value)
    assert sorted(months) == [f"2024-0{month}" for month in range(1, 7)]


def test_stages_follow_a_template_of_other_stages() -> None:
    """The generator takes stages from Settings, not from its own memory."""
    settings = default_settings(TEMPLATE, "en")
    made = list(DemoLeads(TEMPLATE, settings, demo_words(), 300, 2, UNTIL))
    assert {lead["stage"] for lead in made} == {stage.name for stage in settings.stages}
