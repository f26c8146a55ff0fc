"""The stage journal as texts for cells, and back.

A cell holds as many lines as fit, all of one kind, which its first letter names; ``~`` parts lines,
``|`` parts values. Measured with 100,000 leads against one line a cell: a third of the time to
write the markup and a sixth to get the texts out of it, two fifths of the markup and two thirds of
its size in the file. A line break would not do between lines: Excel takes 253 of them in a cell.

Lines are numbered where others refer to them, so that a line lost to a person's edit takes nothing
with it but itself and what refers to it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.journal import Journal
from xltrack.leads.journal_frames import CHANGE_FIELDS, DATES, WORDS, as_text
from xltrack.leads.journal_keys import arrow_text

LINE, VALUE = "~", "|"
VERSION = 1
KINDS = {
    "M": ("name", "value"),
    "S": ("number", "day", "stage", "kind"),
    "R": ("day", "old", "new"),
    "W": ("number", "word"),
    "L": (
        *("number", "lead_id", "customer", "stage", "owner", "amount", "lost_reason"),
        *DATES,
    ),
    "C": ("lead", "day", "field", "old", "new"),
    "N": ("month", "field", "changes"),
}
"""The columns of each kind of line: figures, stages, renames, words, leads, changes, counts."""

LETTERS = "soarcg"
"""What stands for each of ``CHANGE_FIELDS`` in a line."""

_CELL = 32_000  # bytes in UTF-8, which no text has fewer of than Excel counts units
_TEXT = pa.large_string()
# what parts lines and values, what XML cannot hold, and what Excel would read as an escape
_SPECIAL = re.compile("[\\\\|~\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_(?=x)")
_MAY_BE_SPECIAL = r"[\\|~\x00-\x1f\x7f]|[^\x00-\x7f\x{4E00}-\x{9FFF}]|_x"


def encoded(journal: Journal) -> list[str]:
    """The journal as texts of cells, the same for the same journal."""
    words = _words(journal)
    cells: list[str] = []
    for kind, lines in _lines(journal, words):
        cells += _packed(kind, lines)
    return cells


@dataclass(frozen=True)
class _Words:
    """Words by number: those of the states and of the changes."""

    texts: pa.Array

    def numbers(self, words: pa.Array) -> pa.Array:
        """The number of each word as text, empty for none."""
        found = pc.index_in(words.cast(_TEXT), value_set=self.texts)
        return pc.fill_null(found.cast(_TEXT), "")


def _words(journal: Journal) -> _Words:
    texts: set[str] = set()
    for name in WORDS:
        texts |= set(journal.states[name].dropna().unique())
    changes = journal.changes[journal.changes["field"].isin(WORDS)]
    for side in ("old", "new"):
        texts |= set(changes[side].dropna().unique())
    return _Words(pa.array(sorted(texts), type=_TEXT))


def _lines(journal: Journal, words: _Words) -> Iterator[tuple[str, pa.Array]]:
    figures = [f"version{VALUE}{VERSION}"]
    if journal.since is not None:
        figures.append(f"since{VALUE}{_number(journal.since)}")
    if journal.compacted_to is not None:
        figures.append(f"compacted{VALUE}{_number(journal.compacted_to)}")
    figures.append(f"excluded{VALUE}{journal.excluded}")
    yield "M", pa.array(figures, type=_TEXT)
    if journal.stage_list is not None:
        day = str(_number(journal.stage_list.day))
        rows = [
            (str(number), day, escaped(name), kind)
            for number, (name, kind) in enumerate(journal.stage_list.stages)
        ]
        yield "S", _joined_rows(rows)
    renames = [(str(_number(day)), escaped(old), escaped(new)) for day, old, new in journal.renames]
    yield "R", _joined_rows(renames)
    numbered = pa.array(np.arange(len(words.texts))).cast(_TEXT)
    yield "W", _joined([numbered, _escaped(words.texts)])
    yield "L", _lead_lines(journal.states, words)
    yield "C", _change_lines(journal.changes, words)
    counts = journal.counts
    rows_of_counts = [
        (str(month), LETTERS[CHANGE_FIELDS.index(name)], str(number))
        for month, name, number in counts.itertuples(index=False)
    ]
    yield "N", _joined_rows(rows_of_counts)


def _lead_lines(states: pd.DataFrame, words: _Words) -> pa.Array:
    columns = [pa.array(np.arange(len(states))).cast(_TEXT)]
    columns += [_escaped(arrow_text(states[name])) for name in ("lead_id", "customer")]
    for name in KINDS["L"][3:]:
        column = states[name]
        if name in WORDS:
            categories = pa.array([str(word) for word in column.cat.categories], type=_TEXT)
            codes = column.cat.codes.to_numpy()
            codes = pa.array(codes, mask=codes < 0)
            numbers = words.numbers(categories)
            columns.append(pc.fill_null(numbers.take(codes), ""))
        elif name == "changed_on":  # that of most leads, which never changed, is left out
            columns.append(_day_numbers(column.where(column != states["first_seen"])))
        elif name in DATES:
            columns.append(_day_numbers(column))
        else:
            columns.append(pc.fill_null(as_text(column), ""))
    return _joined(columns)


def _change_lines(changes: pd.DataFrame, words: _Words) -> pa.Array:
    codes = changes["field"].cat.codes.to_numpy()
    letters = pa.array(list(LETTERS), type=_TEXT)
    wordy = pa.array(np.isin(codes, [CHANGE_FIELDS.index(name) for name in WORDS]))
    columns = [
        pa.array(changes["lead"].to_numpy()).cast(_TEXT),
        _day_numbers(changes["day"]),
        letters.take(pa.array(codes)),
    ]
    for side in ("old", "new"):
        texts = arrow_text(changes[side])
        columns.append(pc.if_else(wordy, words.numbers(texts), texts))
    return _joined(columns)


def _day_numbers(days: pd.Series[Any]) -> pa.Array:
    stamps = days.to_numpy().astype("datetime64[D]")
    missing = np.isnat(stamps)
    numbers = pa.array(stamps.astype(np.int64), mask=missing)
    return pc.fill_null(numbers.cast(_TEXT), "")


def _number(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    return pc.binary_join_element_wise(*columns, pa.scalar(VALUE, _TEXT))


def _joined_rows(rows: Sequence[tuple[str, ...]]) -> pa.Array:
    return pa.array([VALUE.join(row) for row in rows], type=_TEXT)


def _packed(kind: str, lines: pa.Array) -> list[str]:
    """The lines in as few cells as hold them."""
    if not len(lines):
        return []
    ends = np.cumsum(pc.binary_length(lines).to_numpy(zero_copy_only=False) + 1)
    cuts = [0]
    while cuts[-1] < len(lines):
        used = ends[cuts[-1] - 1] if cuts[-1] else 0
        cuts.append(max(cuts[-1] + 1, int(np.searchsorted(ends, used + _CELL, side="right"))))
    groups = pa.ListArray.from_arrays(pa.array(cuts, type=pa.int32()), lines.cast(pa.string()))
    return [f"{kind}{LINE}{text}" for text in pc.binary_join(groups, LINE).to_pylist()]


def escaped(text: str) -> str:
    r"""A value without what parts lines and values or cannot stand in a cell.

    >>> escaped("a|b~c\n_x000D_")
    'a\\u007cb\\u007ec\\u000a\\u005fx000D_'
    """
    return _SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escaped(texts: pa.Array) -> pa.Array:
    found = pc.match_substring_regex(texts, _MAY_BE_SPECIAL)
    mask = found.to_numpy(zero_copy_only=False)
    if not mask.any():
        return texts
    few = pa.array([escaped(text) for text in texts.filter(found).to_pylist()], type=_TEXT)
    return pc.replace_with_mask(texts, pa.array(mask), few)
