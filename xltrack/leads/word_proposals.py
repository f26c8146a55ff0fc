"""What the values of a team's lists are to the template: its stages, priorities, channels."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltrack.leads.vocabulary import Vocabulary
from xltrack.text import fold

if TYPE_CHECKING:
    import pandas as pd

FIELDS = {
    "stage": "stages",
    "priority": "priorities",
    "channel": "channels",
    "lost_reason": "lost_reasons",
}
"""The Settings table of each list, by field."""
NEW, NO_LOSS, OPEN = "new", "no_loss", "open"
"""What a word may be that is no item of the template: a new one, a mark for no loss, a stage in
progress."""
_COLON = re.compile("[:\uff1a]")
_TOGETHER = re.compile("[\u3001,\uff0c/;\uff1b&\n]|和")
_NEAR = 80  # percent


@dataclass(frozen=True)
class WordProposal:
    """A value of a list: how often it stands in the sheets, and what it is.

    ``item`` is the Chinese name of the template's item, or one of ``lost``, ``paused``, ``open``,
    ``new``, ``no_loss``.
    """

    field: str
    word: str
    count: int
    item: str
    confidence: float


def propose_words(rows: pd.DataFrame, known: Vocabulary) -> list[WordProposal]:
    """What each word of the lists is, the most frequent first, list by list."""
    proposals = []
    for field, table in FIELDS.items():
        counted = _counted(rows[field].dropna(), heads=field == "channel")
        most = known.sure.most_words
        if field in ("stage", "priority") or len(counted) <= most:
            listed = counted[: 2 * most]
        else:  # free text: what stands there twice may be a word of a list
            listed = [entry for entry in counted if entry[1] > 1][:most]
        proposals += [_proposal(field, table, word, count, known) for word, count in listed]
    return proposals


def _counted(texts: pd.Series[str], heads: bool) -> list[tuple[str, int]]:
    """The words as they are written most often, with the number of their cells."""
    written: dict[str, Counter[str]] = {}
    for text, count in texts.value_counts().items():
        whole = str(text)
        word = _COLON.split(whole, maxsplit=1)[0].strip() if heads else whole.strip()
        if word:
            written.setdefault(fold(word), Counter())[word] += int(count)
    counted = [(c.most_common(1)[0][0], sum(c.values())) for c in written.values()]
    return sorted(counted, key=lambda entry: -entry[1])


def _proposal(field: str, table: str, word: str, count: int, known: Vocabulary) -> WordProposal:
    meanings, sure = known.meanings(table), known.sure
    folded = fold(word)
    if field == "lost_reason" and folded in known.no_loss:
        return WordProposal(field, word, count, NO_LOSS, 1.0)
    if folded in meanings:
        return WordProposal(field, word, count, meanings[folded], 1.0)
    if field in ("channel", "lost_reason"):  # a row of its own is right whatever it means
        return WordProposal(field, word, count, NEW, 1.0)
    near = _nearest(folded, meanings)
    if near is not None:
        return WordProposal(field, word, count, near[0], round(sure.alike * near[1] / 100, 2))
    unknown = OPEN if field == "stage" else NEW
    return WordProposal(field, word, count, unknown, sure.least)


def _nearest(folded: str, meanings: dict[str, str]) -> tuple[str, float] | None:
    from rapidfuzz import fuzz, process  # noqa: PLC0415  # seldom needed

    found = process.extractOne(folded, list(meanings), scorer=fuzz.ratio, score_cutoff=_NEAR)
    if found is not None:
        return meanings[found[0]], found[1]
    inside = [word for word in meanings if len(word) > 1 and not word.isascii() and word in folded]
    return (meanings[max(inside, key=len)], float(_NEAR)) if inside else None


def people(rows: pd.DataFrame, known: Vocabulary) -> list[str]:
    """The owners by the number of their leads; cells that name several are left out."""
    counted = _counted(rows["owner"].dropna(), heads=False)
    names = [name for name, _ in counted if not _TOGETHER.search(name)]
    return names[: known.sure.most_owners]
