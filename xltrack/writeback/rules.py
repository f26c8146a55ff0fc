"""Dropdowns and formats that pasting destroyed, put back into a team's own sheet.

The rules are authored in a scratch workbook, as sheets to graft are; only what the sheet lacks is
taken from there, and put beside what it has. Its cells' bytes stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from xltrack.opc.markup import Element
from xltrack.sheetml.rules import Missing, SheetRules
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.sheet_markup import SheetMarkup
from xltrack.sheetml.splice import applied
from xltrack.sheetml.styles import edit_styles
from xltrack.writeback.edit import Edit, only_changes
from xltrack.writeback.patch import own_sheet
from xltrack.writeback.scratch import Scratch, read_scratch


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was put back: the sheet, ``validation`` or ``format``, the cells that it applies to."""

    sheet: str
    kind: str
    cells: str


def put_rules_back(
    edit: Edit,
    scratch: bytes,
    sheets: Mapping[str, str],
    known_by: Iterable[str] = (),
    *,
    anew: bool = False,
) -> tuple[Edit, tuple[PutBack, ...]]:
    """Return the edit that besides puts rules into the team's sheets, and what it puts there.

    ``scratch``: an XlsxWriter workbook with the rules; ``sheets``: the name of its sheet by that
    of the team's; ``known_by``: see :meth:`.SheetRules.missing`. The sheet must have one of the
    rules left, or it is not taken for one that ever had them, but for ``anew``: then it gets them
    for the first time.

    Raises: PackageError for a sheet that is not sound around its cells; ValueError for a sheet
    that is not there or is owned.
    """
    authored, names = read_scratch(scratch), tuple(known_by)
    done: list[PutBack] = []
    for name, source in sheets.items():
        edit, lacking = _with_rules(edit, authored, name, source, names, anew)
        done += [PutBack(name, m.rule.kind, " ".join(map(str, m.areas))) for m in lacking]
    return edit, tuple(done)


def _with_rules(
    edit: Edit, scratch: Scratch, name: str, source: str, known_by: tuple[str, ...], anew: bool
) -> tuple[Edit, list[Missing]]:
    target, package = edit.target, edit.package
    part = own_sheet(target, name).part or ""
    rules = SheetRules(SheetFrame(SheetMarkup(package.read(part), target.path, part)))
    wanted = _authored_rules(scratch, source)
    had = anew or rules.knows(wanted.rules)
    lacking = rules.missing(wanted.rules, known_by) if had else []
    if not lacking:
        return edit, []
    overlay = dict(edit.overlay)
    differential: tuple[int, ...] = ()
    if any(missing.rule.kind == "format" for missing in lacking):
        differential = _formats(edit, scratch.styles, overlay)
    data = rules.frame.markup.data
    overlay[part] = applied(data, rules.put_in(lacking, differential))
    changes = only_changes(target.package, overlay)
    return replace(edit, overlay=changes, edited=edit.edited | {part}), lacking


def _authored_rules(scratch: Scratch, sheet: str) -> SheetRules:
    part = next(s.part for s in scratch.sheets if s.name == sheet and s.part)
    markup = SheetMarkup(scratch.package.read(part), scratch.package.path, part)
    return SheetRules(SheetFrame(markup))


def _formats(edit: Edit, other: Element, overlay: dict[str, bytes | None]) -> tuple[int, ...]:
    """Where the differential formats are in the team's styles; missing ones are appended."""
    part = edit.target.styles_part
    if part is None:
        raise ValueError("a workbook with conditional formats has styles")
    styles = edit_styles(edit.package.read(part), edit.target.path, part)
    indices = styles.merge_differential(other)
    changed = styles.changed()
    if changed is not None:
        overlay[part] = changed
    return indices
