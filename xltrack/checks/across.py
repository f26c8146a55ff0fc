"""What only several workbooks together show: copies, ids and customers shared between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from xltrack.checks.abstract import NOTHING, Abstract, Keys, arrow_texts
from xltrack.checks.differences import settings_differences, usual_settings
from xltrack.checks.free_ids import FreeIds
from xltrack.findings import SEVERITIES, Finding, Severity
from xltrack.template import Settings, Template, load_template
from xltrack.template.check_settings import severities_of

Numbers = npt.NDArray[np.int64]

_ALIKE, _ALIKE_FROM = 0.9, 10  # share of equal leads of a copy that was worked on; in how many


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
    severities = {**SEVERITIES, **severities_of(settings, template)}
    wanted = {code: severity for code, severity in severities.items() if severity is not None}
    together = _Together(listed, template, wanted)
    rules = {
        "F009": together.copies,
        "F011": lambda: together.settings(settings),
        "V104": together.shared_ids,
        "V162": together.shared_customers,
    }
    found = [entry for code, rule in rules.items() if code in wanted for entry in rule()]
    return tuple(finding for _, finding in sorted(found, key=lambda entry: entry[0]))


Place = tuple[int, int, int, str]
Found = tuple[Place, Finding]


class _Together:
    """The leads of all abstracts under one another."""

    def __init__(
        self,
        abstracts: Sequence[Abstract],
        template: Template,
        severities: Mapping[str, Severity],
    ) -> None:
        self._template = template
        self._severities = severities
        self._sheets = [sheet for each in abstracts for sheet in each.sheets]
        names: dict[str, int] = {}
        self._books = [names.setdefault(sheet.workbook, len(names)) for sheet in self._sheets]
        self._workbooks = list(names)
        self._settings = {
            sheet.workbook: each.settings for each in abstracts for sheet in each.sheets
        }
        starts = np.cumsum([0, *(len(each.sheets) for each in abstracts)])
        self._sheet = np.concatenate(
            [each.sheet + start for each, start in zip(abstracts, starts, strict=False)]
        )
        self._book = np.array(self._books, dtype=np.int64)[self._sheet]
        self._row = np.concatenate([each.row for each in abstracts])
        self._ids = np.concatenate([each.ids for each in abstracts])
        self._customers = np.concatenate([each.customers for each in abstracts])
        self._abstracts = abstracts
        self._starts = [0, *accumulate(len(each.row) for each in abstracts)]
        owners: dict[str, int] = {}
        self._owner = np.concatenate(
            [
                np.array([*(owners.setdefault(name, len(owners)) for name in each.owners), -1])[
                    each.owner
                ]
                for each in abstracts
            ]
        )
        self._owners = list(owners)
        self._copied: dict[int, int] = self._copies()

    # ------------------------------------------------------------------ F009

    def copies(self) -> Iterator[Found]:
        """Workbooks whose leads are those of another."""
        for book, first in sorted(self._copied.items()):
            params = {"other": self._workbooks[first]}
            yield (book, -1, 0, "F009"), self._of_workbook("F009", book, params)

    def _copies(self) -> dict[int, int]:
        """Number of the workbook that each copy has its leads from."""
        book, first, sizes = self._leads_and_firsts()
        pairs = (book * len(sizes) + first)[book != first]
        copied: dict[int, int] = {}
        different, counts = np.unique(pairs, return_counts=True)
        for pair, count in zip(different.tolist(), counts.tolist(), strict=True):
            copy, other = divmod(pair, len(sizes))
            largest = max(sizes[copy], sizes[other])
            near = largest >= _ALIKE_FROM and count >= _ALIKE * largest
            if (count == largest or near) and other not in copied:
                copied.setdefault(copy, other)
        return copied

    def _leads_and_firsts(self) -> tuple[Numbers, Numbers, list[int]]:
        """Workbook of each lead that is told by id or customer, the first one that has that lead,
        and how many of them each workbook has."""
        told = np.flatnonzero((self._ids != NOTHING) | (self._customers != NOTHING))
        ids, customers, books = self._ids[told], self._customers[told], self._book[told]
        order = np.lexsort((books, customers, ids))
        ids, customers, books = ids[order], customers[order], books[order]
        new_lead = np.ones(len(order), dtype=bool)
        new_lead[1:] = (ids[1:] != ids[:-1]) | (customers[1:] != customers[:-1])
        once = new_lead.copy()  # a lead counts once in a workbook
        once[1:] |= books[1:] != books[:-1]
        first = books[np.flatnonzero(new_lead)[np.cumsum(new_lead) - 1]] if len(order) else books
        sizes = np.bincount(books[once], minlength=len(self._workbooks)).tolist()
        return books[once], first[once], sizes

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
                yield (number, -1, 0, "F011"), self._of_workbook("F011", number, params)

    # ------------------------------------------------------------------ V104, V162

    def shared_ids(self) -> Iterator[Found]:
        """Ids that stand for another customer in a workbook further up."""
        for at, first in self._conflicts(self._ids, self._customers):
            lead_id = self._lead_id(at)
            params = {"other": self._place(first, "lead_id"), "free_id": self._free.like(lead_id)}
            yield self._found("V104", at, "lead_id", lead_id, params)

    def shared_customers(self) -> Iterator[Found]:
        """Customers that somebody else follows in a workbook further up."""
        customers = np.where(self._owner < 0, NOTHING, self._customers)
        for at, first in self._conflicts(customers, self._owner):
            params = {
                "other": self._place(first, "owner"),
                "other_owner": self._owners[self._owner[first]],
            }
            yield self._found("V162", at, "owner", self._owners[self._owner[at]], params)

    @cached_property
    def _free(self) -> FreeIds:
        used = [each.lead_ids for each in self._abstracts]
        return FreeIds(arrow_texts(used), self._template.workbook.id_digits)

    def _lead_id(self, at: int) -> str:
        number = bisect_right(self._starts, at) - 1
        return self._abstracts[number].lead_ids[at - self._starts[number]]

    def _conflicts(self, keys: Keys, values: Keys | Numbers) -> Iterator[tuple[int, int]]:
        """Entries that share a key with the first entry of another workbook, not the value."""
        counted = (keys != NOTHING) & ~np.isin(self._book, list(self._copied))
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
        number, row = int(self._sheet[at]), int(self._row[at])
        sheet = self._sheets[number]
        letters = getattr(sheet, field)
        finding = Finding(
            code,
            sheet.workbook,
            sheet.sheet,
            f"{letters}{row}" if letters else "",
            self._lead_id(at),
            field,
            value,
            None,
            params,
            severity=self._severities[code],
        )
        return (self._books[number], number, row, code), finding

    def _of_workbook(self, code: str, number: int, params: Mapping[str, str]) -> Finding:
        return Finding(
            code, self._workbooks[number], params=params, severity=self._severities[code]
        )

    def _place(self, at: int, field: str) -> str:
        number, row = int(self._sheet[at]), int(self._row[at])
        sheet = self._sheets[number]
        letters = getattr(sheet, field) or "A"
        return f"{sheet.workbook} {sheet.sheet}!{letters}{row}"
