"""The words on sheets, in reports and in the terminal, as declared in ``templates/labels.toml``."""

from __future__ import annotations

from functools import cache
from typing import Literal

from msgspec.structs import replace

from xltrack.template.declared import Declared, Text, load_template
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir
from xltrack.text import Lang

ColumnFormat = Literal[
    "text", "count", "rate", "amount", "days", "date", "flag", "word", "metric", "change"
]


class ColumnLabel(Declared, frozen=True, kw_only=True):
    """How a column of a table is headed, formatted and how wide it stands on a sheet.

    ``empty`` stands where a key is missing; without it a missing value is a dash. A column made for
    each stage or month (``reached:初识``) is labelled by ``reached:``, with ``{part}`` for what
    follows the colon and ``{next}`` for what follows it in the next such column; ``row:region`` is
    labelled by the name of the field.
    """

    label: Text
    format: ColumnFormat
    width: float
    empty: Text | None = None


class Labels(Declared, frozen=True, kw_only=True):
    """Every word the program shows, by id."""

    sheets: dict[str, Text]
    tables: dict[str, Text]
    columns: dict[str, ColumnLabel]
    columns_of: dict[str, dict[str, ColumnLabel]]
    values: dict[str, dict[str, Text]]
    charts: dict[str, Text]
    axes: dict[str, Text]
    phrases: dict[str, Text]

    def column(self, table: str, column: str) -> ColumnLabel:
        """The label of a column, as it is called in that table."""
        kind, colon, _ = column.partition(":")
        special = self.columns_of.get(table, {})
        key = kind + colon
        label = special[key] if key in special else self.columns[key]
        return _named(label, self._field(column)) if key == "row:" else label

    def _field(self, column: str) -> Text | None:
        """What the field behind the colon is called, None for a column of the team's own."""
        field_id = column.partition(":")[2]
        declared = load_template().by_id.get(field_id)
        return self.values["dimension"].get(field_id) or (declared.header if declared else None)

    def phrase(self, key: str, lang: Lang, **values: object) -> str:
        """A sentence with its blanks filled in."""
        return self.phrases[key].of(lang).format(**values)


def _named(label: ColumnLabel, name: Text | None) -> ColumnLabel:
    return label if name is None else replace(label, label=name)


@cache
def load_labels() -> Labels:
    """The shipped labels, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "labels.toml"
    return typed(read_toml(path), Labels, path)
