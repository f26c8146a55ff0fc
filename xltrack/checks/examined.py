"""What the rules look at: the leads of one workbook or of many, with what many rules ask of them.

Everything that is asked "in a workbook" is asked with the number of the workbook at hand, so that
many small workbooks cost as little as one large one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.checks.folding import folded
from xltrack.checks.rule import Positions
from xltrack.leads.book import LeadBook, Source
from xltrack.leads.facts import lead_facts
from xltrack.leads.header import column_letters
from xltrack.leads.identity import one_row_per_lead
from xltrack.template import Template
from xltrack.template.check_words import CheckWords
from xltrack.text import fold

if TYPE_CHECKING:
    from xltrack.checks.logs import Logs

Mask = npt.NDArray[np.bool_]
_TEXT = pa.large_string()
_AT = "\x1fat"  # names no column of a workbook
_TOLD_BY = ("lead_id", "customer", "stage", "latest_follow_up", "file")  # which rows are one lead
_UNREADABLE = ("F007", "V120", "V130", "V133")
_ODD = r"[^a-z0-9\x{4E00}-\x{9FFF}]"  # found in every text that folding changes
_LONGEST_NOTHING = 48  # bytes of a text that may say nothing
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class Examined:
    """The leads of ``book`` as the rules see them.

    One row per lead *and workbook*: what the same id in two workbooks means is asked across them.
    """

    def __init__(
        self,
        book: LeadBook,
        *,
        as_of: dt.date,
        template: Template,
        words: CheckWords,
        facts: pd.DataFrame | None = None,
    ) -> None:
        self.book = book
        self.settings = book.settings
        self.as_of = as_of
        self.template = template
        self.words = words
        self.sources: tuple[Source, ...] = tuple(s for s in book.sources if s.leads)
        self.leads, self.lead_rows = self._leads()
        self._given = facts
        self.missing: dict[str, Mask] | None = None  # by rules that build on one another
        self.logs: Logs | None = None
        self.owners: list[list[str]] | None = None
        self.repeated: object = None
        self._texts: dict[str, pa.Array] = {}
        self._encoded: dict[str, tuple[Positions, list[str]]] = {}
        self._dictionaries: dict[str, tuple[Positions, pa.Array]] = {}

    # ------------------------------------------------------------------ rows, leads, places

    @cached_property
    def row_source(self) -> Positions:
        """Number of the source (a sheet) of every row."""
        counts = [source.leads for source in self.sources]
        return np.repeat(np.arange(len(counts)), counts)

    @cached_property
    def source_file(self) -> Positions:
        """Number of the workbook of every source."""
        known: dict[tuple[Any, str], int] = {}
        codes = [known.setdefault((s.path, s.workbook), len(known)) for s in self.sources]
        return np.array(codes, dtype=np.intp)

    @cached_property
    def row_file(self) -> Positions:
        """Number of the workbook of every row."""
        return self.source_file[self.row_source]

    @cached_property
    def lead_file(self) -> Positions:
        """Number of the workbook of every lead."""
        return self.row_file[self.lead_rows]

    @cached_property
    def row_ids(self) -> list[str]:
        """The lead id of every row, empty where there is none."""
        ids = self.book.rows["lead_id"].tolist()
        return [lead_id if isinstance(lead_id, str) else "" for lead_id in ids]

    @cached_property
    def _numbers(self) -> list[int]:
        return [int(number) for number in self.book.rows["row"].to_numpy().tolist()]

    def _leads(self) -> tuple[pd.DataFrame, Positions]:
        rows, book = self.book.rows, self.book
        if len(set(self.source_file.tolist())) < 2:
            leads = book.leads
            if len(leads) == len(rows):
                return leads, np.arange(len(rows))
            keys = _place_keys(rows)
            return leads, np.flatnonzero(np.isin(keys, _place_keys(leads)))
        ids = rows["lead_id"]
        files = pd.Series(self.row_file, index=rows.index).astype("str")
        marked = rows[list(_TOLD_BY)].assign(lead_id=(files + "\x1f" + ids).astype(ids.dtype))
        marked[_AT] = np.arange(len(rows))
        kept = one_row_per_lead(marked, book.settings, book.customer_suffixes)
        at = kept[_AT].to_numpy()
        return (rows if len(at) == len(rows) else rows.take(at).reset_index(drop=True)), at

    @cached_property
    def facts(self) -> pd.DataFrame:
        """What follows from each lead; see :func:`xltrack.leads.facts.lead_facts`."""
        if self._given is not None and len(self._given) == len(self.leads):
            return self._given
        return lead_facts(self.leads, self.settings, self.as_of, self.book.journal)

    @cached_property
    def first_seen(self) -> npt.NDArray[np.datetime64]:
        """The day of the refresh that first saw each lead, where it is not the first of all."""
        days = np.full(len(self.leads), np.datetime64("NaT", "s"))
        journal = self.book.journal
        if journal:
            places = journal.places(self.leads)
            seen = journal.states["first_seen"].to_numpy().astype("datetime64[s]")
            days[places >= 0] = seen[places[places >= 0]]
            days[days <= np.datetime64(journal.since, "s")] = np.datetime64("NaT", "s")
        return days

    def place(self, row: int, field: str) -> str:
        """Sheet and cell of a field of a row, as a sentence names them."""
        source = self.sources[self.row_source[row]]
        number = self._numbers[row]
        columns = source.columns.get(field) or (1,)
        return f"{source.sheet}!{column_letters(columns[0])}{number}"

    # ------------------------------------------------------------------ columns

    def texts(self, field: str) -> pa.Array:
        """A text column of the leads as an Arrow array."""
        if field not in self._texts:
            array = pa.array(self.leads[field], type=_TEXT, from_pandas=True)
            if isinstance(array, pa.ChunkedArray):
                array = array.combine_chunks()
            self._texts[field] = array
        return self._texts[field]

    def encoded(self, field: str) -> tuple[Positions, list[str]]:
        """A text column as numbers (−1 for none) of the different texts in it."""
        if field not in self._encoded:
            codes, dictionary = self._dictionary(field)
            self._encoded[field] = codes, dictionary.to_pylist()
        return self._encoded[field]

    def _dictionary(self, field: str) -> tuple[Positions, pa.Array]:
        if field not in self._dictionaries and field == "customer":
            codes, names, _ = self.book.customers
            self._dictionaries[field] = codes[self.lead_rows], names
        if field not in self._dictionaries:
            encoded = self.texts(field).dictionary_encode()
            codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
            self._dictionaries[field] = codes.astype(np.intp), encoded.dictionary
        return self._dictionaries[field]

    def filled(self, field: str) -> Mask:
        """Which leads have something in a column."""
        filled: Mask = self.leads[field].notna().to_numpy()
        return filled

    def matches(self, field: str, pattern: str) -> Mask:
        """Which leads have a text in a column in which ``pattern`` is found (RE2)."""
        codes, dictionary = self._dictionary(field)
        found = pc.match_substring_regex(dictionary, pattern).to_numpy(zero_copy_only=False)
        mask: Mask = np.append(found, False)[codes]
        return mask

    def pick(self, field: str, at: Positions) -> list[str]:
        """The texts of some leads, empty where there is none."""
        picked = self.texts(field).take(pa.array(at, type=pa.int64())).to_pylist()
        return [text or "" for text in picked]

    def has_column(self, field: str) -> Mask:
        """Which leads stand on a sheet that has a column of the field."""
        there = np.array([field in s.columns or field in s.own_columns for s in self.sources])
        if there.all():
            return np.ones(len(self.leads), dtype=bool)
        mask: Mask = there[self.row_source[self.lead_rows]]
        return mask

    @cached_property
    def _unreadable(self) -> Mapping[str, Mask]:
        return self.reported(_UNREADABLE)

    def reported(self, codes: Collection[str]) -> Mapping[str, Mask]:
        """By field, which leads have a cell there that reading reports one of ``codes`` of."""
        cells: dict[str, set[tuple[int, int]]] = {}
        numbers = {(s.workbook, s.sheet): n for n, s in enumerate(self.sources)}
        for finding in self.book.findings:
            match = _CELL.fullmatch(finding.cell) if finding.code in codes else None
            if match is not None:
                source = numbers.get((finding.workbook, finding.sheet), -1)
                cells.setdefault(finding.field, set()).add((source, int(match[2])))
        if not cells:
            return {}
        sources = self.row_source[self.lead_rows].tolist()
        places = list(zip(sources, self.leads["row"].tolist(), strict=True))
        return {
            field: np.fromiter((place in some for place in places), dtype=bool, count=len(places))
            for field, some in cells.items()
        }

    def is_unreadable(self, field: str) -> Mask:
        """Which leads have a cell of that field that reading could make nothing of."""
        return self._unreadable.get(field, np.zeros(len(self.leads), dtype=bool))

    # ------------------------------------------------------------------ what many rules ask

    @cached_property
    def is_open(self) -> Mask:
        """Neither won nor lost."""
        mask: Mask = (self.facts["outcome"] == "open").to_numpy()
        return mask

    @cached_property
    def is_paused(self) -> Mask:
        """On hold."""
        mask: Mask = self.facts["paused"].to_numpy()
        return mask

    @cached_property
    def is_won(self) -> Mask:
        """Won."""
        mask: Mask = (self.facts["outcome"] == "won").to_numpy()
        return mask

    @cached_property
    def is_lost(self) -> Mask:
        """Lost."""
        mask: Mask = (self.facts["outcome"] == "lost").to_numpy()
        return mask

    @cached_property
    def customer_names(self) -> tuple[Positions, list[str], pa.Array]:
        """Number of each lead's customer (−1 for none), their names as typed and normalised.

        A name that says nothing, such as 未知, is none.
        """
        indices, names = self._dictionary("customer")
        plain = self.book.customers[2]
        nothing = pc.or_(pc.equal(plain, ""), self.says_nothing(names))
        empty = np.append(nothing.to_numpy(zero_copy_only=False), True)
        codes = np.where(empty[indices], -1, indices)
        return codes, self.encoded("customer")[1], plain

    @cached_property
    def customer_keys(self) -> Positions:
        """Number of the customer of each lead by its normalised name, −1 for none."""
        codes, _, plain = self.customer_names
        keys = plain.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.intp)
        numbers: Positions = np.where(codes < 0, -1, np.append(keys, -1)[codes])
        return numbers

    def leads_saying_nothing(self, field: str) -> Mask:
        """Which leads have a text in a column that fills the cell and says nothing."""
        codes, dictionary = self._dictionary(field)
        found = self.says_nothing(dictionary).to_numpy(zero_copy_only=False)
        mask: Mask = np.append(found, False)[codes]
        return mask

    def says_nothing(self, texts: pa.Array) -> pa.Array:
        """Which of the texts fill a cell and say nothing."""
        short = pc.fill_null(pc.less_equal(pc.binary_length(texts), _LONGEST_NOTHING), False)
        words = pa.array(sorted(self.placeholders), type=_TEXT)
        found = pc.is_in(_folded_where_odd(texts.filter(short)), words)
        return pc.replace_with_mask(pa.array(np.zeros(len(texts), dtype=bool)), short, found)

    @cached_property
    def placeholders(self) -> Collection[str]:
        """Folded texts that fill a cell and say nothing."""
        return {*self.settings.no_loss_marks, *map(fold, self.words.placeholders)}


def _place_keys(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    keys: npt.NDArray[np.int64] = frame["sheet"].cat.codes.to_numpy().astype(np.int64) << 21
    keys += frame["row"].to_numpy()
    return keys


def _folded_where_odd(texts: pa.Array) -> pa.Array:
    """The texts folded; most are so already, which is told in a fraction of the time."""
    odd = pc.match_substring_regex(texts, _ODD)
    return pc.replace_with_mask(texts, odd, folded(texts.filter(odd)))
