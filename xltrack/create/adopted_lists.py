"""The lists of Settings for a workbook that was in use before: filled with the team's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xltrack.leads.vocabulary import KINDS, LISTS
from xltrack.leads.word_proposals import FIELDS, NEW, NO_LOSS, OPEN, WordProposal
from xltrack.template import SettingsTable, Template, Text
from xltrack.text import Lang, fold, split_list

Row = dict[str, Any]
Rows = dict[str, list[Row]]
_USUAL_INTERVAL = 7


def list_rows(
    template: Template,
    lang: Lang,
    words: Sequence[WordProposal],
    owners: Sequence[str],
    stages: Sequence[str] = (),
) -> Rows:
    """The rows of the lists by table.

    A word takes what the template says of the item that it is. Where the team has only words of
    its own, the template's are left out, but for the stage that is won: a funnel has to end.

    ``stages``: their order, where somebody said it.
    """
    by_field = {field: [w for w in words if w.field == field] for field in FIELDS}
    return {
        "stages": _stages(template, lang, by_field["stage"], stages),
        "priorities": _priorities(template, lang, by_field["priority"]),
        "channels": _with_synonyms(template, lang, "channels", by_field["channel"]),
        "lost_reasons": _with_synonyms(template, lang, "lost_reasons", by_field["lost_reason"]),
        "owners": [{"owner": name, "active": True} for name in owners],
    }


def _items(table: SettingsTable, lang: Lang) -> dict[str, Row]:
    """The template's rows in one language by the Chinese name of each."""
    key = LISTS[table.id]
    found = {}
    for row in table.rows:
        name = row[key]
        shown = {k: v.of(lang) if isinstance(v, Text) else v for k, v in row.items()}
        found[name.zh if isinstance(name, Text) else str(name)] = shown
    return found


def _stages(
    template: Template, lang: Lang, words: Sequence[WordProposal], order: Sequence[str]
) -> list[Row]:
    items = _items(template.settings_table("stages"), lang)
    places = {item: float(number) for number, item in enumerate(items)}
    won = min((places[i] for i, row in items.items() if row["kind"] == "won"), default=len(items))
    places |= {OPEN: won - 0.5, "won": won, "paused": won + 1, "lost": won + 2}
    inside = [w for w in words if w.item not in KINDS]
    rows: list[tuple[float, Row]] = []
    if all(_is_named(w, items, "stage") for w in inside):
        rows += [(places[item], dict(row)) for item, row in items.items()]
        inside = []
    for word in (*inside, *(w for w in words if w.item in KINDS)):
        model = items.get(word.item, {"kind": "open" if word.item == OPEN else word.item})
        rows.append((places[word.item], {**model, "stage": word.word}))
    if not any(row["kind"] == "won" for _, row in rows):
        rows += [(won, dict(row)) for row in items.values() if row["kind"] == "won"][:1]
    said = {fold(name): number for number, name in enumerate(order)}
    return [
        row
        for _, row in sorted(
            rows, key=lambda entry: (said.get(fold(entry[1]["stage"]), len(said)), entry[0])
        )
    ]


def _is_named(word: WordProposal, items: Mapping[str, Row], key: str) -> bool:
    """Whether the word is the item's own name in the language of the workbook."""
    return word.item in items and fold(word.word) == fold(str(items[word.item][key]))


def _priorities(template: Template, lang: Lang, words: Sequence[WordProposal]) -> list[Row]:
    items = _items(template.settings_table("priorities"), lang)
    if all(_is_named(word, items, "priority") for word in words):
        return list(items.values())
    places = {item: number for number, item in enumerate(items)}
    unknown: Row = {"interval_days": _USUAL_INTERVAL}
    ranked = sorted(words, key=lambda word: places.get(word.item, len(places)))
    return [{**items.get(word.item, unknown), "priority": word.word} for word in ranked]


def _with_synonyms(
    template: Template, lang: Lang, table: str, words: Sequence[WordProposal]
) -> list[Row]:
    """Rows of a list whose items have synonyms: the team's most frequent word is the name."""
    items, key = _items(template.settings_table(table), lang), LISTS[table]
    said: dict[str, list[str]] = {}
    for word in words:
        if word.item not in (NEW, NO_LOSS):
            said.setdefault(word.item, []).append(word.word)
    rows = []
    kept = not words or table == "lost_reasons" or _mostly_named(words, items, key)
    for item, row in items.items():
        if item in said:
            rows.append(_named(row, key, said[item]))
        elif kept:
            rows.append(dict(row))
    rows += [{key: word.word} for word in words if word.item == NEW]
    return rows


def _mostly_named(words: Sequence[WordProposal], items: Mapping[str, Row], key: str) -> bool:
    return 2 * sum(_is_named(word, items, key) for word in words) >= len(words)


def _named(row: Row, key: str, words: Sequence[str]) -> Row:
    """The row under the first of the words, its own name among the synonyms."""
    name = words[0]
    if fold(str(row[key])) in map(fold, words):
        name = str(row[key])
    listed = [*words, str(row[key]), *split_list(str(row.get("synonyms", "")))]
    synonyms = list({fold(s): s for s in reversed(listed) if fold(s) != fold(name)}.values())
    return {**row, key: name, "synonyms": "\u3001".join(reversed(synonyms))}
