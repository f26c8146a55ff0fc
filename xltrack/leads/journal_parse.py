"""The stage journal read back from the texts of its cells, whatever a person did to them.

A line that cannot be understood is skipped and counted; so is one that refers to such a line.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from xltrack.leads.journal import Journal, StageList
from xltrack.leads.journal_frames import (
    CHANGE_FIELDS,
    DATES,
    KEY,
    WORDS,
    changes_frame,
    counts_frame,
    sorted_changes,
    sorted_states,
    states_frame,
)
from xltrack.leads.journal_keys import joined_keys
from xltrack.leads.journal_text import KINDS, LETTERS, LINE, VALUE
from xltrack.leads.texts import STR

_EPOCH = dt.date(1970, 1, 1)
_LAST_DAY = (dt.date(9999, 12, 31) - _EPOCH).days
_TEXT = pa.large_string()
_MARK = re.compile(f"[{''.join(KINDS)}]{LINE}")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_NUMBER = r"^\d{1,8}$"
_AMOUNT = r"^-?(\d+(\.\d+)?(e[+-]?\d{1,3})?|inf)$"
_ISO = r"^\d{4}-\d\d-\d\d$"
_STAGE_KINDS = frozenset({"open", "won", "lost", "paused"})

Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
Table = dict[str, pa.Array]


def decoded(cells: Iterable[str], suffixes: Sequence[str] = ()) -> Journal:
    """The journal in the texts of cells, in any order; an empty one where there is none.

    ``skipped`` counts the lines that could not be understood.
    """
    listed = tuple(cells)
    return _Reading(listed, tuple(suffixes)).journal() if listed else _none(tuple(suffixes))


@lru_cache(maxsize=4)
def _none(suffixes: tuple[str, ...]) -> Journal:
    """The journal of a workbook that has none."""
    return _Reading((), suffixes).journal()


class _Reading:
    def __init__(self, cells: Iterable[str], suffixes: tuple[str, ...]) -> None:
        self.suffixes = suffixes
        self.skipped = 0
        texts: dict[str, list[str]] = defaultdict(list)
        for cell in cells:
            if _MARK.match(cell):
                texts[cell[0]].append(cell[2:])
            else:
                self.skipped += 1
        self.tables = {kind: self._table(kind, texts[kind]) for kind in KINDS}

    def journal(self) -> Journal:
        figures = self._figures()
        words = self._words()
        states, numbers = self._states(words)
        states, moved = sorted_states([states])
        changes = self._changes(
            words, {int(n): int(m) for n, m in zip(numbers, moved, strict=True)}
        )
        since = _day(figures.get("since"))
        if since is None and len(states):
            since = states["first_seen"].min().date()
        return Journal(
            states=states,
            changes=changes,
            counts=self._counts(),
            since=since,
            compacted_to=_day(figures.get("compacted")),
            excluded=figures.get("excluded", 0),
            stage_list=self._stage_list(),
            renames=self._renames(),
            skipped=self.skipped,
            suffixes=self.suffixes,
        )

    def _table(self, kind: str, bodies: Sequence[str]) -> Table:
        """The lines of a kind as text columns; those with another number of values are skipped."""
        names = KINDS[kind]
        none = {name: pa.array([], type=_TEXT) for name in names}
        data = "\n".join(bodies).replace(LINE, "\n").encode("utf-8", "replace")
        if not data.strip():
            return none

        def skip(_: Any) -> str:
            self.skipped += 1
            return "skip"

        try:
            read = pa_csv.read_csv(
                io.BytesIO(data),
                read_options=pa_csv.ReadOptions(
                    column_names=list(names), use_threads=False, block_size=len(data) + 1
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=VALUE,
                    quote_char=False,
                    double_quote=False,
                    escape_char=False,
                    invalid_row_handler=skip,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, _TEXT), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:  # no line of the kind is one
            self.skipped += data.count(b"\n") + 1
            return none
        return {name: read.column(name).combine_chunks() for name in names}

    def _kept(self, table: Table, good: Mask) -> Table:
        """The lines that are ``good``; counts the others."""
        if good.all():
            return table
        self.skipped += int((~good).sum())
        mask = pa.array(good)
        return {name: column.filter(mask) for name, column in table.items()}

    def _figures(self) -> dict[str, int]:
        table = self._kept(self.tables["M"], _is(self.tables["M"]["value"], _NUMBER))
        names, values = table["name"].to_pylist(), table["value"].to_pylist()
        return {name: int(value) for name, value in zip(names, values, strict=True)}

    def _words(self) -> pd.Series[str]:
        table = self.tables["W"]
        table = self._kept(table, _is(table["number"], _NUMBER))
        table = self._kept(table, _first(table["number"]))
        numbers = _integers(table["number"])
        return pd.Series(_plain(table["word"]).to_pylist(), index=numbers, dtype="object")

    def _states(self, words: pd.Series[str]) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
        table = self.tables["L"]
        good = _is(table["number"], _NUMBER) & (pc.not_equal(table["lead_id"], "").to_numpy(False))
        for name in WORDS:
            good &= _is_word(table[name], words)
        for name in DATES:
            good &= _is_day(table[name], optional=name != "first_seen")
        good &= _is(table["amount"], _AMOUNT, optional=True)
        table = self._kept(table, good)
        table = self._kept(table, _first(table["number"]))
        table |= {name: _plain(table[name]) for name in KEY}
        table = self._kept(table, _first(joined_keys(table["lead_id"], table["customer"])))
        rows: dict[str, Any] = {
            name: pd.array(pa.chunked_array([table[name]]), dtype=STR) for name in KEY
        }
        for name in WORDS:
            rows[name] = _category(table[name], words)
        for name in DATES:
            rows[name] = _days(table[name])
        rows["changed_on"] = _filled(rows["changed_on"], rows["first_seen"])
        amounts = pc.if_else(pc.equal(table["amount"], ""), pa.scalar(None, _TEXT), table["amount"])
        rows["amount"] = amounts.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return states_frame(pd.DataFrame(rows)), _integers(table["number"])

    def _changes(self, words: pd.Series[str], leads: Mapping[int, int]) -> pd.DataFrame:
        table = self.tables["C"]
        good = _is(table["lead"], _NUMBER) & _is_day(table["day"])
        good &= _is(table["field"], f"^[{LETTERS}]$")
        table = self._kept(table, good)
        fields = pc.index_in(table["field"], value_set=pa.array(list(LETTERS), type=_TEXT))
        codes = fields.to_numpy(zero_copy_only=False)
        wordy = np.isin(codes, [CHANGE_FIELDS.index(name) for name in WORDS])
        amounts = codes == CHANGE_FIELDS.index("amount")
        good = np.isin(_integers(table["lead"]), list(leads))
        for side in ("old", "new"):
            good &= ~wordy | _is_word(table[side], words)
            good &= ~amounts | _is(table[side], _AMOUNT, optional=True)
            good &= wordy | amounts | _is_iso(table[side])
        good &= _first(joined_keys(_joined_days(table), table["field"]))
        table = self._kept(table, good)
        codes, wordy = codes[good].astype(np.int8), wordy[good]
        numbers = _integers(table["lead"])
        places = pd.Series(leads).reindex(numbers).to_numpy(dtype=np.int64)
        sides = [_texts(table[side], wordy, words) for side in ("old", "new")]
        return sorted_changes(changes_frame(places, _days(table["day"]), codes, *sides))

    def _counts(self) -> pd.DataFrame:
        table = self.tables["N"]
        good = _is(table["month"], r"^\d{4}-\d\d$") & _is(table["changes"], _NUMBER)
        good &= _is(table["field"], f"^[{LETTERS}]$")
        table = self._kept(table, good)
        fields = [CHANGE_FIELDS[LETTERS.index(letter)] for letter in table["field"].to_pylist()]
        return counts_frame(
            pd.DataFrame(
                {
                    "month": table["month"].to_pylist(),
                    "field": fields,
                    "changes": _integers(table["changes"]),
                }
            )
        )

    def _stage_list(self) -> StageList | None:
        table = self.tables["S"]
        good = _is(table["number"], _NUMBER) & _is_day(table["day"])
        good &= np.isin(np.array(table["kind"].to_pylist(), dtype=object), list(_STAGE_KINDS))
        table = self._kept(table, good)
        if not len(table["number"]):
            return None
        order = np.argsort(_integers(table["number"]), kind="stable")
        names, kinds = _plain(table["stage"]).to_pylist(), table["kind"].to_pylist()
        day = max(int(day) for day in table["day"].to_pylist())
        stages = tuple((names[i], kinds[i]) for i in order)
        return StageList(_EPOCH + dt.timedelta(days=day), stages)

    def _renames(self) -> tuple[tuple[dt.date, str, str], ...]:
        table = self._kept(self.tables["R"], _is_day(self.tables["R"]["day"]))
        days = [_EPOCH + dt.timedelta(days=int(day)) for day in table["day"].to_pylist()]
        old, new = (_plain(table[side]).to_pylist() for side in ("old", "new"))
        return tuple(zip(days, old, new, strict=True))


def _is(texts: pa.Array, pattern: str, optional: bool = False) -> Mask:
    good: Mask = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    if optional:
        good = good | pc.equal(texts, "").to_numpy(zero_copy_only=False)
    return good


def _is_day(texts: pa.Array, optional: bool = False) -> Mask:
    good = _is(texts, r"^\d{1,7}$")
    numbers = pc.if_else(pa.array(good), texts, pa.scalar("0", _TEXT)).cast(pa.int64())
    good &= numbers.to_numpy(zero_copy_only=False) <= _LAST_DAY
    if optional:
        good = good | pc.equal(texts, "").to_numpy(zero_copy_only=False)
    return good


def _is_iso(texts: pa.Array) -> Mask:
    found = _is(texts, _ISO)
    some = pd.Series(texts.filter(pa.array(found)).to_pylist(), dtype="str")
    found[found] = pd.to_datetime(some, format="%Y-%m-%d", errors="coerce").notna().to_numpy()
    good: Mask = found | pc.equal(texts, "").to_numpy(zero_copy_only=False)
    return good


def _is_word(texts: pa.Array, words: pd.Series[str]) -> Mask:
    known = pa.array(["", *map(str, words.index)], type=_TEXT)
    good: Mask = pc.is_in(texts, value_set=known).to_numpy(zero_copy_only=False)
    return good


def _first(texts: pa.Array) -> Mask:
    """Which of the texts have not been there before."""
    codes = texts.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    first = np.zeros(len(codes), dtype=bool)
    first[np.unique(codes, return_index=True)[1]] = True
    return first


def _joined_days(table: Table) -> pa.Array:
    return joined_keys(table["lead"], table["day"])


def _integers(texts: pa.Array) -> npt.NDArray[np.int64]:
    numbers: npt.NDArray[np.int64] = texts.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _days(texts: pa.Array) -> Days:
    known = pc.not_equal(texts, "")
    numbers = pc.if_else(known, texts, pa.scalar("0", _TEXT)).cast(pa.int64())
    days = numbers.to_numpy(zero_copy_only=False).astype("datetime64[D]").astype("datetime64[s]")
    return np.where(known.to_numpy(zero_copy_only=False), days, np.datetime64("NaT", "s"))


def _filled(days: Days, otherwise: Days) -> Days:
    return np.where(np.isnat(days), otherwise, days)


def _day(number: int | None) -> dt.date | None:
    if number is None or number > _LAST_DAY:
        return None
    return _EPOCH + dt.timedelta(days=number)


def _plain(texts: pa.Array) -> pa.Array:
    """The values that escaped ones stand for."""
    found = pc.match_substring(texts, "\\")
    mask = found.to_numpy(zero_copy_only=False)
    if not mask.any():
        return texts
    few = [
        _ESCAPE.sub(lambda hit: _character(hit[1]), text)
        for text in texts.filter(found).to_pylist()
    ]
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(few, type=_TEXT))


def _character(digits: str) -> str:
    code = int(digits, 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def _category(numbers: pa.Array, words: pd.Series[str]) -> Any:
    coded = numbers.dictionary_encode()
    shown = [str(words[int(n)]) if n else "" for n in coded.dictionary.to_pylist()]
    names = sorted({word for word in shown if word})
    codes = pd.Index(names, dtype="object").get_indexer(pd.Index(shown, dtype="object"))
    taken = codes[coded.indices.to_numpy(zero_copy_only=False)] if len(numbers) else codes
    return pd.Categorical.from_codes(taken, categories=pd.Index(names, dtype="str"))


def _texts(column: pa.Array, wordy: Mask, words: pd.Series[str]) -> pa.Array:
    """Old or new values as texts, null for empty."""
    known = pa.array(list(map(str, words.index)), type=_TEXT)
    spelled = pa.array(words.tolist(), type=_TEXT)
    as_word = spelled.take(pc.index_in(column, value_set=known))
    plain = pc.if_else(pc.equal(column, ""), pa.scalar(None, _TEXT), column)
    return pc.if_else(pa.array(wordy), as_word, plain)
