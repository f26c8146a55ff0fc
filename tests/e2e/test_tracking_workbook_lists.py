"""The dropdowns in LibreOffice: what they offer, and that they grow."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from xltrack.create import upgrade_settings, write_tracking_workbook
from xltrack.template import default_settings, load_template
from xltrack.text import Lang
from xltrack.writeback import open_target, save

pytestmark = pytest.mark.office

TEMPLATE = load_template()
LANGS: tuple[Lang, ...] = get_args(Lang)


def tracking(lang: Lang, **options: Any) -> bytes:
    stream = io.BytesIO()
    write_tracking_workbook(stream, template=TEMPLATE, lang=lang, **options)
    return stream.getvalue()


def offered(document: Any, lang: Lang, field_id: str) -> list[object]:
    """What the dropdown of a column offers in the third row of leads."""
    column = [field.id for field in TEMPLATE.columns("default")].index(field_id)
    sheet = document.sheet(TEMPLATE.workbook.sheets["leads"].of(lang))
    validation = sheet.getCellByPosition(column, 3).Validation
    assert validation.Type.value == "LIST"
    found: list[object] = document.evaluate(f'={validation.getFormula1()}&""')
    return [text for text in found if not str(text).startswith("#")]


@pytest.mark.parametrize("lang", LANGS)
def test_lists_offer_the_rows_of_settings(lang: Lang, opened: Callable[[bytes], Any]) -> None:
    document, settings = opened(tracking(lang, example=True)), default_settings(TEMPLATE, lang)
    for field_id, entries in (
        ("channel", settings.channels),
        ("priority", settings.priorities),
        ("stage", settings.stages),
        ("lost_reason", settings.lost_reasons),
    ):
        assert offered(document, lang, field_id) == [entry.name for entry in entries]
    people = [str(lead["owner"][lang]) for lead in TEMPLATE.examples]
    assert offered(document, lang, "owner") == people


def test_a_new_channel_typed_into_settings_is_in_the_dropdown(
    opened: Callable[[bytes], Any],
) -> None:
    document = opened(tracking("zh"))
    before = offered(document, "zh", "channel")
    document.cell("设置", f"A{len(before) + 2}").String = "直播带货"
    assert offered(document, "zh", "channel") == [*before, "直播带货"]


def test_the_id_is_checked_against_prefix_month_and_the_other_ids(
    opened: Callable[[bytes], Any],
) -> None:
    document = opened(tracking("zh", id_prefix="LX-HD-"))
    sheet = document.sheet("线索跟踪表")
    formula = sheet.getCellRangeByName("A2").Validation.getFormula1()
    scratch = sheet.getCellRangeByName("Z2")

    def accepted(lead_id: str) -> bool:
        sheet.getCellRangeByName("A2").String = lead_id
        scratch.Formula = f"={formula}"
        return scratch.getError() == 0 and bool(scratch.Value)

    sheet.getCellRangeByName("A3").String = "LX-HD-202405007"
    assert accepted("LX-HD-202405001")
    assert accepted("LX-HD-2024051234")
    for wrong in (
        "LX202405001",  # another prefix
        "LX-HD-202413001",  # no such month
        "LX-HD-20240501",  # running number too short
        "LX-HD-2024O5001",  # a letter O
        "LX-HD-202405007",  # taken
    ):
        assert not accepted(wrong), wrong


@pytest.mark.parametrize(
    ("value", "right"), [(0, True), (12.5, True), ("—", True), (-1, False), ("32万", False)]
)
def test_the_amount_takes_numbers_and_marks_for_none(
    value: float | str, right: bool, opened: Callable[[bytes], Any]
) -> None:
    document = opened(tracking("zh"))
    sheet = document.sheet("线索跟踪表")
    cell, scratch = sheet.getCellRangeByName("L2"), sheet.getCellRangeByName("Z2")
    if isinstance(value, str):
        cell.String = value
    else:
        cell.Value = value
    scratch.Formula = f"={cell.Validation.getFormula1()}"
    assert scratch.getError() == 0
    assert bool(scratch.Value) is right


def test_lists_still_resolve_after_settings_were_upgraded(
    opened: Callable[[bytes], Any], tmp_path: Path
) -> None:
    path = tmp_path / "older.xlsx"
    settings_tables = tuple(
        table for table in TEMPLATE.settings.tables if table.id not in ("competitors", "priorities")
    )
    older = msgspec.structs.replace(
        TEMPLATE, settings=msgspec.structs.replace(TEMPLATE.settings, tables=settings_tables)
    )
    columns = [field.id for field in TEMPLATE.columns("default") if field.id != "priority"]
    with path.open("wb") as stream:
        write_tracking_workbook(stream, template=older, columns=",".join(columns))
    save(upgrade_settings(open_target(path), template=TEMPLATE))
    document = opened(path.read_bytes())
    declared = default_settings(TEMPLATE, "zh")
    for name, entries in (
        ("channel_list", declared.channels),
        ("prio_list", declared.priorities),
        ("stage_list", declared.stages),
        ("reason_list", declared.lost_reasons),
    ):
        assert document.evaluate(f'={name}&""') == [entry.name for entry in entries]
    assert document.evaluate("=prio_days*1") == [3, 7, 14]
