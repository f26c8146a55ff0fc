"""Exactly one person follows a lead, is known to Settings and still there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from xltrack.checks.examined import Examined, Mask
from xltrack.checks.rule import Hits, Params, positions, rule
from xltrack.text import fold

_HARD = re.compile(r"\s*(?:[\u3001,/;&|+]|\band\b)\s*")  # of folded text
_LONGEST = 60  # characters of a cell that may be names
_AND = "\u548c"
_NAME = re.compile("[\u4e00-\u9fff]{2,4}")


@rule("V160", fields=("owner",))
def no_owner(examined: Examined) -> Iterator[Hits]:
    """Nobody follows the lead."""
    codes, typed = examined.encoded("owner")
    nobody = np.array([fold(text) in examined.placeholders for text in typed] + [True])
    yield Hits("owner", positions(nobody[codes] & examined.has_column("owner")))


@rule("V161", fields=("owner",))
def several_owners(examined: Examined) -> Iterator[Hits]:
    """More than one person in the cell."""
    names = _owners(examined)
    codes, typed = examined.encoded("owner")
    several = np.array([len(people) > 1 for people in names] + [False])
    at = positions(several[codes])
    params = [{"owners": " \u00b7 ".join(names[code])} for code in codes[at].tolist()]
    yield Hits("owner", at, [typed[code] for code in codes[at].tolist()], params=params)


def _owners(examined: Examined) -> list[list[str]]:
    """The people in each of the different owner cells."""
    if examined.owners is None:
        _, typed = examined.encoded("owner")
        listed = {fold(owner.name) for owner in examined.settings.owners}
        known = listed | {fold(text) for text in typed}
        surnames = examined.words.compound_surnames
        examined.owners = [people(text, listed, known, surnames) for text in typed]
    return examined.owners


def people(
    text: str, listed: Collection[str], known: Collection[str], surnames: Sequence[str]
) -> list[str]:
    """The people that an owner cell names; a name may hold 和 itself.

    ``listed`` are the folded names of Settings, ``known`` those of any cell besides.

    >>> people("赵六、钱七", [], [], []), people("张三和李四", [], [], [])
    (['赵六', '钱七'], ['张三', '李四'])
    >>> people("和珅", [], [], []), people("李和平", [], [], [])
    (['和珅'], ['李和平'])
    """
    plain = fold(text.replace("\n", "/"))
    if plain in listed:
        return [text]
    parts = [part for part in _HARD.split(plain) if part]
    split = [name for part in parts for name in _at_and(part, listed, known, surnames)]
    return split if len(split) > 1 else [text]


def _at_and(
    part: str, listed: Collection[str], known: Collection[str], surnames: Sequence[str]
) -> list[str]:
    """A part split at 和, where that leaves a name on both sides, or at spaces between names."""
    words = part.split()
    if len(words) > 1 and all(word in known and word != part for word in words):
        return words
    if part in listed or len(part) > _LONGEST:
        return [part]
    for match in re.finditer(_AND, part):
        left, right = part[: match.start()].strip(), part[match.end() :].strip()
        if not left or not right:
            continue
        if left in known and right in known:
            return [left, right]
        if left in surnames or not _NAME.fullmatch(left):
            continue
        rest = _at_and(right, listed, known, surnames)
        if all(_NAME.fullmatch(name) for name in rest):
            return [left, *rest]
    return [part]


def one_owner(examined: Examined) -> Mask:
    """Which leads have one person as their owner."""
    codes, typed = examined.encoded("owner")
    named = zip(_owners(examined), typed, strict=True)
    single = [len(names) == 1 and fold(text) not in examined.placeholders for names, text in named]
    mask: Mask = np.array([*single, False])[codes]
    return mask


@rule("V164", fields=("owner",))
def unlisted_owner(examined: Examined) -> Iterator[Hits]:
    """An owner that Settings does not list, where it lists any."""
    listed = {fold(owner.name): owner.name for owner in examined.settings.owners}
    if not listed:
        return
    codes, typed = examined.encoded("owner")
    unknown = np.array([fold(text) not in listed for text in typed] + [False])
    at = positions(unknown[codes] & one_owner(examined))
    near = {code: _nearest(typed[code], list(listed.values())) for code in set(codes[at].tolist())}
    params = [{"nearest": near[code] or "\u2014"} for code in codes[at].tolist()]
    yield Hits("owner", at, params=params)


def _nearest(name: str, listed: Sequence[str]) -> str:
    """The listed name that differs in one character, empty where none or several do."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415  # seldom needed

    near = [other for other in listed if OSA.distance(fold(name), fold(other)) == 1]
    return near[0] if len(near) == 1 else ""


@rule("V165", fields=("owner",))
def owner_left(examined: Examined) -> Iterator[Hits]:
    """An open lead of an owner who left, and who takes over."""
    left = {fold(o.name): o.successor for o in examined.settings.owners if not o.active}
    if not left:
        return
    codes, typed = examined.encoded("owner")
    gone = np.array([fold(text) in left for text in typed] + [False])
    at = positions(gone[codes] & examined.is_open)
    params: list[Params] = [
        {"successor": left[fold(typed[code])] or "\u2014"} for code in codes[at].tolist()
    ]
    yield Hits("owner", at, params=params)
