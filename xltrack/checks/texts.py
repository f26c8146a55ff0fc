"""What stands in texts and should not: private details, guesses, formulas, stray characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from xltrack.checks.examined import Examined
from xltrack.checks.privacy import PREFILTER, private_pieces
from xltrack.checks.rule import Hits, positions, rule
from xltrack.findings import masked
from xltrack.leads.tidy import NAMES, UNTIDY, UNTIDY_NAME, tidied, visible

_FREE_TEXT = ("need", "latest_follow_up", "market_note", "lost_reason", "customer", "contact")
_LOOKAROUND = re.compile(r"\(\?<?[!=][^)]*\)")
_FORMULA = re.compile(r"[=+\-@]+\s*[^=+\-@\s]")
_NUMBER = re.compile(r"[+-]?[\d\s().,%/-]+")


@rule("V171", fields=_FREE_TEXT)
def private_in_text(examined: Examined) -> Iterator[Hits]:
    """Contact details or an identity number in a text that others read."""
    own = [name for name, private in examined.book.own.items() if not private]
    for field in (*_FREE_TEXT, *own):
        if field in own and not _is_text(examined, field):
            continue
        suspect = positions(examined.matches(field, PREFILTER))
        at, values, params = [], [], []
        for position, text in zip(suspect.tolist(), examined.pick(field, suspect), strict=True):
            pieces = list(private_pieces(text))
            if pieces:
                at.append(position)
                values.append(" ".join(masked(piece.text) for piece in pieces))
                params.append({"kind": pieces[0].kind})
        yield Hits(field, np.array(at, dtype=np.intp), values, params=params)


def _is_text(examined: Examined, field: str) -> bool:
    return examined.leads[field].dtype.kind not in "fM"


@rule("V180", fields=("need",))
def subjective(examined: Examined) -> Iterator[Hits]:
    """Guesses and opinions in the need."""
    words = examined.words.subjective
    exact = re.compile("|".join(f"(?:{word})" for word in map(_inline, words)))
    rough = "|".join(f"(?:{_LOOKAROUND.sub('', word)})" for word in words)
    suspect = positions(examined.matches("need", rough))
    at, params = [], []
    for position, text in zip(suspect.tolist(), examined.pick("need", suspect), strict=True):
        found = list(dict.fromkeys(match[0] for match in exact.finditer(text)))
        if found:
            at.append(position)
            params.append({"words": "\u3001".join(found)})
    yield Hits("need", np.array(at, dtype=np.intp), params=params)


def _inline(pattern: str) -> str:
    """A pattern whose flag for the case holds for itself alone."""
    return f"(?i:{pattern.removeprefix('(?i)')})" if pattern.startswith("(?i)") else pattern


@rule("V190", fields=("need", "latest_follow_up", "market_note"))
def like_a_formula(examined: Examined) -> Iterator[Hits]:
    """A text that a spreadsheet would take for a formula.

    Phone numbers such as +86 138, plain numbers and lines of dashes are nothing to be afraid of.
    """
    for field in _text_fields(examined):
        suspect = positions(examined.matches(field, r"\A[=+\-@]"))
        texts = examined.pick(field, suspect)
        kept = [_FORMULA.match(text) and not _NUMBER.fullmatch(text) for text in texts]
        yield Hits(field, suspect[np.array(kept, dtype=bool)])


@rule("V191", fields=("customer", "owner", "lead_id"))
def stray_characters(examined: Examined) -> Iterator[Hits]:
    """Stray spaces, full-width letters or digits, invisible characters; the text without them."""
    reported = examined.reported(("V191",))
    for field in _text_fields(examined):
        at = positions(examined.matches(field, UNTIDY_NAME if field in NAMES else UNTIDY))
        texts = examined.pick(field, at)
        clean = [tidied(text, field) for text in texts]
        differs = np.array([a != b for a, b in zip(texts, clean, strict=True)], dtype=bool)
        if field in reported:
            differs &= ~reported[field][at]
        kept = np.flatnonzero(differs).tolist()
        values = [visible(texts[n]) for n in kept]
        yield Hits(field, at[differs], values, [clean[n] or None for n in kept])


def _text_fields(examined: Examined) -> Iterator[str]:
    for field in examined.template.fields:
        if field.type in ("text", "list") and examined.filled(field.id).any():
            yield field.id
