"""An error as one line for a person: which file, what is wrong, what to do."""

from __future__ import annotations

from xltrack.errors import (
    PackageError,
    Refused,
    TemplateError,
    UnreadableWorkbook,
    UsageError,
    XltrackError,
)
from xltrack.findings import SEVERITIES
from xltrack.template.labels import load_labels
from xltrack.template.messages import load_messages
from xltrack.text import Lang


def explained(error: XltrackError, lang: Lang) -> str:
    """The declared sentence about an error in a language."""
    messages = load_messages()
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
        return text.format(detail=error.detail, choices=_choices(error, lang))
    return str(error)


def _choices(error: UsageError, lang: Lang) -> str:
    """What could have been typed instead."""
    if error.reason == "unknown_code":
        return ", ".join(sorted(SEVERITIES))
    labels = load_labels()
    if error.reason == "unknown_sheet":
        keys = error.choices or tuple(labels.sheets)
        return ", ".join(f"{key} {labels.sheets[key].of(lang)}" for key in keys)
    if error.reason == "unknown_table":
        return ", ".join(labels.tables)
    return ""
