"""Sheets made up at random: what adopt finds is what reading finds once it is told."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from xltrack.leads.careful import header_texts
from xltrack.leads.header import JOINED_FIELD, find_header
from xltrack.leads.marks import SheetMarks
from xltrack.leads.sheet_proposals import SheetFinder
from xltrack.leads.vocabulary import Vocabulary
from xltrack.template import load_template
from xltrack.template.adopt_words import load_adopt_words

TEMPLATE = load_template()
KNOWN = Vocabulary(TEMPLATE, load_adopt_words())
FINDER = SheetFinder(KNOWN)
HEADERS = sorted(
    {word for words in KNOWN.words.headers.values() for word in words}
    | {alias for field in TEMPLATE.fields for alias in (field.header.zh, *field.aliases)}
    | set(KNOWN.words.own.headers)
)
cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["谈单中", "已签约", "丢单", "张伟", "13800138000", "2024-05-10", "32万"]),
    st.integers(-5, 10**6),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(dt.date(1900, 3, 1)).map(lambda day: dt.datetime(day.year, day.month, day.day)),
)
header_cells = st.one_of(
    st.sampled_from(HEADERS), st.sampled_from(HEADERS), st.none(), st.text(max_size=9)
)


@st.composite
def sheets(draw: st.DrawFn) -> list[list[object]]:
    width = draw(st.integers(1, 14))
    above = draw(st.lists(st.lists(cells, max_size=3), max_size=3))
    heads = draw(st.lists(st.lists(header_cells, min_size=width, max_size=width), max_size=2))
    below = draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=6))
    return [*above, *heads, *below]


@given(sheets())
@settings(max_examples=300)
def test_reading_finds_what_adopt_found(rows: list[list[object]]) -> None:
    found = FINDER.find("台账", rows, SheetMarks())
    if found is None:
        return
    fields = Counter(c.field for c in found.columns if c.field and c.field != JOINED_FIELD)
    assert set(fields.values()) <= {1}
    assert all(0 <= column.confidence <= 1 for column in found.columns)
    texts = [column.header for column in found.columns]
    if found.lacking or len(set(texts)) < len(texts):
        return  # not read before it has a further column; or one text for two columns
    told = TEMPLATE.knowing((column.header, column.field) for column in found.columns)
    header = find_header(header_texts(rows, TEMPLATE.workbook.header_search_rows), told)
    assert header is not None
    if header.row == found.row:
        read = {cell.column: cell.field or "" for cell in header.cells}
        assert read == {column.column: column.field for column in found.columns}
    else:  # a row above says the same, as a header that is repeated does
        assert header.row < found.row
