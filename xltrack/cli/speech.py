"""The language the command line speaks, and how errors become one clear line."""

from __future__ import annotations

import locale
import os
from typing import cast

from xltrack.errors import (
    PackageError,
    Refused,
    TemplateError,
    UnreadableWorkbook,
    UsageError,
    XltrackError,
)
from xltrack.template.messages import load_messages
from xltrack.text import Lang

_chosen: list[Lang] = []


def choose_language(lang: str | None) -> None:
    """Speak ``lang`` from now on; ``None`` keeps the language of the system."""
    if lang is not None:
        _chosen[:] = [cast("Lang", lang)]


def language() -> Lang:
    """The language chosen, else that of the system: Chinese where its locale says so."""
    if _chosen:
        return _chosen[0]
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if name := os.environ.get(variable):
            return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def say(key: str, **values: object) -> str:
    """A sentence about what was done."""
    return load_messages().done[key].of(language()).format(**values)


def help_text(key: str) -> str:
    """The help of a command or option, in the language of the system."""
    return load_messages().help[key].of(language())


def explain(error: XltrackError) -> str:
    """An error as one line that names the file, what is wrong and what to do."""
    messages, lang = load_messages(), language()
    if isinstance(error, UnreadableWorkbook | Refused):
        text = messages.errors[error.reason].of(lang)
        return text.format(file=error.path.name or error.path, detail=error.detail)
    if isinstance(error, PackageError):
        text = messages.errors["package"].of(lang)
        return text.format(file=error.path.name, part=error.part, detail=error.detail)
    if isinstance(error, TemplateError):
        text = messages.errors["template"].of(lang)
        return text.format(file=error.file.name, key=error.key, detail=error.detail)
    if isinstance(error, UsageError):
        text = messages.usage[error.reason].of(lang)
        return text.format(detail=error.detail, choices=_choices(error.reason))
    return str(error)


def _choices(reason: str) -> str:
    """What could have been typed instead."""
    from xltrack.template import load_labels

    labels, lang = load_labels(), language()
    if reason == "unknown_sheet":
        return ", ".join(f"{key} {text.of(lang)}" for key, text in labels.sheets.items())
    if reason == "unknown_code":
        from xltrack.findings import SEVERITIES

        return ", ".join(sorted(SEVERITIES))
    if reason == "unknown_table":
        return ", ".join(labels.tables)
    return ""
