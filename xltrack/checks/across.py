"""What only several workbooks together show: copies, ids and customers shared between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from xltrack.checks.differences import settings_differences, usual_settings
from xltrack.checks.ids import FreeIds
from xltrack.findings import Finding, Severity
from xltrack.leads.book import LeadBook
from xltrack.leads.header import column_letters
from xltrack.leads.journal_keys import arrow_text, customers_of
from xltrack.template import Settings, Template, load_template
from xltrack.template.check_settings import severities_of
from xltrack.text import fold

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_NOTHING = np.uint64(0)
_ALIKE, _ALIKE_FROM = 0.9, 10  # share of equal leads of a copy that was worked on; in how many


@dataclass(frozen=True)
class AbstractSheet:
    """Where leads of an abstract stand, and the columns of id and owner."""

    workbook: str
    sheet: str
    lead_id: str
    owner: str


@dataclass(frozen=True)
class Abstract:
    """What the rules across workbooks need of a book: small, and safe to send to a process.

    One entry per row of leads: number of its sheet, Excel row, id as typed, hashes of id and
    normalised customer (0 for none), owner as typed.
    """

    settings: Settings
    sheets: tuple[AbstractSheet, ...]
    sheet: Numbers
    row: Numbers
    lead_ids: tuple[str, ...]
    ids: Keys
    customers: Keys
    owners: tuple[str, ...]


def abstract_of(book: LeadBook) -> Abstract:
    """What the rules across workbooks need of ``book``."""
    sources = [source for source in book.sources if source.leads]
    sheets = tuple(
        AbstractSheet(
            source.workbook,
            source.sheet,
            column_letters(source.columns.get("lead_id", (0,))[0]),
            column_letters(source.columns.get("owner", (0,))[0]),
        )
        for source in sources
    )
    rows = book.rows
    ids = [text if isinstance(text, str) else "" for text in rows["lead_id"].tolist()]
    customers = customers_of(arrow_text(rows["customer"]), book.customer_suffixes).to_pylist()
    owners = [text if isinstance(text, str) else "" for text in rows["owner"].tolist()]
    return Abstract(
        settings=book.settings,
        sheets=sheets,
        sheet=np.repeat(np.arange(len(sources)), [source.leads for source in sources]),
        row=rows["row"].to_numpy().astype(np.int64),
        lead_ids=tuple(ids),
        ids=_hashed([fold(text) for text in ids]),
        customers=_hashed(customers),
        owners=tuple(owners),
    )


def check_across(
    abstracts: Iterable[Abstract],
    *,
    settings: Settings | None = None,
    template: Template | None = None,
) -> tuple[Finding, ...]:
    """What several workbooks show together: F009, F011, V104 and V162, in the workbooks' order.

    Args:
        abstracts: of all workbooks, in their order.
        settings: those the others are compared with; none = the most usual ones.
        template: what declares the form of ids; none = the shipped one.
    """
    listed = [abstract for abstract in abstracts if abstract.sheets]
    if not listed:
        return ()
    template = template or load_template()
    settings = settings or usual_settings([each.settings for each in listed])
    severities = severities_of(settings, template)
    together = _Together(listed, template)
    found = [*together.copies(), *together.settings(settings), *together.shared_ids()]
    found += together.shared_customers()
    kept = [_graded(place, finding, severities) for place, finding in found]
    named = [entry for entry in kept if entry is not None]
    return tuple(finding for _, finding in sorted(named, key=lambda entry: entry[0]))


Place = tuple[int, int, int, str]
Found = tuple[Place, Finding]


def _graded(
    place: Place, finding: Finding, severities: Mapping[str, Severity | None]
) -> Found | None:
    severity = severities.get(finding.code, finding.severity)
    return None if severity is None else (place, replace(finding, severity=severity))


def _hashed(texts: Sequence[str]) -> Keys:
    """A hash by text that is the same in every process; 0 for an empty text."""
    array = np.array(texts, dtype=object)
    if not len(array):
        return np.empty(0, dtype=np.uint64)
    hashed: Keys = pd.util.hash_array(array)
    return np.where(array == "", _NOTHING, hashed)


class _Together:
    """The leads of all abstracts under one another."""

    def __init__(self, abstracts: Sequence[Abstract], template: Template) -> None:
        self._template = template
        self._sheets = [sheet for each in abstracts for sheet in each.sheets]
        names: dict[str, int] = {}
        books = [names.setdefault(sheet.workbook, len(names)) for sheet in self._sheets]
        self._workbooks = list(names)
        self._settings = {
            sheet.workbook: each.settings for each in abstracts for sheet in each.sheets
        }
        starts = np.cumsum([0, *(len(each.sheets) for each in abstracts)])
        self._sheet = np.concatenate(
            [each.sheet + start for each, start in zip(abstracts, starts, strict=False)]
        )
        self._book = np.array(books, dtype=np.int64)[self._sheet]
        self._row = np.concatenate([each.row for each in abstracts])
        self._ids = np.concatenate([each.ids for each in abstracts])
        self._customers = np.concatenate([each.customers for each in abstracts])
        self._lead_ids = [text for each in abstracts for text in each.lead_ids]
        owners = np.array([text for each in abstracts for text in each.owners], dtype=object)
        self._owners = owners
        self._copied: dict[int, int] = self._copies()

    # ------------------------------------------------------------------ F009

    def copies(self) -> Iterator[Found]:
        """Workbooks whose leads are those of another."""
        for book, first in sorted(self._copied.items()):
            params = {"other": self._workbooks[first]}
            yield (book, -1, 0, "F009"), Finding("F009", self._workbooks[book], params=params)

    def _copies(self) -> dict[int, int]:
        """Number of the workbook that each copy has its leads from."""
        frame = pd.DataFrame({"id": self._ids, "customer": self._customers, "book": self._book})
        frame = frame[(frame["id"] != 0) | (frame["customer"] != 0)].drop_duplicates()
        sizes = frame.groupby("book").size()
        first = frame.groupby(["id", "customer"])["book"].transform("first")
        pairs = frame.assign(first=first)[first != frame["book"]]
        copied: dict[int, int] = {}
        shared = pairs.groupby(["book", "first"]).size()
        for book, other, count in shared.reset_index().to_numpy().tolist():
            largest = max(sizes[book], sizes[other])
            near = largest >= _ALIKE_FROM and count >= _ALIKE * largest
            if (count == largest or near) and other not in copied:
                copied.setdefault(book, other)
        return copied

    # ------------------------------------------------------------------ F011

    def settings(self, usual: Settings) -> Iterator[Found]:
        """Workbooks whose Settings are not those of the others."""
        known: dict[int, str] = {}
        for number, workbook in enumerate(self._workbooks):
            own = self._settings[workbook]
            if id(own) not in known:
                known[id(own)] = settings_differences(own, usual, self._template)
            if known[id(own)]:
                params = {"differences": known[id(own)]}
                yield (number, -1, 0, "F011"), Finding("F011", workbook, params=params)

    # ------------------------------------------------------------------ V104, V162

    def shared_ids(self) -> Iterator[Found]:
        """Ids that stand for another customer in a workbook further up."""
        free = FreeIds(
            pa.array(self._lead_ids, type=pa.large_string()), self._template.workbook.id_digits
        )
        for at, first in self._conflicts(self._ids, self._customers):
            lead_id = self._lead_ids[at]
            params = {"other": self._place(first, "lead_id"), "free_id": free.like(lead_id)}
            yield self._found("V104", at, "lead_id", lead_id, params)

    def shared_customers(self) -> Iterator[Found]:
        """Customers that somebody else follows in a workbook further up."""
        codes = pd.factorize(self._owners)[0]
        owners = np.where(self._owners == "", _NOTHING, (codes + 1).astype(np.uint64))
        customers = np.where(owners == _NOTHING, _NOTHING, self._customers)
        for at, first in self._conflicts(customers, owners):
            params = {
                "other": self._place(first, "owner"),
                "other_owner": str(self._owners[first]),
            }
            yield self._found("V162", at, "owner", str(self._owners[at]), params)

    def _conflicts(self, keys: Keys, values: Keys) -> Iterator[tuple[int, int]]:
        """Entries that share a key with the first entry of another workbook, not the value."""
        counted = (keys != _NOTHING) & ~np.isin(self._book, list(self._copied))
        at = np.flatnonzero(counted)
        order = at[np.argsort(keys[at], kind="stable")]
        new = np.ones(len(order), dtype=bool)
        new[1:] = keys[order][1:] != keys[order][:-1]
        first = order[np.flatnonzero(new)[np.cumsum(new) - 1]] if len(order) else order
        other = (self._book[order] != self._book[first]) & (values[order] != values[first])
        yield from zip(order[other].tolist(), first[other].tolist(), strict=True)

    def _found(
        self, code: str, at: int, field: str, value: str, params: Mapping[str, str]
    ) -> Found:
        sheet, row = self._sheets[self._sheet[at]], int(self._row[at])
        letters = getattr(sheet, field)
        finding = Finding(
            code,
            sheet.workbook,
            sheet.sheet,
            f"{letters}{row}" if letters else "",
            self._lead_ids[at],
            field,
            value,
            None,
            params,
        )
        return (int(self._book[at]), int(self._sheet[at]), row, code), finding

    def _place(self, at: int, field: str) -> str:
        sheet = self._sheets[self._sheet[at]]
        letters = getattr(sheet, field) or "A"
        return f"{sheet.workbook} {sheet.sheet}!{letters}{self._row[at]}"
