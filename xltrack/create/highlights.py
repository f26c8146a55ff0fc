"""Conditional formats of the leads, live in Excel: formulas over Settings, first to last.

Every rule looks at its own row and at the short lists of Settings, except the duplicate ids (the
native rule) and the second owner of a customer (one MATCH per row): what was measured to stay
cheap on thousands of rows. No array constants, no structured references.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range

from xltrack.create.layout import Layout
from xltrack.create.names import word
from xltrack.create.palette import Palette
from xltrack.template import StageKind, Tint

_NAMES_A_LEAD = ("lead_id", "channel", "customer", "stage", "lost_reason")


@dataclass(frozen=True)
class Highlight:
    """One conditional format: its areas, its formula (None = the native duplicate rule)."""

    id: str
    areas: tuple[str, ...]
    formula: str | None
    tint: Tint


def highlights(layout: Layout) -> Iterator[Highlight]:
    """All conditional formats that the columns at hand allow, first to last."""
    yield from _missing(layout)
    yield from _duplicate_id(layout)
    yield from _conflict(layout)
    yield from _no_amount(layout)
    yield from _overdue(layout)
    yield from _close_passed(layout)
    yield from _no_detail(layout)
    yield from _two_owners(layout)
    yield from _priorities(layout)
    yield from _lost(layout)
    yield from _stages(layout)
    yield from _expected_amount(layout)


def add_highlights(sheet: Any, palette: Palette, layout: Layout) -> None:
    """Puts the conditional formats on the sheet of leads."""
    for highlight in highlights(layout):
        options: dict[str, object] = {"format": palette.highlight(highlight.tint)}
        if highlight.formula is None:
            options["type"] = "duplicate"
        else:
            options |= {"type": "formula", "criteria": f"={highlight.formula}"}
        if len(highlight.areas) > 1:
            options["multi_range"] = " ".join(highlight.areas)
        sheet.conditional_format(highlight.areas[0], options)


def _areas(layout: Layout, field_ids: list[str]) -> tuple[str, ...]:
    """The prepared cells of columns; neighbours make one area."""
    areas: list[list[int]] = []
    for column in sorted(layout.position[field_id] for field_id in field_ids):
        if areas and areas[-1][1] == column - 1:
            areas[-1][1] = column
        else:
            areas.append([column, column])
    top, bottom = layout.first_row - 1, layout.last_row - 1
    return tuple(str(xl_range(top, first, bottom, last)) for first, last in areas)


# ------------------------------------------------------------------ what a row is


def _kind(layout: Layout) -> str:
    return f"INDEX(stage_kind,MATCH({layout.cell('stage')},stage_list,0))"


def _kind_word(layout: Layout, kind: StageKind) -> str:
    return f'"{word(layout.template.words.kinds[kind], layout.lang)}"'


def is_won(layout: Layout) -> str:
    """Condition: the row's stage is of the type won."""
    return f"{_kind(layout)}={_kind_word(layout, 'won')}"


def _has_reason(layout: Layout) -> str:
    # IF spares the search where the cell is empty, which is nearly everywhere; a reason cannot
    # be a piece of the list of marks, so the list needs no separators around each mark
    reason = layout.cell("lost_reason")
    return f'IF({reason}="",FALSE,ISERROR(FIND(TRIM({reason}),param_no_loss_marks)))'


def is_open(layout: Layout) -> str:
    """Condition: the row's stage is in progress and no lost reason is filled."""
    in_progress = f"{_kind(layout)}={_kind_word(layout, 'open')}"
    if not layout.has("lost_reason"):
        return in_progress
    return f"AND({in_progress},NOT({_has_reason(layout)}))"


# ------------------------------------------------------------------ the rules


def _missing(layout: Layout) -> Iterator[Highlight]:
    tint = layout.template.look.missing
    last = layout.letter(layout.fields[-1].id)
    row = layout.first_row
    started = f"COUNTA($A{row}:${last}{row})>0"
    always = [field.id for field in layout.fields if field.required_from == 1]
    if always:
        first = layout.letter(always[0])
        yield Highlight(
            "missing",
            _areas(layout, always),
            f"AND(LEN(TRIM({first}{row}))=0,{started})",
            tint,
        )
    if not layout.has("stage"):
        return
    in_funnel = f"OR({is_won(layout)},{_kind(layout)}={_kind_word(layout, 'open')})"
    for field in layout.fields:
        if isinstance(field.required_from, int) and field.required_from > 1:
            yield Highlight(
                "missing",
                (layout.area(field.id),),
                f"AND(LEN(TRIM({layout.cell(field.id)}))=0,"
                f"MATCH({layout.cell('stage')},stage_list,0)>={field.required_from},{in_funnel})",
                tint,
            )


def _duplicate_id(layout: Layout) -> Iterator[Highlight]:
    if layout.has("lead_id"):
        tint = layout.template.look.duplicate
        yield Highlight("duplicate", (layout.area("lead_id"),), None, tint)


def _conflict(layout: Layout) -> Iterator[Highlight]:
    if layout.has("stage", "lost_reason"):
        areas = (layout.area("stage"), layout.area("lost_reason"))
        formula = f"AND({is_won(layout)},{_has_reason(layout)})"
        yield Highlight("conflict", areas, formula, layout.template.look.conflict)


def _no_amount(layout: Layout) -> Iterator[Highlight]:
    if layout.has("stage", "amount"):
        formula = f"AND({is_won(layout)},NOT(ISNUMBER({layout.cell('amount')})))"
        tint = layout.template.look.no_amount
        yield Highlight("no_amount", (layout.area("amount"),), formula, tint)


