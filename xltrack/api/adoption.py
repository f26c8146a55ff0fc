"""What adopt makes of a workbook before anything is written: columns, words, what is lacking."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.questions import Asking, Question
from xltrack.errors import Reason, UnreadableWorkbook, UsageError
from xltrack.leads.careful import header_texts
from xltrack.leads.header import JOINED_FIELD, best_row, nearest_headers
from xltrack.leads.header_proposals import ColumnProposal
from xltrack.leads.sheet_proposals import SheetFinder, SheetProposal, one_meaning
from xltrack.leads.vocabulary import KINDS, LISTS, Vocabulary
from xltrack.leads.word_proposals import FIELDS, NEW, NO_LOSS, OPEN, WordProposal
from xltrack.template import Template, Text
from xltrack.template.own_headers import field_named
from xltrack.text import fold, header_key, split_list

if TYPE_CHECKING:
    from xltrack.leads.careful import Rows
    from xltrack.leads.opening import OpenedSheet

OFFERED = ("lead_id", "acquired_on", "stage", "owner", "priority")
"""What a team's sheets often lack and may get, where they lack it."""
_EXAMPLES = 3
_GIVEN = re.compile(r"^(?P<left>.+?)\s*=\s*(?P<right>[^=]*)$")


@dataclass
class Given:
    """What the caller said: fields by header, items by (field, word)."""

    columns: dict[str, str] = field(default_factory=dict)
    words: dict[tuple[str, str], str] = field(default_factory=dict)


def given_mapping(entries: Mapping[str, str] | Sequence[str], known: Vocabulary) -> Given:
    """What ``公司=customer`` and ``跟进阶段:谈单中=商务谈判`` say, by folded header and word.

    Raises:
        UsageError: ``bad_map`` for another form, a field or an item that is not known.
    """
    pairs = entries.items() if isinstance(entries, Mapping) else map(_pair, entries)
    given = Given()
    for left, right in pairs:
        head, _, word = left.replace("\uff1a", ":").partition(":")
        listed = field_named(known.template, head) if word else None
        if listed in FIELDS and word.strip():
            given.words[str(listed), fold(word)] = _item(right, str(listed), left, known)
            continue
        meant = field_named(known.template, right)
        if meant is None:
            raise UsageError("bad_map", f"{left}={right}")
        given.columns[header_key(left)] = meant
    return given


def _pair(entry: str) -> tuple[str, str]:
    match = _GIVEN.match(entry)
    if match is None:
        raise UsageError("bad_map", entry)
    return match["left"], match["right"]


def _item(text: str, listed: str, left: str, known: Vocabulary) -> str:
    """The item of a list that a text names, in either language, or a kind of stage."""
    meant = known.meanings(FIELDS[listed]).get(fold(text))
    if meant is None and listed == "stage":
        words = known.template.words.kinds
        meant = next((k for k, said in words.items() if fold(text) in map(fold, (k, *said))), None)
    if meant is None and fold(text) in (NEW, NO_LOSS):
        meant = fold(text)
    if meant is None:
        raise UsageError("bad_map", f"{left}={text}")
    return meant


@dataclass(frozen=True)
class Columns:
    """The lead sheets and what their headers mean: a field by header, empty for the team's own.

    ``added``: new fields by sheet.
    """

    sheets: tuple[SheetProposal, ...]
    meanings: Mapping[str, ColumnProposal]
    added: Mapping[str, tuple[str, ...]]

    @property
    def fields(self) -> dict[str, str]:
        """The field of each header."""
        return {header: proposal.field for header, proposal in self.meanings.items()}

    def template(self, usual: Template) -> Template:
        """The template that knows these headers."""
        return usual.knowing(self.fields.items())


def settled_columns(
    path: Path,
    tables: Sequence[tuple[OpenedSheet, Rows]],
    known: Vocabulary,
    given: Given,
    add: Sequence[str],
    asking: Asking,
) -> Columns:
    """The lead sheets of a workbook and what their headers mean, questions answered.

    ``tables``: its sheets with their cells.

    Raises:
        UnreadableWorkbook: NO_LEAD_HEADER.
        UsageError: a given header that no lead sheet has.
    """
    finder = SheetFinder(known)
    sheets = []
    best: Sequence[str] = ()
    for opened, rows in tables:
        found = finder.find(opened.name, rows, opened.marks)
        if found is not None:
            sheets.append(found)
        elif not sheets:
            top = header_texts(rows, known.template.workbook.header_search_rows)
            best = max(best, best_row(top, known.template), key=len)
    if not sheets:
        headers = nearest_headers(best, known.template) or "—"
        raise UnreadableWorkbook(path, Reason.NO_LEAD_HEADER, headers)
    meanings = {
        header: _settled(proposal, given, known, asking)
        for header, proposal in one_meaning(sheets).items()
    }
    unknown = given.columns.keys() - {header_key(header) for header in meanings}
    if unknown:
        raise UsageError("adopt_no_header", ", ".join(sorted(unknown)))
    meanings = _one_column_a_field(sheets, meanings)
    return _with_added(sheets, meanings, add, known, asking)


