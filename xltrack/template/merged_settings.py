"""The Settings of several copies of a workbook as one: those of the first and what others add."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from xltrack.template.settings import Parameters, Settings, Target, lookup
from xltrack.text import fold

_TABLES = (
    *("channels", "stages", "priorities", "lost_reasons", "owners"),
    *("competitors", "targets", "pivots", "holidays"),
)
_WITH_SYNONYMS = frozenset({"channels", "lost_reasons", "competitors"})
_NOT_COMPARED = frozenset({"settings_version"})


@dataclass(frozen=True, slots=True)
class SettingNote:
    """An entry that another workbook added, or that it has otherwise; ``book`` counts from 0.

    ``table`` is the id of a Settings table, or ``parameters`` with ``entry`` the parameter's id.
    """

    kind: Literal["setting_added", "setting_differs"]
    table: str
    entry: str
    kept: str
    other: str
    book: int


def merged_settings(listed: Sequence[Settings]) -> tuple[Settings, tuple[SettingNote, ...]]:
    """The first of the settings with the entries that only others have, and what was noted.

    An entry is known by its name (a target by month and owner, a holiday by its day); a word that
    is a synonym of an entry is that entry. A stage is put behind the one that it follows in its
    own workbook, anything else at the end. What an entry says beside its name is the first's.
    """
    result, notes = listed[0], []
    for number, other in enumerate(listed[1:], start=1):
        for table in _TABLES:
            entries, found = _with_added(result, other, table, number)
            added: dict[str, Any] = {table: entries}
            result = replace(result, **added)
            notes += found
        notes += _parameters(result.parameters, other.parameters, number)
    return result, tuple(notes)


def _with_added(
    settings: Settings, other: Settings, table: str, number: int
) -> tuple[tuple[Any, ...], list[SettingNote]]:
    entries: list[Any] = list(getattr(settings, table))
    known = {_key(entry): entry for entry in entries}
    words = lookup(entries) if table in _WITH_SYNONYMS else {}
    notes: list[SettingNote] = []
    before: Any = None
    for entry in getattr(other, table):
        key = _key(entry)
        same = known.get(key)
        if same is not None:
            if same != entry:
                what = (
                    "setting_differs",
                    table,
                    _name(entry),
                    _told(same, entry),
                    _told(entry, same),
                )
                notes.append(SettingNote(*what, number))  # type: ignore[arg-type]
        elif key not in words:
            place = entries.index(before) + 1 if table == "stages" and before else len(entries)
            entries.insert(place, entry)
            known[key] = same = entry
            notes.append(SettingNote("setting_added", table, _name(entry), "", "", number))
        before = same if same is not None else before
    return tuple(entries), notes


def _key(entry: Any) -> Hashable:
    if isinstance(entry, Target):
        return (entry.month, fold(entry.owner))
    name = getattr(entry, "name", None) or getattr(entry, "title", None)
    return fold(str(name)) if name is not None else entry


def _name(entry: Any) -> str:
    if isinstance(entry, Target):
        return f"{entry.month} {entry.owner}".strip()
    return str(getattr(entry, "name", None) or getattr(entry, "title", None) or entry)


def _told(entry: Any, other: Any) -> str:
    """What one entry says where the other says something else."""
    values = (
        getattr(entry, each.name)
        for each in fields(entry)
        if getattr(entry, each.name) != getattr(other, each.name)
    )
    return ", ".join(
        "/".join(value) if isinstance(value, tuple) else str(value) for value in values
    )


def _parameters(kept: Parameters, other: Parameters, number: int) -> list[SettingNote]:
    pairs = [
        (each.name, getattr(kept, each.name), getattr(other, each.name))
        for each in fields(Parameters)
        if each.name not in _NOT_COMPARED
    ]
    return [
        SettingNote("setting_differs", "parameters", name, str(one), str(two), number)
        for name, one, two in pairs
        if one != two
    ]
