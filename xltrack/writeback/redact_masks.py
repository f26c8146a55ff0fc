"""Masks of private values: the same value has the same mask, and no mask tells its value.

Masks are numbers given in the order in which values are met. A hash, even a keyed one whose key
were kept, could be tried out: there are only ten thousand million phone numbers. A number that
was counted up says nothing but which cells were equal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from xltrack.checks.contact import can_be_reached
from xltrack.checks.privacy import private_pieces
from xltrack.sheetml.markup_texts import Edit
from xltrack.text import fold

_HEAD = 4
_PHONE = 11
_MAIL = "m{:04d}@redacted.invalid"  # a domain that nobody can have (RFC 2606)
_OTHER = "***{:04d}"
_FIRST_NUMBER = 10_000_000_000  # no phone number begins with 10
_PREFILTER = re.compile(r"@|\d{7}|\d[- ]\d{4}|\+\d|信|wechat", re.IGNORECASE)
_ABROAD = re.compile(r"(?<![\w+])\+(?!86)\d{1,3}[ .-]?(?:\(?\d{1,4}\)?[ .-]?){2,5}\d{2,4}(?!\w)")
_DIGITS = re.compile(r"\d+")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")  # a line end or the like that the format escapes
_MOBILE = re.compile(r"1[3-9]\d{9}")
_INNER = re.compile(r"[\s,;/|\uff0c\uff1b\u3001:\uff1a()\uff08\uff09]+")
_STRONG = re.compile(r"(?=.*\d)(?=.*[A-Za-z@_.-]).{7,}|1[3-9]\d{9}|\d{17}[\dXx]", re.DOTALL)
_STRUCTURE = re.compile(r"(?:rid|sheet|table|chart|drawing|image|style|column)\d+", re.IGNORECASE)
_KINDS = {"mobile": "phone", "landline": "phone"}


@dataclass
class Masks:
    """The masks of one workbook, and the private values that are searched for.

    ``counts``: how many places were masked, by kind.
    """

    counts: Counter[str] = field(default_factory=Counter)
    _numbers: dict[str, int] = field(default_factory=dict)
    _values: dict[str, str] = field(default_factory=dict)
    _wholes: set[str] = field(default_factory=set)
    _longest: dict[str, list[str]] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """Take a value of a private column into what is searched for elsewhere."""
        whole = _spaced(text).strip()
        self._number(key_of(whole))
        self._wholes.add(whole)
        for value in (whole, *_INNER.split(whole)):
            if is_searchable(value):
                self._longest.clear()
                self._values.setdefault(value.lower(), key_of(value))

    def knows(self, text: str) -> bool:
        """Whether this whole text is masked wherever it stands."""
        whole = _spaced(text).strip()
        return whole.lower() in self._values or _is_piece(whole)

    def is_whole(self, text: str) -> bool:
        """Whether a private cell says just this, however short it is."""
        return _spaced(text).strip() in self._wholes

    def of(self, text: str) -> str:
        """The mask of a whole private text."""
        whole = _spaced(text).strip()
        number = self._number(key_of(whole))
        return (_MAIL if can_be_reached(whole) else _OTHER).format(number)

    def number_of(self, text: str) -> str:
        """The mask of a private number where only a number can stand."""
        return str(_FIRST_NUMBER + self._number(key_of(text.strip())))

    def person(self, name: str) -> str:
        """The mask of somebody who wrote something."""
        return f"person-{self._number('person ' + fold(name)):04d}"

    def _number(self, key: str) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _index(self) -> dict[str, list[str]]:
        """The values by their first characters, longest first."""
        if not self._longest:
            for value in sorted(self._values, key=lambda value: (-len(value), value)):
                self._longest.setdefault(value[:_HEAD], []).append(value)
        return self._longest

    def edits(self, text: str, *, digits: bool = True, values: bool = True) -> list[Edit]:
        """What is to be replaced in a text: contact details, and values of private columns.

        ``values``: whether the latter are searched for; ``digits``: also those of digits alone.
        """
        if len(text) < _HEAD:
            return []
        text = _spaced(text)
        spans: list[tuple[int, int, str, str]] = []
        if values and self._values:
            spans += self._known(text, digits)
        if _PREFILTER.search(text):
            spans += self._pieces(text)
        edits: list[Edit] = []
        end = 0
        for start, stop, kind, mask in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start >= end:
                edits.append((start, stop, mask))
                self.counts[kind] += 1
                end = stop
        return edits

    def _known(self, text: str, digits: bool) -> Iterator[tuple[int, int, str, str]]:
        lower = text.lower()
        if len(lower) != len(text):
            lower = text
        index, at = self._index(), 0
        starts = [i for i in range(len(lower) - _HEAD + 1) if lower[i : i + _HEAD] in index]
        for start in starts:
            if start < at:
                continue
            for value in index[lower[start : start + _HEAD]]:
                end = start + len(value)
                if lower.startswith(value, start) and _stands_alone(lower, start, end, digits):
                    yield start, end, "value", self.of(text[start:end])
                    at = end
                    break

    def _pieces(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        for piece in private_pieces(text):
            if not is_mask(piece.text):
                kind = _KINDS.get(piece.kind, piece.kind)
                yield piece.start, piece.end, kind, self.of(piece.text)
        for match in _ABROAD.finditer(text):
            if sum(map(str.isdigit, match[0])) >= 8:
                yield match.start(), match.end(), "phone", self.of(match[0])

    def is_private_number(self, text: str) -> bool:
        """Whether a number in a cell is a mobile or identity number, or a long private value."""
        if not _DIGITS.fullmatch(text) or len(text) < 9:
            return False
        return _MOBILE.fullmatch(text) is not None or text in self._values or _is_piece(text)

    def strong_values(self) -> list[str]:
        """Private values that stand nowhere by chance, in lower case."""
        return [v for v in self._values if _STRONG.fullmatch(v) and not _STRUCTURE.fullmatch(v)]


def key_of(text: str) -> str:
    """What a value is known by: a phone number by its digits, anything else folded.

    >>> key_of("+86 138-1234-5678") == key_of("13812345678")
    True
    """
    pieces = list(private_pieces(text))
    if len(pieces) == 1 and pieces[0].text == text and pieces[0].kind in ("mobile", "landline"):
        digits = "".join(filter(str.isdigit, text)).removeprefix("00").removeprefix("86")
        return f"phone {digits}"
    return f"text {fold(text)}"


def _spaced(text: str) -> str:
    """The text with what the format escapes as spaces, each character where it was.

    >>> _spaced("13812345678_x000D_")
    '13812345678       '
    """
    return _ESCAPED.sub(lambda match: " " * len(match[0]), text) if "_x" in text else text


def is_mask(text: str) -> bool:
    """Whether a text is a mask already."""
    return text.endswith("@redacted.invalid")


def _is_piece(text: str) -> bool:
    return any(piece.text == text for piece in private_pieces(text))


def is_searchable(value: str) -> bool:
    """Whether a value is so much its own that the same text elsewhere means the same.

    >>> [is_searchable(v) for v in ("zhao123", "138", "202405", "微信同号", "wechat", "无")]
    [True, False, True, False, False, False]
    """
    if is_mask(value):
        return False
    if any(map(str.isdigit, value)) or "@" in value:
        return len(value) >= (6 if value.isdigit() else 4)
    return len(value) >= (8 if value.isascii() else 6) and any(map(str.isalnum, value))


def _stands_alone(text: str, start: int, end: int, digits: bool) -> bool:
    """Whether a value is not a piece of a longer word; long ones with letters always are."""
    value = text[start:end]
    if value.isdigit() and not digits:
        return False
    if not value.isascii() or (len(value) >= 7 and not value.isdigit()):
        return True
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    if len(value) >= _PHONE:  # a phone number may be written right behind a word
        return not (before.isdigit() or after.isdigit())
    return not any(letter.isascii() and letter.isalnum() for letter in (before, after) if letter)
