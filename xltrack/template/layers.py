"""Declared files: read, a team's laid over the shipped one, and turned into typed objects."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from xltrack.errors import TemplateError

Raw = dict[str, Any]
Declared = TypeVar("Declared", bound=msgspec.Struct)


def read_toml(path: Path) -> Raw:
    """A TOML file as plain objects.

    Raises:
        TemplateError: missing, unreadable or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TemplateError(path, "-", error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateError(path, "-", str(error)) from error


def typed(raw: Raw, kind: type[Declared], file: Path) -> Declared:
    """What a file declares, as objects of ``kind``.

    Raises:
        TemplateError: names ``file`` and the path of the offending key.
    """
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        message, _, key = str(error).partition(" - at ")
        raise TemplateError(file, key.strip("`") or "-", message) from error


def laid_over(base: Any, over: Any) -> Any:
    """``base`` with what ``over`` names.

    Tables are merged key by key, lists of tables with an ``id`` entry by entry (a new id is added
    at the end), and everything else is replaced.

    >>> laid_over({"a": 1, "f": [{"id": "x", "w": 1}]}, {"f": [{"id": "x", "w": 2}, {"id": "y"}]})
    {'a': 1, 'f': [{'id': 'x', 'w': 2}, {'id': 'y'}]}
    """
    if isinstance(base, dict) and isinstance(over, dict):
        merged = {key: laid_over(value, over[key]) for key, value in base.items() if key in over}
        return {**base, **over, **merged}
    if _has_ids(base) and _has_ids(over):
        named = {entry["id"]: entry for entry in over}
        kept = [laid_over(entry, named.get(entry["id"], {})) for entry in base]
        known = {entry["id"] for entry in base}
        return [*kept, *(entry for entry in over if entry["id"] not in known)]
    return over


def _has_ids(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(entry, dict) and "id" in entry for entry in value)
    )


def one_text_for_both(over: Raw) -> Raw:
    """A team's file in which ``header = "..."`` and ``help = "..."`` stand for both languages."""
    fields = over.get("fields")
    if not isinstance(fields, list) or not _has_ids(fields):
        return over
    return {**over, "fields": [_both_languages(entry) for entry in fields]}


def _both_languages(entry: Raw) -> Raw:
    texts = {
        key: {"zh": entry[key], "en": entry[key]}
        for key in ("header", "help")
        if isinstance(entry.get(key), str)
    }
    return {**entry, **texts}