def _overdue(layout: Layout) -> Iterator[Highlight]:
    if not layout.has("stage", "priority", "latest_follow_up"):
        return
    fields = [
        field_id for field_id in ("latest_follow_up", "next_follow_up") if layout.has(field_id)
    ]
    formula = f"AND({is_open(layout)},{_due(layout)}<=overdue_limit)"
    areas = _areas(layout, fields)
    yield Highlight("overdue", areas, formula, layout.template.look.overdue)


def _due(layout: Layout) -> str:
    """The day the lead is due; a far day when there is nothing to count from."""
    last = last_contact(layout.cell("latest_follow_up"))
    days = f"INDEX(prio_days,MATCH({layout.cell('priority')},prio_list,0))"
    never = "99999"
    if layout.has("acquired_on"):
        acquired = f"N({layout.cell('acquired_on')})"
        never = f"IF({acquired}>0,{acquired}+MAX(1,ROUND(param_first_contact_hours/24,0)),99999)"
    due = f"IF({last}>0,{last}+{days},{never})"
    if layout.has("next_follow_up"):
        agreed = f"N({layout.cell('next_follow_up')})"
        due = f"IF({agreed}>{last},{agreed},{due})"
    return due


def last_contact(log: str) -> str:
    """Formula of the day of the latest entry of a log up to today, 0 without one.

    Several entries stand one a line, newest first or newest last, so the first and the last line
    are looked at.
    """
    first = entry_day(log, "TODAY()")
    line = f'TRIM(RIGHT(SUBSTITUTE({log},CHAR(10),REPT(" ",999)),999))'
    both = f"MAX({first},{entry_day(line, 'TODAY()')})"
    return f"IF(ISNUMBER(FIND(CHAR(10),{log})),{both},{first})"


def entry_day(text: str, today: str) -> str:
    """Formula of the day an entry starts with, 0 without one and after ``today``."""
    # the root of a negative number is an error, and so a day that is ahead becomes 0 without
    # reading the text a second time
    return f"IFERROR(ROUND({today}-SQRT({today}-DATEVALUE(LEFT({text},10)))^2,0),0)"


def _close_passed(layout: Layout) -> Iterator[Highlight]:
    if layout.has("stage", "expected_close"):
        day = layout.cell("expected_close")
        formula = f"AND(ISNUMBER({day}),{day}<TODAY(),{is_open(layout)})"
        tint = layout.template.look.close_passed
        yield Highlight("close_passed", (layout.area("expected_close"),), formula, tint)


def _no_detail(layout: Layout) -> Iterator[Highlight]:
    if layout.has("channel"):
        channel = layout.cell("channel")
        bare = ",".join(f'TRIM({channel})="{other}"' for other in layout.template.words.other)
        tint = layout.template.look.no_detail
        yield Highlight("no_detail", (layout.area("channel"),), f"OR({bare})", tint)


def _two_owners(layout: Layout) -> Iterator[Highlight]:
    if not layout.has("customer", "owner"):
        return
    customer, owner = layout.cell("customer"), layout.cell("owner")
    customers, owners = layout.fixed_area("customer"), layout.fixed_area("owner")
    first = f"INDEX({owners},MATCH({customer},{customers},0))"
    formula = f'AND({customer}<>"",{owner}<>"",{first}<>"",{first}<>{owner})'
    yield Highlight("two_owners", (layout.area("owner"),), formula, layout.template.look.two_owners)


def _priorities(layout: Layout) -> Iterator[Highlight]:
    if not layout.has("priority"):
        return
    for number, tint in enumerate(layout.template.look.priorities, start=1):
        formula = f"MATCH({layout.cell('priority')},prio_list,0)={number}"
        yield Highlight("priority", (layout.area("priority"),), formula, tint)


def _lost(layout: Layout) -> Iterator[Highlight]:
    if not layout.has("stage"):
        return
    lost = f"{_kind(layout)}={_kind_word(layout, 'lost')}"
    if layout.has("lost_reason"):
        lost = f"IF({_has_reason(layout)},NOT({is_won(layout)}),{lost})"
    # the cells that name the lead and its end: the whole row costs three times as much
    fields = [field_id for field_id in _NAMES_A_LEAD if layout.has(field_id)]
    yield Highlight("lost", _areas(layout, fields), lost, layout.template.look.lost)


def _stages(layout: Layout) -> Iterator[Highlight]:
    """What is lost is grey already, so the tints need not ask again."""
    if not layout.has("stage"):
        return
    look, area = layout.template.look, (layout.area("stage"),)
    yield Highlight("won", area, is_won(layout), look.won)
    paused = f"{_kind(layout)}={_kind_word(layout, 'paused')}"
    yield Highlight("paused", area, paused, look.paused)
    position = f"MATCH({layout.cell('stage')},stage_list,0)"
    for number, fill in enumerate(look.stage_tints, start=1):
        compare = "=" if number < len(look.stage_tints) else ">="
        yield Highlight("stage", area, f"{position}{compare}{number}", Tint(fill=fill))


def _expected_amount(layout: Layout) -> Iterator[Highlight]:
    if layout.has("stage", "amount"):
        amount = layout.cell("amount")
        formula = f"AND(ISNUMBER({amount}),NOT({is_won(layout)}))"
        tint = layout.template.look.expected
        yield Highlight("expected", (layout.area("amount"),), formula, tint)
