"""Which row of a sheet is the header of leads, and what each of its columns means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from xltrack.template import Template
from xltrack.template.declared import TWO_ROWS
from xltrack.text import Lang, fold, header_key

_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_INSIDE = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_NEAR = 70  # percent of a header that must be alike to name it as the one that may be meant
_SHOWN, _LONGEST = 20, 20
_LONGEST_HEADER = 100
_MOST_SEEN = 20_000
_DATA = re.compile(r"@|\d{3}|^[\d.,-]+$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
JOINED_FIELD = "contact_details"
"""The field whose several columns are joined, as phone, WeChat and e-mail often have their own."""


@dataclass(frozen=True)
class HeaderCell:
    """One column of a header: its 1-based number, its text as typed, and what it means.

    ``field`` is None for a column of the team's own; ``unit`` is what stands in its brackets (or
    behind its name) as the unit of an amount; ``exact`` tells a documented header from an alias.
    """

    column: int
    text: str
    field: str | None = None
    unit: str | None = None
    exact: bool = True


@dataclass(frozen=True)
class Header:
    """A header row: its Excel row number and its columns from left to right."""

    row: int
    cells: tuple[HeaderCell, ...]

    @cached_property
    def fields(self) -> Mapping[str, tuple[HeaderCell, ...]]:
        """The columns that are used, by field: one each, all of them for contact details."""
        found: dict[str, tuple[HeaderCell, ...]] = {}
        for cell in self.cells:
            if cell.field is None:
                continue
            if cell.field not in found:
                found[cell.field] = (cell,)
            elif cell.field == JOINED_FIELD:
                found[cell.field] += (cell,)
        return found

    @cached_property
    def own(self) -> tuple[HeaderCell, ...]:
        """The columns that no field uses: the team's own, and second columns of one field."""
        used = {cell.column for cells in self.fields.values() for cell in cells}
        return tuple(cell for cell in self.cells if cell.column not in used)

    @property
    def lang(self) -> Lang:
        """The language that most of the known headers are in."""
        texts = [cell.text for cell in self.cells if cell.field]
        han = sum(1 for text in texts if _HAN.search(text))
        return "zh" if 2 * han >= len(texts) else "en"


def find_header(rows: Sequence[Sequence[str]], template: Template) -> Header | None:
    """The first of ``rows`` that is a header of leads, None where there is none.

    Args:
        rows: the texts of a sheet's first rows from A1 on; an empty cell is an empty text.
        template: says which columns a header must know.
    """
    rules = template.workbook
    search = rows[: rules.header_search_rows]
    for number, row in enumerate(search, start=1):
        if template.has_two_rows and number < len(search):
            header = _header_in_two_rows(number + 1, row, search[number], template)
            if header is not None and _is_enough(header, template):
                return header
        if known_count(filter(None, row), template) < rules.minimum_known_columns:
            continue
        header = Header(number, tuple(_cells(row, template)))
        if _is_enough(header, template):
            return header
    return None


def _is_enough(header: Header, template: Template) -> bool:
    """Whether a row that knows these columns is a header of leads."""
    known, rules = header.fields.keys(), template.workbook
    enough = len(known) >= rules.minimum_known_columns
    return enough and all(any(field in known for field in group) for group in rules.header_any)


def in_two_rows(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[str, str]]:
    """The texts above and below each other in a header of two rows, by column.

    A text over several columns stands in the first of them, as merged cells have it; one with
    nothing below it is the header of its column alone.

    >>> in_two_rows(["编号", "联系方式", ""], ["", "电话", "微信"])
    [('编号', ''), ('联系方式', '电话'), ('联系方式', '微信')]
    """
    width = max(len(upper), len(lower))
    pairs, over = [], ""
    for column in range(width):
        above = upper[column].strip() if column < len(upper) else ""
        below = lower[column].strip() if column < len(lower) else ""
        if above:
            over = above if below else ""
        pairs.append((above or (over if below else ""), below))
    return pairs


def _header_in_two_rows(
    number: int, upper: Sequence[str], lower: Sequence[str], template: Template
) -> Header | None:
    """The header that two rows make; None where the workbook does not declare one of its texts."""
    cells, declared = [], False
    for column, (above, below) in enumerate(in_two_rows(upper, lower), start=1):
        text = TWO_ROWS.join(filter(None, (above, below)))
        if above and below and header_key(text) in template.by_own_header:
            declared = True
            cells.append(HeaderCell(column, text, *recognise(text, template)))
        elif text:
            cells.append(HeaderCell(column, text, *recognise(below or above, template)))
    return Header(number, tuple(cells)) if declared else None


