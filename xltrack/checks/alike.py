"""Names of customers that are likely one customer: by region, by abbreviation, by a slip.

Compared are names without the form of the company, each with the earlier names of its workbook.
A hundred thousand names make five thousand million pairs, so only names that share a hash or a
beginning are looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xltrack.checks.rule import Positions
from xltrack.template.check_words import Names

Keys = npt.NDArray[np.uint64]

_HAN_ONLY = re.compile("[\u4e00-\u9fff]+")
_BASE = np.uint64(1_099_511_628_211)
_LONGEST = 40  # characters; longer names are not looked at for slips
_SHORTEST_FULL = 4
_MOST_CANDIDATES = 64
_TABLE_BITS = 22
Pair = tuple[int, int]


class AlikeNames:
    """Names by position; ``plain`` without the form of the company, ``typed`` as they stand.

    Args:
        plain: normalised names.
        typed: the names as typed, to tell a full name from a short one.
        files: number of the workbook of each; names of different workbooks are never alike.
        words: regions, and what makes names different.
    """

    def __init__(
        self, plain: Sequence[str], typed: Sequence[str], files: Positions, words: Names
    ) -> None:
        self._words = words
        self._plain = plain
        self._files = files.tolist()
        self._typed = typed
        regions = sorted(words.regions, key=len, reverse=True)
        endings = "|".join(map(re.escape, words.region_endings))
        listed = "|".join(map(re.escape, regions))
        self._region = re.compile(f"({listed})(?:{endings})?")
        self._starts = {region[:2] for region in regions}
        ends = (region + ending for region in regions for ending in ("", *words.region_endings))
        self._ends = {end[-2:] for end in ends}

    def pairs(self) -> Iterator[Pair]:
        """Pairs of a later and an earlier position, at most one for each later one."""
        found: dict[int, int] = {}
        for pair in (*self._by_region(), *self._by_abbreviation(), *self._by_slip()):
            later, earlier = max(pair), min(pair)
            if earlier < found.get(later, later):
                found[later] = earlier
        yield from sorted(found.items())

    # ------------------------------------------------------------------ regions

    def without_region(self, name: str) -> tuple[str, str]:
        """A name without the region at its beginning or end, and that region.

        What is left has at least two characters, or nothing is taken away.
        """
        if name[:2] not in self._starts and name[-2:] not in self._ends:
            return name, ""  # nearly every name, told without a search
        match = self._region.match(name)
        if match is None:
            found = self._region.finditer(name)
            match = next((each for each in found if each.end() == len(name)), None)
        if match is None:
            return name, ""
        rest = name[: match.start()] + name[match.end() :]
        return (rest, match[1]) if len(rest) > 1 else (name, "")

    def _by_region(self) -> Iterator[Pair]:
        """Equal but for the region, which only one of them names, or both the same."""
        cores: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
        with_region = {}
        for at, name in enumerate(self._plain):
            core, region = self.without_region(name)
            if region:
                with_region[at] = core, region
        wanted = {(self._files[at], core) for at, (core, _) in with_region.items()}
        for at, name in enumerate(self._plain):
            core, region = with_region.get(at, (name, ""))
            if (key := (self._files[at], core)) in wanted:
                cores[key].append((at, region))
        for group in cores.values():
            regions = {region for _, region in group if region}
            if len(group) > 1 and len(regions) == 1:
                first = group[0][0]
                yield from ((at, first) for at, _ in group[1:])

    # ------------------------------------------------------------------ abbreviations

    def _by_abbreviation(self) -> Iterator[Pair]:
        """A short name without a form, and the only longer name that it abbreviates."""
        longest = self._words.longest_abbreviation
        shorts = [
            at
            for at, name in enumerate(self._plain)
            if 2 <= len(name) <= longest and self._is_bare(at) and _HAN_ONLY.fullmatch(name)
        ]
        if not shorts:
            return
        beginnings = self._beginnings()
        for at in shorts:
            name = self._plain[at]
            full = self._starting_with(beginnings, self._files[at], name)
            full = full or self._abbreviated(at)
            if len(full) == 1:
                yield at, full.pop()

    def _is_bare(self, at: int) -> bool:
        return len(self._typed[at].strip()) <= len(self._plain[at])

    def _beginnings(self) -> list[tuple[int, str, int]]:
        """Every longer name, also without its region, to be searched by how it begins."""
        entries = set()
        for at, name in enumerate(self._plain):
            if len(name) >= _SHORTEST_FULL:
                entries.add((self._files[at], name, at))
                entries.add((self._files[at], self.without_region(name)[0], at))
        return sorted(entries)

    @staticmethod
    def _starting_with(
        beginnings: Sequence[tuple[int, str, int]], file: int, name: str
    ) -> set[int]:
        found: set[int] = set()
        start = bisect_left(beginnings, (file, name, -1))
        for other_file, other, at in beginnings[start : start + _MOST_CANDIDATES]:
            if other_file != file or not other.startswith(name):
                break
            if len(other) >= len(name) + 2:
                found.add(at)
        return found

    def _abbreviated(self, at: int) -> set[int]:
        """Names of which this one holds characters in their order, from first (to last) on."""
        name, file = self._plain[at], self._files[at]
        found: set[int] = set()
        candidates = self._by_first.get((file, name[0]), ())
        if len(candidates) > _MOST_CANDIDATES * 8:
            return found
        for other, position in candidates:
            if len(other) < len(name) + 2 or position == at:
                continue
            rest = iter(other)
            ends = len(name) > 2 or other[-1] == name[-1]
            if ends and all(character in rest for character in name):
                found.add(position)
        return found

    @cached_property
    def _by_first(self) -> dict[tuple[int, str], list[tuple[str, int]]]:
        """Every longer name, also without its region, by workbook and first character."""
        grouped: dict[tuple[int, str], set[tuple[str, int]]] = defaultdict(set)
        for at, name in enumerate(self._plain):
            if len(name) >= _SHORTEST_FULL:
                for form in (name, self.without_region(name)[0]):
                    grouped[self._files[at], form[0]].add((form, at))
        return {key: sorted(some) for key, some in grouped.items()}

    # ------------------------------------------------------------------ slips

    def _by_slip(self) -> Iterator[Pair]:
        """Names of which one lacks a character of the other, or has two the other way round."""
        shortest = self._words.shortest_typo
        at = [n for n, name in enumerate(self._plain) if shortest <= len(name) <= _LONGEST]
        if len(at) < 2:
            return
        for one, other in self._candidates(np.array(at, dtype=np.intp)):
            if self._is_slip(self._plain[one], self._plain[other]):
                yield one, other

    def _is_slip(self, one: str, other: str) -> bool:
        from rapidfuzz.distance import OSA  # noqa: PLC0415  # where there is a candidate

        if OSA.distance(one, other) != 1:
            return False
        if len(one) == len(other):
            return sorted(one) == sorted(other)  # two characters the other way round
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        place = next(
            (n for n, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b),
            len(shorter),
        )
        return longer[place] not in self._words.telling

    def _candidates(self, at: Positions) -> Iterator[Pair]:
        """Pairs where one name is the other without one of its characters."""
        codes, lengths = self._codes(at)
        whole, without = _hashes(codes)
        seed = np.asarray(self._files, dtype=np.uint64)[at] * np.uint64(0x9E3779B97F4A7C15)
        whole, without = whole + seed, without + seed[:, None]
        order = np.argsort(whole, kind="stable")
        shorter = whole[order]
        valid = np.arange(codes.shape[1]) < lengths[:, None]
        rows, columns = np.nonzero(valid)
        wanted = without[rows, columns]
        likely = _likely(shorter, wanted)  # spares the search for nearly all of them
        rows, wanted = rows[likely], wanted[likely]
        places = np.searchsorted(shorter, wanted)
        hit = shorter[np.minimum(places, len(shorter) - 1)] == wanted
        seen = set()
        for row, place in zip(rows[hit].tolist(), places[hit].tolist(), strict=True):
            pair = int(at[row]), int(at[order[place]])
            if pair not in seen:
                seen.add(pair)
                yield pair
        yield from self._swapped(at, codes, lengths, seed)

    def _swapped(
        self, at: Positions, codes: Keys, lengths: Positions, seed: Keys
    ) -> Iterator[Pair]:
        """Pairs of names of the same characters."""
        bag = (codes * codes * _BASE + codes).sum(axis=1, dtype=np.uint64) + seed
        bag += lengths.astype(np.uint64)
        order = np.argsort(bag, kind="stable")
        same = np.flatnonzero(bag[order][1:] == bag[order][:-1])
        for place in same.tolist():
            yield int(at[order[place]]), int(at[order[place + 1]])

    def _codes(self, at: Positions) -> tuple[Keys, Positions]:
        names = np.array([self._plain[n] for n in at.tolist()])
        width = names.dtype.itemsize // 4
        codes = names.view(np.uint32).reshape(len(names), width).astype(np.uint64)
        return codes, (codes != 0).sum(axis=1)


def _hashes(codes: Keys) -> tuple[Keys, Keys]:
    """A hash of every name, and one of every name without each of its characters.

    Zeros at the end of a name add nothing to them.
    """
    count, width = codes.shape
    powers = np.full(width, _BASE, dtype=np.uint64)
    powers[0] = 1
    np.cumprod(powers, out=powers)
    before = np.zeros((count, width + 1), dtype=np.uint64)
    np.cumsum(codes * powers[:width], axis=1, out=before[:, 1:])
    shifted = np.zeros((count, width + 1), dtype=np.uint64)  # characters one place to the left
    np.cumsum(codes[:, 1:] * powers[: width - 1], axis=1, out=shifted[:, 1:width])
    whole = before[:, -1]
    total = shifted[:, width - 1 : width]
    without = before[:, :width] + (total - shifted[:, :width])
    return whole, without


def _likely(known: Keys, wanted: Keys) -> npt.NDArray[np.bool_]:
    """Which of the wanted hashes may be known, by a table of their first bits."""
    bits = np.uint64(64 - _TABLE_BITS)
    table = np.zeros(1 << _TABLE_BITS, dtype=bool)
    table[(known >> bits).astype(np.intp)] = True
    likely: npt.NDArray[np.bool_] = table[(wanted >> bits).astype(np.intp)]
    return likely
