"""What teams' words mean: their headers, and the values of their lists."""

from __future__ import annotations

from functools import cached_property

from xltrack.leads.amounts import AmountUnits
from xltrack.template import Template, Text
from xltrack.template.adopt_words import AdoptWords
from xltrack.text import fold, header_key, split_list

LISTS = {
    "channels": "channel",
    "stages": "stage",
    "priorities": "priority",
    "lost_reasons": "reason",
}
"""The column that names the item, by the Settings table of a list."""
KINDS = ("lost", "paused")
"""What a stage may mean that is no item of the template."""


class Vocabulary:
    """The words of a template and those that are only proposals, folded."""

    def __init__(self, template: Template, words: AdoptWords) -> None:
        """Take both; nothing is worked out before it is asked for."""
        self.template, self.words = template, words
        self.sure = words.confidence
        self._meanings: dict[str, dict[str, str]] = {}

    @cached_property
    def units(self) -> AmountUnits:
        """The units of amounts."""
        amount = self.template.amount
        return AmountUnits(amount.units, amount.unit, amount.currency)

    @cached_property
    def company_endings(self) -> tuple[str, ...]:
        """What names of companies end in."""
        endings = (*self.template.customer.suffixes, *self.words.companies.endings)
        return tuple(map(fold, endings))

    @cached_property
    def headers(self) -> dict[str, str]:
        """Fields by the keys of all headers that mean just one; an empty one for the team's own."""
        found = {
            key: field
            for key, (field, confidence) in self.words.by_header.items()
            if confidence > self.sure.vague
        }
        return found | self.template.by_header

    @cached_property
    def no_loss(self) -> frozenset[str]:
        """Folded texts that say in a column of reasons that nothing is lost."""
        usual = (p.value for p in self.template.parameters if p.id == "no_loss_marks")
        marks = [fold(mark) for value in usual for mark in split_list(str(value))]
        return self.words.no_loss_words | frozenset(marks)

    def meanings(self, table: str) -> dict[str, str]:
        """The Chinese name of the template's item by folded words; of stages also ``lost`` and
        ``paused``."""
        if table not in self._meanings:
            self._meanings[table] = self._known(table)
        return self._meanings[table]

    def _known(self, table: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for position in range(2):  # names go before synonyms
            for item, names, synonyms in self._items(table):
                for text in synonyms if position else names:
                    found.setdefault(fold(text), item)
        for item, listed in self._declared(table).items():
            for text in listed:
                found.setdefault(fold(text), item)
        if table == "stages":
            kinds = self.template.words.kinds
            for kind in KINDS:
                for text in (*kinds[kind], *self.words.kinds[kind]):  # type: ignore[index]
                    found.setdefault(fold(text), kind)
        return found

    def _items(self, table: str) -> list[tuple[str, list[str], list[str]]]:
        """Name, names and synonyms of the template's items, both languages together."""
        items = []
        for row in self.template.settings_table(table).rows:
            name, synonyms = row[LISTS[table]], row.get("synonyms")
            if isinstance(name, Text):
                both = [synonyms.zh, synonyms.en] if isinstance(synonyms, Text) else []
                split = [entry for text in both for entry in split_list(text)]
                items.append((name.zh, [name.zh, name.en], split))
        return items

    def _declared(self, table: str) -> dict[str, tuple[str, ...]]:
        words = self.words
        return {
            "channels": words.channels,
            "stages": words.stages,
            "priorities": words.priorities,
            "lost_reasons": words.reasons,
        }[table]

    def field_of(self, text: str) -> str | None:
        """The field of a header that is known word by word, None for any other."""
        return self.headers.get(header_key(text))
