"""The words of diff, merge and redact, as declared in ``templates/exchange.toml``."""

from __future__ import annotations

from functools import cache

from xltrack.template.declared import Declared, Text
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class ChangeWords(Declared, frozen=True, kw_only=True):
    """What changes between two workbooks are called."""

    title: Text
    summary: Text
    kinds: dict[str, Text]
    columns: dict[str, Text]
    phrases: dict[str, Text]


class MergeWords(Declared, frozen=True, kw_only=True):
    """What stands on the sheet that tells how workbooks were merged."""

    sheet: Text
    kinds: dict[str, Text]
    columns: dict[str, Text]
    phrases: dict[str, Text]


class RedactWords(Declared, frozen=True, kw_only=True):
    """What was masked, and what a redaction cannot see into."""

    kinds: dict[str, Text]
    features: dict[str, Text]


class ExchangeWords(Declared, frozen=True, kw_only=True):
    """All words of the file."""

    changes: ChangeWords
    merge: MergeWords
    redact: RedactWords


@cache
def load_exchange_words() -> ExchangeWords:
    """The shipped words, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "exchange.toml"
    return typed(read_toml(path), ExchangeWords, path)
