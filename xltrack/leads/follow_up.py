"""The follow-up log of a lead: entries one a line, in any order, each with its date in front."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.dates import leading_day

Days = npt.NDArray[np.datetime64]

_PLACES = np.array([1000, 100, 10, 1], dtype=np.int16)
_NO_DAY = np.datetime64("NaT", "D")
_WIDTH = len("2024-05-10") + 1
_NO_LIMIT = np.datetime64("9999-12-31", "D")


def last_contact(log: pd.Series[str], as_of: dt.date | None = None) -> pd.Series[pd.Timestamp]:
    """The latest date at the start of a line that is not after ``as_of``, by lead.

    A date without a year is the last such day before ``as_of`` (without an as-of day: before the
    latest date of the whole column). No such date: null. The index is that of ``log``.

    Source: terms of the analysis, last contact.

    >>> log = pd.Series(["2024-05-10:已报价", "2024-05-20 电话:再议\\n2024-05-02:首次联系", None])
    >>> last_contact(log, dt.date(2024, 5, 15)).dt.strftime("%m-%d").tolist()
    ['05-10', '05-02', nan]
    """
    texts = _plain_texts(log)
    days, settled = _iso_days(texts)
    limit = _NO_LIMIT if as_of is None else np.datetime64(as_of, "D")
    days[days > limit] = _NO_DAY
    rest = np.flatnonzero(~settled)
    if len(rest):
        days[rest], plain = _of_lines(texts.take(pa.array(rest)), np.maximum, limit)
        rest = rest[~plain]
    if len(rest):
        today = as_of if as_of is not None else _latest(days)
        known: dict[str, np.datetime64] = {}
        for position, text in zip(rest, texts.take(pa.array(rest)).to_pylist(), strict=True):
            if text not in known:
                known[text] = _latest_entry(text, today, as_of)
            days[position] = known[text]
    return pd.Series(days.astype("datetime64[s]"), index=log.index)


def first_entry(
    log: pd.Series[str], as_of: dt.date, latest: pd.Series[pd.Timestamp]
) -> pd.Series[pd.Timestamp]:
    """The earliest date at the start of a line, by lead, be it after ``as_of``; null without any.

    ``latest``: :func:`last_contact` of the log on that day, which says all of a log of one line.

    >>> log = pd.Series(["2024-05-20 电话:再议\\n2024-05-02:首次联系", "再议"])
    >>> day = dt.date(2024, 5, 15)
    >>> first_entry(log, day, last_contact(log, day)).dt.day.tolist()
    [2.0, nan]
    """
    texts = _plain_texts(log)
    days = latest.to_numpy().astype("datetime64[D]")
    settled = _one_line(texts) & ~np.isnat(days) | _null(texts)
    rest = np.flatnonzero(~settled)
    days[rest], plain = _of_lines(texts.take(pa.array(rest)), np.minimum)
    rest = rest[~plain]
    known: dict[str, np.datetime64] = {}
    for position, text in zip(rest, texts.take(pa.array(rest)).to_pylist(), strict=True):
        if text not in known:
            entries = _entries(text, as_of)
            known[text] = np.datetime64(min(entries), "D") if entries else _NO_DAY
        days[position] = known[text]
    return pd.Series(days.astype("datetime64[s]"), index=log.index)


def _plain_texts(log: pd.Series[str]) -> pa.Array:
    texts = pa.array(log, type=pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _of_lines(
    texts: pa.Array, chosen: np.ufunc, limit: np.datetime64 = _NO_LIMIT
) -> tuple[Days, npt.NDArray[np.bool_]]:
    """The latest (``np.maximum``) or earliest (``np.minimum``) day within ``limit``, and for which
    texts that is certain: those of which every line begins with a day in ISO form."""
    split = pc.split_pattern(texts, "\n")
    of_text = pc.list_parent_indices(split).to_numpy(zero_copy_only=False)
    days, settled = _iso_days(split.flatten())
    plain = np.ones(len(texts), dtype=bool)
    plain[of_text[~settled | np.isnat(days)]] = False
    counted = ~np.isnat(days) & (days <= limit)
    none = np.iinfo(np.int64).max if chosen is np.minimum else np.iinfo(np.int64).min
    numbers = np.full(len(texts), none)
    chosen.at(numbers, of_text[counted], days[counted].astype(np.int64))
    found = numbers.astype("datetime64[D]")
    found[numbers == none] = _NO_DAY
    return found, plain


def _iso_days(texts: pa.Array) -> tuple[Days, npt.NDArray[np.bool_]]:
    """Days of the one-line entries in ISO form, and which rows need no closer look."""
    bounds, written = _bytes_of(texts)
    heads = np.zeros((len(texts), _WIDTH), dtype=np.uint8)
    for place in range(_WIDTH):  # byte by byte takes a tenth of the memory of all at once
        inside = bounds[:-1] + place < bounds[1:]
        heads[inside, place] = written[bounds[:-1][inside] + place]
    days, valid = _days_of(heads)
    valid &= _one_line(texts)
    days[~valid] = _NO_DAY
    return days, valid | _null(texts)


def _null(texts: pa.Array) -> npt.NDArray[np.bool_]:
    nulls: npt.NDArray[np.bool_] = texts.is_null().to_numpy(zero_copy_only=False)
    return nulls


def _one_line(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Which texts are there and have no second line."""
    bounds, written = _bytes_of(texts)
    breaks = bounds[0] + np.flatnonzero(written[bounds[0] : bounds[-1]] == ord("\n"))
    lines = ~_null(texts)
    lines[np.searchsorted(bounds, breaks, side="right") - 1] = False
    return lines