def best_row(rows: Sequence[Sequence[str]], template: Template) -> list[str]:
    """The headers of the row that looks most like a header of leads, to name them to a user."""
    search = rows[: template.workbook.header_search_rows]
    filled = [[text for text in row if text.strip()] for row in search]
    return max(filled, key=lambda row: (known_count(row, template), bool(row)), default=[])


def known_count(texts: Iterable[str], template: Template) -> int:
    """How many of the texts are known headers."""
    return sum(recognise(text, template)[0] is not None for text in texts)


def nearest_headers(texts: Sequence[str], template: Template) -> str:
    """The headers a sheet has, each that is not known with the documented one nearest to it.

    What looks like data is left out: it may be private.
    """
    headers = [text for text in texts if len(text) <= _LONGEST and not _DATA.search(text)]
    pairs = [(text, nearest(text, template)) for text in headers[:_SHOWN]]
    return "、".join(f"{text}→{near}" if near else text for text, near in pairs)


def nearest(text: str, template: Template, field_id: str | None = None) -> str:
    """The documented header that ``text`` is nearest to; empty where it is known, or near none."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  # seldom needed

    if recognise(text, template)[0] is not None:
        return ""
    names = {
        name: field.header.zh if _HAN.search(text) else field.header.en
        for field in template.fields
        for name in (field.header.zh, field.header.en, *field.aliases)
        if field_id in (None, field.id)
    }
    found = process.extractOne(
        header_key(text), list(names), scorer=fuzz.ratio, processor=header_key, score_cutoff=_NEAR
    )
    return names[found[0]] if found else ""


def recognise(text: str, template: Template) -> tuple[str | None, str | None, bool]:
    """Field, unit and exactness of a header; no field for a column of the team's own.

    Width, case, spaces and brackets do not count; a note in brackets that is not part of a known
    header is left aside.
    """
    if len(text) > _LONGEST_HEADER:
        return None, None, True
    seen = template.headers_seen
    if text not in seen:
        if len(seen) >= _MOST_SEEN:
            seen.clear()
        seen[text] = _recognised(text, template)
    return seen[text]


def _recognised(text: str, template: Template) -> tuple[str | None, str | None, bool]:
    text = fold(text)
    units = _units(tuple(template.amount.units))
    noted = (note.strip() for note in _INSIDE.findall(text))
    unit = next((units[header_key(note)] for note in noted if header_key(note) in units), None)
    key, bare = header_key(text), header_key(_BRACKETS.sub("", text))
    for candidate in (key, bare):
        if candidate in template.by_own_header:
            return _declared(candidate, unit, template)
        if candidate in template.by_header:
            field_id = template.by_header[candidate]
            return field_id, unit, _is_documented(field_id, key, bare, template)
    for behind, unit_behind in units.items():
        if bare.endswith(behind):
            stem = bare.removesuffix(behind)
            found = template.by_header.get(stem)
            if found and template.by_id[found].type == "number":
                return found, unit_behind, _is_documented(found, key, stem, template)
    return None, None, True


def _declared(
    key: str, unit: str | None, template: Template
) -> tuple[str | None, str | None, bool]:
    """What a header means that the workbook declares; a unit may stand at its end."""
    field_id = template.by_own_header[key]
    if not field_id:
        return None, None, True
    if unit is None and template.by_id[field_id].type == "number":
        units = _units(tuple(template.amount.units))
        # a lone letter is the end of a word
        unit = next((units[u] for u in units if key.endswith(u) and not u.isascii()), None)
    return field_id, unit, True


@lru_cache(maxsize=8)
def _units(declared: tuple[str, ...]) -> dict[str, str]:
    """Units by the key they have in a header, the longest first."""
    return {header_key(unit): unit for unit in sorted(declared, key=len, reverse=True)}


def _is_documented(field_id: str, key: str, bare: str, template: Template) -> bool:
    header = template.by_id[field_id].header
    for text in (header.zh, header.en):
        if key == header_key(text) or bare == header_key(_BRACKETS.sub("", fold(text))):
            return True
    return False


def _cells(row: Sequence[str], template: Template) -> Iterator[HeaderCell]:
    for column, text in enumerate(row, start=1):
        if text.strip():
            yield HeaderCell(column, text.strip(), *recognise(text, template))


def column_letters(column: int) -> str:
    """The letters of a 1-based column number.

    >>> column_letters(1), column_letters(28), column_letters(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The 1-based number of a column's letters.

    >>> column_number("A"), column_number("AB"), column_number("XFD")
    (1, 28, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell_name(row: int, column: int) -> str:
    """The A1 reference of a cell by its row and column numbers.

    >>> cell_name(7, 1)
    'A7'
    """
    return f"{column_letters(column)}{row}"
