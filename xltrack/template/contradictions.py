"""Where parts of a declared template do not fit together, or not into Excel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from xltrack.text import fold, header_key

if TYPE_CHECKING:
    from xltrack.template.declared import SettingsTable, Template

Fault = tuple[str, str]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[RrCc]|[Rr][0-9]*[Cc][0-9]*")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_SHEET_NAME, _LONGEST_TITLE, _LONGEST_MESSAGE = 31, 32, 225


def contradictions(template: Template) -> Iterator[Fault]:
    """Key and what is wrong there, for everything that is."""
    yield from _fields(template)
    yield from _settings(template)
    yield from _stages(template)
    yield from _words_in_excel(template)
    for entry in template.guide.legend:
        if entry.tint not in template.look.tints:
            yield "guide.legend", f"no look is called {entry.tint!r}"


def _fields(template: Template) -> Iterator[Fault]:
    tables = {table.id: table for table in template.settings.tables}
    for field in template.fields:
        key = f"fields.{field.id}"
        if (field.type == "list") != (field.list is not None):
            yield f"{key}.list", "a list, and only a list, names a table of settings"
        elif field.list is not None and not any(
            column.name for column in getattr(tables.get(field.list), "columns", ())
        ):
            yield f"{key}.list", f"no settings table {field.list!r} with a named column"
        if not _is_name(field.id):
            yield key, "an id is letters, digits and underscores"
    for headers in zip(*((f.header.zh, f.header.en) for f in template.fields), strict=True):
        yield from _repeated("fields.header", [header_key(header) for header in headers], headers)


def _settings(template: Template) -> Iterator[Fault]:
    tables = template.settings.tables
    names = [table.name for table in tables]
    yield from _repeated("settings.tables", [name.casefold() for name in names], names)
    named = [column.name for table in tables for column in table.columns if column.name]
    yield from _repeated("settings.tables", [name.casefold() for name in named], named)
    for name in (*names, *named):
        if not _is_name(name):
            yield "settings.tables", f"Excel takes no name {name!r}"
    for table in tables:
        yield from _rows(table)


def _rows(table: SettingsTable) -> Iterator[Fault]:
    columns = {column.id for column in table.columns}
    for row in table.rows:
        for column in row.keys() - columns:
            yield f"settings.tables.{table.id}.rows", f"no column {column!r}"


def _stages(template: Template) -> Iterator[Fault]:
    words = {
        fold(text): kind for kind, texts in template.words.kinds.items() for text in (kind, *texts)
    }
    kinds = [
        words.get(fold(str(row.get("kind", "open"))))
        for row in template.settings_table("stages").rows
    ]
    if None in kinds:
        yield "settings.tables.stages.rows", "a kind is open, won, lost or paused"
    for needed in ("open", "won"):
        if needed not in kinds:
            yield "settings.tables.stages.rows", f"no stage is of the kind {needed}"


def _words_in_excel(template: Template) -> Iterator[Fault]:
    sheets = template.workbook.sheets
    for names in zip(*((title.zh, title.en) for title in sheets.values()), strict=True):
        yield from _repeated("workbook.sheets", [name.casefold() for name in names], names)
        for name in names:
            odd = _NOT_IN_SHEET_NAME.search(name) or name.startswith("'") or name.endswith("'")
            if not name or len(name) > _LONGEST_SHEET_NAME or odd:
                yield "workbook.sheets", f"Excel takes no sheet name {name!r}"
    for key, prompt in template.validation.items():
        titles = max(len(prompt.title.zh), len(prompt.title.en))
        messages = max(len(prompt.message.zh), len(prompt.message.en))
        if titles > _LONGEST_TITLE or messages > _LONGEST_MESSAGE:
            yield f"validation.{key}", "at most 32 characters of title, 225 of message"


def _repeated(key: str, folded: Sequence[str], shown: Sequence[str]) -> Iterator[Fault]:
    for name, text in zip(folded, shown, strict=True):
        if folded.count(name) > 1:
            yield key, f"{text!r} stands there twice"


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not _LIKE_A_CELL.fullmatch(text)
