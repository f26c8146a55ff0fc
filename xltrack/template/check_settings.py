"""Which rules a team has switched off or made more or less grave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from xltrack.findings import SEVERITIES, Severity
from xltrack.template.declared import Template
from xltrack.template.settings import Settings
from xltrack.text import fold, split_list

_ENTRY = re.compile(r"([a-z]\d{3})\s*[=:]\s*(.+)")


def severities_of(settings: Settings, template: Template) -> Mapping[str, Severity | None]:
    """The severity by code where the team sets one; None = the rule is switched off."""
    return parsed_checks(settings.parameters.checks, _words(template))[0]


def wrong_entries(text: str, template: Template) -> tuple[str, ...]:
    """The entries of the parameter that say nothing the program knows."""
    return parsed_checks(text, _words(template))[1]


OWN_IDS = "V102"
"""The rule about the form of ids, switched off where a team has a form of its own."""
MISSING_COLUMN = "F003"
"""The rule about documented columns, no error where a team keeps columns of its own."""


def free_fields(settings: Settings, template: Template) -> tuple[str, ...]:
    """The fields that get no input check, as the team has ids of a form of its own."""
    return ("lead_id",) if severities_of(settings, template).get(OWN_IDS, "error") is None else ()


@lru_cache(maxsize=64)
def parsed_checks(
    text: str, words: tuple[tuple[str, Severity | None], ...]
) -> tuple[Mapping[str, Severity | None], tuple[str, ...]]:
    """The severities that a text such as ``V155=关,V142=错误`` sets, and its wrong entries.

    >>> parsed_checks("V155=off, V142:error, X1=off", (("off", None), ("error", "error")))
    ({'V155': None, 'V142': 'error'}, ('X1=off',))
    """
    known, found, wrong = dict(words), {}, []
    for entry in split_list(text):
        match = _ENTRY.fullmatch(fold(entry))
        code = match[1].upper() if match else ""
        if match is None or code not in SEVERITIES or match[2] not in known:
            wrong.append(entry)
        else:
            found[code] = known[match[2]]
    return found, tuple(wrong)


def _words(template: Template) -> tuple[tuple[str, Severity | None], ...]:
    return tuple(
        (fold(word), None if severity == "off" else severity)
        for severity, listed in template.words.severities.items()
        for word in (severity, *listed)
    )
