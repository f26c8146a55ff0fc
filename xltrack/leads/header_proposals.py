"""Which field each header of a team's sheet may mean, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from xltrack.leads.column_content import ColumnContent
from xltrack.leads.header import JOINED_FIELD, recognise
from xltrack.leads.vocabulary import Vocabulary
from xltrack.text import fold, header_key

Because = Literal["documented", "alias", "word", "alike", "content", "own", "second", "given"]
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_PICTURES = re.compile(r"[^\w\s#/&%.-]+")
_LONGEST = 40
_SHORTEST_PART = 3  # letters of a known header that may be found within another
_ALONE = ("contact_details", "stage", "priority", "channel", "customer")
"""The fields that cells tell by themselves."""


@dataclass(frozen=True)
class Evidence:
    """A field that a header may mean (empty: the team's own), how sure that is, and why."""

    field: str
    confidence: float
    because: Because


NOTHING = Evidence("", 1.0, "own")


class HeaderWords:
    """Looks headers up among those that are known."""

    def __init__(self, known: Vocabulary) -> None:
        """Use the words of a vocabulary."""
        self.known = known
        self._seen: dict[str, tuple[Evidence, ...]] = {}

    def evidence(self, text: str) -> tuple[Evidence, ...]:
        """What the header says by itself, the surest first; nothing for one of no known word."""
        if text not in self._seen:
            self._seen[text] = self._looked_up(text) if len(text) <= _LONGEST else ()
        return self._seen[text]

    def _looked_up(self, text: str) -> tuple[Evidence, ...]:
        words, sure = self.known.words.by_header, self.known.sure
        keys = self._keys(text)
        for key in keys[:1]:
            if key in words:  # a whole header goes before an alias with something in brackets
                field, confidence = words[key]
                exact = recognise(text, self.known.template)[0] == field or confidence < sure.word
                if not exact:
                    return (Evidence(field, confidence, "word"),)
        field_id, _, exact = recognise(text, self.known.template)
        if field_id is not None:
            return (Evidence(field_id, 1.0, "documented" if exact else "alias"),)
        for key in keys:
            if key in words:
                field, confidence = words[key]
                return (Evidence(field, confidence, "word" if field else "own"),)
            if key in self.known.template.by_header:
                return (Evidence(self.known.template.by_header[key], 1.0, "alias"),)
        return self._alike(keys[-1])

    def _keys(self, text: str) -> list[str]:
        """The header's key, without its brackets and pictures, and without a unit at its end."""
        plain = fold(text)
        bare = header_key(_PICTURES.sub("", _BRACKETS.sub("", plain)))
        keys = [header_key(plain), bare]
        for unit in sorted(
            map(header_key, self.known.template.amount.units), key=len, reverse=True
        ):
            if not unit.isascii() and bare.endswith(unit) and len(bare) > len(unit) + 1:
                keys.append(bare.removesuffix(unit))
                break
        return [key for key in dict.fromkeys(keys) if key] or [""]

    def _alike(self, key: str) -> tuple[Evidence, ...]:
        from rapidfuzz import fuzz, process  # noqa: PLC0415  # seldom needed

        if not key:
            return ()
        sure = self.known.sure
        best: dict[str, float] = {}
        found = process.extract(
            key, self._names, scorer=fuzz.ratio, score_cutoff=sure.least_alike, limit=12
        )
        for name, score, _ in found:
            field = self.known.headers[name]
            best[field] = max(best.get(field, 0.0), sure.alike * score / 100)
        for name in self._names:
            if _is_part(name, key):
                field = self.known.headers[name]
                part = sure.alike * (0.8 + 0.2 * len(name) / len(key))
                best[field] = max(best.get(field, 0.0), part)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        return tuple(Evidence(field, round(share, 3), "alike") for field, share in ranked)

    @cached_property
    def _names(self) -> list[str]:
        return list(self.known.headers)


def _is_part(name: str, key: str) -> bool:
    """Whether a known header of some length is in another; English ones are of whole words."""
    least = _SHORTEST_PART + 4 * name.isascii()
    return len(name) >= least and name in key


@dataclass(frozen=True)
class ColumnProposal:
    """What one column is proposed to be.

    ``header`` is its text, with both rows where it has two; ``field`` is empty for a column of the
    team's own; ``others`` are further fields that it may be, the surest first.
    """

    column: int
    header: str
    field: str
    confidence: float
    because: Because
    content: ColumnContent
    others: tuple[Evidence, ...] = ()


def propose_columns(
    headers: Sequence[tuple[int, str, str]],
    contents: dict[int, ColumnContent],
    known: Vocabulary,
    words: HeaderWords,
) -> list[ColumnProposal]:
    """A field for each column, no field twice but for contact details.

    ``headers``: number of the column, the text that may be known, the whole text.
    """
    offers: dict[int, list[Evidence]] = {}
    for column, text, _ in headers:
        content = contents.get(column, ColumnContent(()))
        offers[column] = _offers(words.evidence(text), content, known)
    taken: dict[int, Evidence] = {}
    used: set[str] = set()
    ranked = sorted(
        (
            (e.confidence + _closer(e, contents.get(c), known), -c, e)
            for c in offers
            for e in offers[c]
        ),
        key=lambda entry: (-entry[0], -entry[1]),
    )
    for _, place, evidence in ranked:
        free = evidence.field in ("", JOINED_FIELD) or evidence.field not in used
        if -place not in taken and free:
            taken[-place] = evidence
            used.add(evidence.field)
    return [
        _proposal(column, whole, taken.get(column), offers[column], contents)
        for column, _, whole in headers
    ]


def _proposal(
    column: int,
    whole: str,
    taken: Evidence | None,
    offers: list[Evidence],
    contents: dict[int, ColumnContent],
) -> ColumnProposal:
    if taken is None:  # another column is the field, or nothing is known
        taken = replace(NOTHING, because="second") if offers else NOTHING
    others = tuple(e for e in offers if e.field and e.field != taken.field)
    content = contents.get(column, ColumnContent(()))
    return ColumnProposal(
        column, whole, taken.field, taken.confidence, taken.because, content, others
    )


def _offers(
    evidence: Sequence[Evidence], content: ColumnContent, known: Vocabulary
) -> list[Evidence]:
    sure = known.sure
    offers = []
    for each in evidence:
        confidence = each.confidence
        if each.field and content.fits(each.field, known):
            confidence = min(1.0, confidence + sure.confirmed)
        elif each.field and content.contradicts(each.field, known):
            confidence -= sure.contradicted
        if confidence >= sure.least:
            offers.append(replace(each, confidence=round(confidence, 3)))
    if not evidence or all(not e.field and e.because == "alike" for e in evidence):
        offers += [
            Evidence(field, sure.content_alone, "content")
            for field in _ALONE
            if content.fits(field, known) and _tells(field, content, known)
        ][:1]
    return offers


def _tells(field: str, content: ColumnContent, known: Vocabulary) -> bool:
    """Whether cells that fit a list are more than one word by chance."""
    listed = known.template.by_id[field].list is not None
    return not listed or (len(content.words) > 1 and not content.many_words(known))


def _closer(evidence: Evidence, content: ColumnContent | None, known: Vocabulary) -> float:
    """What decides between two columns of which each may be the customer: names of companies."""
    if evidence.field != "customer" or content is None:
        return 0.0
    return 0.05 * content.companies(known)
