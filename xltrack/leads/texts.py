"""Text columns: from the cells of a sheet to stripped texts, missing ones null."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.leads.cells import cell_text, number_text, to_second
from xltrack.leads.grid import Grid

STR = pd.StringDtype("pyarrow", na_value=np.nan)
_TEXT = pa.large_string()
_NO_DAY = dt.date(1899, 12, 31)  # of a cell that holds a bare time
_MICROSECONDS = len("2024-05-10 14:30:00.123456")
_SHORTEST = len("2024-05-10 00:00:00")
_WHOLE = 2.0**53
_SPACE = ord(" ")


def text_column(grid: Grid, column: int) -> pa.Array:
    """The texts of a column; numbers as cells show them, dates in ISO form, booleans as TRUE."""
    return tidy(as_text(grid, column))


def as_text(grid: Grid, column: int) -> pa.Array:
    """The texts of a column before they are made tidy."""
    array = grid.whole(column)
    converted = None if array is None else _as_text(array)
    if converted is None:
        return pa.array(map(cell_text, grid.cells(column)), type=_TEXT)
    return converted.cast(_TEXT)


def _as_text(array: pa.Array) -> pa.Array | None:
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return array.cast(_TEXT)
    if pa.types.is_floating(kind):
        return _number_texts(array)
    if pa.types.is_timestamp(kind):
        moments = pc.round_temporal(array, unit="second").cast(pa.timestamp("s"))
        return pc.strftime(moments, format="%Y-%m-%d %H:%M:%S").cast(_TEXT)
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return array.cast(_TEXT)
    return None


def _number_texts(array: pa.Array) -> pa.Array:
    numbers = array.to_numpy(zero_copy_only=False)
    known = ~np.isnan(numbers)
    if (np.abs(numbers[known]) < _WHOLE).all() and (numbers[known] % 1 == 0).all():
        return array.cast(pa.int64()).cast(_TEXT)
    return pa.array([number_text(n) if k else None for n, k in zip(numbers, known, strict=True)])


def tidy(texts: pa.Array, spaced: dict[int, str] | None = None) -> pa.Array:
    """Texts stripped, blank ones null; midnight and the day of a bare time left out.

    ``spaced`` takes in those that had spaces around them, as they were, by position.

    >>> tidy(pa.array([" 张三 ", " ", "2024-05-10 00:00:00", "2024-05-10 14:30:00"])).to_pylist()
    ['张三', None, '2024-05-10', '2024-05-10 14:30']
    """
    texts = texts.cast(_TEXT)
    texts = _stripped(texts, spaced)
    lengths = pc.binary_length(texts)
    if pc.any(pc.equal(lengths, 0)).as_py():
        texts = pc.if_else(pc.equal(lengths, 0), pa.scalar(None, _TEXT), texts)
    return _with_moments(texts, lengths)


def _stripped(texts: pa.Array, spaced: dict[int, str] | None) -> pa.Array:
    """The texts without spaces at their ends; a search in every text takes ten times as long."""
    positions = _may_have_spaces(texts)
    if not len(positions):
        return texts
    mask = np.zeros(len(texts), dtype=bool)
    mask[positions] = True
    long = texts.take(pa.array(positions)).to_pylist()
    short = [text and text.strip() for text in long]
    if spaced is not None:
        odd = zip(positions.tolist(), long, short, strict=True)
        spaced |= {at: text for at, text, bare in odd if bare and bare != text}
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(short, type=_TEXT))


def _may_have_spaces(texts: pa.Array) -> npt.NDArray[np.intp]:
    """Where a text may begin or end with a space, told by its bytes in UTF-8.

    Spaces beyond ASCII begin with the byte C2 (two bytes) or with E1 to E3 (three bytes).
    """
    _, offsets, data = texts.buffers()
    if data is None or not data.size:
        return np.empty(0, dtype=np.intp)
    bounds = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    octets = np.frombuffer(data, dtype=np.uint8)
    starts, ends = bounds[:-1], bounds[1:]

    def at(places: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        return octets[np.clip(places, 0, len(octets) - 1)]

    first, third = at(starts), at(ends - 3)
    suspect = (first <= _SPACE) | (first == 0xC2) | ((first >= 0xE1) & (first <= 0xE3))
    suspect |= (
        (at(ends - 1) <= _SPACE) | (at(ends - 2) == 0xC2) | ((third >= 0xE1) & (third <= 0xE3))
    )
    return np.flatnonzero(suspect & (ends > starts))


def _with_moments(texts: pa.Array, lengths: pa.Array) -> pa.Array:
    longest = _SHORTEST + len(".123456789")
    sized = pc.and_(pc.greater_equal(lengths, _SHORTEST), pc.less_equal(lengths, longest))
    truths = pc.or_(pc.equal(texts, "true"), pc.equal(texts, "false"))
    if pc.any(truths).as_py():
        texts = pc.if_else(truths, pc.utf8_upper(texts), texts)
    positions = np.flatnonzero(pc.fill_null(sized, False).to_numpy(zero_copy_only=False))
    if not len(positions):
        return texts
    candidates = texts.take(pa.array(positions))
    pattern = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$"
    found = pc.match_substring_regex(candidates, pattern).to_numpy(zero_copy_only=False)
    if not found.any():
        return texts
    mask = np.zeros(len(texts), dtype=bool)
    mask[positions[found]] = True
    short = [_shortened(text) for text in candidates.filter(pa.array(found)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(short, type=_TEXT))


def _shortened(text: str) -> str:
    try:
        moment = to_second(dt.datetime.fromisoformat(text[:_MICROSECONDS]))
    except ValueError:
        return text
    time = f"{moment:%H:%M}" if moment.second == 0 else f"{moment:%H:%M:%S}"
    if moment.date() == _NO_DAY:
        return time
    return f"{moment:%Y-%m-%d}" if moment.time() == dt.time() else f"{moment:%Y-%m-%d} {time}"


def joined(columns: Iterable[pa.Array]) -> pa.Array:
    """The texts of several columns joined with a space, null where all are.

    >>> joined([pa.array(["138", None, None]), pa.array(["a@b.cn", "wx1", None])]).to_pylist()
    ['138 a@b.cn', 'wx1', None]
    """
    arrays = [array.cast(_TEXT) for array in columns]
    if len(arrays) == 1:
        return arrays[0]
    rows = zip(*(array.to_pylist() for array in arrays), strict=True)
    return pa.array([" ".join(filter(None, row)) or None for row in rows], type=_TEXT)


def without(texts: pa.Array, marks: Collection[str]) -> pa.Array:
    """The texts with those that are one of the ``marks`` null.

    >>> without(pa.array(["—", "价格过高"]), {"—"}).to_pylist()
    [None, '价格过高']
    """
    found = pc.is_in(texts, pa.array(sorted(marks), type=texts.type))
    return pc.if_else(found, pa.scalar(None, texts.type), texts)


def to_series(texts: pa.Array) -> pd.Series[str]:
    """A text column as pandas holds it: dtype ``str``, null as NaN."""
    return pd.Series(pd.array(pa.chunked_array([texts.cast(_TEXT)]), dtype=STR))


def is_filled(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Which of the texts are not null."""
    filled: npt.NDArray[np.bool_] = texts.is_valid().to_numpy(zero_copy_only=False)
    return filled
