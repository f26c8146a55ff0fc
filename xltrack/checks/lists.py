"""Values that should come from the lists of Settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from xltrack.checks.examined import Examined
from xltrack.checks.rule import Hits, Params, positions, rule
from xltrack.leads.facts import DETAIL_MARKS
from xltrack.template import lookup
from xltrack.template.check_words import CheckWords
from xltrack.template.meaning import meant_item
from xltrack.text import fold

_NEAR = 60  # percent
_DETAIL = re.compile(DETAIL_MARKS)


@rule("V111", fields=("channel", "priority", "stage"))
def not_in_list(examined: Examined) -> Iterator[Hits]:
    """A channel, priority or stage that is no item of its list.

    A synonym is none either: the analysis knows it, but formulas in the workbook do not.
    """
    settings = examined.settings
    lists: tuple[tuple[str, Sequence[Any]], ...] = (
        ("channel", settings.channels),
        ("priority", settings.priorities),
        ("stage", settings.stages),
    )
    for field, entries in lists:
        if not entries:
            continue
        items = ListItems(entries, examined.words)
        codes, typed = examined.encoded(field)
        told = [
            None if fold(text) in settings.no_loss_marks else items.odd(text, field == "channel")
            for text in typed
        ]
        at = positions(np.array([each is not None for each in told] + [False])[codes])
        odd: list[tuple[str, Params]] = [told[code] or ("", {}) for code in codes[at].tolist()]
        corrected = [each[0] or None for each in odd]
        yield Hits(field, at, corrected=corrected, params=[each[1] for each in odd])


class ListItems:
    """The items of a list, and what a value that is none of them was meant to be."""

    def __init__(self, entries: Sequence[Any], words: CheckWords) -> None:
        self.names = [str(entry.name) for entry in entries]
        self._folded = {fold(name): name for name in self.names}
        self._known = lookup(entries)
        self._around = [fold(word) for word in words.around_items]
        self._negations = tuple(fold(word) for word in words.negations)

    def odd(self, text: str, with_detail: bool) -> tuple[str, Params] | None:
        """What corrects a value that is no item (empty: nothing is certain), and the nearest."""
        found = _DETAIL.search(text) if with_detail else None
        head, tail = (text[: found.start()], text[found.start() :]) if found else (text, "")
        if fold(head) in self._folded:
            return None
        meant = self.meant(head)
        near = meant or self.nearest(head)
        params = {"nearest": near or "\u2014", "items": "\u3001".join(self.names)}
        return (meant + tail if meant else ""), params

    def meant(self, text: str) -> str:
        """The item that a text can only mean: by synonym, or with words around it; else empty."""
        return meant_item(text, self._known, self._around)

    def nearest(self, text: str) -> str:
        """The item most like a text, empty where none is; the opposite of an item is not."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415  # seldom needed

        plain = fold(text)
        if any(plain.startswith(negation) for negation in self._negations):
            return ""
        match = process.extractOne(plain, list(self._folded), scorer=fuzz.ratio, score_cutoff=_NEAR)
        return self._folded[match[0]] if match else ""


@rule("V112", fields=("channel",))
def bare_other(examined: Examined) -> Iterator[Hits]:
    """A channel that is 其他 and does not say which."""
    others = {fold(word) for word in examined.template.words.other}
    codes, typed = examined.encoded("channel")
    bare = []
    for text in typed:
        head, _, detail = fold(_DETAIL.sub(":", text, count=1)).partition(":")
        bare.append(head.strip() in others and not detail.strip())
    yield Hits("channel", positions(np.array([*bare, False])[codes]))
