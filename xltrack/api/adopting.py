"""``adopt``: the sheet that a team already uses, brought under the template as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltrack.api.paths import AnyPath
from xltrack.api.questions import Answer, Asking, Question
from xltrack.errors import Reason, Refused, UsageError
from xltrack.writeback.receipt import Receipt

if TYPE_CHECKING:
    from xltrack.api.adoption import Columns, Given
    from xltrack.leads import LeadBook
    from xltrack.leads.added_columns import AddedColumn
    from xltrack.leads.header_proposals import ColumnProposal
    from xltrack.leads.vocabulary import Vocabulary
    from xltrack.leads.word_proposals import WordProposal
    from xltrack.text import Lang
    from xltrack.writeback import Edit, Target


@dataclass(frozen=True, slots=True)
class AdoptedSheet:
    """A lead sheet: the row of its header and the number of its leads."""

    sheet: str
    header_row: int
    leads: int


@dataclass(frozen=True, slots=True)
class AdoptedColumn:
    """What a header means: a field, empty for a column of the team's own; how sure that is (a
    share of 1), and why: documented, alias, word, alike, content, own, second or given."""

    header: str
    field: str
    confidence: float
    because: str


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column put in beside a sheet's own: how many of its cells are filled, how many are not."""

    sheet: str
    field: str
    column: str
    filled: int
    empty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What was found in a workbook, and what became of it.

    ``words``: the values of its lists; ``stages``: name and kind in their order; ``lacking``: the
    fields that could be added; ``parameters``: those that are not the template's. ``receipt`` is
    None for a dry run; without a lead sheet everything is empty.
    """

    path: Path
    sheets: tuple[AdoptedSheet, ...] = ()
    columns: tuple[AdoptedColumn, ...] = ()
    words: tuple[WordProposal, ...] = ()
    stages: tuple[tuple[str, str], ...] = ()
    owners: tuple[str, ...] = ()
    added: tuple[NewColumn, ...] = ()
    lacking: tuple[str, ...] = ()
    parameters: Mapping[str, object]
    receipt: Receipt | None = None


def adopt(
    path: AnyPath,
    *,
    output: AnyPath | None = None,
    mapping: Mapping[str, str] | Sequence[str] = (),
    add: str | Sequence[str] = (),
    stages: str = "",
    yes: bool = False,
    dry_run: bool = False,
    break_signature: bool = False,
    force: bool = False,
    answer: Answer | None = None,
) -> Adopted:
    """Bring a workbook that a team already uses under the template, its cells left as they are.

    Lead sheets are found and their headers, stages, channels and other words understood; what they
    mean is kept on a Settings sheet of the new workbook, so that every other command just works
    on it. Dropdowns and conditional formats are put in beside those that are there. No cell, no
    format and no other part changes; columns that are added stand to the right.

    Args:
        path: the team's workbook.
        output: the workbook to write; needed unless it is a dry run.
        mapping: what headers mean, ``{"公司": "customer"}`` or ``["公司=customer"]``, and what
            words of a list mean, ``"stage:谈单中=商务谈判"``; nothing behind the ``=``: a column of
            the team's own.
        add: fields to add as columns where sheets lack them, such as ``lead_id,acquired_on``.
        stages: the order of the stages, after commas.
        yes: take what is proposed also where it is not sure.
        dry_run: write nothing, ask nothing, say what would be done.
        break_signature: go on although a digital signature will break.
        force: overwrite ``output``; write from a workbook marked final or write-protected.
        answer: asked where a proposal is not sure.

    Raises:
        UnreadableWorkbook: also for a workbook without leads, unless it is a dry run.
        UsageError: ``adopt_unsure`` where there is a question and nobody to answer it.
        Refused, PackageError: see their reasons; nothing was written.
    """
    if output is None and not dry_run:
        raise UsageError("output_needed_adopt")
    if output is not None and not dry_run:
        _refuse_output(Path(path), Path(output), force)
    from xltrack.errors import UnreadableWorkbook

    adding = [a.strip() for a in (add.split(",") if isinstance(add, str) else add) if a.strip()]
    asking = Asking(answer if not dry_run else None, take_proposed=yes or dry_run)
    plan = _Plan(Path(path), mapping, adding, stages, asking)
    try:
        plan.settle()
    except UnreadableWorkbook as error:
        if dry_run and error.reason in (Reason.NO_LEAD_HEADER, Reason.NO_LEADS):
            return Adopted(path=Path(path), parameters={})
        raise
    asking.close()
    if dry_run or output is None:
        return plan.outcome(None)
    from xltrack.writeback import open_target, save

    target = open_target(
        Path(path), break_signature=break_signature, force=force, in_place=_same(path, output)
    )
    edit = plan.edit(target)
    return plan.outcome(save(edit, Path(output), overwrite=force))


def _refuse_output(path: Path, output: Path, force: bool) -> None:
    """What is written is a workbook of the same kind, with macros or without."""
    ending = path.suffix.lower()
    if ending in (".xlsx", ".xlsm") and output.suffix.lower() != ending:
        raise UsageError("wrong_ending", ending)
    if output.exists() and not force:
        raise Refused(output, Reason.EXISTS)


def _same(path: AnyPath, output: AnyPath) -> bool:
    return Path(output).exists() and Path(output).samefile(path)


class _Plan:
    """What is to be made of one workbook."""

    columns: Columns
    book: LeadBook
    lang: Lang
    words: list[WordProposal]
    rows: dict[str, list[dict[str, Any]]]
    parameters: dict[str, object]
    added: list[AddedColumn]
    last_used: dict[str, int]

    def __init__(
        self,
        path: Path,
        mapping: Mapping[str, str] | Sequence[str],
        add: Sequence[str],
        stages: str,
        asking: Asking,
    ) -> None:
        from xltrack.api.adoption import given_mapping
        from xltrack.leads.vocabulary import Vocabulary
        from xltrack.template import load_template
        from xltrack.template.adopt_words import load_adopt_words

        self.path, self.add, self.said_stages, self.asking = path, add, stages, asking
        self.template = load_template()
        self.known: Vocabulary = Vocabulary(self.template, load_adopt_words())
        self.given: Given = given_mapping(mapping, self.known)

    def settle(self) -> None:
        """Work everything out, asking where that is not sure."""
        from xltrack.api.adoption import settled_columns, settled_stages, settled_words
        from xltrack.create.adopted import column_rows
        from xltrack.create.adopted_lists import list_rows
        from xltrack.leads.added_columns import last_column
        from xltrack.leads.reading import Reading
        from xltrack.leads.word_proposals import people, propose_words

        reading = Reading(self.path, self.template, careful=True)
        if reading.has_settings:
            raise UsageError("adopted_already", self.path.name)
        tables = list(reading.tables())
        self.columns = settled_columns(
            self.path, tables, self.known, self.given, self.add, self.asking
        )
        self.last_used = {sheet.name: last_column(rows) for sheet, rows in tables}
        del tables
        self._read()
        leads = self.book.rows
        self.words = settled_words(
            propose_words(leads, self.known), self.known, self.given, self.asking
        )
        owners = people(leads, self.known)
        self.rows = list_rows(self.template, self.lang, self.words, owners)
        order = settled_stages(self.rows["stages"], self.said_stages, self.words, self.asking)
        self.rows = list_rows(self.template, self.lang, self.words, owners, order)
        self.rows |= column_rows(self.template, self.lang, self._headers())
        self.parameters = self._parameters()
        self.added = self._added()

    def _headers(self) -> dict[str, str]:
        """The field of each header of the sheets, those of new columns too."""
        names = {c.header for sheet in self.columns.sheets for c in sheet.columns}
        return {h: f for h, f in self.columns.fields.items() if h in names}

    def _read(self) -> None:
        """The leads under the headers as they were settled, also of sheets still lacking one."""
        import msgspec

        from xltrack.leads.assembly import LeadSheet, assemble
        from xltrack.leads.reading import Reading
        from xltrack.template import default_settings

        rules = msgspec.structs.replace(self.template.workbook, header_any=())
        relaxed = msgspec.structs.replace(
            self.template, own_headers=tuple(self.columns.fields.items()), workbook=rules
        )
        names = {sheet.sheet for sheet in self.columns.sheets}
        again = Reading(self.path, relaxed)
        grids = [grid for grid in again.grids() if grid.sheet in names]
        self.lang = grids[0].header.lang
        sheets = [LeadSheet(self.path, self.path.name, g, again.opened.date_1904) for g in grids]
        settings = default_settings(self.template, self.lang)
        self.book = assemble(sheets, relaxed, settings, lang=self.lang)

    def _parameters(self) -> dict[str, object]:
        from xltrack.api.adopted_parameters import adopted_parameters

        return adopted_parameters(self.columns, self.book, self.words, self.known, self.asking)

    def _added(self) -> list[AddedColumn]:
        from xltrack.leads.added_columns import added_columns

        prefix = str(self.parameters.get("id_prefix", self._usual("id_prefix")))
        wanted = {sheet: fields for sheet, fields in self.columns.added.items() if fields}
        return added_columns(self.book.rows, wanted, self.last_used, prefix, self.template)

    def _usual(self, parameter: str) -> object:
        return next(p.value for p in self.template.parameters if p.id == parameter)

    def edit(self, target: Target) -> Edit:
        """The edit that makes it so."""
        from xltrack.create.adopted import put_settings_in

        first = put_settings_in(
            target,
            template=self.template,
            lang=self.lang,
            rows=self.rows,
            parameters=self.parameters,
        )
        return self._with_columns_and_rules(target, first)

    def _with_columns_and_rules(self, target: Target, first: Edit) -> Edit:
        from xltrack.api.adopted_sheets import put_into_sheets
        from xltrack.template.check_settings import OWN_IDS

        free = ("lead_id",) if OWN_IDS in str(self.parameters.get("checks", "")) else ()
        second = put_into_sheets(first, self.book, self.added, self.template, self.lang, free)
        overlay = {**first.overlay, **second.overlay}
        return replace(first, overlay=overlay, edited=second.edited, target=target)

    def outcome(self, receipt: Receipt | None) -> Adopted:
        """What was found and done."""
        from xltrack.api.adoption import OFFERED
        from xltrack.leads.header import column_letters

        there = {
            sheet.sheet: {self.columns.meanings[c.header].field for c in sheet.columns}
            | set(self.columns.added[sheet.sheet])
            for sheet in self.columns.sheets
        }
        names = self._headers()
        kinds = [(str(row["stage"]), str(row["kind"])) for row in self.rows["stages"]]
        return Adopted(
            path=self.path,
            sheets=tuple(AdoptedSheet(s.sheet, s.header_row, s.leads) for s in self.book.sources),
            columns=tuple(_column(self.columns.meanings[header]) for header in names),
            words=tuple(self.words),
            stages=tuple(kinds),
            owners=tuple(str(row["owner"]) for row in self.rows["owners"]),
            added=tuple(
                NewColumn(a.sheet, a.field, column_letters(a.column), len(a.values), a.empty)
                for a in self.added
            ),
            lacking=tuple(f for f in OFFERED if any(f not in fields for fields in there.values())),
            parameters=self.parameters,
            receipt=receipt,
        )


def _column(proposal: ColumnProposal) -> AdoptedColumn:
    return AdoptedColumn(
        proposal.header, proposal.field, proposal.confidence, str(proposal.because)
    )


__all__ = ["Adopted", "AdoptedColumn", "AdoptedSheet", "Answer", "NewColumn", "Question", "adopt"]
