"""The conditional formats as written: order, areas, tints and what they avoid."""

from __future__ import annotations

import io
import re
from typing import get_args

import pytest
from openpyxl import load_workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill

from xltrack.create import write_tracking_workbook
from xltrack.create.highlights import highlights
from xltrack.create.workbook import new_layout
from xltrack.template import Tint, load_template
from xltrack.text import Lang

TEMPLATE = load_template()
LANGS: tuple[Lang, ...] = get_args(Lang)


def rules(lang: Lang = "zh") -> list[tuple[str, Rule]]:
    """Area and rule of each conditional format, first to last."""
    stream = io.BytesIO()
    write_tracking_workbook(stream, template=TEMPLATE, lang=lang)
    formats = load_workbook(stream).worksheets[0].conditional_formatting
    found = [(str(area.sqref), rule) for area in formats for rule in area.rules]
    return sorted(found, key=lambda entry: entry[1].priority)


def test_formats_stand_in_the_documented_order() -> None:
    order = [highlight.id for highlight in highlights(new_layout(TEMPLATE, "zh", "default", None))]
    assert list(dict.fromkeys(order)) == [
        "missing", "duplicate", "conflict", "no_amount", "overdue", "close_passed", "no_detail",
        "two_owners", "priority", "lost", "won", "paused", "stage", "expected",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_written_is_what_was_declared(lang: Lang) -> None:
    declared = list(highlights(new_layout(TEMPLATE, lang, "default", None)))
    written = rules(lang)
    assert len(written) == len(declared)
    for highlight, (area, rule) in zip(declared, written, strict=True):
        assert area == " ".join(highlight.areas)
        if highlight.formula is None:
            assert rule.type == "duplicateValues"
        else:
            assert (rule.type, rule.formula) == ("expression", [highlight.formula])
        assert _tint(rule) == highlight.tint


def _tint(rule: Rule) -> Tint:
    """The look of a rule, as openpyxl reads it."""
    assert rule.dxf is not None
    fill, font = rule.dxf.fill, rule.dxf.font
    assert fill is None or isinstance(fill, PatternFill)
    hatched = fill is not None and fill.patternType == "lightUp"
    return Tint(
        fill=fill.bgColor.rgb[2:] if fill is not None else None,
        text=font.color.rgb[2:] if font is not None and font.color is not None else None,
        hatched=hatched,
        border=bool(rule.dxf.border and rule.dxf.border.left and rule.dxf.border.left.style),
        bold=bool(font and font.b),
        italic=bool(font and font.i),
        underline=bool(font and font.u),
        strike=bool(font and font.strike),
    )


def test_missing_covers_the_columns_required_from_the_first_stage() -> None:
    area, rule = rules()[0]
    assert area == "A2:H5001 J2:J5001"  # a follow-up is required from the second stage only
    assert rule.formula == ["AND(LEN(TRIM(A2))=0,COUNTA($A2:$Q2)>0)"]


@pytest.mark.parametrize("lang", LANGS)
def test_rules_use_settings_and_no_costly_forms(lang: Lang) -> None:
    formulas = [rule.formula[0] for _, rule in rules(lang) if rule.formula]
    assert len(formulas) > 15
    for formula in formulas:
        assert not re.search(r"[{}\[\]]", formula)  # array constants, structured references
        assert not re.search(r"COUNTIFS?\(|SUMPRODUCT|INDIRECT|OFFSET", formula)
        assert not re.search(r'"(价格过高|High|高|初识|New)"', formula)  # copies of lists
    text = " ".join(formulas)
    for name in ("stage_kind", "stage_list", "prio_days", "prio_list", "param_no_loss_marks"):
        assert name in text


def test_without_the_added_columns_the_rules_do_without_them() -> None:
    layout = new_layout(TEMPLATE, "zh", "documented", None)
    overdue = next(entry for entry in highlights(layout) if entry.id == "overdue")
    assert overdue.areas == ("I2:I5001",)
    assert "$O2" not in str(overdue.formula)
    assert "$P2" not in str(overdue.formula)


def test_a_set_without_stage_keeps_the_rules_that_need_none() -> None:
    layout = new_layout(TEMPLATE, "zh", "lead_id,customer,owner", None)
    assert [entry.id for entry in highlights(layout)] == ["missing", "duplicate", "two_owners"]


def _contrast(first: str, second: str) -> float:
    """WCAG 2 contrast of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_from_every_fill() -> None:
    look = TEMPLATE.look
    tints = [highlight.tint for highlight in highlights(new_layout(TEMPLATE, "zh", "full", None))]
    pairs = [(tint.text or "000000", tint.fill or "FFFFFF") for tint in [*tints, look.header]]
    assert len(pairs) > 20
    for text, fill in pairs:
        assert _contrast(text, fill) >= 4.5, (text, fill)


def test_no_two_problems_look_the_same_without_colour() -> None:
    look = TEMPLATE.look
    for tint in (
        look.missing, look.duplicate, look.conflict, look.no_amount, look.overdue,
        look.close_passed, look.no_detail, look.two_owners, look.lost, look.won,
    ):  # fmt: skip
        assert (
            tint.hatched or tint.border or tint.bold or tint.italic or tint.underline or tint.strike
        )
