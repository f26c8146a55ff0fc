"""The live board as LibreOffice calculates it: its cached values, and equal to the analysis."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import xltrack
from xltrack.create.demo_leads import DemoLeads
from xltrack.create.demo_words import demo_words
from xltrack.create.workbook import new_layout, write_workbook
from xltrack.template import default_settings, load_template
from xltrack.text import Lang

pytestmark = pytest.mark.office

TEMPLATE = load_template()
ROOM = TEMPLATE.board
AS_OF = dt.date(2024, 6, 30)
Leads = Iterable[Mapping[str, object]]


def written(leads: Leads, lang: Lang = "zh", columns: str = "default") -> bytes:
    stream = io.BytesIO()
    layout = new_layout(TEMPLATE, lang, columns, 300)
    write_workbook(stream, layout, leads, {}, as_of=AS_OF)
    return stream.getvalue()


def sound_demo(count: int, seed: int, lang: Lang = "zh") -> list[dict[str, object]]:
    """Leads of the demonstration without its slips, so that checks find no errors."""
    habits = demo_words().habits
    none = {name: 0.0 for name in habits.__struct_fields__ if name != "clean_above"}
    words = msgspec.structs.replace(demo_words(), habits=msgspec.structs.replace(habits, **none))
    made = DemoLeads(TEMPLATE, default_settings(TEMPLATE, lang), words, count, seed, AS_OF)
    return list(made)


def calculated(document: Any, lang: Lang = "zh", day: dt.date = AS_OF) -> Any:
    """The board's sheet after everything was calculated for that day."""
    name = TEMPLATE.workbook.sheets["board"].of(lang)
    sheet = document.sheet(name)
    sheet.unprotect("")
    sheet.getCellRangeByName("B2").Value = (day - dt.date(1899, 12, 30)).days
    document.uno.calculateAll()
    return lambda address: document.value(name, address)


def table(value: Callable[[str], object], top: int, rows: int, columns: int) -> list[list[object]]:
    """Rows of a block that have a name; an empty text is null."""
    found = [
        [value(f"{chr(65 + column)}{row}") for column in range(columns)]
        for row in range(top, top + rows)
    ]
    return [[None if cell == "" else cell for cell in row] for row in found if row[0]]


FUNNEL_TOP = 9
CHANNEL_TOP = FUNNEL_TOP + ROOM.stages + 3
REASON_TOP = CHANNEL_TOP + ROOM.channels + 4


def cards(value: Callable[[str], object]) -> dict[str, object]:
    keys = ("leads", "open", "overdue", "won", "lost", "revenue", "average_deal", "pipeline",
            "conversion", "win_rate")  # fmt: skip
    return {key: value(f"{chr(65 + place)}5") for place, key in enumerate(keys)}


def same(shown: object, expected: float) -> bool:
    if expected is None or math.isnan(expected):
        return shown in ("", None)
    return isinstance(shown, float) and math.isclose(shown, expected, rel_tol=1e-9, abs_tol=1e-9)


def assert_equal_to_analysis(document: Any, path: Path, lang: Lang = "zh") -> None:
    analysis = xltrack.analyze(path, as_of=AS_OF)
    value = calculated(document, lang)
    overview = analysis["overview"].set_index("metric")["value"]
    for key, shown in cards(value).items():
        assert same(shown, overview[key]), (key, shown, overview[key])

    columns = ["stage", "current", "open", "lost", "reached", "step_conversion", "from_start"]
    assert_same_rows(table(value, FUNNEL_TOP, ROOM.stages, 7), analysis["funnel"][columns])

    columns = ["channel", "leads", "open", "won", "lost", "conversion", "average_deal", "revenue",
               "revenue_per_lead"]  # fmt: skip
    shown_rows = table(value, CHANNEL_TOP, ROOM.channels, 9)
    used = [row for row in shown_rows if row[1]]
    expected = analysis["channels"][columns].set_index("channel")
    assert_same_rows(used, expected.loc[[row[0] for row in used]].reset_index())
    assert len(used) == len(expected)

    reasons = analysis["lost_reasons"][["reason", "leads", "share", "amount"]]
    top = table(value, REASON_TOP, ROOM.top_reasons, 4)
    assert [row[1] for row in top] == reasons["leads"].head(ROOM.top_reasons).tolist()
    by_reason = reasons.set_index("reason")
    assert_same_rows(top, by_reason.loc[[row[0] for row in top]].reset_index())


