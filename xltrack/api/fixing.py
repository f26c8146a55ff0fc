"""``fix``: the safe corrections, written into the cells they are about and nowhere else."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.corrections import Change, changes_for
from xltrack.api.imposed import imposed_settings
from xltrack.api.paths import AnyPath
from xltrack.errors import Reason, Refused, UsageError
from xltrack.findings import Finding
from xltrack.writeback.receipt import Receipt

if TYPE_CHECKING:
    from xltrack.leads import LeadBook
    from xltrack.template import Settings
    from xltrack.writeback import Edit, Target
    from xltrack.writeback.rules import PutBack

_ROUNDS = 4
"""A correction may show the next one in the same cell: a stray space, then a word of a list."""
_PIVOTS = "spreadsheetml.pivotCacheDefinition+xml"
_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A correction that was not made: the cell, the code of its finding, and the code of the one
    that would have been there afterwards."""

    sheet: str
    cell: str
    code: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed(Receipt):
    """The receipt of a fix.

    ``changes``: each cell that was set; ``restored``: dropdowns and formats put back; ``blocked``:
    cells whose correction was not made because they are part of a formula or of merged cells, as
    ``sheet!A1``; ``withheld``: those whose correction would bring up another finding; ``left``:
    the findings that are left for a person.
    """

    changes: tuple[Change, ...]
    restored: tuple[PutBack, ...]
    blocked: tuple[str, ...]
    withheld: tuple[Withheld, ...]
    left: tuple[Finding, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the receipt and the changes as JSON can hold them."""
        return Receipt.as_dict(self) | {
            "changes": [change.as_dict() for change in self.changes],
            "restored": [
                {"sheet": put.sheet, "kind": put.kind, "cells": put.cells} for put in self.restored
            ],
            "blocked": list(self.blocked),
            "withheld": [asdict(withheld) for withheld in self.withheld],
            "left": len(self.left),
        }


def fix(
    path: AnyPath,
    *,
    output: AnyPath | None = None,
    in_place: bool = False,
    as_of: dt.date | None = None,
    settings: AnyPath | None = None,
    backup: bool = True,
    break_signature: bool = False,
    force: bool = False,
) -> Fixed:
    """Make the safe corrections in a workbook's leads: each listed, every other byte left alone.

    Set are only cells of findings that have a correction, and the ids of leads without one;
    dropdowns and formats that pasting destroyed come back in workbooks that the program made. A
    cell with a formula is never set. What was corrected is read again before anything is written:
    a correction that does not take its finding away, or brings a new one, is not made.

    Args:
        path: the workbook.
        output: write the result here and leave the workbook alone.
        in_place: write into the workbook itself.
        as_of: the day to look from; none = today.
        settings: take the Settings of this workbook.
        backup: keep a copy of the workbook before it is changed in place.
        break_signature: go on although a digital signature will break.
        force: overwrite ``output``; write to a workbook marked final or write-protected.

    Raises:
        UnreadableWorkbook, Refused, PackageError, UsageError: see their reasons; the workbook is
        as it was.
    """
    if (output is not None) == in_place:
        raise UsageError("output_or_in_place")
    from xltrack.writeback import open_target, save

    if output is not None and Path(output).exists() and not force:
        raise Refused(output, Reason.EXISTS)
    path = Path(path)
    target = open_target(path, break_signature=break_signature, force=force, in_place=in_place)
    fixing = _Fixing(target, imposed_settings(settings), as_of or dt.date.today())
    edit = fixing.run()
    receipt = save(
        edit, Path(output) if output is not None else None, backup=backup, overwrite=force
    )
    return Fixed(
        **{each.name: getattr(receipt, each.name) for each in fields(Receipt)},
        changes=tuple(fixing.changes.values()),
        restored=fixing.restored,
        blocked=tuple(fixing.blocked),
        withheld=tuple(fixing.withheld),
        left=fixing.left,
    )


class _Fixing:
    """One workbook on its way: what is to be changed, found in rounds, each read again."""

    def __init__(self, target: Target, settings: Settings | None, as_of: dt.date) -> None:
        self.target, self.settings, self.as_of = target, settings, as_of
        self.changes: dict[tuple[str, str], Change] = {}
        self.blocked: dict[str, None] = {}
        self.withheld: list[Withheld] = []
        self.restored: tuple[PutBack, ...] = ()
        self.left: tuple[Finding, ...] = ()
        self._hopeless: set[tuple[str, str]] = set()
        self._edit = self._patched()

    def run(self) -> Edit:
        book, before = self._read(self.target.path)
        self.left = before
        findings: Sequence[Finding] = before
        headers = not self.target.package.parts_of_type(_PIVOTS)
        for _ in range(_ROUNDS):
            wanted = changes_for(findings, headers=headers)
            fresh = {(c.sheet, c.cell): c for c in wanted}
            fresh = {at: c for at, c in fresh.items() if at not in self._hopeless}
            if not fresh:
                break
            book, findings = self._settled(fresh, before)
        edit = self._with_rules(self._edit, book)
        if self.restored:
            self.left = self._reread(edit)[1]
        return edit

    def _settled(
        self, fresh: dict[tuple[str, str], Change], before: Sequence[Finding]
    ) -> tuple[LeadBook, Sequence[Finding]]:
        """Take in the changes that do good; return the book and the findings with them made."""
        known = {_key(finding) for finding in before}
        kept = self.changes
        while True:
            self.changes = kept | {at: _joined(kept.get(at), c) for at, c in fresh.items()}
            self._edit = self._patched()
            fresh = {at: change for at, change in fresh.items() if at in self.changes}
            book, findings = self._reread(self._edit)
            bad = _spoilt(fresh, findings, known)
            if not bad:
                self.left = tuple(findings)
                return book, findings
            self._hopeless |= bad.keys()
            self.withheld += [
                Withheld(*at, fresh[at].code, because) for at, because in sorted(bad.items())
            ]
            fresh = {at: change for at, change in fresh.items() if at not in bad}

    def _patched(self) -> Edit:
        """The edit of all changes; those of cells in the way are taken out of them."""
        from xltrack.template import load_template
        from xltrack.writeback.patch import Formats, patch

        look = load_template().look
        cells: dict[str, dict[str, Change]] = {}
        for (sheet, cell), change in self.changes.items():
            cells.setdefault(sheet, {})[cell] = change

        def leave(sheet: str, cell: str, _: object) -> None:
            del self.changes[sheet, cell]
            self._hopeless.add((sheet, cell))
            self.blocked[f"{sheet}!{cell}"] = None

        return patch(
            self.target,
            {s: {cell: c.value for cell, c in inside.items()} for s, inside in cells.items()},
            formats=Formats(look.date_format, look.datetime_format),
            keep_formulas=True,
            left=leave,
        )

    def _reread(self, edit: Edit) -> tuple[LeadBook, tuple[Finding, ...]]:
        """The leads of the workbook as it will be, under the name that it has."""
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / self.target.path.name
            with place.open("wb") as out:
                edit.package.write(out)
            return self._read(place)

    def _read(self, path: Path) -> tuple[LeadBook, tuple[Finding, ...]]:
        from xltrack.checks import check_book
        from xltrack.leads.reading import read_book
        from xltrack.template import load_template

        book = read_book(path, template=load_template(), settings=self.settings, allow_empty=True)
        return book, check_book(book, as_of=self.as_of)

    def _with_rules(self, edit: Edit, book: LeadBook) -> Edit:
        """Dropdowns and formats back in their places, in a workbook that the program made."""
        from xltrack.create.prepared import RULES_SHEET, names_of_rules, prepared_rules
        from xltrack.template import load_template
        from xltrack.template.check_settings import free_fields
        from xltrack.writeback.rules import put_rules_back

        template = load_template()
        if not _is_made(self.target, template.workbook.sheets["settings"]):
            return edit
        names = names_of_rules(template, book.lang)
        free = free_fields(book.settings, template)
        for source in book.sources:
            row = source.header_row
            scratch = prepared_rules(template, book.lang, source.columns, header_row=row, free=free)
            edit, done = put_rules_back(edit, scratch, {source.sheet: RULES_SHEET}, names)
            self.restored += done
        return edit


def _is_made(target: Target, settings: object) -> bool:
    """Whether the workbook has the Settings sheet that new ones come with."""
    names = {getattr(settings, "zh", ""), getattr(settings, "en", "")}
    return any(sheet.name in names for sheet in target.workbook.sheets)


def _joined(earlier: Change | None, later: Change) -> Change:
    """The later of two changes of one cell, with what the cell was before both."""
    if earlier is None:
        return later
    return Change(
        later.sheet,
        later.cell,
        later.field,
        earlier.code,
        earlier.lead_id,
        earlier.old,
        later.new,
        later.private or earlier.private,
        later.value,
    )


def _spoilt(
    fresh: dict[tuple[str, str], Change], after: Iterable[Finding], known: Collection[_Key]
) -> dict[tuple[str, str], str]:
    """The changes that left their finding in place, and those in rows with a new finding.

    Where a new finding is in no row that was changed, all of them are suspected.

    Returns: the code of the finding that is there, by sheet and cell of the change.
    """
    there = [_key(finding) for finding in after]
    bad: dict[tuple[str, str], str] = {}
    for code, sheet, cell, field in there:
        change = fresh.get((sheet, cell))
        if change is not None and (change.code, change.field) == (code, field):
            bad[sheet, cell] = code
    new = [key for key in there if key not in known]
    by_row: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for at in fresh if new else ():
        by_row.setdefault((at[0], _row(at[1])), []).append(at)
    for code, sheet, cell, _ in new:
        for at in by_row.get((sheet, _row(cell)), fresh):
            bad.setdefault(at, code)
    return bad


def _row(cell: str) -> str:
    return cell.partition(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _key(finding: Finding) -> _Key:
    return finding.code, finding.sheet, finding.cell, finding.field
