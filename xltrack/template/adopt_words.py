"""What teams call their columns and values, as declared in ``templates/adopt.toml``."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Annotated, Literal

import msgspec

from xltrack.template.declared import Declared, Some, Text
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir
from xltrack.text import fold, header_key

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Words = tuple[str, ...]


class Confidence(Declared, frozen=True, kw_only=True):
    """How sure a proposal is, by what it rests on; shares of 1 but for ``least_alike`` (percent)
    and the counts of rows, cells and words."""

    word: Share
    vague: Share
    alike: Share
    least_alike: float
    content_alone: Share
    confirmed: Share
    contradicted: Share
    sure: Share
    least: Share
    content: Share
    rows_looked_at: Some
    least_cells: Some
    most_words: Some
    most_owners: Some


class OwnWords(Declared, frozen=True, kw_only=True):
    """Headers that mean a column of the team's own."""

    headers: Words


class NoLossWords(Declared, frozen=True, kw_only=True):
    """What says in a column of reasons that nothing is lost."""

    words: Words


class CompanyWords(Declared, frozen=True, kw_only=True):
    """What the name of a company ends in."""

    endings: Words


class AdoptWords(Declared, frozen=True, kw_only=True, dict=True):
    """All words of the file; values stand under the Chinese name of the template's item.

    ``because`` and ``items`` are what is said about a proposal.
    """

    confidence: Confidence
    headers: dict[str, Words]
    vague: dict[str, Words]
    own: OwnWords
    stages: dict[str, Words]
    kinds: dict[Literal["lost", "paused"], Words]
    priorities: dict[str, Words]
    channels: dict[str, Words]
    reasons: dict[str, Words]
    no_loss: NoLossWords
    companies: CompanyWords
    because: dict[str, Text]
    items: dict[str, Text]

    @cached_property
    def by_header(self) -> dict[str, tuple[str, float]]:
        """Field and confidence by header key; an empty field for a column of the team's own."""
        found = {header_key(word): ("", self.confidence.word) for word in self.own.headers}
        for words, confidence in (
            (self.headers, self.confidence.word),
            (self.vague, self.confidence.vague),
        ):
            for field, listed in words.items():
                for word in listed:
                    found.setdefault(header_key(word), (field, confidence))
        return found

    @cached_property
    def no_loss_words(self) -> frozenset[str]:
        """The folded words that say that nothing is lost."""
        return frozenset(map(fold, self.no_loss.words))


@cache
def load_adopt_words() -> AdoptWords:
    """The shipped words, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "adopt.toml"
    return typed(read_toml(path), AdoptWords, path)