def _settled(
    proposal: ColumnProposal, given: Given, known: Vocabulary, asking: Asking
) -> ColumnProposal:
    key = header_key(proposal.header)
    if key in given.columns:
        return replace(proposal, field=given.columns[key], confidence=1.0, because="given")
    if not proposal.field or proposal.confidence >= known.sure.sure:
        return proposal
    choices = [proposal.field, *(e.field for e in proposal.others), ""]
    said = asking.ask(
        Question(
            "column",
            proposal.header,
            proposal.field,
            proposal.confidence,
            tuple(dict.fromkeys(choices)),
            examples=_examples(proposal, known),
        )
    )
    if said == proposal.field:
        return proposal
    meant = field_named(known.template, said)
    if meant is None:
        raise UsageError("bad_map", f"{proposal.header}={said}")
    return replace(proposal, field=meant, confidence=1.0, because="given")


def _examples(proposal: ColumnProposal, known: Vocabulary) -> tuple[str, ...]:
    """A few cells, none of a column that is private."""
    from xltrack.leads.privacy import without_private

    declared = known.template.by_id.get(proposal.field)
    if declared is not None and declared.private:
        return ()
    texts = [text for text, _ in proposal.content.words.most_common(_EXAMPLES)]
    return tuple(without_private(text) for text in texts)


def _one_column_a_field(
    sheets: Sequence[SheetProposal], meanings: dict[str, ColumnProposal]
) -> dict[str, ColumnProposal]:
    """What was given goes before what was proposed; the other column is the team's own."""
    for sheet in sheets:
        there = [meanings[c.header] for c in sheet.columns]
        given = {p.field for p in there if p.because == "given"} - {"", JOINED_FIELD}
        for proposal in there:
            if proposal.because != "given" and proposal.field in given:
                second = replace(proposal, field="", because="second")
                meanings[proposal.header] = second
    return meanings


def _with_added(
    sheets: Sequence[SheetProposal],
    meanings: Mapping[str, ColumnProposal],
    add: Sequence[str],
    known: Vocabulary,
    asking: Asking,
) -> Columns:
    wanted = [_field(text, known.template) for text in add]
    has = {s.sheet: {meanings[c.header].field for c in s.columns} for s in sheets}
    added: dict[str, list[str]] = {
        s.sheet: [f for f in wanted if f not in has[s.sheet]] for s in sheets
    }
    kept = []
    for sheet in sheets:
        names, more = has[sheet.sheet], added[sheet.sheet]
        for group in known.template.workbook.header_any:
            if any(f in names or f in more for f in group):
                continue
            said = asking.ask(Question("needed", sheet.sheet, group[0], 0.0, (*group, "")))
            if said in group:
                more.append(said)
        if all(any(f in names or f in more for f in g) for g in known.template.workbook.header_any):
            kept.append(sheet)
    if not kept:
        raise UsageError("adopt_no_sheet", ", ".join(s.sheet for s in sheets))
    for field_id in OFFERED:
        lacking = [s.sheet for s in kept if field_id not in {*has[s.sheet], *added[s.sheet]}]
        question = Question("offered", field_id, "no", 1.0, ("yes", "no"))
        if lacking and asking.ask_for_more(question) == "yes":
            for name in lacking:
                added[name].append(field_id)
    order = {f.id: n for n, f in enumerate(known.template.fields)}
    listed = {s.sheet: tuple(sorted(added[s.sheet], key=order.__getitem__)) for s in kept}
    return Columns(tuple(kept), meanings, listed)


def _field(text: str, template: Template) -> str:
    found = field_named(template, text)
    if not found:
        raise UsageError("unknown_column", text)
    return found


def settled_words(
    proposals: Sequence[WordProposal], known: Vocabulary, given: Given, asking: Asking
) -> list[WordProposal]:
    """What the words of the lists are, questions answered."""
    settled = []
    for word in proposals:
        said = given.words.get((word.field, fold(word.word)))
        if said is None and word.confidence < known.sure.sure:
            said = asking.ask(
                Question(
                    "word",
                    word.word,
                    word.item,
                    word.confidence,
                    _items(word.field, known),
                    word.field,
                )
            )
            said = said if said in (NEW, NO_LOSS, OPEN, *KINDS) else _item(
                said, word.field, word.word, known
            )  # fmt: skip
            settled.append(replace(word, item=said))
        elif said is not None:
            settled.append(replace(word, item=said, confidence=1.0))
        else:
            settled.append(word)
    return settled


def _items(listed: str, known: Vocabulary) -> tuple[str, ...]:
    table = known.template.settings_table(FIELDS[listed])
    names = [row[LISTS[table.id]] for row in table.rows]
    items = [name.zh for name in names if isinstance(name, Text)]
    more = {"stage": (OPEN, *KINDS), "lost_reason": (NEW, NO_LOSS)}
    return (*items, *more.get(listed, (NEW,)))


def settled_stages(
    rows: Sequence[Mapping[str, object]],
    said: str,
    words: Sequence[WordProposal],
    asking: Asking,
) -> list[str]:
    """The order of the stages: what the caller said, else what is answered.

    It has to be said where the template does not know the place of a stage.
    """
    names = [str(row["stage"]) for row in rows]
    if said:
        return _ordered(split_list(said), names)
    known = all(word.item != OPEN for word in words)
    question = Question("stages", "--stages", ", ".join(names), float(known))
    answered = asking.ask_for_more(question) if known else asking.ask(question)
    return _ordered(split_list(answered), names)


def _ordered(said: Sequence[str], names: Sequence[str]) -> list[str]:
    there = {fold(name): name for name in names}
    unknown = [name for name in said if fold(name) not in there]
    if unknown:
        raise UsageError("adopt_no_stage", ", ".join(unknown))
    first = [there[fold(name)] for name in said]
    return [*dict.fromkeys(first), *(name for name in names if name not in first)]
