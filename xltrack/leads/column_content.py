"""What the cells of one column look like: days, amounts, phones, words of a list, names."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from xltrack.leads.cells import cell_text, kind_of
from xltrack.leads.dates import parse_moment
from xltrack.leads.vocabulary import LISTS, Vocabulary
from xltrack.text import fold

_CONTACT = re.compile(
    r"(?:\+?\d{1,3}[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"  # mobile number
    r"|[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"
    r"|^\s*(?:\+\d{1,3}[- ]?)?\(?0?\d{2,4}\)?[- ]?\d{3,4}[- ]?\d{4}\s*$"
)
_ID = re.compile(r"^(?=.*\d)[\w/#.-]{1,30}$")
_DATED = re.compile(r"^\s*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}")
_PERSON = re.compile(r"^(?:[\u4e00-\u9fff\u00b7]{2,4}|[A-Z][\w'.-]*(?: [A-Z][\w'.-]*){0,3})$")
_COLON = re.compile("[:\uff1a]")
_LONG = 12  # letters of a text that is no name
_TELLING = 10  # cells
_MOST_PEOPLE = 0.5  # different words of a list for each cell
_MOSTLY = 0.9
_MAY_BE_NUMBERS = ("lead_id", "contact_details", "priority", "company_size")
_LATEST = dt.date(2100, 1, 1)
_EARLIEST = dt.date(1990, 1, 1)


@dataclass(frozen=True)
class ColumnContent:
    """The filled cells of a column, as far as they were looked at."""

    cells: tuple[object, ...]

    @cached_property
    def texts(self) -> list[str]:
        """The cells as texts, without those that are no text."""
        return [text.strip() for text in map(cell_text, self.cells) if text and text.strip()]

    @cached_property
    def words(self) -> Counter[str]:
        """How often each text stands there."""
        return Counter(self.texts)

    @cached_property
    def numbers(self) -> float:
        """Share of bare numbers."""
        return self._share(kind_of(cell) == "number" for cell in self.cells)

    @cached_property
    def days(self) -> float:
        """Share of days, also of those held as text."""
        return self._share(map(_is_day, self.cells))

    def _share(self, hits: Iterable[bool]) -> float:
        return sum(hits) / len(self.cells) if self.cells else 0.0

    def _texts_like(self, pattern: re.Pattern[str]) -> float:
        found = sum(pattern.search(text) is not None for text in self.texts)
        return found / len(self.texts) if self.texts else 0.0

    def fits(self, field_id: str, known: Vocabulary) -> bool:
        """Whether the cells are what the field holds; false where they cannot tell."""
        if len(self.cells) < known.sure.least_cells:
            return False
        field = known.template.by_id[field_id]
        if field.type in ("date", "datetime"):
            share = self.days
        elif field.type == "number":
            share = self.amounts(known)
        elif field.list in LISTS:
            share = self._listed(str(field.list), known)
        else:
            share = self._like(field_id, known)
        return share >= known.sure.content

    def _like(self, field_id: str, known: Vocabulary) -> float:
        match field_id:
            case "contact_details":
                return self._texts_like(_CONTACT)
            case "lead_id":
                return self._ids()
            case "owner":
                return self._people()
            case "customer":
                return self.companies(known)
            case "latest_follow_up":
                return self._texts_like(_DATED)
            case "need":
                return sum(len(text) >= _LONG for text in self.texts) / max(1, len(self.texts))
        return 0.0

    def contradicts(self, field_id: str, known: Vocabulary) -> bool:
        """Whether the cells cannot be what the field holds."""
        if len(self.cells) < known.sure.least_cells:
            return False
        field, most = known.template.by_id[field_id], known.sure.content
        if field.type in ("date", "datetime"):
            return self.days < 1 - most
        if field.type == "number":
            return self.amounts(known) < 1 - most
        if field_id == "latest_follow_up":
            return self.numbers >= most
        if self.days >= most or (self.numbers >= most and field_id not in _MAY_BE_NUMBERS):
            return True
        if field.list in LISTS or field_id == "owner":
            return self.many_words(known) and not self.fits(field_id, known)
        return False

    def many_words(self, known: Vocabulary) -> bool:
        """Whether there are more different words than a list has."""
        different = len(self.words)
        return different > known.sure.most_words and different > _MOST_PEOPLE * len(self.texts)

    def amounts(self, known: Vocabulary) -> float:
        """Share of cells that say an amount, or that there is none."""
        return self._share(
            kind_of(cell) == "number"
            or (isinstance(cell, str) and (not cell.strip("—-/ ") or _is_amount(cell, known)))
            for cell in self.cells
        )

    def _listed(self, table: str, known: Vocabulary) -> float:
        meanings = known.meanings(table)
        hits = sum(n for text, n in self.words.items() if fold(_COLON.split(text)[0]) in meanings)
        return hits / len(self.texts) if self.texts else 0.0

    def _ids(self) -> float:
        if len(self.words) < _MOSTLY * len(self.texts) or self.days > 1 - _MOSTLY:
            return 0.0
        return self._texts_like(_ID)

    def _people(self) -> float:
        if len(self.texts) >= _TELLING and len(self.words) > _MOST_PEOPLE * len(self.texts):
            return 0.0
        return self._texts_like(_PERSON)

    def companies(self, known: Vocabulary) -> float:
        """Share of texts that end as names of companies do."""
        hits = sum(fold(text).endswith(known.company_endings) for text in self.texts)
        return hits / len(self.texts) if self.texts else 0.0


def column_contents(rows: Sequence[Sequence[object]], most: int) -> dict[int, ColumnContent]:
    """The content of each column (1-based) of the first rows with anything in them."""
    found: dict[int, list[object]] = {}
    looked_at = 0
    for row in rows:
        filled = [(n, cell) for n, cell in enumerate(row, start=1) if kind_of(cell) != "empty"]
        looked_at += bool(filled)
        if looked_at > most:
            break
        for number, cell in filled:
            found.setdefault(number, []).append(cell)
    return {number: ColumnContent(tuple(cells)) for number, cells in found.items()}


def _is_amount(text: str, known: Vocabulary) -> bool:
    return known.units.parse(text) is not None


def _is_day(cell: object) -> bool:
    if isinstance(cell, dt.datetime):
        return _EARLIEST <= cell.date() < _LATEST
    if isinstance(cell, dt.date):
        return _EARLIEST <= cell < _LATEST
    if not isinstance(cell, str):
        return False
    moment = parse_moment(cell)
    return moment is not None and _EARLIEST <= moment.date() < _LATEST
