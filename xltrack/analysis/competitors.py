"""Which competitors the notes, follow-ups and lost reasons speak of."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.analysis.scope import Scope
from xltrack.analysis.table import Table, share
from xltrack.leads.dates import leading_day
from xltrack.template import Settings, lookup
from xltrack.template.market import CompetitorWords, load_market
from xltrack.text import fold

FIELDS = ("market_note", "latest_follow_up", "lost_reason")
EXCERPT = 60
Positions = npt.NDArray[np.intp]
_QUOTED = "[\u201c\"\u300c\u300e']([^\u201d\"\u300d\u300f'\n]{1,20})[\u201d\"\u300d\u300f']"
_RUN = r"([A-Za-z0-9]+)"
_SENTENCE_ENDS = re.compile("[\u3002;!\uff1b\uff01]")
_PRIVATE = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\d[\d\s-]{5,}\d")


def competitors(scope: Scope) -> Table:
    """What the leads of the cohort say about competitors.

    A name is one of Settings or its synonyms, or what follows 竞品: one run of Latin letters or
    digits, or a quoted name. Lines of a log that are dated after the as-of day are not said yet.

    Columns: competitor (text), mentions (int), leads (int, that mention it), won, lost (int),
    win_rate (won / (won + lost) of those leads), last_seen (date: of the dated line, else the last
    contact, else the day of acquisition), moves (text: words such as 降价 near the name, most
    frequent first; null without any), excerpt (text: the sentence of the latest mention, the first
    in the order of characters where several are as late; numbers that could be private masked).
    Most leads first, then mentions, then name.
    Source: guide, step 4.
    """
    words = load_market().competitors
    pattern = _pattern(scope.settings, words)
    names = lookup(scope.settings.competitors)
    facts = scope.facts.loc[scope.cohort, ["acquired_on", "last_contact", "outcome"]]
    latest = facts["last_contact"].fillna(facts["acquired_on"]).to_numpy().astype("datetime64[D]")
    hint = _hint(scope.settings, words)
    found: dict[str, _Seen] = {}
    for field_id in FIELDS:
        for text, leads in _hits(scope, field_id, hint):
            day = np.fmax.reduce(latest[leads]).item()
            for mention in _mentions(text, field_id, pattern, names, words):
                if mention.day is not None and mention.day > scope.as_of:
                    continue  # the clock of the as-of day: it was not said yet
                found.setdefault(mention.name, _Seen()).add(mention, leads, mention.day or day)
    columns = ["competitor", "mentions", "leads", "won", "lost", "win_rate"]
    columns += ["last_seen", "moves", "excerpt"]
    outcome = facts["outcome"].cat.codes.to_numpy()
    rows = [_row(name, seen, outcome) for name, seen in found.items()]
    frame = pd.DataFrame(rows, columns=columns)
    frame["last_seen"] = pd.to_datetime(frame["last_seen"]).astype("datetime64[s]")
    frame = frame.sort_values(["leads", "mentions", "competitor"], ascending=[False, False, True])
    return Table(frame.reset_index(drop=True), "cohort", scope.undated)


@dataclass(frozen=True)
class _Mention:
    """A name in a text; ``day`` where the line begins with one."""

    name: str
    day: dt.date | None
    moves: tuple[str, ...]
    line: str
    match: re.Match[str]


@dataclass
class _Seen:
    """What is known of one competitor so far."""

    mentions: int = 0
    leads: list[Positions] = field(default_factory=list)
    moves: Counter[str] = field(default_factory=Counter)
    last: dt.date | None = None
    excerpt: str = ""

    def add(self, mention: _Mention, leads: Positions, day: dt.date | None) -> None:
        """Count a mention that stands in the texts of these leads."""
        self.mentions += len(leads)
        self.leads.append(leads)
        for move in mention.moves:
            self.moves[move] += len(leads)
        last = self.last or dt.date.min
        if not self.excerpt or (day or dt.date.min) > last:
            self.last, self.excerpt = day, _sentence(mention.line, mention.match)
        elif (day or dt.date.min) == last:
            self.excerpt = min(self.excerpt, _sentence(mention.line, mention.match))

    def ranked_moves(self) -> list[str]:
        return sorted(self.moves, key=lambda move: (-self.moves[move], move))


def _row(name: str, seen: _Seen, outcome: npt.NDArray[np.integer]) -> tuple[object, ...]:
    leads = np.unique(np.concatenate(seen.leads))
    _, won, lost = np.bincount(outcome[leads], minlength=3).tolist()
    moves = "、".join(seen.ranked_moves()) or None
    figures = (seen.mentions, len(leads), won, lost, share(won, won + lost))
    return (name, *figures, seen.last, moves, seen.excerpt)


def _hits(scope: Scope, field_id: str, hint: str) -> Iterator[tuple[str, Positions]]:
    """Each different text of a field worth a closer look, with the leads of the cohort it is of.

    Most texts are looked at in their column only, and a text that many leads share once.
    """
    texts = pa.array(
        scope.leads.loc[scope.cohort, field_id], type=pa.large_string(), from_pandas=True
    )
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    found = pc.fill_null(pc.match_substring_regex(texts, hint, ignore_case=True), False)
    positions = np.flatnonzero(found.to_numpy(zero_copy_only=False))
    encoded = texts.take(pa.array(positions)).dictionary_encode()
    codes = encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes, minlength=len(encoded.dictionary))
    ends = np.cumsum(counts)
    grouped = positions[order]
    for text, start, end in zip(encoded.dictionary.to_pylist(), ends - counts, ends, strict=True):
        yield text, grouped[start:end]


def _pattern(settings: Settings, words: CompetitorWords) -> re.Pattern[str]:
    names = {each for entry in settings.competitors for each in (entry.name, *entry.synonyms)}
    known = "|".join(_whole(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    markers = "|".join(map(re.escape, words.markers))
    unknown = rf"(?:{markers})\s*(?:{_QUOTED}|{_RUN})"
    return re.compile(rf"({known})|{unknown}" if known else rf"(?!)()|{unknown}", re.IGNORECASE)


def _whole(name: str) -> str:
    """A name that is not part of a longer Latin word."""
    start = r"(?<![A-Za-z0-9])" if name[0].isascii() else ""
    end = r"(?![A-Za-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return start + re.escape(name) + end


def _mentions(
    text: str,
    field_id: str,
    pattern: re.Pattern[str],
    names: dict[str, str],
    words: CompetitorWords,
) -> Iterator[_Mention]:
    """The mentions in one text."""
    for line in text.splitlines():
        day = leading_day(line) if field_id == "latest_follow_up" else None
        for match in pattern.finditer(line):
            name, moves = _name(match, names, words), _moves(line, match, words)
            yield _Mention(name, day, moves, line, match)


def _hint(settings: Settings, words: CompetitorWords) -> str:
    """What a text must hold to be worth a closer look."""
    names = [each for entry in settings.competitors for each in (entry.name, *entry.synonyms)]
    return "|".join(re.escape(word) for word in (*words.markers, *names))


def _name(match: re.Match[str], names: dict[str, str], words: CompetitorWords) -> str:
    known, quoted, run = match.groups()
    if known:
        return names[fold(known)]
    told = (quoted or run).strip()
    for written in (told, match[0]):
        if fold(written) in names:
            return names[fold(written)]
    return quoted.strip() if quoted else f"{words.markers[0]}{run.upper()}"


def _moves(line: str, match: re.Match[str], words: CompetitorWords) -> tuple[str, ...]:
    around = line[max(0, match.start() - words.near) : match.end() + words.near].lower()
    return tuple(move for move in words.moves if move in around)


def _sentence(line: str, match: re.Match[str]) -> str:
    """The sentence around a mention, shortened, without what could be private."""
    starts = [end.end() for end in _SENTENCE_ENDS.finditer(line, 0, match.start())]
    end = _SENTENCE_ENDS.search(line, match.end())
    sentence = line[starts[-1] if starts else 0 : end.start() if end else len(line)].strip()
    masked = _PRIVATE.sub(lambda found: _masked(found[0]), sentence)
    return masked if len(masked) <= EXCERPT else masked[: EXCERPT - 1] + "…"


def _masked(text: str) -> str:
    """Digits and addresses covered, except a date."""
    return text if leading_day(text) else "***"