def _bytes_of(texts: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Where each text begins in the bytes of them all, and where the last ends; the bytes."""
    _, bounds, written = texts.buffers()
    if bounds is None or written is None or not written.size:  # nothing is written at all
        return np.zeros(len(texts) + 1, dtype=np.int64), np.zeros(1, dtype=np.uint8)
    starts = np.frombuffer(bounds, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return starts, np.frombuffer(written, dtype=np.uint8)


def _days_of(heads: npt.NDArray[np.uint8]) -> tuple[Days, npt.NDArray[np.bool_]]:
    """Days that heads of ``YYYY-MM-DD`` and one more byte say, and which of them do."""
    digits = (heads - ord("0")).astype(np.int16)  # bytes before 0 wrap to beyond 9
    numeric = digits <= 9
    year = (digits[:, :4] @ _PLACES).astype(np.int32)
    month = digits[:, 5:7] @ _PLACES[2:]
    day = digits[:, 8:10] @ _PLACES[2:]
    valid = numeric[:, [0, 1, 2, 3, 5, 6, 8, 9]].all(axis=1) & ~numeric[:, 10]
    valid &= (heads[:, 4] == ord("-")) & (heads[:, 7] == ord("-"))
    valid &= (year >= 1900) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(valid, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    first = months.astype("datetime64[D]")
    found = first + np.where(valid, day - 1, 0)
    valid &= found.astype("datetime64[M]") == months
    return found, valid


def _latest(days: Days) -> dt.date | None:
    known = days[~np.isnat(days)]
    latest = known.max().item() if len(known) else None
    return latest if isinstance(latest, dt.date) else None


def _latest_entry(text: str, today: dt.date | None, as_of: dt.date | None) -> np.datetime64:
    past = [day for day in _entries(text, today) if as_of is None or day <= as_of]
    return np.datetime64(max(past), "D") if past else _NO_DAY


def _entries(text: str, today: dt.date | None) -> list[dt.date]:
    """The days that the lines of a log begin with."""
    return [day for line in text.splitlines() if (day := _entry_day(line.strip(), today))]


def _entry_day(line: str, today: dt.date | None) -> dt.date | None:
    day = leading_day(line)
    if day is not None or today is None:
        return day
    this_year = leading_day(line, today.year)
    if this_year is not None and this_year <= today:
        return this_year
    return leading_day(line, today.year - 1)
