"""Finding the lead sheets of a workbook that xltrack did not make: header row and columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from xltrack.leads.careful import Rows, header_texts
from xltrack.leads.column_content import column_contents
from xltrack.leads.header import in_two_rows
from xltrack.leads.header_proposals import ColumnProposal, HeaderWords, propose_columns
from xltrack.leads.marks import SheetMarks
from xltrack.leads.vocabulary import Vocabulary
from xltrack.template.declared import TWO_ROWS

_FEW = 3  # texts below which a row is no header
_MOST_ROWS_TRIED = 4
_REACHED_BY = ("contact", "contact_details", "need", "channel", "latest_follow_up", "priority")
"""The fields of which a list of customers needs some to be taken for leads."""
_LEAST_OF_THEM = 2
_DUST = 1e-9


@dataclass(frozen=True)
class SheetProposal:
    """A sheet that holds leads: the row of its header (the lower of two) and its columns.

    ``lacking``: field groups of which leads need one, and this sheet has none.
    """

    sheet: str
    row: int
    columns: tuple[ColumnProposal, ...]
    in_two_rows: bool = False
    lacking: tuple[tuple[str, ...], ...] = ()

    @property
    def fields(self) -> dict[str, ColumnProposal]:
        """The columns that are fields, the first of each."""
        return {c.field: c for c in reversed(self.columns) if c.field}

    @property
    def score(self) -> float:
        """How sure all columns together are."""
        return sum(column.confidence for column in self.columns if column.field)


class SheetFinder:
    """Looks for lead sheets."""

    def __init__(self, known: Vocabulary) -> None:
        """Use the words of a vocabulary."""
        self.known, self.words = known, HeaderWords(known)

    def find(self, sheet: str, rows: Rows, marks: SheetMarks) -> SheetProposal | None:
        """The header of leads on a sheet, None where it has none."""
        template = self.known.template
        search = template.workbook.header_search_rows
        texts = header_texts(rows, search + 1)
        tried = [self._proposal(sheet, rows, texts, number) for number in self._likely(texts)]
        best = max(tried, key=lambda proposal: proposal.score, default=None)
        if best is None:
            return None
        for top in (best.row - 1, best.row):
            if 1 <= top < min(search, len(texts)) and self._may_be_two(texts, top):
                both = self._proposal(sheet, rows, texts, top, below=True)
                if self._is_better(both, best, texts, top, marks):
                    best = both
        return self._leads(best)

    def _likely(self, texts: Sequence[Sequence[str]]) -> list[int]:
        """The rows (1-based) with the most known headers, the first of equal ones first."""
        counted = []
        for number, row in enumerate(texts[: self.known.template.workbook.header_search_rows], 1):
            filled = [text for text in row if text.strip()]
            hits = sum(any(e.field for e in self.words.evidence(text)) for text in filled)
            if len(filled) >= _FEW and hits:
                counted.append((-hits, number))
        return [number for _, number in sorted(counted)[:_MOST_ROWS_TRIED]]

    def _may_be_two(self, texts: Sequence[Sequence[str]], top: int) -> bool:
        upper, lower = texts[top - 1], texts[top]
        pairs = in_two_rows(upper, lower)
        return any(above and below for above, below in pairs)

    def _is_better(
        self,
        both: SheetProposal,
        best: SheetProposal,
        texts: Sequence[Sequence[str]],
        top: int,
        marks: SheetMarks,
    ) -> bool:
        """Whether a header is in two rows rather than in one.

        It is where that tells more; else where merged cells say so and the lower row alone would
        lose a header.
        """
        if both.score > best.score + _DUST:
            return True
        if both.score < best.score - _DUST or not _is_banner(texts, top, marks):
            return False
        return any(above and not below for above, below in in_two_rows(texts[top - 1], texts[top]))

    def _proposal(
        self,
        sheet: str,
        rows: Rows,
        texts: Sequence[Sequence[str]],
        number: int,
        below: bool = False,
    ) -> SheetProposal:
        headers: list[tuple[int, str, str]] = []
        if below:
            pairs = in_two_rows(texts[number - 1], texts[number])
            for column, (above, under) in enumerate(pairs, start=1):
                if above or under:
                    whole = TWO_ROWS.join(filter(None, (above, under)))
                    headers.append((column, self._telling(above, under), whole))
        else:
            headers = [
                (column, text.strip(), text.strip())
                for column, text in enumerate(texts[number - 1], start=1)
                if text.strip()
            ]
        row = number + below
        contents = column_contents(rows[row:], self.known.sure.rows_looked_at)
        columns = propose_columns(headers, contents, self.known, self.words)
        return SheetProposal(sheet, row, tuple(columns), in_two_rows=below)

    def _telling(self, above: str, below: str) -> str:
        """Which of the texts of a header in two rows says what the column is."""
        if not below or not above:
            return below or above
        for text in (below, f"{above}{below}", above):
            evidence = self.words.evidence(text)
            if evidence and evidence[0].confidence >= self.known.sure.sure:
                # the text over several columns says what they have in common
                return below if text == above and not evidence[0].field else text
        return below

    def _leads(self, proposal: SheetProposal) -> SheetProposal | None:
        """The proposal if that is a header of leads."""
        proposal = _with_customer(proposal)
        rules = self.known.template.workbook
        fields = proposal.fields
        if len(fields) < rules.minimum_known_columns:
            return None
        lacking = tuple(g for g in rules.header_any if not any(f in fields for f in g))
        sure = [c for c in fields.values() if c.confidence >= self.known.sure.sure]
        if len(sure) < rules.minimum_known_columns - 1:
            return None
        if lacking and not (
            any(field in fields for field in ("customer", "lead_id"))
            and sum(field in fields for field in _REACHED_BY) >= _LEAST_OF_THEM
        ):
            return None
        return replace(proposal, lacking=lacking)


def _with_customer(proposal: SheetProposal) -> SheetProposal:
    """A person is the customer where no other column is, as for private customers."""
    fields = proposal.fields
    if {"customer", "lead_id"} & fields.keys() or "contact" not in fields:
        return proposal
    person = fields["contact"]
    columns = [
        replace(c, field="customer", confidence=min(c.confidence, 0.7), because="alike")
        if c.column == person.column
        else c
        for c in proposal.columns
    ]
    return replace(proposal, columns=tuple(columns))


def _is_banner(texts: Sequence[Sequence[str]], top: int, marks: SheetMarks) -> bool:
    """Whether a text in row ``top`` is merged over columns that have texts of their own below."""
    lower = texts[top]
    for (row, left), (last_row, right) in marks.merged:
        if row == last_row == top and right > left:
            under = [c for c in range(left, right + 1) if c <= len(lower) and lower[c - 1].strip()]
            if len(under) > 1:
                return True
    return False


def one_meaning(sheets: Iterable[SheetProposal]) -> dict[str, ColumnProposal]:
    """One proposal for each different header of all sheets, the surest, by its text."""
    found: dict[str, ColumnProposal] = {}
    for sheet in sheets:
        for column in sheet.columns:
            there = found.get(column.header)
            if there is None or _rank(column) > _rank(there):
                found[column.header] = column
    return found


def _rank(column: ColumnProposal) -> tuple[bool, float]:
    return bool(column.field), column.confidence
