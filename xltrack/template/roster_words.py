"""How the columns of a roster may be headed, as declared in ``templates/roster.toml``."""

from __future__ import annotations

from functools import cache

from xltrack.template.declared import Declared
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir


class RosterWords(Declared, frozen=True, kw_only=True):
    """The headers by column."""

    team: tuple[str, ...]
    submitter: tuple[str, ...]
    word: tuple[str, ...]


@cache
def load_roster_words() -> RosterWords:
    """The shipped words, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "roster.toml"
    return typed(read_toml(path), RosterWords, path)