def assert_same_rows(shown: list[list[object]], expected: pd.DataFrame) -> None:
    assert [row[0] for row in shown] == expected.iloc[:, 0].tolist()
    for row, (_, wanted) in zip(shown, expected.iterrows(), strict=True):
        for cell, figure in zip(row[1:], wanted.iloc[1:], strict=True):
            assert same(cell, figure), (row, wanted.tolist())


@pytest.mark.parametrize(
    ("count", "seed", "lang"), [(1, 1, "zh"), (60, 2, "en"), (400, 3, "zh"), (2000, 4, "zh")]
)
def test_the_board_equals_the_analysis(
    count: int, seed: int, lang: Lang, opened: Callable[[bytes], Any], tmp_path: Path
) -> None:
    content = written(sound_demo(count, seed, lang), lang)
    path = tmp_path / "leads.xlsx"
    path.write_bytes(content)
    assert_equal_to_analysis(opened(content), path, lang)


def test_without_leads_the_board_shows_zeros_and_no_errors(opened: Callable[[bytes], Any]) -> None:
    document = opened(written([]))
    value = calculated(document)
    shown = cards(value)
    assert [shown[key] for key in ("leads", "open", "overdue", "won", "lost", "revenue")] == [0] * 6
    assert [shown[key] for key in ("average_deal", "conversion", "win_rate")] == [""] * 3
    funnel = table(value, FUNNEL_TOP, ROOM.stages, 7)
    assert [row[4] for row in funnel] == [0, 0, 0, 0, 0]


# ------------------------------------------------------------------ leads of any kind

SETTINGS = default_settings(TEMPLATE, "zh")
DAYS = st.dates(dt.date(2024, 4, 1), AS_OF)
CHANNELS = [entry.name for entry in SETTINGS.channels]
STAGES = [entry.name for entry in SETTINGS.stages]
REASONS = [word for entry in SETTINGS.lost_reasons for word in (entry.name, *entry.synonyms)]


@st.composite
def logs(draw: st.DrawFn) -> str | None:
    """No entry, one, or several with the newest first or last."""
    days = sorted(draw(st.lists(DAYS, max_size=3, unique=True)))
    if draw(st.booleans()):
        days.reverse()
    return "\n".join(f"{day} 电话:谈了;下一步:再谈" for day in days) or None


LEAD = st.fixed_dictionaries(
    {
        "channel": st.sampled_from([*CHANNELS, f"{CHANNELS[0]}:甲", f"{CHANNELS[1]}:乙"]),
        "priority": st.sampled_from([entry.name for entry in SETTINGS.priorities]),
        "stage": st.sampled_from(STAGES),
        "latest_follow_up": logs(),
        "acquired_on": st.one_of(st.none(), DAYS),
        "next_follow_up": st.one_of(st.none(), st.dates(dt.date(2024, 4, 1), dt.date(2024, 8, 1))),
        "amount": st.one_of(st.none(), st.just("—"), st.integers(0, 900).map(lambda n: n / 4)),
        "lost_reason": st.sampled_from([None, None, "—", "无", *REASONS]),
    }
)


def completed(number: int, lead: Mapping[str, Any]) -> dict[str, object]:
    won = lead["stage"] == STAGES[-1]
    return {
        **lead,
        "lead_id": f"LX202406{number:03d}",
        "customer": f"第{number}客户",
        "owner": "甲",
        "lost_reason": None if won else lead["lost_reason"],
    }


@given(st.lists(LEAD, min_size=1, max_size=25))
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would open it for minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_board_equals_the_analysis_on_leads_of_any_kind(
    office: Any, tmp_path: Path, drawn: list[Mapping[str, Any]]
) -> None:
    leads = [completed(number, lead) for number, lead in enumerate(drawn, start=1)]
    content = written(leads)
    path = tmp_path / "leads.xlsx"
    path.write_bytes(content)
    document = office.open(content, "board.xlsx")
    try:
        assert_equal_to_analysis(document, path)
    finally:
        document.close()


# ------------------------------------------------------------------ cached values


