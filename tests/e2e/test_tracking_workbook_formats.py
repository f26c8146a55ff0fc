"""A planted case for each conditional format shows its look in LibreOffice, and only there."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any, get_args

import pytest

from xltrack.create.workbook import new_layout, write_workbook
from xltrack.template import Template, Tint, default_settings, load_template
from xltrack.text import Lang

pytestmark = pytest.mark.office

TEMPLATE = load_template()
LANGS: tuple[Lang, ...] = get_args(Lang)
TODAY = dt.date.today()
OWNERS = ("甲", "乙")


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def lead(number: int, lang: Lang, **changes: object) -> dict[str, object]:
    """A lead without any problem."""
    settings = default_settings(TEMPLATE, lang)
    sound: dict[str, object] = {
        "lead_id": f"LX202405{number:03d}",
        "channel": settings.channels[0].name,
        "customer": f"客户{number}",
        "contact": "王总",
        "contact_details": "demo@example.com",
        "need": "采购",
        "priority": settings.priorities[1].name,
        "stage": settings.stages[1].name,
        "latest_follow_up": f"{ago(1)} 电话:还在比较;下一步:报价",
        "owner": OWNERS[0],
        "expected_close": ago(-30),
        "amount": 8,
        "acquired_on": ago(9),
    }
    return sound | changes


def cases(lang: Lang) -> list[tuple[str, dict[str, object], dict[str, Tint]]]:
    """Name, changes to a sound lead, and the look that single cells must have."""
    look, settings = TEMPLATE.look, default_settings(TEMPLATE, lang)
    stages = [stage.name for stage in settings.stages]
    priorities = [priority.name for priority in settings.priorities]
    reason, other = settings.lost_reasons[0].name, settings.channels[-1].name
    none = Tint()
    return [
        ("sound", {}, {"owner": none, "latest_follow_up": none, "lead_id": none}),
        ("no contact details", {"contact_details": None}, {"contact_details": look.missing}),
        ("blank owner", {"owner": "  "}, {"owner": look.missing}),
        ("no log in stage 2", {"latest_follow_up": None}, {"latest_follow_up": look.missing}),
        ("no log in stage 1", {"latest_follow_up": None, "stage": stages[0],
                               "acquired_on": ago(0)}, {"latest_follow_up": none}),
        ("no expected close in stage 3", {"expected_close": None, "stage": stages[2]},
         {"expected_close": look.missing, "stage": Tint(fill=look.stage_tints[2])}),
        ("no expected close in stage 2", {"expected_close": None}, {"expected_close": none}),
        ("won, with a reason", {"stage": stages[4], "lost_reason": reason},
         {"stage": look.conflict, "lost_reason": look.conflict}),
        ("won, with a mark for no reason", {"stage": stages[4], "lost_reason": "—"},
         {"stage": look.won, "lost_reason": none, "amount": none}),
        ("won without amount", {"stage": stages[4], "amount": "—"}, {"amount": look.no_amount}),
        ("contacted 8 days ago, due every 7", {"latest_follow_up": f"{ago(8)} 电话:再等等"},
         {"latest_follow_up": look.overdue, "next_follow_up": look.overdue}),
        ("contacted 7 days ago, due today", {"latest_follow_up": f"{ago(7)} 电话:再等等"},
         {"latest_follow_up": none}),
        ("contacted 4 days ago, high", {"latest_follow_up": f"{ago(4)}:再等等",
                                        "priority": priorities[0]},
         {"latest_follow_up": look.overdue, "priority": look.priorities[0]}),
        ("contacted 4 days ago, low", {"latest_follow_up": f"{ago(4)}:再等等",
                                       "priority": priorities[2]},
         {"latest_follow_up": none, "priority": look.priorities[2]}),
        ("agreed on later", {"latest_follow_up": f"{ago(20)}:出差", "next_follow_up": ago(-3)},
         {"latest_follow_up": none, "next_follow_up": none}),
        ("agreed on yesterday", {"next_follow_up": ago(0), "latest_follow_up": f"{ago(1)}:明天"},
         {"next_follow_up": none}),
        ("agreement broken", {"latest_follow_up": f"{ago(3)}:再约", "next_follow_up": ago(1)},
         {"latest_follow_up": look.overdue, "next_follow_up": look.overdue}),
        ("never contacted", {"stage": stages[0], "latest_follow_up": None, "acquired_on": ago(2)},
         {"latest_follow_up": look.overdue, "stage": Tint(fill=look.stage_tints[0])}),
        ("newest entry last", {"latest_follow_up": f"{ago(20)}:初谈\n{ago(2)}:再等等"},
         {"latest_follow_up": none}),
        ("newest entry first", {"latest_follow_up": f"{ago(2)}:再等等\n{ago(20)}:初谈"},
         {"latest_follow_up": none}),
        ("both entries old", {"latest_follow_up": f"{ago(9)}:再等等\n{ago(20)}:初谈"},
         {"latest_follow_up": look.overdue}),
        ("an entry of next year is none", {"latest_follow_up": f"{ago(-300)}:手误"},
         {"latest_follow_up": look.overdue}),
        ("lost is never overdue", {"latest_follow_up": f"{ago(40)}:算了", "lost_reason": reason},
         {"latest_follow_up": none, "customer": look.lost, "stage": look.lost}),
        ("expected close passed", {"expected_close": ago(1)},
         {"expected_close": look.close_passed}),
        ("expected close today", {"expected_close": ago(0)}, {"expected_close": none}),
        ("won long ago", {"stage": stages[4], "expected_close": ago(90)},
         {"expected_close": none}),
        ("other channel, not said which", {"channel": other}, {"channel": look.no_detail}),
        ("other channel, said which", {"channel": f"{other}:同行"}, {"channel": none}),
        ("expected amount", {}, {"amount": look.expected}),
    ]  # fmt: skip


def written(lang: Lang, leads: list[dict[str, object]], template: Template = TEMPLATE) -> bytes:
    stream = io.BytesIO()
    layout = new_layout(template, lang, "default", 300)
    owners = {"owners": [{"owner": owner} for owner in OWNERS]}
    write_workbook(stream, layout, leads, owners)
    return stream.getvalue()


def rows_shown(document: Any) -> list[dict[str, Any]]:
    """Cells of each lead by field id."""
    fields = [field.id for field in TEMPLATE.columns("default")]
    return [dict(zip(fields, row, strict=False)) for row in document.shown(0)[1:]]


def look_of(cell: Any, expected: Tint) -> Tint:
    """The cell's look, in what the expected look says."""
    return Tint(
        fill=cell.fill,
        # an empty cell shows no text to look at
        text=(cell.colour or "000000") if expected.text and cell.text else expected.text,
        hatched=expected.hatched,
        border=expected.border,  # not in this export
        bold=cell.bold if cell.text else expected.bold,
        italic=cell.italic if cell.text else expected.italic,
        underline=cell.underline if cell.text else expected.underline,
        strike=cell.strike if cell.text else expected.strike,
    )


