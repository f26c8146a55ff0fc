"""The language the command line speaks, and how errors become one clear line."""

from __future__ import annotations

from typing import cast

from xltrack.errors import XltrackError
from xltrack.template.explaining import explained
from xltrack.template.messages import load_messages
from xltrack.text import Lang, system_language

_chosen: list[Lang] = []


def choose_language(lang: str | None) -> None:
    """Speak ``lang`` from now on; ``None`` keeps the language of the system."""
    if lang is not None:
        _chosen[:] = [cast("Lang", lang)]


def language() -> Lang:
    """The language chosen, else that of the system: Chinese where its locale says so."""
    if _chosen:
        return _chosen[0]
    return system_language()


def say(key: str, **values: object) -> str:
    """A sentence about what was done."""
    return load_messages().done[key].of(language()).format(**values)


def help_text(key: str) -> str:
    """The help of a command or option, in the language of the system."""
    return load_messages().help[key].of(language())


def explain(error: XltrackError) -> str:
    """An error as one line that names the file, what is wrong and what to do."""
    return explained(error, language())