@pytest.mark.parametrize(
    ("columns", "lang", "seed"),
    [("default", "zh", 1), ("documented", "en", 2), ("full", "zh", 3),
     ("lead_id,stage,owner,customer", "zh", 4)],
)  # fmt: skip
def test_cached_values_are_what_the_formulas_give(
    columns: str, lang: Lang, seed: int, opened: Callable[[bytes], Any]
) -> None:
    made = DemoLeads(TEMPLATE, default_settings(TEMPLATE, lang), demo_words(), 150, seed, AS_OF)
    content = written(list(made), lang, columns)
    name = TEMPLATE.workbook.sheets["board"].of(lang)
    formulas = load_workbook(io.BytesIO(content))[name]
    cached = load_workbook(io.BytesIO(content), data_only=True)[name]
    value = calculated(opened(content), lang)
    compared = 0
    for row in formulas.iter_rows():
        for cell in row:
            if cell.data_type != "f" or cell.coordinate == "B2":
                continue
            shown, kept = value(cell.coordinate), cached[cell.coordinate].value
            if isinstance(shown, float) and isinstance(kept, int | float):
                assert math.isclose(shown, kept, rel_tol=1e-9, abs_tol=1e-9), cell.coordinate
            else:
                assert shown == (kept or ""), (cell.coordinate, shown, kept)
            compared += 1
    assert compared > 150


def test_the_next_free_id_skips_ids_that_are_taken(opened: Callable[[bytes], Any]) -> None:
    ids = ["LX202406001", "LX202406003", "LX202405002", "LX202406004"]
    leads = [completed(1, {"stage": STAGES[0], "lost_reason": None}) | {"lead_id": lead_id}
             for lead_id in ids]  # fmt: skip
    value = calculated(opened(written(leads)))
    assert value("F2") == "LX202406005"  # three ids of the month: the fourth number is taken
    assert calculated(opened(written([])))("F2") == "LX202406001"


def test_due_days_move_to_working_days_where_the_team_wants_it(
    opened: Callable[[bytes], Any],
) -> None:
    """Due on Saturday 2024-06-29: overdue on Tuesday, not on Monday, with the parameter on."""
    lead = completed(1, {
        "channel": CHANNELS[0], "priority": "中", "stage": STAGES[1], "lost_reason": None,
        "latest_follow_up": "2024-06-22 电话:再谈", "acquired_on": dt.date(2024, 6, 20),
    })  # fmt: skip
    document = opened(written([lead]))
    monday, tuesday = dt.date(2024, 7, 1), dt.date(2024, 7, 2)
    assert calculated(document, day=monday)("C5") == 1
    label = document.sheet("设置").getCellRangeByName("AO12")
    assert label.String == "跟进日顺延到工作日"
    document.cell("设置", "AP12").String = "是"
    assert calculated(document, day=monday)("C5") == 0
    assert calculated(document, day=tuesday)("C5") == 1
    document.cell("设置", "AL2").Value = (monday - dt.date(1899, 12, 30)).days  # a holiday
    assert calculated(document, day=tuesday)("C5") == 0


def test_a_stage_that_settings_do_not_know_is_pointed_out(opened: Callable[[bytes], Any]) -> None:
    lead = completed(1, {"stage": "已报价", "lost_reason": None})
    value = calculated(opened(written([lead])))
    assert value("H2") == f"{ROOM.unplaced.zh}1"


def test_a_detail_after_a_full_width_colon_counts_under_its_channel(
    opened: Callable[[bytes], Any],
) -> None:
    kinds = [CHANNELS[1], f"{CHANNELS[1]}:甲", f"{CHANNELS[1]}\uff1a乙", f"{CHANNELS[1]}丙"]
    leads = [completed(number, {"channel": channel, "stage": STAGES[0], "lost_reason": None})
             for number, channel in enumerate(kinds)]  # fmt: skip
    value = calculated(opened(written(leads)))
    assert value(f"B{CHANNEL_TOP + 1}") == 3
    assert value(f"B{CHANNEL_TOP + ROOM.channels}") == 1  # not on Settings


def test_criteria_take_signs_as_they_are(opened: Callable[[bytes], Any]) -> None:
    """A channel named with wildcards and operators counts itself alone."""
    document = opened(written([]))
    for row, name in enumerate(["*", "?", "~", ">5", "=甲", "<>"], start=2):
        document.cell("设置", f"A{row}").String = name
    leads = document.sheet("线索跟踪表")
    for row, name in enumerate(["*", "?", "~", ">5", "=甲", "<>", "甲", "9"], start=1):
        leads.getCellByPosition(1, row).String = name
        leads.getCellByPosition(7, row).String = STAGES[0]
    value = calculated(document)
    counts = [value(f"B{CHANNEL_TOP + place}") for place in range(6)]
    assert counts == [1] * 6
