"""Where the Settings of two workbooks differ in what is common to all teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from xltrack.template import Parameters, Settings, Template

_COMMON = ("channels", "stages", "priorities", "lost_reasons", "competitors", "holidays")
_OWN_PARAMETERS = {"settings_version", "id_prefix", "sheets", "checks"}
_SHOWN = 8


def usual_settings(listed: Sequence[Settings]) -> Settings:
    """The settings that most workbooks have, the first of them where several are as usual."""
    different: list[tuple[Settings, int]] = []
    for settings in listed:
        for number, (known, count) in enumerate(different):
            if known is settings or known == settings:
                different[number] = (known, count + 1)
                break
        else:
            different.append((settings, 1))
    return max(different, key=lambda entry: entry[1])[0]


def settings_differences(own: Settings, usual: Settings, template: Template) -> str:
    """What differs, table by table, in the language of ``own``; empty where nothing does.

    The prefix of ids, the owners and the targets are each team's own: of those only what two
    workbooks say differently about the same person or month is a difference.
    """
    if own == usual:
        return ""
    found: list[str] = []
    for table in _COMMON:
        if getattr(own, table) != getattr(usual, table):
            title = template.settings_table(table).title.of(own.lang)
            found.append(f"{title}({_entries(getattr(own, table), getattr(usual, table))})")
    for table in ("owners", "targets"):
        keys = _contradicted(getattr(own, table), getattr(usual, table))
        if keys:
            title = template.settings_table(table).title.of(own.lang)
            found.append(f"{title}({_listed(keys)})")
    found += _parameters(own.parameters, usual.parameters, template, own.lang == "zh")
    return ("\uff1b" if own.lang == "zh" else "; ").join(found)


def _entries(own: Iterable[Any], usual: Iterable[Any]) -> str:
    """The entries that only one has or that are not the same, else their order."""
    here, there = _by_name(own), _by_name(usual)
    changed = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    return _listed(changed or [" > ".join(here)])


def _by_name(entries: Iterable[Any]) -> dict[str, Any]:
    return {str(getattr(entry, "name", entry)): entry for entry in entries}


def _contradicted(own: Iterable[Any], usual: Iterable[Any]) -> list[str]:
    here, there = _keyed(own), _keyed(usual)
    return [name for name, entry in here.items() if name in there and there[name] != entry]


def _keyed(entries: Iterable[Any]) -> Mapping[str, Any]:
    keyed = {}
    for entry in entries:
        month = getattr(entry, "month", None)
        keyed[f"{month} {entry.owner}".strip() if month else str(entry.name)] = entry
    return keyed


def _parameters(own: Parameters, usual: Parameters, template: Template, zh: bool) -> list[str]:
    labels = {entry.id: entry.label.zh if zh else entry.label.en for entry in template.parameters}
    return [
        f"{labels.get(entry.name, entry.name)} {getattr(own, entry.name)}"
        f" \u2260 {getattr(usual, entry.name)}"
        for entry in fields(Parameters)
        if entry.name not in _OWN_PARAMETERS
        and getattr(own, entry.name) != getattr(usual, entry.name)
    ]


def _listed(names: Sequence[str]) -> str:
    more = "\u2026" if len(names) > _SHOWN else ""
    return "\u3001".join(names[:_SHOWN]) + more