@pytest.mark.parametrize("lang", LANGS)
def test_each_planted_case_shows_its_format(lang: Lang, opened: Callable[[bytes], Any]) -> None:
    planted = cases(lang)
    leads = [lead(number, lang, **changes) for number, (_, changes, _) in enumerate(planted, 1)]
    shown = rows_shown(opened(written(lang, leads)))
    assert len(shown) >= len(planted) > 20
    for (name, _, expected), row in zip(planted, shown, strict=False):
        for field_id, tint in expected.items():
            cell = row[field_id]
            if tint.hatched:  # LibreOffice shows a pattern as one colour mixed of two
                assert cell.fill not in (None, tint.fill), (name, field_id)
                assert not cell.text.strip("—"), (name, field_id)
            else:
                assert look_of(cell, tint) == tint, (name, field_id)


def test_an_id_used_twice_shows_on_both_rows(opened: Callable[[bytes], Any]) -> None:
    leads = [lead(number, "zh") for number in (1, 2, 3)]
    leads.append(lead(4, "zh", lead_id="LX202405002"))
    shown = rows_shown(opened(written("zh", leads)))
    fills = [row["lead_id"].fill for row in shown[:4]]
    duplicate = TEMPLATE.look.duplicate.fill
    assert fills == [None, duplicate, None, duplicate]
    assert shown[1]["lead_id"].underline


def test_a_customer_under_two_owners_shows_where_the_second_stands(
    opened: Callable[[bytes], Any],
) -> None:
    leads = [
        lead(1, "zh", customer="某厂", owner="甲"),
        lead(2, "zh", customer="某厂", owner="甲"),
        lead(3, "zh", customer="某厂", owner="乙"),
        lead(4, "zh", customer="别厂", owner="乙"),
    ]
    shown = rows_shown(opened(written("zh", leads)))
    fills = [row["owner"].fill for row in shown[:4]]
    assert fills == [None, None, TEMPLATE.look.two_owners.fill, None]


def test_rows_below_the_last_lead_show_nothing(opened: Callable[[bytes], Any]) -> None:
    document = opened(written("zh", [lead(1, "zh")]))
    document.cell("线索跟踪表", "A9").String = "LX202405009"  # a row that was just started
    shown = rows_shown(document)
    assert [cell.fill for row in shown[1:7] for cell in row.values()].count(None) == 6 * 17
    assert shown[7]["customer"].fill is not None
    assert shown[7]["market_note"].fill is None


def test_what_the_team_changes_in_settings_holds_at_once(opened: Callable[[bytes], Any]) -> None:
    leads = [
        lead(1, "zh", latest_follow_up=f"{ago(9)}:再等等"),
        lead(2, "zh", lost_reason="暂无"),
        lead(3, "zh", stage="冻结", latest_follow_up=f"{ago(90)}:明年再说"),
    ]
    document = opened(written("zh", leads))
    before = rows_shown(document)
    look = TEMPLATE.look
    assert before[0]["latest_follow_up"].fill == look.overdue.fill
    assert before[1]["customer"].fill == look.lost.fill
    settings = document.sheet("设置")
    texts = {settings.getCellByPosition(column, 0).String: column for column in range(60)}
    settings.getCellByPosition(texts["跟进间隔(天)"], 2).Value = 30  # medium
    marks = settings.getCellRangeByName("AP14")
    assert marks.String == "—、-、/、无"
    marks.String = "—、-、/、无、暂无"
    settings.getCellByPosition(texts["阶段"], 6).String = "冻结"
    settings.getCellByPosition(texts["类型"], 6).String = "暂缓"
    after = rows_shown(document)
    assert after[0]["latest_follow_up"].fill is None
    assert after[1]["customer"].fill is None
    assert after[2]["stage"].fill == look.paused.fill
    assert after[2]["latest_follow_up"].fill is None  # paused is never overdue
